"""Imports in steps, and folders that are served in place. See docs/imports-and-exports.md."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotAllowed
from label_studio_lite.http import answers, params, uploads
from label_studio_lite.http.context import project, server
from label_studio_lite.http.pages.jobs import shown
from label_studio_lite.http.pages.rendering import page
from label_studio_lite.http.routes import Route
from label_studio_lite.service.import_preview import Preview, preview, wanted
from label_studio_lite.service.staging import how_of


def import_page() -> Response:
    return page("import.html", "import")


def stage() -> Response:
    """Files, a JSON body, or the address of a file in the form field ``url``."""
    files = project().staging.add(uploads.of_request(project()))
    return answers.ordered_json([file._asdict() for file in files], 201)


def list_staged() -> Response:
    return answers.ordered_json([file._asdict() for file in project().staging.all()])


def drop_staged(file_id: str) -> Response:
    project().staging.remove(file_id)
    return answers.empty(204)


def preview_import() -> Response:
    """``{"files": [id, …]}`` for staged files, or files themselves: nothing is stored.

    With ``"finished": {"format", "as"?, "media_url"?}``, what finished work in them would bring.
    """
    if not params.has_json():
        return answers.ordered_json(_shown(preview(project(), uploads.of_request(project()))))
    body = params.json_object()
    finished = _finished(body)
    if finished is None:
        return answers.ordered_json(_shown(project().staging.preview(_ids(body))))
    brought = project().staging.preview_finished(_ids(body), *how_of(finished))
    return answers.ordered_json(
        {
            "tasks": brought.tasks,
            "regions": brought.regions,
            "label_config": brought.label_config,
            "missing": list(brought.missing),
        }
    )


def list_formats() -> Response:
    """Formats of finished work."""
    return answers.ordered_json(
        [
            {"name": reader.name, "title": reader.title, "description": reader.description}
            for reader in project().finished_work.formats()
        ]
    )


def _shown(found: Preview) -> Json:
    tags = wanted(project())
    columns = [
        {"name": name, "count": column.count, "kinds": sorted(column.kinds), "tag": tags.get(name)}
        for name, column in found.columns.items()
    ]
    return {
        "files": [asdict(file) for file in found.files],
        "tasks": found.tasks,
        "completions": found.completions,
        "predictions": found.predictions,
        "bad": found.bad,
        "complete": found.complete,
        "looked_at": found.looked_at,
        "columns": columns,
        "missing": {key: tag for key, tag in tags.items() if key not in found.columns},
        "rows": found.rows,
        "problems": found.problems,
    }


def start_import() -> Response:
    """``{"files": [id, …], "skip_bad"?: bool, "finished"?: {…}}``: a job, see ``/api/jobs``."""
    body = params.json_object()
    skip_bad = body.get("skip_bad", False)
    if not isinstance(skip_bad, bool):
        raise Invalid('"skip_bad" must be true or false')
    job = project().staging.start(_ids(body), skip_bad=skip_bad, finished=_finished(body))
    return answers.ordered_json(shown(job), 202)


def _finished(body: Json) -> Json | None:
    found: Any = body.get("finished")
    if not isinstance(found, (dict, type(None))):
        raise Invalid('"finished" must be an object')
    return found


def _ids(body: Json) -> list[str]:
    found: Any = body.get("files")
    if not isinstance(found, list) or any(not isinstance(item, str) for item in found):
        raise Invalid('"files" must be a list of ids of staged files')
    return found


def list_folders() -> Response:
    return answers.ordered_json(project().folders.roots())


def look_at_folder() -> Response:
    """``?path=``; ``~`` is the home of the server's user, which is also the default."""
    _check_trust()
    return answers.ordered_json(
        asdict(project().folders.look(Path(request.args.get("path") or "~")))
    )


def serve_folder() -> Response:
    """``{"path": …}``: a task for each media file below, nothing is copied. A job."""
    _check_trust()
    path = params.json_object().get("path")
    if not isinstance(path, str) or not path.strip():
        raise Invalid('"path" must be the path of a folder on the machine of the server')
    return answers.ordered_json(shown(project().folders.start(Path(path.strip()))), 202)


def rescan_folders() -> Response:
    """Look for files that are new, changed or gone. A job."""
    return answers.ordered_json(shown(project().folders.start(None)), 202)


def _check_trust() -> None:
    """A server that is open to others does not show them the disk of its machine."""
    if not server().access.loopback or server().workspace.kind == "sessions":
        raise NotAllowed(
            "folders are served from here only if the server listens to its own machine; use"
            " 'label-studio start PROJECT --images FOLDER' there"
        )


ROUTES = [
    Route("GET", "/import", import_page, "page"),
    Route("POST", "/api/imports", start_import),
    Route("GET", "/api/imports/formats", list_formats),
    Route("POST", "/api/imports/preview", preview_import),
    Route("GET", "/api/imports/files", list_staged),
    Route("POST", "/api/imports/files", stage),
    Route("DELETE", "/api/imports/files/<file_id>", drop_staged),
    Route("GET", "/api/folders", list_folders),
    Route("POST", "/api/folders", serve_folder),
    Route("GET", "/api/folders/look", look_at_folder),
    Route("POST", "/api/folders/rescan", rescan_folders),
]
