"""Filters as people type them: ``data.text contains cat``, ``total_annotations greater 1``.

One condition is a column, an operator and a value, apart by blanks; of ``empty`` the value may be
left out. Columns and operators are those of :mod:`.filters`. A text that begins with ``{`` is the
filters of a query, or a query, as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.filters import DATA, PREFIX, Query, parse_query
from label_studio_lite.core.task_columns import SYSTEM
from label_studio_lite.errors import Invalid

_ORDERING = ("less", "greater", "less_or_equal", "greater_or_equal")


def parse_filters(texts: Iterable[str]) -> Query | None:
    """All of the conditions; None without any. ``Invalid`` names the one that is wrong."""
    given = [text for text in texts if text.strip()]
    if not given:
        return None
    if len(given) == 1 and given[0].lstrip().startswith("{"):
        return parse_query(_of_json(given[0]), SYSTEM)
    items = [_condition(text) for text in given]
    return parse_query({"filters": {"conjunction": "and", "items": items}}, SYSTEM)


def _of_json(text: str) -> Any:
    try:
        value = jsontext.loads(text)
    except ValueError as error:
        raise Invalid(f"the filter is not valid JSON: {error}") from error
    return {"filters": value} if isinstance(value, dict) and "items" in value else value


def _condition(text: str) -> dict[str, Any]:
    column, operator, value = [*text.split(None, 2), "", ""][:3]
    if not operator:
        raise Invalid(f"{text!r} is no filter; say a column, an operator and a value")
    if operator == "empty":
        value = value or "true"
    kind = SYSTEM[column].type if column in SYSTEM else "String"
    if column.startswith(DATA) and operator in _ORDERING and _is_number(value):
        kind = "Number"
    wanted: Any = value.split(",") if operator in ("in_list", "not_in_list") else value
    return {"filter": PREFIX + column, "operator": operator, "type": kind, "value": wanted}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
