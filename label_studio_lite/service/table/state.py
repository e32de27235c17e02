"""The columns of a table as they are now, and what the last changes changed in them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from label_studio_lite.core.compact import Column, Numbers

Was = dict[str, Any] | None
"""What changed values of a task were before, by column; None: there was no such task."""

_LOGGED = 50  # versions whose changes are remembered


class Table:
    """Tasks in the order of ids. ``version`` grows with every change."""

    def __init__(self) -> None:
        self.version = 0
        self.ids: Sequence[int] = range(0)
        self.columns: dict[str, Column] = {}
        self._since: dict[str, int] = {}  # column → the version that it was made in
        self._log: dict[int, Mapping[int, Was] | None] = {}  # None: too many to tell

    def row(self, task_id: int) -> int | None:
        """The row of a task, or None."""
        ids = self.ids
        guess = task_id - ids[0] if ids else -1
        if not (0 <= guess < len(ids) and ids[guess] == task_id):
            guess = bisect_left(ids, task_id)
        return guess if guess < len(ids) and ids[guess] == task_id else None

    def values(self, task_id: int) -> Was:
        """All that is held of a task."""
        row = self.row(task_id)
        if row is None:
            return None
        return {n: c[row] for n, c in self.columns.items() if c.is_held}

    def numbers(self, name: str) -> Sequence[float]:
        """The values of a column of the index, as they are stored."""
        column = self.columns[name]
        if not isinstance(column, Numbers):
            raise TypeError(f"{name} is no column of numbers")
        return column.values

    # -- columns that come and go -------------------------------------------------------------

    def add(self, columns: Mapping[str, Column]) -> None:
        self.columns.update(columns)
        self._since.update(dict.fromkeys(columns, self.version))

    def drop(self, name: str) -> Column:
        return self.columns.pop(name)

    def begin(self, ids: Sequence[int]) -> None:
        """Everything is different; there are no columns."""
        self.ids = compact(ids)
        self.columns.clear()
        self.version += 1
        self._log = {self.version: None}

    # -- tasks that change --------------------------------------------------------------------

    def moved(self, ids: Sequence[int]) -> set[int]:
        """Of these ids and the present ones those that are not in both."""
        if self._only_came(ids):
            return set(ids[len(self.ids) :])
        return set(ids).symmetric_difference(self.ids)

    def _only_came(self, ids: Sequence[int]) -> bool:
        """Whether all present tasks stay; new ones have larger ids, so the last of them tells."""
        count = len(self.ids)
        return len(ids) >= count and (count == 0 or ids[count - 1] == self.ids[-1])

    def align(
        self, ids: Sequence[int], of_ids: Callable[[Sequence[int]], dict[str, Column]]
    ) -> None:
        """Give all columns the rows of ``ids``, with nothing in new ones.

        ``of_ids`` makes the columns that tell nothing but ids.
        """
        old, new = self.ids, of_ids(compact(ids))
        for name in new:
            del self.columns[name]
        if self._only_came(ids):
            for column in self.columns.values():
                column.extend([None] * (len(ids) - len(old)))
        else:
            row_of = dict(zip(old, range(len(old)), strict=True))
            rows = [row_of.get(task_id) for task_id in ids]
            self.columns = {name: column.keep(rows) for name, column in self.columns.items()}
        self.ids = compact(ids)
        self.columns.update(new)

    def remember(self, before: Mapping[int, Was]) -> None:
        """The columns are up to date; these tasks were like this before."""
        self.version += 1
        self._log[self.version] = {i: self._changed(i, was) for i, was in before.items()}
        self._log.pop(self.version - _LOGGED, None)

    def _changed(self, task_id: int, was: Was) -> Was:
        row = self.row(task_id)
        if was is None or row is None:
            return was
        return {name: value for name, value in was.items() if self.columns[name][row] != value}

    def changed_since(self, version: int, names: Iterable[str]) -> dict[int, Was] | None:
        """What of these columns is different from then; None: more than can be told."""
        wanted, found = set(names), dict[int, Was]()
        if any(self._since[name] > version for name in wanted):
            return None
        for later in range(version + 1, self.version + 1):
            tasks = self._log.get(later)
            if tasks is None:
                return None
            for task_id, was in tasks.items():
                if task_id not in found:
                    found[task_id] = was and {n: v for n, v in was.items() if n in wanted}
                elif (first := found[task_id]) is not None and was is not None:
                    first.update({n: was[n] for n in was if n in wanted and n not in first})
        return found


def compact(ids: Sequence[int]) -> Sequence[int]:
    """The same ids in less memory, where none is missing between the first and the last."""
    if ids and ids[-1] - ids[0] + 1 == len(ids):
        return range(ids[0], ids[-1] + 1)
    return ids
