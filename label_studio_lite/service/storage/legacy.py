"""``source`` and ``target`` of ``config.json``, as 0.8.x writes them.

``{"name", "type": "s3", "path": bucket, "params": {"prefix", "regex", "data_key",
"use_blob_urls", "region"}}``. The parameters of ours beside these are called as in 1.x. 0.8.2
knows ``s3`` and ``gcs``; the other kinds are written in the same way, ``path`` being what holds
the objects: a container, a host, a folder.
"""

from __future__ import annotations

from typing import Literal

from label_studio_lite.clouds.base import Kind
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.core.model import Json

Role = Literal["source", "target"]

LOCAL = {"source": "tasks-json", "target": "completions-dir"}
_SOURCES = {
    "s3": "s3",
    "gcs": "gcs",
    "azure-blob": "azure",
    "redis": "redis",
    "local-files": "localfiles",
}
# 0.8.x's type → the kind of storage
TYPES: dict[Role, dict[str, str]] = {
    "source": _SOURCES,
    "target": {f"{name}-completions": kind for name, kind in _SOURCES.items()},
}
TTL = 60  # minutes; 0.8.x signs for an hour


def settings_of(kind: Kind) -> dict[str, str]:
    """0.8.x's parameter → the setting of such a storage, where they are called otherwise."""
    names = {"path": kind.place, "regex": "regex_filter", "region": "region_name"}
    return names if kind.prefix == kind.place else {**names, "prefix": kind.prefix}


def params_of(kind: Kind) -> dict[str, str]:
    """The inverse of :func:`settings_of`."""
    return {setting: name for name, setting in settings_of(kind).items()}


def values_of(role: Role, entry: Json) -> tuple[str, Json] | None:
    """The kind and the settings of an entry; None where it names the local files."""
    kind = TYPES[role].get(str(entry.get("type")))
    if kind is None:
        return None
    names = settings_of(KINDS[kind])
    stored = entry.get("params")
    given = {"path": entry.get("path"), **(stored if isinstance(stored, dict) else {})}
    values = {names.get(key, key): value for key, value in given.items()}
    defaults: Json = {"presign": True, "presign_ttl": TTL}
    if role == "source":
        defaults |= {"use_blob_urls": True}
    return kind, defaults | {key: value for key, value in values.items() if value is not None}
