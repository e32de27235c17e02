"""What the operators of the filter language mean for one value.

A value is what a column holds for a task: None (nothing there), a float, a str, or a tuple of
elements. A column of the data of tasks holds numbers and texts as they are, anything else as JSON.
The meaning of each operator, and what it does with tasks that have no value, was observed on
1.23.2 (``tests/unit/test_filters.py`` has the observations); where that answers an error or
nothing at all to a sensible question, this has the sensible answer.
"""

from __future__ import annotations

import operator as op
from collections.abc import Callable
from typing import Any

from label_studio_lite.core.compact import text_of
from label_studio_lite.core.dates import seconds_of
from label_studio_lite.core.filters import Filter
from label_studio_lite.core.jsontext import dumps, loads
from label_studio_lite.core.patterns import Pattern
from label_studio_lite.core.task_columns import COUNTS
from label_studio_lite.errors import Invalid

Value = Any  # None | float | str | tuple[str, ...]
Test = Callable[[Value], bool]

_NUMERIC = frozenset("-+.0123456789")  # what a number may begin with

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "less": op.lt,
    "greater": op.gt,
    "less_or_equal": op.le,
    "greater_or_equal": op.ge,
}


def test_of(condition: Filter) -> Test:
    """Whether a value of the condition's column fulfils it. ``Invalid`` for a bad pattern."""
    operator, wanted = condition.operator, condition.value
    match operator:
        case "empty" if condition.column in COUNTS:
            return lambda value: (value == 0) is wanted
        case "empty":
            return _is_empty if wanted else lambda value: not _is_empty(value)
        case "contains":
            return _contains(wanted)
        case "not_contains":
            return _opposite(_contains(wanted))
        case "regex":
            return _matches(wanted)
        case "in_list":
            return _among(condition.type, wanted)
        case "not_in_list":
            return _opposite(_among(condition.type, wanted))
    cast = _CASTS[condition.type]
    if operator in ("in", "not_in"):
        return _between(cast, *wanted, inside=operator == "in")
    if operator in ("equal", "not_equal"):
        return _equal(cast, wanted, operator == "equal")
    compare = _COMPARE[operator]

    def test(value: Value) -> bool:
        value = cast(value)
        if value is None:
            return False
        try:
            return compare(value, wanted)
        except TypeError:  # a text is neither less nor more than a number
            return False

    return test


def _is_empty(value: Value) -> bool:
    return value is None or value == "" or value == () or value in ("[]", "{}")


def _opposite(test: Test) -> Test:
    return lambda value: not test(value)


def _equal(cast: Callable[[Value], Value], wanted: Value, is_wanted: bool) -> Test:
    def test(value: Value) -> bool:
        value = cast(value)
        return value is not None and (value == wanted) is is_wanted

    return test


def _between(cast: Callable[[Value], Value], least: Value, most: Value, *, inside: bool) -> Test:
    def test(value: Value) -> bool:
        value = cast(value)
        if value is None:
            return False
        try:
            is_in = (least is None or value >= least) and (most is None or value <= most)
        except TypeError:
            return False
        return is_in is inside

    return test


def _among(kind: str, wanted: tuple[Value, ...]) -> Test:
    cast = _CASTS[kind]
    if kind != "List":
        values = frozenset(wanted)
        return lambda value: cast(value) in values
    named = frozenset(element for item in wanted for element in item)
    return lambda value: not named.isdisjoint(cast(value) or ())


def _contains(wanted: str | tuple[str, ...]) -> Test:
    """Texts: anywhere in it, upper and lower case alike. Lists: one of the elements."""
    needles = (wanted,) if isinstance(wanted, str) else wanted
    folded = tuple(map(str.lower, needles))
    only = folded[0] if len(folded) == 1 else None
    elements = frozenset(needles)

    def test(value: Value) -> bool:
        if isinstance(value, str):
            text = value.lower()
            return only in text if only is not None else any(n in text for n in folded)
        if isinstance(value, tuple):
            return not elements.isdisjoint(value)
        return value is not None and any(n in text_of(value) for n in folded)

    return test


def _matches(pattern: str | tuple[str, ...]) -> Test:
    if not isinstance(pattern, str):
        raise Invalid("a pattern must be a text")
    found_in = Pattern(pattern).found_in

    def test(value: Value) -> bool:
        if value is None:
            return False
        if isinstance(value, tuple):
            return any(map(found_in, value))
        return found_in(value if isinstance(value, str) else text_of(value))

    return test


# -- a value, seen as one of a type -------------------------------------------------------------


def _as_number(value: Value) -> float | None:
    if isinstance(value, float):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _as_text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return text_of(value) if isinstance(value, float) else dumps(value).decode()


def _as_truth(value: Value) -> bool | None:
    if isinstance(value, float):
        return {0.0: False, 1.0: True}.get(value)
    known = {"true": True, "false": False, "1": True, "0": False}
    return known.get(value.lower()) if isinstance(value, str) else None


def _as_date(value: Value) -> float | None:
    try:
        return seconds_of(value)
    except ValueError:
        return None


def _as_list(value: Value) -> tuple[str, ...] | None:
    """Elements, in order of their text: lists are compared as sets."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(sorted(set(value)))
    if isinstance(value, str) and value.startswith("["):
        return tuple(sorted(_elements(value)))
    return (_as_text(value) or "",)


def _elements(text: str) -> set[str]:
    try:
        items = loads(text)
    except ValueError:
        return {text}
    return {item if isinstance(item, str) else dumps(item).decode() for item in items}


def _as_it_is(value: Value) -> Value:
    if isinstance(value, str):
        number = _as_number(value)
        return value if number is None else number
    return value


_CASTS: dict[str, Callable[[Value], Value]] = {
    "Number": _as_number,
    "Time": _as_number,
    "String": _as_text,
    "Boolean": _as_truth,
    "Datetime": _as_date,
    "List": _as_list,
    "Unknown": _as_it_is,
}


# -- ordering -----------------------------------------------------------------------------------


def order_key(value: Value) -> float | str:
    """By what a value that is there is ordered: numbers, also in texts, come before texts."""
    if isinstance(value, str):
        number = _as_number(value) if value[:1] in _NUMERIC else None
        return value if number is None or number != number else number
    return ",".join(value) if isinstance(value, tuple) else float(value)
