"""How large a request may be, and that its body comes as it is, not compressed.

Bodies that become tasks or files go through a file on the disk and are as large as the server
allows (``max_body``; without a limit on this machine). All others are read into memory, and are
small. waitress keeps headers below 256 KB and refuses what is over ``max_body`` before it is
received.
"""

from __future__ import annotations

from typing import IO, Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from label_studio_lite.http.uploads import Spooled

OPEN_BODY = 4 << 30  # bytes; for a server that others reach, unless the command line says more
_IN_MEMORY = 256 << 20  # bytes; brushes and videos make large results
_FIELDS = 32 << 20  # bytes of all fields of a form that are no files
_PARTS = 100_000  # fields and files of a form: people send whole folders


class Request(flask.Request):
    """A request that knows its limits; over them it is answered 413."""

    max_form_memory_size = _FIELDS
    max_form_parts = _PARTS

    @property
    def max_content_length(self) -> int | None:
        """Bytes of the body."""
        if self.path.rstrip("/").endswith(("/import", "/reimport", "/bulk", "/predictions")):
            limit: int | None = flask.current_app.config["LSL_MAX_BODY"]
            return limit
        return _IN_MEMORY

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        raise AttributeError("limits are set by http/limits.py")

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        """Where a file of a form goes, whatever its size."""
        return Spooled()


def register(app: flask.Flask, max_body: int | None) -> None:
    """Make the application refuse what is over its limits before anything of it is read."""
    app.request_class = Request
    app.config["LSL_MAX_BODY"] = max_body

    @app.before_request
    def check() -> None:
        limit, size = flask.request.max_content_length, flask.request.content_length
        if limit is not None and size is not None and size > limit:
            raise RequestEntityTooLarge(f"the body has more than {limit} bytes")
        encoding = flask.request.headers.get("Content-Encoding", "identity")
        if encoding.lower() != "identity":
            raise UnsupportedMediaType(f"Content-Encoding: {encoding} is not understood")
