"""What cannot be the same in two runs, replaced by marks that keep its kind.

A mark tells the type, so that a string where a number was is still a difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MARKS = [
    (re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?"), "<host>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<md5>"),
    (re.compile(r"\b\d{4}(?:-\d\d){5}(?:-\d+(?=\.zip))?\b"), "<time>"),  # names of exports
    (re.compile(r"\b\d{4}(?:-\d\d){4}\b"), "<time>"),  # names of example files
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"(?<=session=)[^;]+"), "<signed>"),
]
_TIMES = frozenset({"created_at", "updated_at", "created_date"})
_DURATIONS = frozenset({"duration"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What is compared, and what is overlooked.

    ``headers`` must have equal (normalised) values, or be absent on both sides. ``ignore`` holds
    paths such as ``$.config.port`` or ``$[*].lead_time``. ``unordered`` holds paths of lists whose
    order does not matter. ``id_keys`` are keys whose integers only need to be the same *pattern*:
    the first distinct one is ``<1>``, the second ``<2>``. ``names`` replaces texts, such as the
    path of a project, by a mark. ``declared`` also compares the exact media type.
    """

    headers: frozenset[str] = frozenset(
        {"content-disposition", "filename", "www-authenticate", "location", "allow"}
    )
    ignore: frozenset[str] = frozenset({"$.result.traceback"})
    unordered: frozenset[str] = frozenset()
    id_keys: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    declared: bool = False
    key_order: bool = False


def normalise_text(text: str, names: Mapping[str, str] | None = None) -> str:
    """``text`` with what changes from run to run replaced by marks."""
    for name, mark in (names or {}).items():
        text = text.replace(name, mark)
    for pattern, mark in _MARKS:
        text = pattern.sub(mark, text)
    return text


def normalise(value: Any, rules: Rules | None = None) -> Any:
    """A decoded JSON value with the same done to all of it."""
    return _Normaliser(rules or Rules()).value(value, "$")


class _Normaliser:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._ids: dict[int, str] = {}

    def value(self, value: Any, path: str, key: str = "") -> Any:
        if isinstance(value, dict):
            members = ((name, member, f"{path}.{name}") for name, member in value.items())
            return {
                normalise_text(name, self._rules.names): self.value(member, where, name)
                for name, member, where in members
                if where not in self._rules.ignore
            }
        if isinstance(value, list):
            return self._list(value, path, key)
        if isinstance(value, str):
            return normalise_text(value, self._rules.names)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return value
        return self._number(value, key)

    def _list(self, value: list[Any], path: str, key: str) -> list[Any]:
        items = [self.value(item, f"{path}[*]", key) for item in value]
        if path in self._rules.unordered:
            items.sort(key=lambda item: json.dumps(item, sort_keys=True))
        return items

    def _number(self, value: float, key: str) -> Any:
        if key in _TIMES:
            return f"<time as {type(value).__name__}>"
        if key in _DURATIONS:
            return f"<duration as {type(value).__name__}>"
        if key in self._rules.id_keys and isinstance(value, int):
            return self._ids.setdefault(value, f"<{len(self._ids) + 1}>")
        return value
