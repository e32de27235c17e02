"""Predictions: what models say about tasks."""

from __future__ import annotations

from typing import Any

from flask import Response

from label_studio_lite.core.model import Json
from label_studio_lite.core.simple_values import region_of
from label_studio_lite.errors import FieldsInvalid, NotFound
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import bodies, ids, shapes
from label_studio_lite.http.v1.models import task as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.service.project import Project

table = Table("Predictions")
ROUTES = table.routes

_OURS = ("id", "task", "project", "created_at", "updated_at", "created_ago", "model", "model_run")


@table.add("GET", "/api/predictions", query=models.PredictionQuery, answer=list[models.Prediction])
def list_predictions() -> Response:
    """List predictions: of a task, of a project, or all."""
    query = bodies.query(models.PredictionQuery)
    if isinstance(query.task, int):
        try:
            project, own = ids.task(query.task)
        except NotFound as error:
            raise FieldsInvalid({"task": ["Select a valid choice."]}) from error
        return shown(shapes.predictions_of(project, project.tasks.get_task(own)))
    asked = query.project or query.task__project
    workspace = server().workspace
    projects = [asked] if isinstance(asked, int) else workspace.ids()
    found: list[Any] = []
    for project in map(ids.project, projects):
        for task in project.predictions.tasks():
            found += shapes.predictions_of(project, task)
    return shown(found)


@table.add(
    "POST",
    "/api/predictions",
    body=models.PredictionBody,
    answer=models.Prediction,
    status=201,
)
def create_prediction() -> Response:
    """Store a prediction."""
    raw = bodies.given()
    body = bodies.converted(raw, models.PredictionBody)
    try:
        project, own = ids.task(body.task)
    except NotFound as error:
        message = f'Invalid pk "{body.task}" - object does not exist.'
        raise FieldsInvalid({"task": [message]}) from error
    fields = {key: value for key, value in raw.items() if key not in _OURS}
    fields |= bodies.present(body) | {"result": _regions(project, body.result)}
    place = project.predictions.add(
        own, {"created_at": int(project.clock())} | _without(fields, "task")
    )
    return _shown(project, own, place, 201)


@table.add("GET", "/api/predictions/<int:prediction_id>", answer=models.Prediction)
def get_prediction(prediction_id: int) -> Response:
    """Get a prediction."""
    return _shown(*_found(prediction_id))


@table.add(
    "PATCH",
    "/api/predictions/<int:prediction_id>",
    body=models.PredictionChange,
    answer=models.Prediction,
)
def change_prediction(prediction_id: int) -> Response:
    """Change a prediction."""
    project, own, place = _found(prediction_id)
    raw = bodies.given()
    body = bodies.converted(raw, models.PredictionChange)
    fields = {key: value for key, value in raw.items() if key not in _OURS} | bodies.present(body)
    if "result" in fields:
        fields["result"] = _regions(project, fields["result"])
    own_id = ids.place(prediction_id, ids.COMPLETIONS, "prediction")[1]
    project.predictions.update(
        own, place, {**fields, "id": own_id, "updated_at": int(project.clock())}
    )
    return _shown(project, own, place)


@table.add(
    "PUT",
    "/api/predictions/<int:prediction_id>",
    body=models.PredictionChange,
    answer=models.Prediction,
)
def replace_prediction(prediction_id: int) -> Response:
    """Change a prediction, as PATCH does."""
    return change_prediction(prediction_id)


@table.add("DELETE", "/api/predictions/<int:prediction_id>", status=204)
def delete_prediction(prediction_id: int) -> Response:
    """Delete a prediction."""
    project, own, place = _found(prediction_id)
    project.predictions.delete(own, place)
    return nothing()


def _found(prediction_id: int) -> tuple[Project, int, int]:
    project, own = ids.place(prediction_id, ids.COMPLETIONS, "prediction")
    task, place = project.predictions.find(own)
    return project, task.id, place


def _shown(project: Project, task_id: int, place: int, status: int = 200) -> Response:
    own, made = project.predictions.numbered(project.tasks.get_task(task_id))[place]
    return shown(shapes.prediction(project, task_id, own, made), status)


def _regions(project: Project, result: Any) -> Any:
    """A bare value is meant for the first control."""
    return region_of(project.label_config.current, result)


def _without(fields: Json, name: str) -> Json:
    return {key: value for key, value in fields.items() if key != name}
