"""The Models page, and ML backends as calls: connecting, checking, training, predicting."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, Invalid, NotFound
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import base_url, project
from label_studio_lite.http.pages import jobs
from label_studio_lite.http.pages.rendering import page
from label_studio_lite.http.routes import Route
from label_studio_lite.service.ml.backends import ProjectBackend


def models() -> ResponseReturnValue:
    counts = project().store.counts()
    data = {"tasks": counts.tasks, "completed": counts.completed, "address": base_url()}
    return page("models.html", "model", data=data)


def list_backends() -> Response:
    """``[{"id", "name", "url", "state": "CO" (connected), "DI" (no answer), "ER" or null (not
    asked yet), "generation", "model_version", "error", "failed_at", …settings}, …]``."""
    return answers.ordered_json([backend.public() for backend in project().models.all()])


def connect() -> Response:
    """``{"url", "name"?, …settings}``, see docs/ml.md; 502 when nobody answers there."""
    made = project().models.create(params.json_object())
    return answers.ordered_json(made.public(), 201)


def get_backend(backend_id: str) -> Response:
    return answers.ordered_json(_backend(backend_id).public())


def update_backend(backend_id: str) -> Response:
    """Settings to change; null takes one away."""
    changed = project().models.update(_number(backend_id), params.json_object())
    return answers.ordered_json(changed.public())


def remove_backend(backend_id: str) -> Response:
    """Its stored predictions stay."""
    project().models.delete(_number(backend_id))
    return answers.empty(204)


def check_backend(backend_id: str) -> Response:
    """Ask it now: the same as :func:`get_backend`, with ``versions`` and ``training``."""
    return answers.ordered_json(_asked(project().models.check(_number(backend_id))))


def _asked(backend: ProjectBackend) -> Json:
    opened = project()
    versions: list[str] = []
    training = False
    if backend.failure is None:
        try:
            versions = opened.models.versions(backend.id)
            training = opened.training.is_training(backend.id)
        except BackendFailed as error:
            backend.failed(error)
    return {**backend.public(), "versions": versions, "training": training}


def train_backend(backend_id: str) -> Response:
    """On all completions, in the background; ``{"started": [name], "problems": […]}``."""
    started = project().training.train(_number(backend_id))
    return answers.ordered_json({"started": started.names, "problems": started.problems})


def predict_all() -> Response:
    """``{"missing_only"?: bool, "replace"?: bool}``: a job that predicts every task with every
    backend, see ``/api/jobs``."""
    body = params.optional_json() or {}
    if not isinstance(body, dict) or any(type(value) is not bool for value in body.values()):
        raise Invalid('{"missing_only": true or false, "replace": true or false} is expected')
    unknown = body.keys() - {"missing_only", "replace"}
    if unknown:
        raise Invalid(f"unknown: {', '.join(sorted(unknown))}")
    return answers.ordered_json(jobs.shown(project().predicting.predict_all(**body)), 202)


def scores() -> Response:
    """How far stored predictions say what people said, by model version.

    ``?with_accepted=1`` also counts completions that were made by accepting a prediction.
    ``[{"version", "tasks", "precision", "recall", "f1", "labels": [{"control", "label", "both",
    "model_only", "people_only", "precision", "recall", "f1"}]}]``.
    """
    found = project().agreement.by_version(with_accepted=params.flag("with_accepted"))
    return answers.ordered_json(
        [{"version": version, **agreement.to_json()} for version, agreement in found.items()]
    )


def _backend(backend_id: str) -> ProjectBackend:
    return project().models.get(_number(backend_id))


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise NotFound(f"there is no ML backend {value}")
    return int(value)


ROUTES = [
    Route("GET", "/model", models, "page"),
    Route("GET", "/api/backends", list_backends),
    Route("POST", "/api/backends", connect),
    Route("GET", "/api/backends/<backend_id>", get_backend),
    Route("PATCH", "/api/backends/<backend_id>", update_backend),
    Route("DELETE", "/api/backends/<backend_id>", remove_backend),
    Route("POST", "/api/backends/<backend_id>/check", check_backend),
    Route("POST", "/api/backends/<backend_id>/train", train_backend),
    Route("POST", "/api/models/predict-all", predict_all),
    Route("GET", "/api/models/scores", scores),
]
