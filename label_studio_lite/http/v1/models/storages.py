"""Storages; the structures of each kind are made from the fields that it describes."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from label_studio_lite.service.storage import forms as storage_forms
from label_studio_lite.service.storage.records import Side

_TYPES: dict[str, Any] = {
    "text": str | None,
    "number": int | None,
    "flag": bool,
    "secret": str | None,
}


class StorageType(Struct):
    """A kind of storage."""

    name: str
    title: str


class StoragesQuery(Struct):
    """Whose storages."""

    project: int


class StorageField(Struct):
    """A setting of a kind of storage; ``type`` is text, number, flag or secret."""

    name: str
    title: str
    type: str
    default: Any
    required: bool
    help: str


class StorageForm(Struct):
    """The settings of a kind of storage; ``extra`` is to be installed unless ``installed``."""

    name: str
    title: str
    installed: bool
    extra: str
    fields: list[StorageField]


class StorageForms(Struct):
    """The settings of every kind of storage, by side."""

    # ``import`` is no name of Python's
    import_: list[StorageForm] = msgspec.field(name="import")
    export: list[StorageForm]


class AnyStorage(Struct, kw_only=True):
    """What storages of all kinds have."""

    id: int
    type: str
    synchronizable: bool
    last_sync: str | None
    last_sync_count: int | None
    last_sync_job: str | None
    status: str
    traceback: str | None
    meta: dict[str, Any]
    created_at: str
    project: int


def body(side: Side, kind: str) -> type[Struct]:
    """What creates, changes or tries a storage; everything can be left out in a change."""
    fields = [
        (field["name"], _TYPES[field["type"]] | UnsetType, UNSET)
        for field in storage_forms.form(side, kind)["fields"]
    ]
    fields.append(("project", int | UnsetType, UNSET))
    made: type[Struct] = msgspec.defstruct(_name(side, kind) + "Body", fields, kw_only=True)
    return made


def answer(side: Side, kind: str) -> type[Struct]:
    """A storage without its secrets."""
    fields = [
        (field["name"], _TYPES[field["type"]])
        for field in storage_forms.form(side, kind)["fields"]
        if field["type"] != "secret"
    ]
    made: type[Struct] = msgspec.defstruct(
        _name(side, kind), fields, bases=(AnyStorage,), kw_only=True
    )
    return made


def _name(side: Side, kind: str) -> str:
    return f"{kind.capitalize()}{side.capitalize()}Storage"
