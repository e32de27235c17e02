"""Pages as 1.x cuts them: past the last one comes a 404, which SDKs wait for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound
from label_studio_lite.http.context import base_url


@dataclass(frozen=True, slots=True)
class Page:
    """``start`` and ``stop`` are places in the list, from 0."""

    number: int
    start: int
    stop: int
    is_last: bool


def page(count: int, *, size: int, most: int | None = None) -> Page:
    """The page that the request asks for, of ``count`` items; ``NotFound`` past the end.

    A ``page_size`` that is none is passed over, one above ``most`` is cut.
    """
    asked = _positive(request.args.get("page_size"))
    size = min(asked or size, most or asked or size)
    number = _positive(request.args.get("page", "1"))
    if number is None or (number > 1 and (number - 1) * size >= count):
        raise NotFound("Invalid page.")
    start = (number - 1) * size
    return Page(number, start, min(start + size, count), start + size >= count)


def envelope(count: int, page: Page, results: Sequence[object]) -> Json:
    """``{count, next, previous, results}``."""
    return {
        "count": count,
        "next": None if page.is_last else _address(page.number + 1),
        "previous": None if page.number == 1 else _address(page.number - 1),
        "results": results,
    }


def _address(number: int) -> str:
    query = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
    if number > 1:
        query.append(("page", str(number)))
    return f"{base_url()}{request.path}" + (f"?{urlencode(query)}" if query else "")


def _positive(text: str | None) -> int | None:
    if text is None or not text.isdecimal() or len(text) > 12 or int(text) < 1:
        return None
    return int(text)
