"""Drafts: unfinished work, one for each task."""

from __future__ import annotations

from flask import Response

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound
from label_studio_lite.http.v1 import bodies, ids, shapes
from label_studio_lite.http.v1.models import task as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.service.project import Project

table = Table("Drafts")
ROUTES = table.routes
_OF_ANNOTATION = "/api/tasks/<int:task_id>/annotations/<int:annotation_id>/drafts"


@table.add("GET", "/api/tasks/<int:task_id>/drafts", answer=list[models.Draft])
def list_drafts(task_id: int) -> Response:
    """List the drafts of a task."""
    project, own = ids.task(task_id)
    found = project.drafts.of(project.tasks.get_task(own))
    return shown([] if found is None else [shapes.draft(project, own, found)])


@table.add(
    "POST",
    "/api/tasks/<int:task_id>/drafts",
    body=models.DraftBody,
    answer=models.Draft,
    status=201,
)
def create_draft(task_id: int) -> Response:
    """Save a draft of a new annotation; it takes the place of an earlier one."""
    return _saved(task_id, {})


@table.add("GET", _OF_ANNOTATION, answer=list[models.Draft])
def list_drafts_of_annotation(task_id: int, annotation_id: int) -> Response:
    """List the drafts of changes of an annotation."""
    project, own = ids.task(task_id)
    found = project.drafts.of(project.tasks.get_task(own))
    completion_id = ids.place(annotation_id, ids.COMPLETIONS, "annotation")[1]
    if found is None or found.fields.get("completion_id") != completion_id:
        return shown([])
    return shown([shapes.draft(project, own, found)])


@table.add("POST", _OF_ANNOTATION, body=models.DraftBody, answer=models.Draft, status=201)
def create_draft_of_annotation(task_id: int, annotation_id: int) -> Response:
    """Save a draft of changes of an annotation."""
    project, own = ids.place(annotation_id, ids.COMPLETIONS, "annotation")
    task, completion = project.completions.find(own)
    if ids.public(project, task.id) != task_id:
        raise NotFound(f"task {task_id} has no annotation {annotation_id}")
    return _saved(task_id, {"completion_id": completion.id})


@table.add(
    "POST",
    "/api/annotations/<int:annotation_id>/convert-to-draft",
    answer=models.Draft,
    status=201,
)
def convert_to_draft(annotation_id: int) -> Response:
    """Make an annotation a draft again."""
    project, own = ids.place(annotation_id, ids.COMPLETIONS, "annotation")
    task, completion = project.completions.find(own)
    body = {"result": completion.result, "lead_time": completion.lead_time}
    project.drafts.put(task.id, body, based_on=_revision(project, task.id))
    project.completions.delete(task.id, completion.id)
    return shown(shapes.draft(project, task.id, project.drafts.get(task.id)), 201)


@table.add("GET", "/api/drafts/<int:draft_id>", answer=models.Draft)
def get_draft(draft_id: int) -> Response:
    """Get a draft."""
    project, own = ids.task(draft_id)
    return shown(shapes.draft(project, own, project.drafts.get(own)))


@table.add("PATCH", "/api/drafts/<int:draft_id>", body=models.DraftBody, answer=models.Draft)
def change_draft(draft_id: int) -> Response:
    """Change a draft."""
    project, own = ids.task(draft_id)
    project.drafts.get(own)
    return _saved(draft_id, {}, status=200)


@table.add("DELETE", "/api/drafts/<int:draft_id>", status=204)
def delete_draft(draft_id: int) -> Response:
    """Delete a draft."""
    project, own = ids.task(draft_id)
    project.drafts.get(own)
    project.drafts.drop(own)
    return nothing()


def _saved(task_id: int, more: Json, status: int = 201) -> Response:
    project, own = ids.task(task_id)
    raw = bodies.given()
    body = bodies.present(bodies.converted(raw, models.DraftBody))
    known = project.drafts.of(project.tasks.get_task(own))
    before: Json = {} if known is None or status == 201 else known.fields
    fields = {"result": [], **before, **raw, **body, **more}
    made = project.drafts.put(own, fields, based_on=_revision(project, own))
    return shown(shapes.draft(project, own, made), status)


def _revision(project: Project, task_id: int) -> str | None:
    """1.x has no revisions: the last one who saves is right."""
    known = project.drafts.of(project.tasks.get_task(task_id))
    return None if known is None else known.revision
