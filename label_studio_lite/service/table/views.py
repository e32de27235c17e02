"""One answer of the task table: the ids of the tasks that a query finds, in its order."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import compress
from operator import and_, or_
from typing import Any

from label_studio_lite.core.compact import Column, Numbers
from label_studio_lite.core.filters import Filter, Order, Query
from label_studio_lite.core.matching import order_key, test_of
from label_studio_lite.service.table.columns import Table

_FEW = 100  # changed tasks up to which an answer is brought up to date rather than made anew
_FLIPPED = bytes([1, 0]) + bytes(254)


class TaskView:
    """The tasks that a query finds in a table, without regard to its selection.

    ``open_of``, an answer to the same query, makes this one of its tasks that are not completed.
    ``Invalid`` for a bad pattern.
    """

    def __init__(self, query: Query, table: Table, *, open_of: TaskView | None = None) -> None:
        self._query = query
        self._only_open = open_of is not None
        self._tests = [[(part.column, test_of(part)) for part in _parts(f)] for f in query.filters]
        self._table = table
        rows = self._rows() if open_of is None else open_of.open_rows()
        self.ids = array("q", map(table.ids.__getitem__, rows))
        # of each task found: completions, those that are skips, predictions
        self._counts = [array("I", map(c.__getitem__, rows)) for c in _countable(table)]
        self._totals = [sum(counts) for counts in self._counts]

    @property
    def totals(self) -> tuple[int, int, int]:
        """Of all tasks found: completions, those of them that are skips, predictions."""
        completions, cancelled, predictions = self._totals
        return completions, cancelled, predictions

    def open_rows(self) -> Sequence[int]:
        """The rows of the tasks found that are not completed, in order."""
        table = self._table
        rows = (row for row in map(table.row, self.ids) if row is not None)
        return [row for row in rows if not table.done[row]]

    def _rows(self) -> Sequence[int]:
        """The rows that the query finds, in order."""
        rows = self._found()
        for order in reversed(self._query.ordering):
            rows = _ordered(rows, order, self._table.columns[order.column])
        return rows

    def _found(self) -> Sequence[int]:
        table = self._table
        masks = [
            _joined([table.columns[name].mask(test) for name, test in parts], "and")
            for parts in self._tests
        ]
        every = range(len(table.ids))
        return list(compress(every, _joined(masks, self._query.conjunction))) if masks else every

    # -- following changes --------------------------------------------------------------------

    def follow(self, table: Table) -> bool:
        """Bring the answer up to date; False when it is better made anew."""
        changed = table.changed_since(self._table.version)
        if changed is None or len(changed) > _FEW:
            return False
        for task_id in changed:
            self._remove(task_id)
        self._table = table
        for task_id in sorted(changed):
            row = table.row(task_id)
            if row is not None and self._finds(row):
                self._insert(row, task_id)
        return True

    def _remove(self, task_id: int) -> None:
        if self._query.ordering:
            try:
                at = self.ids.index(task_id)
            except ValueError:
                return
        else:
            at = bisect_left(self.ids, task_id)
            if at == len(self.ids) or self.ids[at] != task_id:
                return
        del self.ids[at]
        for number, counts in enumerate(self._counts):
            self._totals[number] -= counts.pop(at)

    def _insert(self, row: int, task_id: int) -> None:
        if self._query.ordering:
            at = bisect_left(self.ids, self._key(row), key=self._key_of)
        else:
            at = bisect_left(self.ids, task_id)
        self.ids.insert(at, task_id)
        for number, column in enumerate(_countable(self._table)):
            self._counts[number].insert(at, column[row])
            self._totals[number] += column[row]

    def _finds(self, row: int) -> bool:
        table = self._table
        if self._only_open and table.done[row]:
            return False
        found = (all(t(table.columns[c][row]) for c, t in parts) for parts in self._tests)
        if not self._tests:
            return True
        return all(found) if self._query.conjunction == "and" else any(found)

    def _key_of(self, task_id: int) -> tuple[Any, ...]:
        row = self._table.row(task_id)
        return () if row is None else self._key(row)

    def _key(self, row: int) -> tuple[Any, ...]:
        parts: list[Any] = []
        for order in self._query.ordering:
            value = self._table.columns[order.column][row]
            key: Any = None if value is None else order_key(value)
            rank: Any = (isinstance(key, str), key)  # texts behind numbers
            parts += [value is None, _Descending(rank) if order.descending else rank]
        return (*parts, row)


class _Descending:
    """A key of which the larger one comes first."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.key == other.key)

    __hash__ = None  # type: ignore[assignment]  # nobody looks one up


def _parts(condition: Filter) -> Iterable[Filter]:
    """A condition and those that must hold with it."""
    yield condition
    if condition.child:
        yield from _parts(condition.child)


def _countable(table: Table) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    return table.completions, table.cancelled, table.predictions


def _joined(masks: Sequence[bytes], conjunction: str) -> bytes:
    if len(masks) == 1:
        return masks[0]
    numbers = (int.from_bytes(mask, "little") for mask in masks)
    joined = reduce(and_ if conjunction == "and" else or_, numbers)
    return joined.to_bytes(len(masks[0]), "little")


def _ordered(rows: Sequence[int], order: Order, column: Column) -> Sequence[int]:
    """Numbers before texts, or behind them; rows without a value last; equal ones as they are."""
    keys = column.keys(order_key)
    if isinstance(column, Numbers):
        has = bytes(map(column.has, rows))
        groups = [list(compress(rows, has))]
        missing = list(compress(rows, has.translate(_FLIPPED)))
    else:
        kinds = [type(keys[row]) for row in rows]
        groups = [
            [row for row, found in zip(rows, kinds, strict=True) if found is kind]
            for kind in (float, str)
        ]
        missing = [row for row, found in zip(rows, kinds, strict=True) if found is type(None)]
    if order.descending:
        groups.reverse()
    for group in groups:
        group.sort(key=keys.__getitem__, reverse=order.descending)
    return [row for group in (*groups, missing) for row in group]
