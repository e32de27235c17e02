"""Storages: five kinds on two sides, with the same operations for each.

The routes are made from a table; the fields of each kind are those of ``clouds``. Secrets are
taken and never answered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from types import GenericAlias

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, FieldsInvalid, Invalid, NotFound
from label_studio_lite.http.v1 import bodies, ids
from label_studio_lite.http.v1.models import storages as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.jobs import Job
from label_studio_lite.service.project import Project
from label_studio_lite.service.storage import forms as storage_forms
from label_studio_lite.service.storage.records import Side, StorageRecord

table = Table("Storage")
ROUTES = table.routes

_FOLDERS: dict[Side, str] = {"import": "/api/storages", "export": "/api/storages/export"}


# -- answers ----------------------------------------------------------------------------------


def _shape(project: Project, record: StorageRecord) -> Json:
    state = record.state
    synced = state.get("synced_at")
    return {
        "id": ids.public(project, record.id, ids.FEW),
        "type": record.kind.name,
        "synchronizable": True,
        "last_sync": None if synced is None else moment(synced),
        "last_sync_count": state.get("count"),
        "last_sync_job": None,
        "status": state.get("status", "initialized"),
        "traceback": state.get("problem"),
        "meta": _meta(project, record),
        **record.shown(),
        "created_at": moment(record.created_at),
        "project": project.id,
    }


def _meta(project: Project, record: StorageRecord) -> Json:
    """When the last sync began and ended; and how far it is, beyond 1.x."""
    state = record.state
    times = {"time_in_progress": state.get("started_at"), "time_completed": state.get("ended_at")}
    meta: Json = {name: _time(at) for name, at in times.items() if at is not None}
    if state.get("started_at") and state.get("ended_at"):
        meta["duration"] = max(state["ended_at"] - state["started_at"], 0.0)
    if record.side == "import":
        meta["tasks_existed"] = state.get("existed", 0)
    else:
        meta["total_annotations"] = state.get("existed", 0)
        meta["pending"] = project.storages.writer.pending(record.name)
    job = project.storages.last_job(record.name)
    return meta if job is None else meta | _progress(job)


def _progress(job: Job) -> Json:
    return {"job": job.id, "done": job.done, "total": job.total, "counts": job.counts}


def _time(at: float) -> str:
    return str(datetime.fromtimestamp(at, timezone.utc))


# -- finding ----------------------------------------------------------------------------------


def _project_of_query() -> Project:
    named = request.args.get("project")
    if not named:
        raise FieldsInvalid({"non_field_errors": ['query parameter "project" is required']})
    return ids.named_project(named)


def _found(side: Side, kind: str, storage_id: int) -> tuple[Project, StorageRecord]:
    project, own = ids.place(storage_id, ids.FEW, "storage")
    record = project.storages.records.get(str(own))
    if (record.side, record.kind.name) != (side, kind):
        raise NotFound(f"there is no storage {storage_id} of this kind")
    return project, record


def _tried(action: Callable[[], StorageRecord | None]) -> StorageRecord | None:
    """What cannot be connected to is a bad request, in words of 1.x."""
    try:
        return action()
    except FieldsInvalid:
        raise
    except (Invalid, BackendFailed) as error:
        raise FieldsInvalid({"non_field_errors": [error.detail]}) from error


# -- operations -------------------------------------------------------------------------------


@table.add("GET", "/api/storages/types", answer=list[models.StorageType])
def import_types() -> Response:
    """List the kinds of import storages."""
    return shown(_types("import"))


@table.add("GET", "/api/storages/export/types", answer=list[models.StorageType])
def export_types() -> Response:
    """List the kinds of export storages."""
    return shown(_types("export"))


@table.add("GET", "/api/storages/forms", answer=models.StorageForms)
def list_forms() -> Response:
    """Describe the settings of every kind of storage."""
    return shown({side: storage_forms.forms(side) for side in _FOLDERS})


def _types(side: Side) -> list[Json]:
    return [{"name": form["name"], "title": form["title"]} for form in storage_forms.forms(side)]


def _list(side: Side, kind: str | None) -> Response:
    project = _project_of_query()
    records = project.storages.records.all(side)
    return shown([_shape(project, r) for r in records if r.id and kind in (None, r.kind.name)])


def _create(side: Side, kind: str) -> Response:
    given = bodies.given()
    project = _named(given)
    made = _tried(lambda: project.storages.add(side, storage_forms.kind(kind), given))
    assert made is not None
    return shown(_shape(project, project.storages.records.get(made.name)), 201)


def _validate(side: Side, kind: str) -> Response:
    """With ``id``, the settings that are not given are those of this storage."""
    given = bodies.given()
    number = given.get("id")
    if number:
        project, record = _found(side, kind, _whole(number))
        _tried(lambda: project.storages.try_changed(record, given))
    else:
        project = _named(given)
        _tried(lambda: project.storages.try_new(side, storage_forms.kind(kind), given))
    return Response(b"", 200)


def _get(side: Side, kind: str, storage_id: int) -> Response:
    return shown(_shape(*_found(side, kind, storage_id)))


def _change(side: Side, kind: str, storage_id: int) -> Response:
    project, record = _found(side, kind, storage_id)
    given = bodies.given()
    changed = _tried(lambda: project.storages.change(record, given))
    assert changed is not None
    return shown(_shape(project, changed))


def _delete(side: Side, kind: str, storage_id: int) -> Response:
    project, record = _found(side, kind, storage_id)
    project.storages.remove(record)
    return nothing()


def _sync(side: Side, kind: str, storage_id: int) -> Response:
    """Answers when it is done, or after a while with how far it is."""
    project, record = _found(side, kind, storage_id)
    project.storages.sync(record.name)
    return shown(_shape(project, project.storages.records.get(record.name)))


def _named(given: Json) -> Project:
    if given.get("project") in (None, ""):
        raise FieldsInvalid({"project": ["This field is required."]})
    return ids.named_project(given["project"])


def _whole(value: object) -> int:
    if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
        return int(value)
    raise FieldsInvalid({"id": ["A valid integer is required."]})


# -- the table --------------------------------------------------------------------------------


def _register(side: Side, kind: str, title: str) -> None:
    """The seven operations of one kind on one side."""
    folder = f"{_FOLDERS[side]}/{kind}"
    item = f"{folder}/<int:storage_id>"
    body, answer = models.body(side, kind), models.answer(side, kind)
    what = f"{side} storage of {title}"
    add = table.add
    add(
        "GET",
        folder,
        query=models.StoragesQuery,
        answer=GenericAlias(list, answer),
        summary=f"List every {what} of a project",
    )(lambda: _list(side, kind))
    add("POST", folder, body=body, answer=answer, status=201, summary=f"Create an {what}")(
        lambda: _create(side, kind)
    )
    add("POST", f"{folder}/validate", body=body, summary=f"Try the settings of an {what}")(
        lambda: _validate(side, kind)
    )
    add("GET", item, answer=answer, summary=f"Get an {what}")(
        lambda storage_id: _get(side, kind, storage_id)
    )
    add("PATCH", item, body=body, answer=answer, summary=f"Change an {what}; only what is sent")(
        lambda storage_id: _change(side, kind, storage_id)
    )
    add("DELETE", item, status=204, summary=f"Forget an {what}; tasks and objects stay")(
        lambda storage_id: _delete(side, kind, storage_id)
    )
    add("POST", f"{item}/sync", answer=answer, summary=f"Sync an {what}")(
        lambda storage_id: _sync(side, kind, storage_id)
    )


for _side, _folder in _FOLDERS.items():
    table.add(
        "GET", _folder, query=models.StoragesQuery, answer=list[models.AnyStorage],
        summary=f"List every {_side} storage of a project",
    )(lambda side=_side: _list(side, None))  # fmt: skip
    for _form in storage_forms.forms(_side):
        _register(_side, _form["name"], _form["title"])
