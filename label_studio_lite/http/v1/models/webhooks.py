"""Webhooks."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class Webhook(Struct):
    """An address that is told what happens."""

    id: int
    organization: int
    project: int | None
    url: str
    send_payload: bool
    send_for_all_actions: bool
    headers: dict[str, Any]
    is_active: bool
    actions: list[str]
    created_at: str
    updated_at: str


class WebhookBody(Struct):
    """A new webhook."""

    url: str
    project: int | UnsetType | None = UNSET
    actions: list[str] | UnsetType = UNSET
    send_for_all_actions: bool | UnsetType = UNSET
    send_payload: bool | UnsetType = UNSET
    headers: dict[str, Any] | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class WebhookChange(Struct):
    """Changes of a webhook; its project stays."""

    url: str | UnsetType = UNSET
    actions: list[str] | UnsetType = UNSET
    send_for_all_actions: bool | UnsetType = UNSET
    send_payload: bool | UnsetType = UNSET
    headers: dict[str, Any] | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class WebhooksQuery(Struct):
    """Those of one project; those of the server have none."""

    project: str | UnsetType = UNSET
