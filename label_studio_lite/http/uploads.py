"""The files that a request brings to be imported, in every dialect."""

from __future__ import annotations

import tempfile
from io import BytesIO
from typing import IO, TYPE_CHECKING

from flask import request

from label_studio_lite.errors import Invalid
from label_studio_lite.http import params
from label_studio_lite.importing.upload import Upload

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_IN_MEMORY = 1 << 19  # bytes of a file; people send folders, more files than a process may open


class Spooled(tempfile.SpooledTemporaryFile[bytes]):
    """A file of a form. Python 3.10's own does not say that it is seekable, which ZIPs ask for."""

    def __init__(self) -> None:
        super().__init__(_IN_MEMORY)

    def seekable(self) -> bool:
        return True


def of_request(project: Project) -> list[Upload]:
    """What the request brings: its JSON body, its files, or the file behind ``url``."""
    if params.has_json():
        return [Upload("request.json", _body())]
    if request.files:
        return [
            Upload(file.filename or field, file.stream)
            for field, file in request.files.items(multi=True)
        ]
    url = request.form.get("url")
    if url:
        return [project.imports.download(url)]
    raise Invalid(
        "load_tasks: No data found in DATA or in FILES: send JSON with Content-Type:"
        " application/json, files as multipart/form-data, or a form field url"
    )


def _body() -> IO[bytes]:
    """The body, which the server has put into a file already when it is large."""
    stream: IO[bytes] = request.environ["wsgi.input"]
    return stream if stream.seekable() else BytesIO(request.get_data())
