"""ML backends."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class Backend(Struct):
    """An ML backend; ``state`` is CO (connected), DI (disconnected) or ER (error)."""

    id: int
    state: str
    readable_state: str
    is_interactive: bool
    url: str
    error_message: str | None
    title: str
    auth_method: str
    basic_auth_user: str
    basic_auth_pass_is_set: bool
    description: str
    extra_params: Any
    model_version: str | None
    timeout: float
    created_at: str
    updated_at: str
    auto_update: bool
    project: int


class BackendChange(Struct):
    """Changes of an ML backend; what is left out stays."""

    project: int | UnsetType = UNSET
    url: str | UnsetType = UNSET
    title: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    is_interactive: bool | UnsetType = UNSET
    auth_method: str | UnsetType | None = UNSET
    basic_auth_user: str | UnsetType | None = UNSET
    basic_auth_pass: str | UnsetType | None = UNSET
    extra_params: Any = UNSET
    timeout: float | UnsetType = UNSET
    auto_update: bool | UnsetType = UNSET


class BackendBody(BackendChange, kw_only=True):
    """A new ML backend."""

    project: int
    url: str


class BackendsQuery(Struct):
    """Backends of one project, or of all."""

    project: int | UnsetType = UNSET
    is_interactive: bool | UnsetType = UNSET


class Interactive(Struct):
    """What a smart tool of the editor draws."""

    task: int
    context: Any = None


class Interpreted(Struct, omit_defaults=True):
    """What the model makes of it, or why it does not."""

    data: Any = UNSET
    errors: list[str] | UnsetType = UNSET


class Versions(Struct):
    """The versions of a model."""

    versions: list[str]


class TestPrediction(Struct):
    """What a backend answers to a random task; ``status`` is that of HTTP."""

    url: str
    status: int
    request: Any
    response: Any
