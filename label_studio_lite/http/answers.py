"""Bodies of answers: JSON as the dialects write it, plain text, files."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response

from label_studio_lite.core import jsontext

JSON = "application/json"


def sorted_json(value: Any, status: int = 200) -> Response:
    """As most of 0.8.x answers: keys sorted, pure ASCII, a final newline."""
    try:
        text = msgspec.json.encode(value, order="sorted")
    except UnicodeEncodeError:
        text = jsontext.dumps(value)
    return Response(jsontext.ascii_only(text) + b"\n", status, mimetype=JSON)


def ordered_json(value: Any, status: int = 200, *, indent: int = 0) -> Response:
    """Keys as stored, UTF-8; ``indent`` blanks a level when it is not 0."""
    text = jsontext.dumps(value)
    if indent:
        text = msgspec.json.format(text, indent=indent)
    return Response(text, status, mimetype=JSON)


def text(content: str, status: int = 200) -> Response:
    return Response(content, status, mimetype="text/html")


def empty(status: int) -> Response:
    return Response(b"", status, mimetype="text/html")
