"""Tasks as they are found in a file, gathered for the index in compact arrays."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

from label_studio_lite.store.index import BASE, TaskIndex
from label_studio_lite.store.tasks_file import Found


class TasksTable:
    """Columns of found tasks, in the order of the file until :meth:`sort`."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._offset = array("Q")
        self._length = array("I")
        self._facts: dict[int, tuple[int, float]] = {}  # by id, where there are predictions
        self.was_unsorted = False

    def add(self, task: Found) -> None:
        if self._ids and task.id <= self._ids[-1]:
            self.was_unsorted = True
        self._ids.append(task.id)
        self._offset.append(task.offset)
        self._length.append(task.length)
        if task.facts.predictions:
            self._facts[task.id] = task.facts
        elif self.was_unsorted:
            self._facts.pop(task.id, None)

    def sort(self) -> list[int]:
        """Bring the tasks into the order of their ids; of equal ids the last stays.

        Returns the ids that were there more than once.
        """
        if not self.was_unsorted:
            return []
        rows = sorted(range(len(self._ids)), key=self._ids.__getitem__)
        last = {self._ids[row]: row for row in rows}
        ids = [self._ids[row] for row in rows]
        twice = sorted({a for a, b in pairwise(ids) if a == b})
        for name in ("_ids", "_offset", "_length"):
            column: array[int] = getattr(self, name)
            setattr(self, name, array(column.typecode, [column[r] for r in last.values()]))
        return twice

    def give(self, index: TaskIndex) -> None:
        """Fill an empty index."""
        none = (0, math.nan)
        facts = (self._facts.get(i, none) for i in self._ids) if self._facts else None
        index.extend(self._ids, BASE, self._offset, self._length, facts)
