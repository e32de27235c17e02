"""Which tasks are meant, and in which order: the filter language of 1.x's data manager.

``{"filters": {"conjunction": "and" | "or", "items": [{"filter": "filter:tasks:COLUMN", "operator",
"type", "value", "child_filter"?}]}, "ordering": ["tasks:COLUMN", "-tasks:COLUMN"],
"selectedItems": {"all": bool, "included" | "excluded": [task id]}}``. COLUMN is the name of a
system column or ``data.KEY``. What each operator means was observed on 1.23.2;
:mod:`label_studio_lite.core.matching` has it in code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from label_studio_lite.core.dates import seconds_of
from label_studio_lite.core.jsontext import dumps
from label_studio_lite.errors import Invalid

PREFIX = "filter:tasks:"
DATA = "data."
OPERATORS = (
    "equal",
    "not_equal",
    "less",
    "greater",
    "less_or_equal",
    "greater_or_equal",
    "in",
    "not_in",
    "in_list",
    "not_in_list",
    "empty",
    "contains",
    "not_contains",
    "regex",
)
TYPES = ("Number", "String", "Boolean", "Datetime", "List", "Unknown", "Time")

Conjunction = Literal["and", "or"]

_BETWEEN = ("in", "not_in")
_AMONG = ("in_list", "not_in_list")
_TEXT = ("contains", "not_contains", "regex")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. ``value`` is of the kind that operator and type ask for.

    That is a bool for ``empty``, a pair (least, most; None: open) for ``in`` and ``not_in``, a
    tuple for ``in_list`` and ``not_in_list``; else a float, str, bool, or tuple of elements.
    """

    column: str
    operator: str
    type: str
    value: Any
    child: Filter | None = None

    def columns(self) -> Iterator[str]:
        yield self.column
        if self.child:
            yield from self.child.columns()


@dataclass(frozen=True, slots=True)
class Order:
    """Tasks without a value come last, both ways; equal ones by id."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Of the filtered tasks: all but ``ids``, or ``ids`` alone."""

    all: bool = True
    ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """Filters, ordering and selection; everything there is, by id, when nothing is said."""

    filters: tuple[Filter, ...] = ()
    conjunction: Conjunction = "and"
    ordering: tuple[Order, ...] = ()
    selection: Selection = field(default_factory=Selection)

    def columns(self) -> set[str]:
        """The columns that an answer needs."""
        named = {name for condition in self.filters for name in condition.columns()}
        return named | {order.column for order in self.ordering}


def parse_query(
    value: Any, known: Collection[str], local_id: Callable[[int], int] = lambda number: number
) -> Query:
    """A query from its JSON object. ``Invalid`` names the part that is wrong.

    ``known`` are the names of the system columns. ``local_id`` turns the ids that a client knows
    tasks by into those of the project.
    """
    if value is None:
        return Query()
    if not isinstance(value, dict):
        raise Invalid("a query must be an object")
    conjunction, items = _group(value.get("filters"))
    filters = tuple(_filter(item, at, known, local_id) for at, item in enumerate(items))
    return Query(
        filters=filters,
        conjunction=conjunction,
        ordering=tuple(_orders(value.get("ordering"), known)),
        selection=_selection(value.get("selectedItems"), local_id),
    )


def _group(value: Any) -> tuple[Conjunction, list[Any]]:
    if value is None:
        return "and", []
    if not isinstance(value, dict):
        raise Invalid('"filters" must be an object')
    items = value.get("items")
    if items is not None and not isinstance(items, list):
        raise Invalid('"items" of "filters" must be a list')
    match value.get("conjunction"):
        case None | "and":
            return "and", items or []
        case "or":
            return "or", items or []
        case other:
            raise Invalid(f'"conjunction" must be "and" or "or", not {other!r}')


def _filter(item: Any, at: int, known: Collection[str], local_id: Callable[[int], int]) -> Filter:
    where = f"filter {at}"
    if not isinstance(item, dict):
        raise Invalid(f"{where} must be an object")
    column = _filter_column(item.get("filter"), known)
    operator, kind = item.get("operator"), item.get("type") or "Unknown"
    if operator not in OPERATORS:
        raise Invalid(f"{where}: unknown operator {operator!r}; known are {', '.join(OPERATORS)}")
    if kind not in TYPES:
        raise Invalid(f"{where}: unknown type {kind!r}; known are {', '.join(TYPES)}")
    try:
        value = _operand(item.get("value"), operator, kind)
    except (TypeError, ValueError) as error:
        raise Invalid(f"{where} ({column} {operator}): {error}") from error
    if column == "id" and operator not in ("empty", *_TEXT):
        value = _mapped(value, lambda v: local_id(int(v)) if isinstance(v, float) else v)
    child = item.get("child_filter")
    return Filter(
        column, operator, kind, value, None if not child else _filter(child, at, known, local_id)
    )


def _filter_column(name: Any, known: Collection[str]) -> str:
    if not isinstance(name, str) or not name.startswith(PREFIX):
        raise Invalid(f'Filter "{name}" should start with "{PREFIX}"')
    return _column(name.removeprefix(PREFIX), known)


def _column(name: str, known: Collection[str]) -> str:
    if name in known or (name.startswith(DATA) and len(name) > len(DATA)):
        return name
    if "__" in name:
        raise Invalid(f'"__" is not generally allowed in filters: "{name}"')
    raise Invalid(f'there is no column "{name}"; known are {", ".join(known)} and {DATA}KEY')


def _orders(value: Any, known: Collection[str]) -> Iterator[Order]:
    if value is None:
        return
    if not isinstance(value, list):
        raise Invalid('"ordering" must be a list')
    for item in value:
        if not isinstance(item, str):
            raise Invalid(f'"ordering" must hold names of columns, not {item!r}')
        name = item.removeprefix("-").removeprefix("tasks:")
        yield Order(_column(name, known), item.startswith("-"))


def _selection(value: Any, local_id: Callable[[int], int]) -> Selection:
    if value is None:
        return Selection()
    if not isinstance(value, dict) or not isinstance(value.get("all", False), bool):
        raise Invalid('"selectedItems" must be an object with "all": true or false')
    is_all = value.get("all", False)
    key = "excluded" if is_all else "included"
    ids = value.get(key) or []
    if not isinstance(ids, list) or not all(type(i) is int for i in ids):
        raise Invalid(f'"{key}" of "selectedItems" must be a list of task ids')
    return Selection(is_all, frozenset(map(local_id, ids)))


# -- what operators compare with ----------------------------------------------------------------


def _operand(value: Any, operator: str, kind: str) -> Any:
    if operator == "empty":
        return _truth(value)
    if operator in _TEXT:
        return _needle(value)
    if operator in _BETWEEN:
        if not isinstance(value, dict):
            raise ValueError('"value" must be an object with "min" and "max"')
        ends = (value.get("min"), value.get("max"))
        return tuple(None if end is None else _scalar(end, kind) for end in ends)
    if operator in _AMONG:
        if not isinstance(value, list):
            raise ValueError('"value" must be a list')
        return tuple(_scalar(item, kind) for item in value)
    if value is None:
        raise ValueError('"value" is missing')
    return _scalar(value, kind)


def _needle(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_text, value))
    if value is None or isinstance(value, dict):
        raise ValueError('"value" must be a text')
    return _text(value)


def _scalar(value: Any, kind: str) -> Any:
    match kind:
        case "Number" | "Time":
            return _number(value)
        case "Boolean":
            return _truth(value)
        case "Datetime":
            return seconds_of(value)
        case "List":
            return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)
        case "String":
            return _text(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _text(value)
    return _number(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{value!r} is not a number")
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{value!r} is not a number") from None


def _truth(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, (bool, int)):
        return bool(value)
    raise ValueError(f"{value!r} is neither true nor false")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value).decode()


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """A value, or each item of a tuple, changed."""
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)
