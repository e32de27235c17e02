"""What the store knows of every task without reading it: compact arrays, one row per task.

Rows are in the order of task ids. At a million tasks the arrays take about 80 MB; a look-up is
O(1) while ids have no gaps and O(log n) otherwise; removing a row moves memory, which takes about
a millisecond. The index also answers the samplers (:mod:`label_studio_lite.core.sampling`) and
pages of the task list.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any, ClassVar, NamedTuple

from label_studio_lite.core.model import WorkSummary
from label_studio_lite.store.ordering import Key, Ordering

BASE = 0  # the segment number that stands for tasks.json itself
_BLOCK = 4096  # rows whose open tasks are counted at once
_MANY = 500  # changes at once beyond which sorted views are built anew
ID_LIMIT = 1 << 53  # of tasks and completions; larger numbers in a file are not taken for ids


class Location(NamedTuple):
    """Where the JSON text of a task lies: in ``tasks.json`` (0) or in a journal segment."""

    segment: int
    offset: int
    length: int


class Signature(NamedTuple):
    """By which a completion file is known to be unchanged: bytes, and a stamp (time, inode)."""

    size: int
    stamp: int


UNSIGNED = Signature(0, 0)  # not known well enough to be recognised


class Facts(NamedTuple):
    """What the index keeps of a task's text: how many predictions, and their mean score."""

    predictions: int = 0
    score: float = math.nan


@dataclass(slots=True)
class Counts:
    """Totals over the tasks of a project; ``completed`` counts tasks, skipped ones too."""

    tasks: int = 0
    completed: int = 0
    completions: int = 0
    cancelled: int = 0
    predictions: int = 0
    truths: int = 0  # completions marked as ground truth

    def copy(self) -> Counts:
        return replace(self)


class TaskIndex:
    """Rows of tasks in id order. Not locked: the store calls it under the journal's mutex."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "ids": "q",
        "segment": "I",
        "offset": "Q",
        "length": "I",
        "predictions": "I",
        "score": "d",  # NaN where there is none
        "completions": "I",
        "cancelled": "I",
        "truths": "I",  # completions marked as ground truth
        "completed_at": "d",
        "last_id": "q",  # the highest completion id that the task ever had
        "size": "Q",  # signature of the completion file, zeros while it is not settled
        "stamp": "Q",
    }

    def __init__(self) -> None:
        self.columns: dict[str, array[Any]] = {k: array(t) for k, t in self.COLUMNS.items()}
        self.done = bytearray()  # 1 where a completion file exists
        self.totals = Counts()
        self._orderings: dict[str, Ordering] = {}
        self._bind()

    def _bind(self) -> None:
        get = self.columns.__getitem__
        self.ids: array[int] = get("ids")
        self.segment: array[int] = get("segment")
        self.offset: array[int] = get("offset")
        self.length: array[int] = get("length")
        self.predictions: array[int] = get("predictions")
        self.score: array[float] = get("score")
        self.completions: array[int] = get("completions")
        self.cancelled: array[int] = get("cancelled")
        self.truths: array[int] = get("truths")
        self.completed_at: array[float] = get("completed_at")
        self.last_id: array[int] = get("last_id")
        self.size: array[int] = get("size")
        self.stamp: array[int] = get("stamp")

    def load(self, columns: dict[str, array[Any]], done: bytearray) -> None:
        """Take columns over from a cache."""
        self.columns, self.done = columns, done
        self._bind()
        self.totals = Counts(
            tasks=len(self.ids),
            completed=sum(done),
            completions=sum(self.completions),
            cancelled=sum(self.cancelled),
            truths=sum(self.truths),
            predictions=sum(self.predictions),
        )
        self._orderings.clear()

    # -- rows ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, task_id: int) -> int | None:
        """The row of a task, or None."""
        ids = self.ids
        if not ids:
            return None
        guess = task_id - ids[0]
        if 0 <= guess < len(ids) and ids[guess] == task_id:
            return guess
        row = bisect_left(ids, task_id)
        return row if row < len(ids) and ids[row] == task_id else None

    def sure_row(self, task_id: int) -> int:
        """The row of a task that is known to exist."""
        row = self.row(task_id)
        if row is None:
            raise KeyError(task_id)
        return row

    def location(self, row: int) -> Location:
        return Location(self.segment[row], self.offset[row], self.length[row])

    def extend(
        self,
        ids: Sequence[int],
        segment: int,
        offsets: Iterable[int],
        lengths: Iterable[int],
        facts: Iterable[tuple[int, float]] | None = None,
    ) -> None:
        """Add rows for tasks whose ids are ascending and larger than every known one."""
        first, added = len(self.ids), len(ids)
        self.expect(added)
        for column in self.columns.values():
            column.frombytes(bytes(column.itemsize * added))
        self.done.extend(bytes(added))
        self.ids[first:] = array("q", ids)
        self.segment[first:] = array("I", (segment,)) * added
        self.offset[first:] = array("Q", offsets)
        self.length[first:] = array("I", lengths)
        self.score[first:] = array("d", (math.nan,)) * added
        for row, (predictions, score) in enumerate(facts or (), first):
            if predictions:
                self.predictions[row], self.score[row] = predictions, score
                self.totals.predictions += predictions
        self.totals.tasks += added
        for row in range(first, first + added) if self._orderings else ():
            self._enter(row)

    def put(self, task_id: int, location: Location, facts: Facts) -> None:
        """The text of a task now lies here; a row is made for a task that has none."""
        row = self.row(task_id)
        if row is None:
            row = self._insert(task_id)
        else:
            self._leave(row)
        self.segment[row], self.offset[row], self.length[row] = location
        self.totals.predictions += facts.predictions - self.predictions[row]
        self.predictions[row], self.score[row] = facts
        self._enter(row)

    def _insert(self, task_id: int) -> int:
        row = bisect_left(self.ids, task_id)
        for column in self.columns.values():
            column.insert(row, 0)
        self.ids[row] = task_id
        self.done.insert(row, 0)
        self.totals.tasks += 1
        return row

    def remove(self, task_ids: Iterable[int]) -> None:
        """Remove the rows of these tasks; unknown ids are passed over."""
        rows = sorted(row for row in map(self.row, set(task_ids)) if row is not None)
        self.expect(len(rows))
        for row in rows:
            self.set_work(row, None)
            self.totals.predictions -= self.predictions[row]
            self._leave(row)
        self.totals.tasks -= len(rows)
        if len(rows) <= 16:
            for row in reversed(rows):
                for column in self.columns.values():
                    del column[row]
                del self.done[row]
            return
        runs = list(zip([0, *(row + 1 for row in rows)], [*rows, len(self.ids)], strict=True))
        for column in self.columns.values():
            kept = array(column.typecode)
            for start, stop in runs:
                kept.extend(column[start:stop])
            column[:] = kept
        self.done[:] = b"".join(self.done[start:stop] for start, stop in runs)

    def clear(self) -> None:
        """Remove all rows."""
        self.load({name: array(code) for name, code in self.COLUMNS.items()}, bytearray())

    def copies(self, names: Iterable[str]) -> dict[str, Sequence[Any]]:
        """Copies of some columns; ``done`` is one, too."""
        return {n: bytes(self.done) if n == "done" else self.columns[n][:] for n in names}

    def values(
        self, task_ids: Iterable[int], names: Sequence[str]
    ) -> list[tuple[Any, ...] | None]:
        """Of each task the values of some columns, ``done`` included; None for one unknown."""
        columns = [self.done if name == "done" else self.columns[name] for name in names]
        rows = map(self.row, task_ids)
        return [None if row is None else tuple(c[row] for c in columns) for row in rows]

    # -- completions --------------------------------------------------------------------------

    def set_work(self, row: int, summary: WorkSummary | None) -> None:
        """A completion file was written (its summary) or removed (None)."""
        new = summary or WorkSummary(0, 0, 0.0)
        self._leave(row)
        self.totals.completed += (summary is not None) - self.done[row]
        self.totals.completions += new.count - self.completions[row]
        self.totals.cancelled += new.cancelled - self.cancelled[row]
        self.totals.truths += new.truths - self.truths[row]
        self.done[row] = summary is not None
        self.completions[row], self.cancelled[row] = new.count, new.cancelled
        self.truths[row] = new.truths
        self.completed_at[row] = new.completed_at
        self.last_id[row] = max(self.last_id[row], new.last_id)
        self.size[row] = self.stamp[row] = 0
        self._enter(row)

    def sign(self, row: int, signature: Signature) -> None:
        """The completion file is settled and looks like this."""
        self.size[row], self.stamp[row] = signature

    def signature(self, row: int) -> Signature:
        return Signature(self.size[row], self.stamp[row])

    def summary(self, row: int) -> WorkSummary | None:
        """None while the task is not completed."""
        if not self.done[row]:
            return None
        return WorkSummary(
            self.completions[row],
            self.cancelled[row],
            self.completed_at[row],
            self.last_id[row],
            self.truths[row],
        )

    def completed_ids(self) -> array[int]:
        """Ids of the tasks that have a completion file, ascending."""
        return array("q", compress(self.ids, self.done))

    # -- what samplers ask --------------------------------------------------------------------

    def first_open(self, after: int | None = None) -> int | None:
        """The lowest id (above ``after``) of a task that is not completed."""
        start = 0 if after is None else bisect_left(self.ids, after + 1)
        row = self.done.find(0, start)
        return None if row < 0 else self.ids[row]

    def open_count(self) -> int:
        return self.totals.tasks - self.totals.completed

    def nth_open(self, n: int) -> int:
        """The id of the ``n``-th (from 0) task that is not completed, in id order."""
        return int(self.ids[self._open_row(n)])

    def _open_row(self, n: int) -> int:
        for start in range(0, len(self.done), _BLOCK):
            found = self.done.count(0, start, start + _BLOCK)
            if n < found:
                row = self.done.find(0, start)
                for _ in range(n):
                    row = self.done.find(0, row + 1)
                return row
            n -= found
        raise IndexError("no such open task")

    def best_scored(self, largest: bool) -> int | None:
        """The open task with the smallest or largest mean prediction score; lowest id first."""
        view = self._view("score")
        if not view.ids:
            return None
        if not largest:
            return view.ids[0]
        top = self.score[self.sure_row(view.ids[-1])]
        first = bisect_left(view.ids, top, key=lambda i: self.score[self.sure_row(i)])
        return view.ids[first]

    # -- pages --------------------------------------------------------------------------------

    def page(self, order: str, start: int, stop: int) -> list[int]:
        """Ids of the tasks at positions ``start`` to ``stop`` of an order.

        Orders: ``id``, ``completed_at``, ``cancelled``, each also with ``-`` in front. The last
        two show tasks without completions last, in id order, both ways.
        """
        size = len(self.ids)
        start, stop = max(start, 0), min(stop, size)
        if start >= stop:
            return []
        if order == "id":
            return self.ids[start:stop].tolist()
        if order == "-id":
            return self.ids[size - stop : size - start][::-1].tolist()
        return self._completed_page(order, start, stop)

    def _completed_page(self, order: str, start: int, stop: int) -> list[int]:
        view = self._view(order)
        page = view.ids[start:stop].tolist()
        missing = stop - start - len(page)
        if missing:
            row = self._open_row(max(0, start - len(view.ids)))
            while row >= 0 and missing:
                page.append(self.ids[row])
                row, missing = self.done.find(0, row + 1), missing - 1
        return page

    # -- sorted views -------------------------------------------------------------------------

    def expect(self, changes: int) -> None:
        """So many rows are about to change; keeping sorted views right would cost too much."""
        if changes > _MANY:
            self._orderings.clear()

    def _view(self, name: str) -> Ordering:
        if name not in self._orderings:
            self._orderings[name] = self._sorted(name)
        return self._orderings[name]

    def _sorted(self, name: str) -> Ordering:
        if name == "score":
            return Ordering(self.ids, self.sure_row, self._is_scored, [(self.score, 1)])
        sign = -1 if name.startswith("-") else 1
        columns: dict[str, list[Key]] = {
            "completed_at": [(self.completed_at, sign)],
            "cancelled": [(self.cancelled, sign), (self.completed_at, -1)],
        }
        keys = columns[name.removeprefix("-")]
        return Ordering(self.ids, self.sure_row, self.done.__getitem__, keys)

    def _is_scored(self, row: int) -> bool:
        return not self.done[row] and not math.isnan(self.score[row])

    def _leave(self, row: int) -> None:
        """The row is about to change: take it out of the sorted views."""
        for ordering in self._orderings.values():
            ordering.discard(row, self.ids[row])

    def _enter(self, row: int) -> None:
        for ordering in self._orderings.values():
            ordering.add(row, self.ids[row])
