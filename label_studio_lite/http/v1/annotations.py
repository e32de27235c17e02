"""Annotations, which are completions: of a task, one by one, and many at once."""

from __future__ import annotations

from typing import Any

from flask import Response

from label_studio_lite.core.model import Completion, Json
from label_studio_lite.errors import FieldsInvalid, Invalid
from label_studio_lite.http import params
from label_studio_lite.http.v1 import bodies, ids, shapes
from label_studio_lite.http.v1.models import task as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.service.project import Project

table = Table("Annotations")
ROUTES = table.routes

# made by the server, whatever a client sends
_OURS = (
    "id", "task", "project", "created_at", "updated_at", "created_ago", "created_username",
    "updated_by", "draft_id", "draft_created_at", "last_action", "last_created_by",
    "was_cancelled", "bulk_created", "import_id",
)  # fmt: skip


@table.add("GET", "/api/tasks/<int:task_id>/annotations", answer=list[models.Annotation])
def list_annotations(task_id: int) -> Response:
    """List the annotations of a task, without skipped ones."""
    project, own = ids.task(task_id)
    given = shapes.given_by(project.tasks.get_task(own))
    return shown([shapes.annotation(project, own, completion) for completion in given])


@table.add(
    "POST",
    "/api/tasks/<int:task_id>/annotations",
    body=models.AnnotationBody,
    answer=models.Annotation,
    status=201,
)
def create_annotation(task_id: int) -> Response:
    """Annotate a task.

    With ``was_cancelled``, in the query or in the body, the task is skipped. ``draft_id`` names
    the draft that this was made of; it is gone then.
    """
    project, own = ids.task(task_id)
    raw = bodies.given()
    body = bodies.converted(raw, models.AnnotationBody)
    fields = {key: value for key, value in raw.items() if key not in _OURS}
    kept = {key: value for key, value in _kept(body).items() if value is not None}
    fields |= {"result": body.result or [], **kept}
    skipped = params.flag("was_cancelled") or body.was_cancelled is True
    draft_id = body.draft_id
    if draft_id and draft_id != task_id:
        raise FieldsInvalid({"draft_id": [f"draft {draft_id} is not of task {task_id}"]})
    made = project.completions.complete(own, fields, was_cancelled=skipped)
    if draft_id:
        project.drafts.drop(own)
    return shown(shapes.annotation(project, own, made), 201)


def _kept(body: models.AnnotationBody) -> Json:
    """What has a type, as it was read: forms bring only text."""
    fields = bodies.present(body)
    return {key: value for key, value in fields.items() if key not in (*_OURS, "result")}


@table.add("GET", "/api/annotations/<int:annotation_id>", answer=models.Annotation)
def get_annotation(annotation_id: int) -> Response:
    """Get an annotation."""
    project, task_id, completion = _found(annotation_id)
    return shown(shapes.annotation(project, task_id, completion))


@table.add(
    "PATCH",
    "/api/annotations/<int:annotation_id>",
    body=models.AnnotationBody,
    answer=models.Annotation,
)
def change_annotation(annotation_id: int) -> Response:
    """Change an annotation."""
    project, task_id, completion = _found(annotation_id)
    raw = bodies.given()
    body = bodies.converted(raw, models.AnnotationBody)
    fields = {key: value for key, value in raw.items() if key not in _OURS} | _kept(body)
    if isinstance(body.result, list):
        fields["result"] = body.result
    if isinstance(body.was_cancelled, bool):
        fields["was_cancelled"] = body.was_cancelled
    changed = project.completions.update(task_id, completion.id, fields)
    return shown(shapes.annotation(project, task_id, changed))


@table.add("DELETE", "/api/annotations/<int:annotation_id>", status=204)
def delete_annotation(annotation_id: int) -> Response:
    """Delete an annotation."""
    project, task_id, completion = _found(annotation_id)
    project.completions.delete(task_id, completion.id)
    return nothing()


def _found(annotation_id: int) -> tuple[Project, int, Completion]:
    project, own = ids.place(annotation_id, ids.COMPLETIONS, "annotation")
    task, completion = project.completions.find(own)
    return project, task.id, completion


@table.add(
    "POST",
    "/api/annotations/bulk",
    body=models.BulkAnnotations,
    answer=list[models.BulkAnnotation],
    status=201,
)
def create_many() -> Response:
    """Give many tasks the same annotation.

    ``tasks`` or ``task`` names them, or ``selected_items`` of ``project``: ``{"all": false,
    "included": […]}`` or ``{"all": true, "excluded": […]}``. Nothing is done when one is unknown.
    """
    raw = bodies.given()
    body = bodies.converted(raw, models.BulkAnnotations)
    places = _meant(body)
    fields = {
        key: value for key, value in raw.items() if key not in (*_OURS, "tasks", "selected_items")
    }
    fields |= {"result": body.result, "bulk_created": True}
    made: list[Any] = []
    for project, own in places:
        completion = project.completions.complete(
            own, dict(fields), was_cancelled=body.was_cancelled is True
        )
        made.append({"id": ids.public(project, completion.id, ids.COMPLETIONS)})
    return shown(made, 201)


def _meant(body: models.BulkAnnotations) -> list[tuple[Project, int]]:
    if body.tasks:
        return [ids.task(task_id) for task_id in body.tasks]
    if isinstance(body.task, int):
        return [ids.task(body.task)]
    if not isinstance(body.selected_items, dict) or not isinstance(body.project, int):
        raise FieldsInvalid({"tasks": ["This field is required."]})
    project = ids.named_project(body.project)
    selected = body.selected_items
    if not selected.get("all"):
        return [ids.task(task_id) for task_id in selected.get("included") or []]
    excluded = {ids.task(task_id)[1] for task_id in selected.get("excluded") or []}
    return [(project, own) for own in project.tasks.ids() if own not in excluded]


@table.add("POST", "/api/annotations/bulk-delete", body=models.BulkIds, answer=models.BulkDeleted)
def delete_many() -> Response:
    """Delete many annotations; unknown ids are refused before anything is deleted."""
    wanted = bodies.body(models.BulkIds).ids
    if not wanted:
        raise Invalid("ids is an empty list")
    found = [_found(annotation_id) for annotation_id in wanted]
    for project, task_id, completion in found:
        project.completions.delete(task_id, completion.id)
    return shown(models.BulkDeleted(len(found)))
