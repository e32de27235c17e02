"""The tasks as a table: rows, columns, saved views, actions. See docs/tasks.md."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, request

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotFound
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.pages import policy
from label_studio_lite.http.pages.jobs import shown
from label_studio_lite.http.pages.rendering import page, secured
from label_studio_lite.http.routes import Route
from label_studio_lite.service.table.rows import Wanted
from label_studio_lite.service.table.saved_views import View

_TIMER = "task_page_auto_update_timer"  # 0.8.x's word; ms


def tasks_page() -> Response:
    opened = project()
    refresh = opened.settings.get(_TIMER)
    data: Json = {"refresh": refresh if isinstance(refresh, int) else 0}
    response = page("tasks.html", "tasks", data=data)
    return secured(response, policy.with_media(opened.task_rows.sites()))


def list_rows() -> Response:
    """``?query=<JSON>&state=&search=&start=0&count=100``."""
    start, count = params.integer("start", 0), params.integer("count", 100)
    return answers.ordered_json(project().task_rows.page(wanted_tasks(), start, count))


def wanted_tasks() -> Wanted:
    """What ``?query=<JSON>&state=&search=`` asks for. ``Invalid``."""
    given = request.args
    try:
        query = jsontext.loads(given.get("query") or "null")
    except ValueError as error:
        raise Invalid(f"query is not valid JSON: {error}") from error
    return project().task_rows.wanted({**given.to_dict(), "query": query})


def list_columns() -> Response:
    return answers.ordered_json([asdict(column) for column in project().task_rows.columns()])


def get_row_task(task_id: str) -> Response:
    """One task in full: as the page shows it, and as JSON; without asking models."""
    return answers.ordered_json(project().task_rows.task(params.task_id(task_id)))


def summary() -> Response:
    """``{"query"?, "state"?, "search"?}``: how many things an action would be about."""
    rows = project().task_rows
    return answers.ordered_json(asdict(rows.numbers(rows.wanted(params.json_object()))))


def start_action(action: str) -> Response:
    """The same body: a job."""
    return answers.ordered_json(
        shown(project().task_actions.start(action, params.json_object())), 202
    )


def list_views() -> Response:
    return answers.ordered_json([_shown(view) for view in project().views.all()])


def add_view() -> Response:
    """``{"title", "filters"?, "ordering"?, "search"?, "state"?, "columns"?}``."""
    data = project().task_rows.check_view(params.json_object())
    return answers.ordered_json(_shown(project().views.add(data)), 201)


def change_view(view_id: str) -> Response:
    """Keys of the body take the place of those that are there."""
    data = project().task_rows.check_view(params.json_object())
    return answers.ordered_json(_shown(project().views.change(_view_id(view_id), data)))


def remove_view(view_id: str) -> Response:
    project().views.remove(_view_id(view_id))
    return answers.empty(204)


def _shown(view: View) -> Json:
    return {**view.data, "id": view.id, "title": str(view.data.get("title") or view.id)}


def _view_id(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise NotFound(f"there is no view {value}")
    return int(value)


ROUTES = [
    Route("GET", "/tasks", tasks_page, "page"),
    Route("GET", "/api/table", list_rows),
    Route("GET", "/api/table/columns", list_columns),
    Route("GET", "/api/table/tasks/<task_id>", get_row_task),
    Route("POST", "/api/table/summary", summary),
    Route("GET", "/api/table/views", list_views),
    Route("POST", "/api/table/views", add_view),
    Route("PATCH", "/api/table/views/<view_id>", change_view),
    Route("DELETE", "/api/table/views/<view_id>", remove_view),
    Route("POST", "/api/table/actions/<action>", start_action),
]
