"""``/api/tasks`` and ``/api/completions`` of 0.8.x."""

from __future__ import annotations

from flask import Response, request

from label_studio_lite.core.model import Completion
from label_studio_lite.core.revision import revision
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import base_url, project
from label_studio_lite.http.legacy import models, shapes
from label_studio_lite.http.routes import Route


def list_tasks() -> Response:
    """``?page=&page_size=&order=&fields=``: a list; past the end it is empty."""
    page, size = params.integer("page", 1), params.integer("page_size", 10)
    if page < 1 or size < 1:
        return answers.sorted_json({"detail": "Incorrect page or page_size"}, 422)
    order = request.values.get("order", "id")
    tasks = project().tasks.list_tasks(order=order, page=page, page_size=size)
    shown = [shapes.listed_task(task, base_url()) for task in tasks]
    fields = params.words("fields")
    if fields and fields != ["all"]:
        shown = [{key: task[key] for key in fields if key in task} for task in shown]
    return answers.sorted_json(shown)


def delete_all_tasks() -> Response:
    project().tasks.delete_all_tasks()
    return answers.empty(204)


def get_task(task_id: str) -> Response:
    """Keys in stored order; ``?pretty=`` with line breaks. Predictions are live where possible."""
    stored = project().tasks.get_task(params.task_id(task_id))
    task, problems = models.with_live_predictions(stored)
    shown = shapes.task(task, base_url())
    indent = 1 if request.values.get("pretty") else 0
    return models.with_problems(answers.ordered_json(shown, indent=indent), problems)


def replace_task(task_id: str) -> Response:
    """The body becomes the task: ``{data, …}``, bare data, or a list of one of them."""
    body = params.json_body()
    project().tasks.replace_task(params.task_id(task_id), body)
    return answers.sorted_json({"detail": "Task patched", "data": body})


def delete_task(task_id: str) -> Response:
    project().tasks.delete_task(params.task_id(task_id))
    return answers.empty(204)


def complete(task_id: str) -> Response:
    """``?was_cancelled=<anything>`` is a skip, even ``0``."""
    body = params.json_object()
    skipped = bool(request.values.get("was_cancelled"))
    done = project().completions.complete(params.task_id(task_id), body, was_cancelled=skipped)
    return _with_revision(answers.sorted_json({"id": done.id}, 201), done)


def delete_completions(task_id: str) -> Response:
    project().completions.delete_of_task(params.task_id(task_id))
    return answers.empty(204)


def update_completion(task_id: str, completion_id: str) -> Response:
    """Beyond 0.8.x: with ``If-Match: <ETag of an earlier answer>``, 409 when it changed since."""
    if completion_id == "null":
        return answers.text("completion id is null")
    number = params.completion_id(completion_id)
    based_on = request.headers.get("If-Match", "").strip('"') or None
    done = project().completions.update(
        params.task_id(task_id), number, params.json_object(), based_on=based_on
    )
    return _with_revision(answers.text("ok", 201), done)


def _with_revision(response: Response, completion: Completion) -> Response:
    response.headers["ETag"] = f'"{revision(completion)}"'
    return response


def delete_completion(task_id: str, completion_id: str) -> Response:
    """204 also when there is no such completion, as in 0.8.x."""
    if completion_id == "null":
        return answers.text("completion id is null")
    number = params.completion_id(completion_id)
    project().completions.delete(params.task_id(task_id), number)
    return answers.empty(204)


def completed_ids() -> Response:
    """Ids of completed *tasks*."""
    return answers.sorted_json({"ids": list(project().tasks.completed_ids())})


def delete_all_completions() -> Response:
    project().completions.delete_all()
    return answers.text("done", 201)


def next_task() -> Response:
    """404 with an empty body when nothing is left; clients rely on the status."""
    stored = project().tasks.next_task()
    if stored is None:
        return answers.empty(404)
    task, problems = models.with_live_predictions(stored)
    shown = shapes.task(task, base_url())
    shown.pop("completions", None)
    return models.with_problems(answers.ordered_json(shown), problems)


ROUTES = [
    Route("GET", "/api/tasks", list_tasks),
    Route("DELETE", "/api/tasks", delete_all_tasks),
    Route("GET", "/api/tasks/<task_id>", get_task),
    Route("PATCH", "/api/tasks/<task_id>", replace_task),
    Route("POST", "/api/tasks/<task_id>", replace_task),
    Route("DELETE", "/api/tasks/<task_id>", delete_task),
    Route("POST", "/api/tasks/<task_id>/completions", complete),
    Route("DELETE", "/api/tasks/<task_id>/completions", delete_completions),
    Route("PATCH", "/api/tasks/<task_id>/completions/<completion_id>", update_completion),
    Route("DELETE", "/api/tasks/<task_id>/completions/<completion_id>", delete_completion),
    Route("GET", "/api/completions", completed_ids),
    Route("DELETE", "/api/completions", delete_all_completions),
    Route("GET", "/api/project/next", next_task),
]
