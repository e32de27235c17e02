"""``/api/dm/actions/``: what can be done with a selection of tasks."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from flask import Response

from label_studio_lite.core.filters import Query
from label_studio_lite.errors import FieldsInvalid, Invalid, NotFound
from label_studio_lite.http import answers
from label_studio_lite.http.v1 import bodies, dm_queries, ids, people, shapes
from label_studio_lite.http.v1.models import data_manager as models
from label_studio_lite.http.v1.routing import Table, shown
from label_studio_lite.service.project import Project

table = Table("Data Manager")
ROUTES = table.routes

Result = models.ActionResult
Run = Callable[[Project, Sequence[int], models.ActionBody], Result]


def _predict(project: Project, task_ids: Sequence[int], body: models.ActionBody) -> Result:
    many = project.predicting.predict_tasks(task_ids)
    return Result(len(task_ids), f"Retrieved {many.stored} predictions")


def _accept(project: Project, task_ids: Sequence[int], body: models.ActionBody) -> Result:
    wanted = body.model_version or None
    versions = [wanted] if isinstance(wanted, str) else wanted or None
    count = project.bulk.accept_predictions(task_ids, versions)
    return Result(detail=f"Created {count} annotations")


def _remove_duplicates(
    project: Project, task_ids: Sequence[int], body: models.ActionBody
) -> Result:
    count = project.bulk.remove_duplicates(task_ids)
    return Result(count, f"Removed {count} tasks", reload=True)


def _delete_tasks(project: Project, task_ids: Sequence[int], body: models.ActionBody) -> Result:
    count = project.bulk.delete_tasks(task_ids)
    return Result(count, f"Deleted {count} tasks", reload=True)


def _delete_annotations(
    project: Project, task_ids: Sequence[int], body: models.ActionBody
) -> Result:
    users = body.annotator or None
    chosen = [users] if isinstance(users, int) else users
    count = project.bulk.delete_completions(task_ids, chosen)
    return Result(count, f"Deleted {count} annotations")


def _delete_predictions(
    project: Project, task_ids: Sequence[int], body: models.ActionBody
) -> Result:
    count = project.predictions.clear(task_ids)
    return Result(count, f"Deleted {count} predictions")


class _Action(NamedTuple):
    run: Run
    shown: models.Action


def _action(
    run: Run, name: str, title: str, order: int, permission: str | list[str], text: str
) -> tuple[str, _Action]:
    reload = True if name in ("delete_tasks", "remove_duplicates") else msgspec.UNSET
    dialog = models.Dialog(title, text)
    return name, _Action(run, models.Action(name, title, order, permission, dialog, reload))


ACTIONS = dict(
    [
        _action(
            _predict,
            "retrieve_tasks_predictions",
            "Retrieve Predictions",
            90,
            "predictions.any",
            "The ML backends of the project predict the selected tasks.",
        ),
        _action(
            _accept,
            "predictions_to_annotations",
            "Create Annotations From Predictions",
            91,
            "tasks.change",
            "Each prediction of the selected tasks becomes an annotation of yours.",
        ),
        _action(
            _remove_duplicates,
            "remove_duplicates",
            "Remove Duplicated Tasks",
            95,
            ["projects.change", "tasks.delete"],
            "Of selected tasks with the same data the first stays, with the work on all of them.",
        ),
        _action(
            _delete_tasks,
            "delete_tasks",
            "Delete Tasks",
            100,
            "tasks.delete",
            "The selected tasks go, and all work on them.",
        ),
        _action(
            _delete_annotations,
            "delete_tasks_annotations",
            "Delete Annotations",
            101,
            ["tasks.change", "annotations.delete"],
            "The annotations of the selected tasks go; the tasks stay.",
        ),
        _action(
            _delete_predictions,
            "delete_tasks_predictions",
            "Delete Predictions",
            102,
            "predictions.any",
            "The predictions of the selected tasks go; the tasks stay.",
        ),
    ]
)


@table.add("GET", "/api/dm/actions", query=models.ProjectOf, answer=list[models.Action])
def list_actions() -> Response:
    """List what can be done with a selection of tasks."""
    ids.named_project(bodies.query(models.ProjectOf).project)
    return shown([action.shown for action in ACTIONS.values()])


@table.add(
    "POST",
    "/api/dm/actions",
    query=models.ActionQuery,
    body=models.ActionBody,
    answer=models.ActionResult,
)
def run_action() -> Response:
    """Do something with a selection of tasks.

    ``next_task`` answers the first of them that is not labeled yet.
    """
    asked = bodies.query(models.ActionQuery)
    if asked.id is msgspec.UNSET:
        detail = 'No action id "None", use ?id=<action-id>'
        return answers.ordered_json({"detail": detail}, 422)
    project, view = dm_queries.view_of(asked.project, asked.view or None)
    body = bodies.body(models.ActionBody)
    query = dm_queries.of_parts(project, bodies.present(body), view)
    if asked.id == "next_task":
        return _next_task(project, query)
    action = ACTIONS.get(asked.id)
    if action is None:
        raise Invalid(f"Can't find '{asked.id}' in registered actions")
    if body.selectedItems is msgspec.UNSET:
        raise FieldsInvalid({"selectedItems": ["This field is required."]})
    return shown(action.run(project, project.task_table.ids(query), body))


def _next_task(project: Project, query: Query) -> Response:
    task_id = project.task_table.next_open(query)
    if task_id is None:
        raise NotFound(f"There are no tasks for {people.me().email}")
    lock = f"{int(time.time()):08x}-{secrets.token_hex(4)}"
    task = project.tasks.get_task(task_id)
    return shown(shapes.next_task(project, task, queue="Data manager queue", lock=lock))


@table.add(
    "GET", "/api/dm/actions/<action_id>/form", query=models.ProjectOf, answer=list[models.Form]
)
def get_form(action_id: str) -> Response:
    """Get what an action can be told besides the selection."""
    project = ids.named_project(bodies.query(models.ProjectOf).project)
    if action_id not in ACTIONS:
        raise NotFound(f"there is no action {action_id!r}")
    forms: list[models.Form] = []
    if action_id == "predictions_to_annotations":
        versions = sorted(version for version in project.predictions.versions() if version)
        first = versions[0] if versions else None
        field = models.FormField("select", "model_version", "Model version", versions, first)
        forms.append(models.Form(1, [field]))
    return shown(forms)
