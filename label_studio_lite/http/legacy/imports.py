"""``POST /api/project/import`` of 0.8.x: JSON, files, or the address of a file."""

from __future__ import annotations

from typing import cast

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid
from label_studio_lite.http import answers, params, uploads
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.service.finished_work import How, Role
from label_studio_lite.service.imports import ImportResult


def import_tasks() -> Response:
    """All or nothing; several files at once. A repeated ``X-Request-Id`` is answered once.

    Beyond 0.8.x: ``?format=`` says that it is finished work, see :func:`import_finished`.
    """
    if request.args.get("format"):
        return import_finished(request.args["format"])
    imports = project().imports
    result = imports.import_files(
        uploads.of_request(project()), is_request=params.has_json(), request_id=request_id()
    )
    return answers.sorted_json(_shown(result), 201)


def import_finished(name: str) -> Response:
    """Labels that were made elsewhere, in a format by name.

    ``as=completions|predictions``; ``media_url`` is put in front of the names of images that do
    not come along; ``set_label_config=1`` takes the proposed label config where the project's does
    not fit; ``dry_run=1`` only tells what there is and which label config it needs.
    """
    how = How(
        role=_role(),
        media_url=request.args.get("media_url", ""),
        set_config=params.flag("set_label_config"),
        dry_run=params.flag("dry_run"),
        request_id=request_id(),
    )
    brought = project().finished_work.import_uploads(name, uploads.of_request(project()), how)
    told = {"label_config": brought.label_config, "missing": list(brought.missing)}
    if brought.result is not None:
        return answers.sorted_json({**_shown(brought.result), **told}, 201)
    found = {"task_count": brought.tasks, "region_count": brought.regions}
    return answers.sorted_json({**found, **told}, 200)


def _role() -> Role:
    role = request.args.get("as", "completions")
    if role not in ("completions", "predictions"):
        raise Invalid(f"as={role!r} is neither completions nor predictions")
    return cast("Role", role)


def _shown(result: ImportResult) -> Json:
    return {
        "task_count": result.task_count,
        "completion_count": result.completion_count,
        "prediction_count": result.prediction_count,
        "duration": result.duration,
        "formats": result.formats,
        "new_task_ids": list(result.new_task_ids),
    }


def request_id() -> str | None:
    """The client's own id of this request, by which a repetition is recognised."""
    return request.headers.get("X-Request-Id") or request.headers.get("Idempotency-Key")


ROUTES = [Route("POST", "/api/project/import", import_tasks)]
