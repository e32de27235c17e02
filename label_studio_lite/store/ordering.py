"""Sorted views on the rows of the index, built when first asked for and kept up to date.

A view holds task ids only (8 bytes each); positions are found by bisection with a key function
that reads the index. Changing a row means: discard it, change, add it again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

Key = Callable[[int], Any]  # row → what is sorted by
Includes = Callable[[int], bool]  # row → whether the view shows it


class Ordering:
    """Ids of the included tasks in ascending order of ``(key(row), id)``."""

    def __init__(
        self, ids: array[int], row_of: Callable[[int], int], includes: Includes, key: Key
    ) -> None:
        self._row_of = row_of
        self._includes = includes
        self._key = key
        shown = [(key(row), task_id) for row, task_id in enumerate(ids) if includes(row)]
        shown.sort()
        self.ids = array("q", [task_id for _, task_id in shown])

    def add(self, rows: Iterable[tuple[int, int]]) -> None:
        """Show rows, given as (row, task id), where the view includes them."""
        for row, task_id in rows:
            if self._includes(row):
                self.ids.insert(self._position(row, task_id), task_id)

    def discard(self, row: int, task_id: int) -> None:
        """Take a row out, if it is shown; to be called before the row changes."""
        if self._includes(row):
            del self.ids[self._position(row, task_id)]

    def _position(self, row: int, task_id: int) -> int:
        return bisect_left(self.ids, (self._key(row), task_id), key=self._sort_key)

    def _sort_key(self, task_id: int) -> tuple[Any, int]:
        return self._key(self._row_of(task_id)), task_id
