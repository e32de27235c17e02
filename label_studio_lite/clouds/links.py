"""Addresses of objects in task data: ``s3://bucket/key``, ``gs://…``, ``azure-blob://…``.

The key is everything after the bucket, as it is: ``%``, ``+``, ``?`` and blanks are part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

SCHEMES = ("s3", "gs", "azure-blob")
_WHOLE = re.compile(r"(s3|gs|azure-blob)://([^/\s]+)/(.+)", re.DOTALL)
_IN_HTML = re.compile(r"""(?<=["'])(?:s3|gs|azure-blob)://[^"'<>]+(?=["'])""")


class Link(NamedTuple):
    scheme: str
    bucket: str
    key: str


def parse(value: str) -> Link | None:
    """None for what is no address of an object."""
    match = _WHOLE.fullmatch(value)
    return Link(*match.groups()) if match else None


Find = Callable[[Link, bool], "str | None"]
"""Gives the address to be shown for an object; the flag says that it is a whole value."""


def replaced(data: Any, found: Find) -> Any:
    """The same data with every address of an object replaced for which ``found`` gives another.

    Addresses are looked for in whole values, however deep, and in the attributes of HTML.
    """
    if isinstance(data, dict):
        return {key: replaced(value, found) for key, value in data.items()}
    if isinstance(data, list):
        return [replaced(value, found) for value in data]
    if not isinstance(data, str) or "://" not in data:
        return data
    link = parse(data)
    if link is not None:
        return found(link, True) or data
    return _IN_HTML.sub(lambda match: _one(match[0], found), data) if "<" in data else data


def _one(address: str, found: Find) -> str:
    link = parse(address)
    return (found(link, False) if link else None) or address
