"""``POST /api/project/import`` of 0.8.x: JSON, files, or the address of a file."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, cast

from flask import Response, request

from label_studio_lite.errors import Invalid
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.importing.upload import Upload


def import_tasks() -> Response:
    """All or nothing; several files at once. A repeated ``X-Request-Id`` is answered once."""
    imports = project().imports
    result = imports.import_files(uploads(), is_request=params.has_json(), request_id=request_id())
    return answers.sorted_json(
        {
            "task_count": result.task_count,
            "completion_count": result.completion_count,
            "prediction_count": result.prediction_count,
            "duration": result.duration,
            "formats": result.formats,
            "new_task_ids": list(result.new_task_ids),
        },
        201,
    )


def uploads() -> list[Upload]:
    """What the request brings: its JSON body, its files, or the file behind ``url``."""
    if params.has_json():
        return [Upload("request.json", body_stream())]
    if request.files:
        return [
            Upload(file.filename or field, cast("BinaryIO", file.stream))
            for field, file in request.files.items(multi=True)
        ]
    url = request.form.get("url")
    if url:
        return [project().imports.download(url)]
    raise Invalid(
        "load_tasks: No data found in DATA or in FILES: send JSON with Content-Type:"
        " application/json, files as multipart/form-data, or a form field url"
    )


def body_stream() -> BinaryIO:
    """The body, which the server has put into a file already when it is large."""
    stream = request.environ["wsgi.input"]
    return cast("BinaryIO", stream if stream.seekable() else BytesIO(request.get_data()))


def request_id() -> str | None:
    """The client's own id of this request, by which a repetition is recognised."""
    return request.headers.get("X-Request-Id") or request.headers.get("Idempotency-Key")


ROUTES = [Route("POST", "/api/project/import", import_tasks)]
