"""Choosing tasks by state, said in the filter language; see :mod:`.filters`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from label_studio_lite.core.filters import Filter, Query

State = Literal["all", "open", "done", "skipped"]
STATES: tuple[State, ...] = ("all", "open", "done", "skipped")

_OF_STATE: dict[State, tuple[Filter, ...]] = {
    "all": (),
    "open": (
        Filter("total_annotations", "equal", "Number", 0.0),
        Filter("cancelled_annotations", "equal", "Number", 0.0),
    ),
    "done": (Filter("total_annotations", "greater", "Number", 0.0),),
    "skipped": (Filter("cancelled_annotations", "greater", "Number", 0.0),),
}


def narrowed(query: Query, state: State) -> Query:
    """The query, of tasks in a state. ``open`` ones have neither a completion nor a skip."""
    always = _OF_STATE[state]
    if not always:
        return query
    if query.conjunction == "and" or len(query.filters) < 2:
        return replace(query, conjunction="and", filters=(*query.filters, *always))
    filters = tuple(_together((condition, *always)) for condition in query.filters)
    return replace(query, filters=filters)


def _together(conditions: Sequence[Filter]) -> Filter:
    """One condition that holds when all of them do."""
    first, *rest = conditions
    if first.child is not None:
        rest = [first.child, *rest]
    return replace(first, child=_together(rest) if rest else None)
