"""Searching and choosing by state, said in the filter language; see :mod:`.filters`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from label_studio_lite.core.filters import DATA, Filter, Query

State = Literal["all", "open", "done", "skipped"]
STATES: tuple[State, ...] = ("all", "open", "done", "skipped")

_DONE = Filter("total_annotations", "greater", "Number", 0.0)
_SKIPPED = Filter("cancelled_annotations", "greater", "Number", 0.0)
_NOT_DONE = Filter("total_annotations", "equal", "Number", 0.0)
_NOT_SKIPPED = Filter("cancelled_annotations", "equal", "Number", 0.0)
_OF_STATE: dict[State, tuple[Filter, ...]] = {
    "all": (),
    "open": (_NOT_DONE, _NOT_SKIPPED),
    "done": (_DONE,),
    "skipped": (_SKIPPED,),
}
_LONGEST_NUMBER = 15  # digits


def narrowed(
    query: Query, state: State = "all", search: str = "", keys: Iterable[str] = ()
) -> Query:
    """The query, of tasks in a state, with ``search`` in the data at one of ``keys``.

    ``open`` tasks have neither a completion nor a skip. A ``search`` of digits also finds the
    task with this id.
    """
    among = [Filter(DATA + key, "contains", "String", search) for key in keys] if search else []
    if search.isascii() and search.isdigit() and len(search) <= _LONGEST_NUMBER:
        among.append(Filter("id", "equal", "Number", float(search)))
    if search and not among:  # no key to search in: nothing is found
        among = [Filter("id", "empty", "Number", True)]
    if query.conjunction == "and" or not query.filters:
        ways: Sequence[tuple[Filter, ...]] = [query.filters]
    else:
        ways = [(condition,) for condition in query.filters]
    always = _OF_STATE[state]
    if not among:
        if len(ways) == 1:
            return replace(query, conjunction="and", filters=(*ways[0], *always))
        return replace(query, filters=tuple(_together((*way, *always)) for way in ways))
    filters = tuple(_together((found, *way, *always)) for found in among for way in ways)
    return replace(query, conjunction="or", filters=filters)


def _together(conditions: Sequence[Filter]) -> Filter:
    """One condition that holds when all of them do."""
    first, *rest = conditions
    if first.child is not None:
        rest = [first.child, *rest]
    return replace(first, child=_together(rest) if rest else None)
