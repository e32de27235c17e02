"""What the pages ask for. Plain calls, which a script may make, too; see docs/pages.md."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, request

from label_studio_lite.core.addresses import relative
from label_studio_lite.core.model import Json
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.legacy import models, shapes
from label_studio_lite.http.pages.tasks import wanted_tasks
from label_studio_lite.http.routes import Route
from label_studio_lite.service import editors, keymap
from label_studio_lite.service.drafts import Draft
from label_studio_lite.service.label_stream import Work
from label_studio_lite.service.walks import Walk

_REVISION = "If-Match"


QUESTION = ("query", "state", "search", "walk")


def next_work() -> Response:
    """``?exclude=1,2``: the next task that is none of these; ``"task": null`` when all are done.

    ``{"task", "draft", "revisions": {completion id: revision}, "sites", "problems",
    "progress"}``. Addresses of media of this server are relative to the root of the project.

    With ``query``, ``state`` or ``search``, as in ``GET /api/table``: the task behind ``after=5``
    among those that are found, in their order, labeled or not; and where it stands, ``"selection":
    {"position": 1 for the first, "total"}``. ``walk=NAME`` keeps what is found the first time.
    """
    return answers.ordered_json(next_shown([params.task_id(i) for i in params.words("exclude")]))


def open_work(task_id: str) -> Response:
    """The same for one task, labeled or not."""
    return answers.ordered_json(opened(params.task_id(task_id)))


def next_shown(exclude: Collection[int]) -> Json:
    walk = selected()
    if walk is None:
        return _shown(project().stream.next(exclude), None)
    return _shown(project().stream.following(walk, params.integer("after"), exclude), walk)


def opened(task_id: int) -> Json:
    return _shown(project().stream.open(task_id), selected())


def selected() -> Walk | None:
    """The tasks that the request selects, None when it does not. ``Invalid``."""
    if not any(request.args.get(name) for name in QUESTION):
        return None
    return project().walks.of(wanted_tasks(), request.args.get("walk", ""))


def _shown(work: Work | None, walk: Walk | None) -> Json:
    shown = _work(work)
    if walk is not None:
        shown["selection"] = walk.place(work.task.id if work else None).to_json()
    return shown


def _work(work: Work | None) -> Json:
    progress = project().progress.state().to_json()
    if work is None:
        return {"task": None, "progress": progress}
    task, problems = models.with_live_predictions(work.task)
    shown = shapes.task(task, ".")
    shown["data"] = relative(shown["data"], project().label_config.current)
    return {
        "task": shown,
        "draft": None if work.draft is None else work.draft.to_json(),
        "revisions": {str(number): name for number, name in work.revisions.items()},
        "sites": sorted(work.sites),
        "problems": list(problems),
        "progress": progress,
    }


def get_progress() -> Response:
    """``{"tasks", "completed", "skipped", "lead_time", "seconds_left"}``."""
    return answers.ordered_json(project().progress.state().to_json())


def get_draft(task_id: str) -> Response:
    return _draft(project().drafts.get(params.task_id(task_id)))


def put_draft(task_id: str) -> Response:
    """``If-Match``: the revision that the client has; without it, there must be no draft yet."""
    body = params.json_object()
    return _draft(project().drafts.put(params.task_id(task_id), body, based_on=_based_on()))


def drop_draft(task_id: str) -> Response:
    """204 also when there is none; with ``If-Match``, one that was changed since stays."""
    project().drafts.drop(params.task_id(task_id), based_on=_based_on())
    return answers.empty(204)


def _draft(draft: Draft) -> Response:
    response = answers.ordered_json(draft.to_json())
    response.headers["ETag"] = f'"{draft.revision}"'
    return response


def _based_on() -> str | None:
    return request.headers.get(_REVISION, "").strip('"') or None


def get_keymap() -> Response:
    """``{action: [chord, …]}``, what the user changed; see ``service/keymap.py``."""
    return answers.ordered_json(project().settings.get("keymap") or {})


def put_keymap() -> Response:
    """The whole keymap anew."""
    changed = keymap.checked(params.json_object())
    project().settings.change({"keymap": changed})
    return answers.ordered_json(changed)


def get_editor() -> Response:
    """``{"build", "offsets", "installed": {build: version}, "missing": […]}``."""
    opened = project().editors
    state = {"build": opened.build, "offsets": opened.offsets, "missing": opened.missing()}
    return answers.ordered_json({**state, "installed": editors.versions()})


def set_editor() -> Response:
    """``{"build", "dry_run"?}``: use this build; what was converted, or with ``dry_run`` would be:
    ``{"build", "completions", "predictions", "offsets", "labels", "unknown", "missing"}``."""
    body = params.json_object()
    report = project().editors.switch(str(body.get("build")), dry_run=body.get("dry_run") is True)
    return answers.ordered_json(report.to_json())


ROUTES = [
    Route("GET", "/api/label/next", next_work),
    Route("GET", "/api/label/tasks/<task_id>", open_work),
    Route("GET", "/api/progress", get_progress),
    Route("GET", "/api/tasks/<task_id>/draft", get_draft),
    Route("PUT", "/api/tasks/<task_id>/draft", put_draft),
    Route("DELETE", "/api/tasks/<task_id>/draft", drop_draft),
    Route("GET", "/api/keymap", get_keymap),
    Route("PUT", "/api/keymap", put_keymap),
    Route("GET", "/api/editor", get_editor),
    Route("POST", "/api/editor", set_editor),
]
