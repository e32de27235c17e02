"""What a store knows in memory, and what each change does to it.

Nothing here touches a file. A change is applied after it is durable, with the place where its
bytes lie; applying the same changes in the same order gives the same state, whether they come
from a request or from the journal of an earlier run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

from label_studio_lite.core.model import Json, WorkSummary
from label_studio_lite.store.changes import (
    AddTasks,
    Change,
    Clear,
    DropFile,
    DropTasks,
    PutFile,
    PutTask,
    body_size,
    work_path,
    work_task_id,
)
from label_studio_lite.store.index import UNSIGNED, Facts, Location, TaskIndex
from label_studio_lite.store.records import Place

ANSWERS_KEPT = 500


class Unsettled(NamedTuple):
    """A file whose newest content is in the journal; ``length`` None when the file is gone."""

    place: Place
    length: int | None
    crc: int = 0


@dataclass(slots=True)
class State:
    """The index of tasks, and everything else that is not read from files each time."""

    index: TaskIndex = field(default_factory=TaskIndex)
    next_id: int = 0
    orphans: dict[int, WorkSummary] = field(default_factory=dict)  # completions without a task
    unsettled: dict[str, Unsettled] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    # task id → its highest completion id ever, where that completion was deleted
    last_ids: dict[int, int] = field(default_factory=dict)
    # what the next fold of tasks.json has to know
    tasks_changed: bool = False
    dropped: set[int] = field(default_factory=set)  # ids that tasks.json still holds
    held_below: int = 0  # it holds no ids from here on: tasks that came and went leave no trace
    # what changed since the fold that is being made began, beside tasks added at the end
    recent: set[int] = field(default_factory=set)  # ids put
    cleared: bool = False
    _touched: list[str] = field(default_factory=list)

    def free_id(self) -> int:
        """For the next task; no new one is given the completions of one that is gone."""
        return max(self.next_id, max(self.orphans, default=-1) + 1)

    def apply(self, changes: Sequence[Change], place: Place) -> list[str]:
        """``place`` is where the bytes of the first change begin.

        Returns the paths of the small files that are now to be written or removed.
        """
        self._touched = []
        self.index.expect(len(changes))
        segment, offset = place
        for change in changes:
            self._apply(change, Place(segment, offset))
            offset += body_size(change)
        return self._touched

    def _file_changed(
        self, path: str, place: Place, length: int | None = None, crc: int = 0
    ) -> None:
        self.unsettled[path] = Unsettled(place, length, crc)
        self._touched.append(path)

    def _apply(self, change: Change, place: Place) -> None:
        if isinstance(change, AddTasks):
            self._add_tasks(change, place)
        elif isinstance(change, PutTask):
            self._put_task(change.id, Location(*place, change.size), change.facts)
        elif isinstance(change, DropTasks):
            self._drop_tasks(change.ids, place)
        elif isinstance(change, PutFile):
            self._file_changed(change.path, place, change.size, change.crc)
            self._work_changed(change.path, change.summary)
        elif isinstance(change, DropFile):
            self._file_changed(change.path, place)
            self._work_changed(change.path, None)
        elif isinstance(change, Clear):
            self._clear(place)

    def _put_task(self, task_id: int, location: Location, facts: Facts) -> None:
        self.index.put(task_id, location, facts)
        self.next_id = max(self.next_id, task_id + 1)
        self.recent.add(task_id)
        self.tasks_changed = True
        self._adopt_orphan(task_id)

    def _add_tasks(self, change: AddTasks, place: Place) -> None:
        if not change.lengths:
            return
        ids = self.index.ids
        offsets = change.offsets(place.offset)
        if not ids or change.first_id > ids[-1]:
            self.index.extend(change.ids, place.segment, offsets, change.lengths, change.facts)
            for task_id in change.ids if self.orphans else ():
                self._adopt_orphan(task_id)
        else:  # replayed over a tasks.json that has (some of) them already
            facts = change.facts or repeat(Facts())
            for task_id, offset, length, known in zip(
                change.ids, offsets, change.lengths, facts, strict=False
            ):
                self._put_task(task_id, Location(place.segment, offset, length), known)
        self.next_id = max(self.next_id, change.first_id + len(change.lengths))
        self.tasks_changed = True

    def _adopt_orphan(self, task_id: int) -> None:
        orphan = self.orphans.pop(task_id, None)
        if orphan is not None:
            self.index.set_work(self.index.sure_row(task_id), orphan)

    def _clear(self, place: Place) -> None:
        for task_id in [*self.index.completed_ids(), *self.orphans]:
            self._file_changed(work_path(task_id), place)
        self.index.clear()
        self.orphans.clear()
        self.last_ids.clear()
        self.dropped.clear()  # nothing of tasks.json stays, so there is nothing to cut out
        self.recent.clear()
        self.cleared = self.tasks_changed = True
        self.next_id = 0

    def _drop_tasks(self, ids: Iterable[int], place: Place) -> None:
        known = [task_id for task_id in ids if self.index.row(task_id) is not None]
        for task_id in known:
            if self.index.summary(self.index.sure_row(task_id)) is not None:
                self._file_changed(work_path(task_id), place)
        self.index.remove(known)
        self.dropped.update(task_id for task_id in known if task_id < self.held_below)
        self.recent.difference_update(known)
        for task_id in known:
            self.last_ids.pop(task_id, None)
        self.tasks_changed = self.tasks_changed or bool(known)

    def _work_changed(self, path: str, summary: WorkSummary | None) -> None:
        task_id = work_task_id(path)
        if task_id is None:
            return
        row = self.index.row(task_id)
        if row is not None:
            self.index.set_work(row, summary)
            self._remember_last_id(task_id, row, summary)
        elif summary is not None:
            self.orphans[task_id] = summary
        else:
            self.orphans.pop(task_id, None)

    def _remember_last_id(self, task_id: int, row: int, summary: WorkSummary | None) -> None:
        last_id = self.index.last_id[row]
        if last_id > (summary.last_id if summary else 0):
            self.last_ids[task_id] = last_id
        else:
            self.last_ids.pop(task_id, None)

    def before(self, changes: Iterable[Change]) -> Json:
        """What a record says of the state before it; see ``store/changes.py``.

        After a crash the completion file may already be the new one, and tell nothing of what was
        deleted; or still the old one, which is not to be taken for an edit by hand.
        """
        deleted: list[tuple[int, int]] = []
        was: list[tuple[str | int, ...]] = []
        for change in changes:
            if not isinstance(change, PutFile | DropFile):
                continue
            newest = self.unsettled.get(change.path)
            if newest is not None and newest.length is not None:
                was.append((change.path, newest.crc))
            task_id = work_task_id(change.path)
            if task_id is None:
                continue
            summary = change.summary if isinstance(change, PutFile) else None
            last_id = self._last_id(task_id)
            if last_id > (summary.last_id if summary else 0):
                deleted.append((task_id, last_id))
            row = self.index.row(task_id)
            if row is not None and self.index.signature(row) != UNSIGNED:
                was.append((change.path, *self.index.signature(row)))
        return {
            **({"deleted": deleted} if deleted else {}),
            **({"was": was} if was else {}),
        }

    def _last_id(self, task_id: int) -> int:
        row = self.index.row(task_id)
        if row is not None:
            return self.index.last_id[row]
        return self.orphans[task_id].last_id if task_id in self.orphans else 0

    def know_deleted(self, last_ids: Iterable[tuple[int, int]]) -> None:
        """Completions with these ids existed: (task id, highest completion id)."""
        for task_id, last_id in last_ids:
            row = self.index.row(task_id)
            if row is not None:
                self.index.last_id[row] = max(self.index.last_id[row], last_id)
                self.last_ids[task_id] = self.index.last_id[row]
            elif self._last_id(task_id) < last_id:
                # its task may come before the change is applied, which a batch may do much later
                self.orphans[task_id] = WorkSummary(0, 0, 0.0, last_id)

    def remember(self, key: str, answer: Json) -> None:
        """What a client's request id was answered, so that a repetition gets the same."""
        self.answers[key] = answer
        while len(self.answers) > ANSWERS_KEPT:
            del self.answers[next(iter(self.answers))]
