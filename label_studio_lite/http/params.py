"""Typed reading of what a request brings; bad input raises ``Invalid`` and names itself."""

from __future__ import annotations

from typing import Any, overload

from flask import request

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotFound


def has_json() -> bool:
    """Whether the body claims to be JSON."""
    return request.mimetype == "application/json" or request.mimetype.endswith("+json")


def json_body() -> Any:
    """The decoded JSON body; ``Invalid`` without one, or when it is not JSON."""
    if not has_json():
        raise Invalid("a JSON body with Content-Type: application/json is expected")
    text = request.get_data(cache=False)
    try:
        jsontext.check_depth(text)
        return jsontext.loads(text)
    except ValueError as error:
        raise Invalid(f"the body is not valid JSON: {error}") from error


def json_object() -> Json:
    """The decoded JSON body, which must be an object."""
    body = json_body()
    if not isinstance(body, dict):
        raise Invalid("a JSON object is expected in the body")
    return body


def optional_json() -> Any:
    """The JSON body, or None when the request brings none."""
    return json_body() if has_json() and request.content_length != 0 else None


def task_id(value: str) -> int:
    """A task id in a path; ``Invalid`` for what is no number."""
    return _path_number(value, "task id")


def completion_id(value: str) -> int:
    return _path_number(value, "completion id")


def _path_number(value: str, what: str) -> int:
    if not (value.isascii() and value.removeprefix("-").isdigit()) or len(value) > 18:
        raise Invalid(f"{value!r} is not a {what}")
    number = int(value)
    if number < 0:
        raise NotFound(f"there is no {what} {number}")
    return number


@overload
def integer(name: str, default: int) -> int: ...
@overload
def integer(name: str, default: None = None) -> int | None: ...
def integer(name: str, default: int | None = None) -> int | None:
    """A whole number in the query or a form."""
    value = request.values.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except ValueError as error:
        raise Invalid(f"{name}={value!r} is not a whole number") from error


def flag(name: str, default: bool = False) -> bool:
    """A yes or no in the query or a form: 1, true, yes, on; 0, false, no, off, in any case."""
    value = request.values.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in ("1", "true", "yes", "on", ""):
        return True
    if word in ("0", "false", "no", "off", "none", "null"):
        return False
    raise Invalid(f"{name}={value!r} is neither yes nor no")


def optional_flag(name: str) -> bool | None:
    """A yes or no, or None where nothing is said."""
    return flag(name) if request.values.get(name) else None


def numbers(name: str) -> list[int]:
    """Whole numbers as :func:`words`, under ``name`` or, as some clients do, ``name[]``."""
    try:
        return [int(word) for word in words(name) + words(f"{name}[]")]
    except ValueError as error:
        raise Invalid(f"{name} must be whole numbers: {error}") from error


def words(name: str) -> list[str]:
    """A comma list, a repeated parameter, or both."""
    values = request.values.getlist(name)
    return [word.strip() for value in values for word in value.split(",") if word.strip()]
