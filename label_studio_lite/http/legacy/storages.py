"""``/api/project/storage-settings`` of 0.8.x: a form for each type of storage."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, FieldsInvalid, Invalid
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.legacy.shapes import STORAGES
from label_studio_lite.http.routes import Route
from label_studio_lite.service.storages import Role


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


_PATH = _field("path", "The bucket")
_SOURCE = [
    _PATH,
    _field("prefix", "Only objects whose key begins with this"),
    _field("regex", "Only objects whose key matches this, for example .*\\.jpg"),
    _field("data_key", "The key of the task data that holds the object's address"),
    _field("use_blob_urls", "Each object is one media file; else each is JSON with tasks", True),
]
_TARGET = [
    _PATH,
    _field("prefix", "Keys of stored completions begin with this"),
    _field("create_local_copy", "Also keep completions in this project's directory", True),
]
FORMS: dict[Role, dict[str, list[Json]]] = {
    "source": {
        "tasks-json": [],
        "s3": [*_SOURCE, _field("region", "The bucket's region", "us-east-1")],
        "gcs": _SOURCE,
    },
    "target": {"completions-dir": [], "s3-completions": _TARGET, "gcs-completions": _TARGET},
}


def get_settings() -> Response:
    storages = project().storages
    shown = {
        role: {
            kind: {
                "type": kind,
                "description": STORAGES[kind],
                "current": storages.kind(role) == kind,
                "path": storages.readable_path(role),
                "fields": fields,
            }
            for kind, fields in forms.items()
        }
        for role, forms in FORMS.items()
    }
    return answers.sorted_json(shown)


def set_settings() -> Response:
    """``?storage_for=source|target&type=T``; the type is in the body, too, as 0.8.x wants it."""
    body = params.json_object()
    kind = body.get("type") or request.values.get("type")
    for role, forms in FORMS.items():
        if request.values.get("storage_for") == role:
            if kind not in forms:
                raise Invalid(f"{kind!r} is no {role} storage; known are {', '.join(forms)}")
            return _select(role, str(kind), body)
    raise Invalid("storage_for must be source or target")


def _select(role: Role, kind: str, values: Json) -> Response:
    try:
        project().storages.select(role, kind, values)
    except FieldsInvalid as error:
        return answers.sorted_json({"errors": error.errors}, 400)
    except BackendFailed as error:
        return answers.sorted_json({"detail": error.detail}, 400)
    return answers.sorted_json({"result": "ok"}, 201)


ROUTES = [
    Route("GET", "/api/project/storage-settings", get_settings),
    Route("POST", "/api/project/storage-settings", set_settings),
]
