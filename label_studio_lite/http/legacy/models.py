"""``/api/models`` of 0.8.x, and how answers tell that a model did not do its part."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from label_studio_lite.core.model import Json, Task
from label_studio_lite.errors import Conflict, Invalid
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.service.ml.models import NoBackend

PROBLEM = "X-ML-Error"
_LONGEST = 500  # characters of the header
_READY = "predictions are ready"


def list_models() -> Response:
    return answers.sorted_json({"models": project().models.names()})


def remove() -> Response:
    """``{"name": n}``: the first of that name."""
    name = params.json_object().get("name")
    if not isinstance(name, str):
        raise Invalid('the name of a model is expected: {"name": …}')
    project().models.remove(name)
    return answers.empty(204)


def train() -> Response:
    """Start a training with every backend, on all completions."""
    try:
        started = project().training.train()
    except NoBackend as error:
        return answers.sorted_json(error.detail, 400)
    return _told({"details": "Training started"}, started.problems)


def predict() -> Response:
    """``?mode=`` data (also without a mode), ``all_tasks`` or ``specific_tasks``."""
    modes = {"data": predict_data, "all_tasks": predict_all, "specific_tasks": predict_tasks}
    if not project().models.names():
        return answers.sorted_json(str(NoBackend()), 400)
    mode = modes.get(request.values.get("mode", "data"))
    return answers.sorted_json({"detail": "unknown mode"}, 422) if mode is None else mode()


def predict_data() -> Response:
    """The JSON body is the data of a task, or an object with ``data``; nothing is stored."""
    body = params.optional_json()
    if body is None:
        return answers.sorted_json({"detail": "no task data found in request json"}, 422)
    try:
        task, problems = project().predicting.of_data(body)
    except NoBackend as error:
        return answers.sorted_json(error.detail, 400)
    return with_problems(answers.sorted_json(task), problems)


def predict_all() -> Response:
    """Answers when every task has been predicted, as 0.8.2; it goes on if the client leaves."""
    started = project().predicting.predict_all(replace=True)
    job = project().jobs.wait(started.id)
    if job.status in ("running", "cancelled"):
        raise Conflict("the predictions were stopped before the end")
    problems = [job.error] if job.error else []
    return _told({"details": _READY}, problems)


def predict_tasks() -> Response:
    """``?task_ids=1,2`` or ``{"task_ids": [1, 2]}``; 0.9.1 says ``detail`` here, without an s."""
    ids = _task_ids()
    if not ids:
        return answers.sorted_json({"detail": "no task_ids found in request"}, 422)
    many = project().predicting.predict_tasks(ids)
    return _told({"details": _READY, "detail": _READY}, many.problems)


def _told(body: Json, problems: Sequence[str]) -> Response:
    """What 0.8.x answers also when a backend failed, which ``errors`` says beside it."""
    said = {**body, "errors": list(problems)} if problems else body
    return with_problems(answers.sorted_json(said), problems)


def _task_ids() -> list[int]:
    body = params.optional_json()
    given = body.get("task_ids") if isinstance(body, dict) else None
    if given is None:
        return [params.task_id(word) for word in params.words("task_ids")]
    if not isinstance(given, list) or any(type(item) is not int for item in given):
        raise Invalid('"task_ids" must be a list of whole numbers')
    return given


def with_live_predictions(task: Task) -> tuple[Task, Sequence[str]]:
    """The task as the backends see it now, and what went wrong with them."""
    predicted = project().predicting.live(task)
    if predicted is None:
        return task, ()
    fields = {**task.fields, "predictions": predicted.predictions}
    return Task(task.id, fields, task.work), predicted.problems


def with_problems(response: Response, problems: Sequence[str]) -> Response:
    """The answer, with a header that says what ML backends failed to do."""
    if problems:
        text = " ".join("; ".join(problems).split())
        response.headers[PROBLEM] = text.encode("ascii", "replace").decode()[:_LONGEST]
    return response


ROUTES = [
    Route("GET", "/api/models", list_models),
    Route("DELETE", "/api/models", remove),
    Route("POST", "/api/models/train", train),
    Route("GET", "/api/models/predictions", predict),
    Route("POST", "/api/models/predictions", predict),
]
