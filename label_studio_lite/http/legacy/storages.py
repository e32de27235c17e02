"""``/api/project/storage-settings`` of 0.8.x: a form for each type of storage.

The fields of 0.8.x come first and look as there; fields of ours follow, each with ``secret`` and
``title`` besides. Secrets are taken and never shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, FieldsInvalid, Invalid
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.legacy.shapes import STORAGES
from label_studio_lite.http.routes import Route
from label_studio_lite.service.storage.forms import kind as kind_of
from label_studio_lite.service.storage.forms import more_fields
from label_studio_lite.service.storage.legacy import LOCAL, TYPES, Role


def _field(name: str, description: str, default: Any = None) -> Json:
    kind = "BooleanField" if isinstance(default, bool) else "StringField"
    return {
        "name": name,
        "id": name,
        "short_name": name,
        "type": kind,
        "description": description,
        "default": default,
        "data": None,
        "object_data": None,
        "raw_data": None,
        "render_kw": None,
        "do_not_call_in_templates": True,
    }


def _more(role: Role, kind: str) -> list[Json]:
    return [
        _field(field.name, field.help or field.title, field.default)
        | {"title": field.title, "secret": field.secret}
        for field in more_fields(role, kind)
    ]


def _source(kind: str) -> list[Json]:
    region = [_field("region", "The bucket's region", "us-east-1")] if kind == "s3" else []
    return [
        *_place(kind, "Only objects below this folder"),
        _field("regex", "Only objects whose key begins with a match, for example .*\\.jpg"),
        _field("data_key", "The key of the task data that holds the object's address"),
        _field(
            "use_blob_urls", "Each object is one media file; else each is JSON with tasks", True
        ),
        *region,
        *_more("source", kind),
    ]


def _target(kind: str) -> list[Json]:
    return [
        *_place(kind, "The folder that completions go to"),
        _field(
            "create_local_copy", "Completions are in this project's directory in any case", True
        ),
        *_more("target", kind),
    ]


def _place(name: str, prefix: str) -> list[Json]:
    """What holds the objects, and which of them."""
    kind = kind_of(name)
    (holder,) = (field.title.lower() for field in kind.fields if field.name == kind.place)
    path = _field("path", f"The {holder}")
    return [path] if kind.prefix == kind.place else [path, _field("prefix", prefix)]


_MADE: dict[Role, Callable[[str], list[Json]]] = {"source": _source, "target": _target}
FORMS: dict[Role, dict[str, list[Json]]] = {
    role: {LOCAL[role]: [], **{name: made(kind) for name, kind in TYPES[role].items()}}
    for role, made in _MADE.items()
}


def get_settings() -> Response:
    """``data`` of each field is what is in force, if the type is the current one."""
    storages = project().storages
    shown = {}
    for role, forms in FORMS.items():
        record = storages.records.of_role(role)
        values = {} if record is None else storages.as_form(record)
        shown[role] = {
            kind: {
                "type": kind,
                "description": STORAGES.get(kind) or kind_of(TYPES[role][kind]).title,
                "current": storages.kind(role) == kind,
                "path": storages.readable_path(role),
                "fields": [
                    {**field, "data": values.get(field["name"])}
                    if storages.kind(role) == kind
                    else field
                    for field in fields
                ],
            }
            for kind, fields in forms.items()
        }
    return answers.sorted_json(shown)


def set_settings() -> Response:
    """``?storage_for=source|target&type=T``; the type is in the body, too, as 0.8.x wants it."""
    body = params.json_object()
    kind = body.get("type") or request.values.get("type")
    role = _role()
    if kind not in FORMS[role]:
        raise Invalid(f"{kind!r} is no {role} storage; known are {', '.join(FORMS[role])}")
    try:
        project().storages.select(role, str(kind), body)
    except FieldsInvalid as error:
        return answers.sorted_json({"errors": error.errors}, 400)
    except BackendFailed as error:
        return answers.sorted_json({"detail": error.detail}, 400)
    return answers.sorted_json({"result": "ok"}, 201)


def get_sync() -> Response:
    """``?storage_for=``: ``{"status", "error", "counts", "done", "total", "pending"}``, beyond
    0.8.x; ``status`` is ``initialized`` before the first one."""
    return _sync_shown(_role())


def start_sync() -> Response:
    """Look for new, changed and missing objects, or write all that is owed; answers when it is
    done, or after a while. Local files need no sync."""
    role = _role()
    if project().storages.records.of_role(role) is not None:
        project().storages.sync(role)
    return _sync_shown(role)


def _role() -> Role:
    for role in FORMS:
        if request.values.get("storage_for") == role:
            return role
    raise Invalid("storage_for must be source or target")


def _sync_shown(role: Role) -> Response:
    storages = project().storages
    job = storages.last_job(role)
    shown: Json = {
        "status": "initialized" if job is None else job.status,
        "error": (None if job is None else job.error) or storages.writer.problem(role),
        "counts": {} if job is None else job.counts,
        "done": 0 if job is None else job.done,
        "total": 0 if job is None else job.total,
        "pending": storages.writer.pending(role),
    }
    return answers.ordered_json(shown)


ROUTES = [
    Route("GET", "/api/project/storage-settings", get_settings),
    Route("POST", "/api/project/storage-settings", set_settings),
    Route("GET", "/api/project/storage-sync", get_sync),
    Route("POST", "/api/project/storage-sync", start_sync),
]
