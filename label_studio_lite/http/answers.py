"""Bodies of answers: JSON as the dialects write it, plain text, files."""

from __future__ import annotations

from typing import Any

from flask import Response

from label_studio_lite.core import jsontext

JSON = "application/json"


def sorted_json(value: Any, status: int = 200) -> Response:
    """As most of 0.8.x answers: keys sorted, pure ASCII, a final newline."""
    text = jsontext.dumps(value, sort_keys=True)
    return Response(jsontext.ascii_only(text) + b"\n", status, mimetype=JSON)


def ordered_json(value: Any, status: int = 200, *, indent: int = 0) -> Response:
    """Keys as stored, UTF-8; ``indent`` blanks a level when it is not 0."""
    text = jsontext.indented(value, indent) if indent else jsontext.dumps(value)
    return Response(text, status, mimetype=JSON)


def csv_file(text: str, name: str) -> Response:
    """CSV to save as ``name``; what UTF-8 cannot hold, half of a surrogate pair, as its escape."""
    response = Response(text.encode(errors="backslashreplace"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def text(content: str, status: int = 200) -> Response:
    return Response(content, status, mimetype="text/html")


def empty(status: int) -> Response:
    return Response(b"", status, mimetype="text/html")
