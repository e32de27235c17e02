"""``/api/tasks/``: making, changing and deleting tasks; ``dm_tasks.py`` lists them."""

from __future__ import annotations

from typing import Any

from flask import Response

from label_studio_lite.core.model import RawTask
from label_studio_lite.errors import FieldsInvalid, NotFound
from label_studio_lite.http.v1 import bodies, ids, paging, shapes
from label_studio_lite.http.v1.models import task as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.service.project import Project

table = Table("Tasks")
ROUTES = table.routes


@table.add("POST", "/api/tasks", body=models.TaskBody, answer=models.Task, status=201)
def create_task() -> Response:
    """Create a task."""
    raw = bodies.given()
    body = bodies.converted(raw, models.TaskBody)
    return _created(ids.named_project(body.project), raw)


@table.add(
    "POST",
    "/api/projects/<int:project_id>/tasks",
    body=models.TaskChange,
    answer=models.Task,
    status=201,
)
def create_task_in_project(project_id: int) -> Response:
    """Create a task in a project."""
    return _created(ids.project(project_id), bodies.given())


def _created(project: Project, raw: dict[str, Any]) -> Response:
    body = bodies.converted(raw, models.TaskChange)
    item = {key: value for key, value in bodies.present(body).items() if value is not None}
    if "data" not in item:
        raise FieldsInvalid({"data": ["This field is required."]})
    result = project.imports.import_items([RawTask(item)])
    return shown(shapes.task(project, project.tasks.get_task(result.first_id)), 201)


@table.add("GET", "/api/tasks/<task_id>", query=models.OneTaskQuery, answer=models.ListedTask)
def get_task(task_id: str) -> Response:
    """Get a task with everything that is known of it."""
    project, own = ids.task(task_id)
    resolve = bodies.query(models.OneTaskQuery).resolve_uri
    task = project.tasks.get_task(own)
    return shown(shapes.listed_task(project, task, everything=True, resolve_uri=resolve))


@table.add("PATCH", "/api/tasks/<task_id>", body=models.TaskChange, answer=models.TaskWithWork)
def change_task(task_id: str) -> Response:
    """Replace the data or the meta of a task."""
    project, own = ids.task(task_id)
    changes = bodies.present(bodies.body(models.TaskChange))
    if "meta" in changes and changes["meta"] is None:
        changes["meta"] = {}
    changed = project.tasks.change_task(own, changes)
    return shown(shapes.with_work(project, changed))


@table.add("DELETE", "/api/tasks/<task_id>", status=204)
def delete_task(task_id: str) -> Response:
    """Delete a task and all work on it."""
    project, own = ids.task(task_id)
    project.tasks.delete_task(own)
    return nothing()


@table.add("GET", "/api/projects/<int:project_id>/tasks", answer=list[models.TaskWithWork])
def list_tasks_of_project(project_id: int) -> Response:
    """List the tasks of a project, newest first; 404 when there are none."""
    project = ids.project(project_id)
    page = paging.page(project.store.counts().tasks, size=100)
    if page.stop == 0:
        raise NotFound("Invalid page.")
    found = project.tasks.slice(page.start, page.stop, newest_first=True)
    return shown([shapes.with_work(project, task) for task in found])


@table.add("DELETE", "/api/projects/<int:project_id>/tasks", status=204)
def delete_all_tasks(project_id: int) -> Response:
    """Delete all tasks of a project."""
    ids.project(project_id).tasks.delete_all_tasks()
    return nothing()


@table.add(
    "POST",
    "/api/tasks/<int:task_id>/events",
    body=models.TaskEvent,
    answer=dict[str, Any],
    status=201,
)
def note_event(task_id: int) -> Response:
    """Say what happened while a task was shown.

    Taken and not kept: there is no analytics here.
    """
    ids.task(task_id)
    return shown(bodies.given(), 201)
