"""One answer of the task table: the ids of the tasks that a query finds, in its order."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import compress
from operator import and_, or_
from typing import Any

from label_studio_lite.core.compact import UNKNOWN, Column, Mixed, Numbers
from label_studio_lite.core.filters import Filter, Order, Query
from label_studio_lite.core.matching import order_key, test_of
from label_studio_lite.service.table.state import Table

Look = Callable[[str], Any]  # column → its value of some task
_COUNTED = ("completions", "cancelled_annotations", "total_predictions")
_FEW = 500  # changed tasks up to which an answer is brought up to date rather than made anew
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
        self._version = table.version
        self._names = {*_COUNTED, "done", *query.columns()}
        rows = self._rows() if open_of is None else open_of.open_rows()
        code = "I" if not table.ids or table.ids[-1] < 1 << 32 else "q"
        self.ids = array(code, map(table.ids.__getitem__, rows))
        # of all tasks found: completions, those that are skips, predictions
        self._totals = [
            int(sum(column if len(rows) == len(column) else map(column.__getitem__, rows)))
            for column in map(table.numbers, _COUNTED)
        ]

    @property
    def totals(self) -> tuple[int, int, int]:
        """Of all tasks found: completions, those of them that are skips, predictions."""
        completions, cancelled, predictions = self._totals
        return completions, cancelled, predictions

    def open_rows(self) -> Sequence[int]:
        """The rows of the tasks found that are not completed, in order."""
        table = self._table
        if isinstance(table.ids, range):
            rows = [*map((-table.ids.start).__add__, self.ids)]
        else:
            rows = [row for row in map(table.row, self.ids) if row is not None]
        done = table.numbers("done")
        return [row for row in rows if not done[row]]

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

    def follow(self) -> bool:
        """Bring the answer up to date; False when it is better made anew."""
        changed = self._table.changed_since(self._version, self._names)
        if changed is None or len(changed) > _FEW:
            return False
        self._version = self._table.version
        # until they are taken out, tasks stand where they belong by what they were before
        before = {task_id: was for task_id, was in changed.items() if was is not None}
        for task_id in [i for i in before if not self._is_known(self._look(i, before))]:
            if task_id in self.ids:
                self._count(self._look(task_id, before), -1)
                self.ids.remove(task_id)
            del before[task_id]
        for task_id in list(before):
            if not self._take_out(task_id, before):
                return False
        for task_id in sorted(changed.keys() - before.keys()):
            self._put_in(task_id)
        return True

    def _take_out(self, task_id: int, before: dict[int, dict[str, Any]]) -> bool:
        """Remove a task, which is then no longer in ``before``; or leave it where it may stay.

        False where it is not found.
        """
        was, now = self._look(task_id, before), self._look(task_id, {})
        if not self._finds(was):
            del before[task_id]
            return True
        self._count(was, -1)
        key = self._key(task_id, was)
        if self._is_there(task_id) and self._finds(now) and self._key(task_id, now) == key:
            self._count(now, +1)
            return True
        at = bisect_left(self.ids, key, key=lambda i: self._key(i, self._look(i, before)))
        if at == len(self.ids) or self.ids[at] != task_id:
            return False
        del self.ids[at], before[task_id]
        return True

    def _put_in(self, task_id: int) -> None:
        look = self._look(task_id, {})
        if self._is_there(task_id) and self._finds(look):
            key = self._key(task_id, look)
            at = bisect_left(self.ids, key, key=lambda i: self._key(i, self._look(i, {})))
            self.ids.insert(at, task_id)
            self._count(look, +1)

    def _count(self, look: Look, sign: int) -> None:
        self._totals = [
            total + sign * int(look(name))
            for total, name in zip(self._totals, _COUNTED, strict=True)
        ]

    def _is_there(self, task_id: int) -> bool:
        return self._table.row(task_id) is not None

    def _is_known(self, look: Look) -> bool:
        """Whether it can be told where a task stood."""
        return all(look(name) is not UNKNOWN for name in self._names)

    def _look(self, task_id: int, before: Mapping[int, Mapping[str, Any]]) -> Look:
        """What gives the values of a task by column, those of before if there are such."""
        was, table = before.get(task_id, {}), self._table

        def look(name: str) -> Any:
            if name in was:
                return was[name]
            row = table.row(task_id)
            return UNKNOWN if row is None else table.columns[name][row]

        return look

    def _finds(self, look: Look) -> bool:
        if self._only_open and look("done"):
            return False
        found = (all(test(look(name)) for name, test in parts) for parts in self._tests)
        if not self._tests:
            return True
        return all(found) if self._query.conjunction == "and" else any(found)

    def _key(self, task_id: int, look: Look) -> tuple[Any, ...]:
        parts: list[Any] = []
        for order in self._query.ordering:
            value = look(order.column)
            key: Any = None if value is None else order_key(value)
            rank: Any = (isinstance(key, str), key)  # texts behind numbers
            parts += [value is None, _Descending(rank) if order.descending else rank]
        return (*parts, task_id)


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


def _joined(masks: Sequence[bytes], conjunction: str) -> bytes:
    if len(masks) == 1:
        return masks[0]
    numbers = (int.from_bytes(mask, "little") for mask in masks)
    joined = reduce(and_ if conjunction == "and" else or_, numbers)
    return joined.to_bytes(len(masks[0]), "little")


def _ordered(rows: Sequence[int], order: Order, column: Column) -> Sequence[int]:
    """Numbers before texts, or behind them; rows without a value last; equal ones as they are."""
    column = column.column if isinstance(column, Mixed) else column
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
