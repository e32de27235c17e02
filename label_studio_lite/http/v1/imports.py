"""Bringing tasks and predictions in."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import PurePath
from typing import Any

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound
from label_studio_lite.http import params, uploads
from label_studio_lite.http.v1 import bodies, ids
from label_studio_lite.http.v1.models import files as models
from label_studio_lite.http.v1.routing import Table, shown
from label_studio_lite.importing.upload import Upload
from label_studio_lite.service.import_preview import preview
from label_studio_lite.service.imports import ImportResult
from label_studio_lite.service.project import Project

table = Table("Import")
ROUTES = table.routes
_LISTS = (".csv", ".tsv", ".txt")  # formats of which it is not clear that each line is a task


@table.add(
    "POST",
    "/api/projects/<int:project_id>/import",
    query=models.ImportQuery,
    body=list[dict[str, Any]],
    answer=models.Imported,
    status=201,
)
def import_tasks(project_id: int) -> Response:
    """Import tasks, all or none.

    The body is JSON, a list or one object, each bare data or ``{data, annotations, predictions,
    meta}``; or files as multipart; or the form field ``url``. With ``commit_to_project=false``
    files are only kept, for ``reimport``.
    """
    project = ids.project(project_id)
    query = bodies.query(models.ImportQuery)
    files = uploads.of_request(project)
    if not query.commit_to_project:
        return _staged(project, files)
    result = project.imports.import_files(
        files,
        is_request=params.has_json(),
        request_id=request.headers.get("X-Request-Id"),
        preannotated=params.words("preannotated_from_fields"),
    )
    return _imported(project, result, in_files=not params.has_json())


@table.add(
    "POST",
    "/api/projects/<int:project_id>/tasks/bulk",
    query=models.ImportQuery,
    body=list[dict[str, Any]],
    answer=models.Imported,
    status=201,
)
def import_tasks_in_bulk(project_id: int) -> Response:
    """Import tasks, under an older name."""
    return import_tasks(project_id)


@table.add(
    "POST",
    "/api/projects/<int:project_id>/reimport",
    body=models.Reimport,
    answer=models.Imported,
    status=201,
)
def reimport(project_id: int) -> Response:
    """Import files that were uploaded before."""
    project = ids.project(project_id)
    wanted = bodies.body(models.Reimport).file_upload_ids
    own = [ids.place(number, ids.UPLOADS, "uploaded file")[1] for number in wanted]
    result = project.file_uploads.reimport(own)
    return _imported(project, result, in_files=True, upload_ids=wanted)


@table.add(
    "POST",
    "/api/projects/<int:project_id>/import/predictions",
    body=list[dict[str, Any]],
    answer=models.ImportedPredictions,
    status=201,
)
def import_predictions(project_id: int) -> Response:
    """Import predictions for tasks that are there, all or none."""
    project = ids.project(project_id)
    items = [_own_task(project, item) for item in bodies.json_list()]
    return shown(models.ImportedPredictions(project.predictions.add_many(items)), 201)


def _own_task(project: Project, item: Any) -> Any:
    if not isinstance(item, dict) or not isinstance(item.get("task"), int):
        return item
    found, own = ids.place(item["task"], ids.TASKS, "task")
    if found is not project:
        raise NotFound(f"task {item['task']} is not in project {project.id}")
    return {**item, "task": own}


@table.add("GET", "/api/projects/<int:project_id>/imports/<int:import_id>", answer=models.Imported)
def get_import(project_id: int, import_id: int) -> Response:
    """Get the state of an import; always 404: imports are done when they are answered."""
    ids.project(project_id)
    raise NotFound(f"there is no import {import_id}: imports are done when they are answered")


@table.add(
    "GET", "/api/projects/<int:project_id>/reimports/<int:import_id>", answer=models.Imported
)
def get_reimport(project_id: int, import_id: int) -> Response:
    """Get the state of a reimport; always 404, likewise."""
    return get_import(project_id, import_id)


def _staged(project: Project, files: list[Upload]) -> Response:
    """Files that are kept, and what an import of them would bring."""
    in_files = not params.has_json()
    kept = project.file_uploads.stage(files)
    for file in files:
        file.stream.seek(0)
    found = preview(project, files, limit=sys.maxsize - 1)
    formats = Counter(PurePath(file.name).suffix.lower() for file in files)
    return shown(
        models.Imported(
            task_count=found.tasks,
            annotation_count=None,
            prediction_count=None,
            duration=0.0,
            file_upload_ids=[ids.public(project, one.id, ids.UPLOADS) for one in kept],
            could_be_tasks_list=in_files and any(kind in _LISTS for kind in formats),
            found_formats=dict(formats) if in_files else [],
            data_columns=list(found.columns) if in_files else [],
        ),
        201,
    )


def _imported(
    project: Project,
    result: ImportResult,
    *,
    in_files: bool,
    upload_ids: list[int] | None = None,
) -> Response:
    hosted = project.file_uploads.named(result.uploads) if result.uploads else []
    body: Json = {
        "task_count": result.task_count,
        "annotation_count": result.completion_count,
        "prediction_count": result.prediction_count,
        "duration": result.duration,
        "file_upload_ids": upload_ids or [ids.public(project, f.id, ids.UPLOADS) for f in hosted],
        "could_be_tasks_list": in_files and any(kind in _LISTS for kind in result.formats),
        "found_formats": result.formats if in_files else [],
        "data_columns": list(_first(project, result).keys()) if in_files else [],
    }
    if params.flag("return_task_ids"):
        body["task_ids"] = [ids.public(project, own) for own in result.new_task_ids]
    return shown(body, 201)


def _first(project: Project, result: ImportResult) -> Json:
    return project.tasks.get_task(result.first_id).data
