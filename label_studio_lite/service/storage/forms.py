"""The settings of storages as forms, for pages and other clients that do not know the kinds."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict

from label_studio_lite.clouds.base import Field, Kind
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.core.model import Json
from label_studio_lite.service.storage.legacy import Role, settings_of
from label_studio_lite.service.storage.records import Side, options

_MODULES = {"gcs": "google.cloud.storage", "azure": "azure.storage.blob", "redis": "redis"}
_IN_082 = {"use_blob_urls", "title", "description"}


def forms(side: Side) -> list[Json]:
    """``{"name", "title", "installed", "fields": [{"name", "title", "type", "default",
    "required", "help"}]}`` for each kind; ``type`` is text, number, flag or secret."""
    return [form(side, name) for name in KINDS]


def kind(name: str) -> Kind:
    """The kind of this name, which must be there."""
    return KINDS[name]


def form(side: Side, name: str) -> Json:
    """One of :func:`forms`."""
    kind = KINDS[name]
    return {
        "name": kind.name,
        "title": kind.title,
        "installed": not kind.extra or _is_installed(_MODULES[kind.extra]),
        "extra": kind.extra,
        "fields": [asdict(field) for field in (*kind.fields, *options(kind, side))],
    }


def more_fields(role: Role, kind: str) -> list[Field]:
    """What a form of 0.8.x has beyond those of 0.8.x."""
    side: Side = "import" if role == "source" else "export"
    fields = (*KINDS[kind].fields, *options(KINDS[kind], side))
    known = {*settings_of(KINDS[kind]).values(), *_IN_082} - _only_here(role)
    return [field for field in fields if field.name not in known]


def _only_here(role: Role) -> set[str]:
    """The target of 0.8.x has no region."""
    return {"region_name"} if role == "target" else set()


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
