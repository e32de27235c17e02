"""Sorted views on the rows of the index, built when first asked for and kept up to date.

A view holds task ids only (8 bytes each); positions are found by bisection with a key function
that reads the index. Changing a row means: discard it, change, add it again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

Includes = Callable[[int], Any]  # row → whether the view shows it
Key = tuple[Sequence[float], int]  # a column to sort by, and 1 (ascending) or -1


class Ordering:
    """Ids of the included tasks, ordered by columns, the first before the second; then by id."""

    def __init__(
        self,
        ids: Sequence[int],
        row_of: Callable[[int], int],
        includes: Includes,
        keys: Sequence[Key],
    ) -> None:
        """``ids`` are those of all rows, ascending."""
        self._row_of = row_of
        self._includes = includes
        self._keys = keys
        rows = [row for row in range(len(ids)) if includes(row)]
        for column, sign in reversed(keys):
            rows.sort(key=column.__getitem__, reverse=sign < 0)  # stable, and so is its reverse
        self.ids = array("q", [ids[row] for row in rows])

    def add(self, row: int, task_id: int) -> None:
        """Show a row, if the view includes it."""
        if self._includes(row):
            self.ids.insert(self._position(row, task_id), task_id)

    def discard(self, row: int, task_id: int) -> None:
        """Take a row out, if it is shown; to be called before the row changes."""
        if self._includes(row):
            del self.ids[self._position(row, task_id)]

    def _position(self, row: int, task_id: int) -> int:
        return bisect_left(self.ids, (*self._key(row), task_id), key=self._sort_key)

    def _key(self, row: int) -> list[float]:
        return [sign * column[row] for column, sign in self._keys]

    def _sort_key(self, task_id: int) -> tuple[float, ...]:
        return (*self._key(self._row_of(task_id)), task_id)
