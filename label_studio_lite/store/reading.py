"""Reading an open project: tasks from where the index says they lie, small files from the journal
while that is newer than the file."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json, Task, WorkSummary
from label_studio_lite.errors import Damaged, NotFound
from label_studio_lite.store.base import Note
from label_studio_lite.store.changes import work_path
from label_studio_lite.store.fs import content_of
from label_studio_lite.store.index import BASE, Counts, Location
from label_studio_lite.store.journal import Segment
from label_studio_lite.store.opening import Opened
from label_studio_lite.store.tasks_file import TasksFile

log = logging.getLogger(__name__)

_AT_ONCE = 256  # tasks that are located together
_TEXTS_AT_ONCE = 1024  # likewise, where only their text is wanted
_GAP = 4096  # bytes between two tasks that are read in vain rather than apart
_GAP_OF_RUN = 64  # likewise, for each of many tasks


@dataclass(frozen=True, slots=True)
class Source:
    """From where the newest content of a small file is to be read."""

    path: str
    segment: Segment | None = None
    offset: int = 0
    length: int | None = 0  # None: the file is gone

    def read(self) -> bytes | None:
        """None when there is no such file."""
        if self.length is None:
            return None
        if self.segment is not None:
            return self.segment.read(self.offset, self.length)
        try:
            return content_of(self.path)
        except FileNotFoundError:
            return None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a task is to be read, and its completions if it has any."""

    task_id: int
    file: TasksFile | Segment | None
    offset: int
    length: int
    work: Source | None


class Place(NamedTuple):
    """Where the text of a task lies."""

    file: TasksFile | Segment
    offset: int
    length: int


class Run(NamedTuple):
    """Where the texts of some tasks lie, ascending, in one file."""

    file: TasksFile | Segment
    offsets: Sequence[int]
    lengths: Sequence[int]

    def texts(self) -> list[bytes]:
        start = self.offsets[0]
        block = self.file.read(start, self.offsets[-1] + self.lengths[-1] - start)
        begins = (offset - start for offset in self.offsets)
        return [block[at : at + n] for at, n in zip(begins, self.lengths, strict=True)]


class Reader:
    """The reading half of a store; see :class:`~label_studio_lite.store.base.Store`."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._folder = str(opened.folder)
        self._mutex = opened.journal.mutex
        self._state = opened.state

    @property
    def notes(self) -> Sequence[Note]:
        return tuple(self._opened.notes)

    # -- the index ----------------------------------------------------------------------------

    def counts(self) -> Counts:
        with self._mutex:
            return self._state.index.totals.copy()

    def has_task(self, task_id: int) -> bool:
        with self._mutex:
            return self._state.index.row(task_id) is not None

    def task_ids(self) -> Sequence[int]:
        with self._mutex:
            return self._state.index.ids[:]

    def completed_ids(self) -> Sequence[int]:
        with self._mutex:
            return self._state.index.completed_ids()

    def orphan_ids(self) -> list[int]:
        with self._mutex:
            return sorted(self._state.orphans)

    def page(self, order: str, start: int, stop: int) -> list[int]:
        with self._mutex:
            return self._state.index.page(order, start, stop)

    def work_summary(self, task_id: int) -> WorkSummary | None:
        with self._mutex:
            row = self._state.index.row(task_id)
            return None if row is None else self._state.index.summary(row)

    def last_completion_id(self, task_id: int) -> int:
        with self._mutex:
            row = self._state.index.row(task_id)
            return 0 if row is None else self._state.index.last_id[row]

    def answered(self, key: str) -> Json | None:
        with self._mutex:
            return self._state.answers.get(key)

    def first_open(self, after: int | None = None) -> int | None:
        with self._mutex:
            return self._state.index.first_open(after)

    def open_count(self) -> int:
        with self._mutex:
            return self._state.index.open_count()

    def nth_open(self, n: int) -> int:
        with self._mutex:
            return self._state.index.nth_open(n)

    def best_scored(self, largest: bool) -> int | None:
        with self._mutex:
            return self._state.index.best_scored(largest)

    # -- tasks --------------------------------------------------------------------------------

    def read_task(self, task_id: int) -> Task:
        task = self._read_now(task_id)
        if task is None or not self.has_task(task_id):
            raise NotFound(f"there is no task {task_id}")
        return task

    def read_tasks(self, task_ids: Iterable[int]) -> Iterator[Task]:
        ids = iter(task_ids)
        while chunk := list(islice(ids, _AT_ONCE)):
            with self._mutex:
                spots = [self._locate(task_id) for task_id in chunk]
            for task_id, spot in zip(chunk, spots, strict=True):
                try:
                    task = None if spot is None else _read(spot)
                except Damaged:
                    task = self._read_tolerantly(task_id)
                if task is not None:
                    yield task

    def columns(self, *names: str) -> dict[str, Sequence[Any]]:
        with self._mutex:
            return self._state.index.copies(names)

    def texts(self, task_ids: Iterable[int]) -> Iterator[bytes | None]:
        ids = iter(task_ids)
        while chunk := list(islice(ids, _TEXTS_AT_ONCE)):
            with self._mutex:
                run = self._run(chunk)
                places = [] if run else [self._place(task_id) for task_id in chunk]
            yield from run.texts() if run else _texts(places)

    def rows(
        self, task_ids: Iterable[int], names: Sequence[str]
    ) -> Iterator[tuple[Any, ...] | None]:
        with self._mutex:
            return iter(self._state.index.values(task_ids, names))

    def _run(self, task_ids: Sequence[int]) -> Run | None:
        """Where tasks lie, if they lie one after the other. The caller holds the mutex."""
        index = self._state.index
        first = index.row(task_ids[0])
        rows = slice(first, (first or 0) + len(task_ids))
        if first is None or index.ids[rows].tolist() != task_ids:
            return None
        segments, offsets = set(index.segment[rows]), index.offset[rows].tolist()
        lengths = index.length[rows].tolist()
        span = offsets[-1] + lengths[-1] - offsets[0]
        is_dense = span <= sum(lengths) + _GAP_OF_RUN * len(lengths)
        if len(segments) > 1 or not is_dense or offsets != sorted(offsets):
            return None
        return Run(self._file(index.location(first)), offsets, lengths)

    def _place(self, task_id: int) -> Place | None:
        """The caller holds the mutex."""
        index = self._state.index
        row = index.row(task_id)
        if row is None:
            return None
        location = index.location(row)
        return Place(self._file(location), location.offset, location.length)

    def _read_now(self, task_id: int) -> Task | None:
        """None when there is no such task, nor completions of one."""
        with self._mutex:
            spot = self._locate(task_id)
        while spot is not None:
            try:
                return _read(spot)
            except Damaged:
                # a file that was changed just now is looked up again; one that was not is damaged
                with self._mutex:
                    before, spot = spot, self._locate(task_id)
                if spot == before:
                    raise
        return None

    def _read_tolerantly(self, task_id: int) -> Task | None:
        """Like :meth:`_read_now`; a completion file that was spoilt is told of, and left out."""
        try:
            return self._read_now(task_id)
        except Damaged as error:
            path = work_path(task_id)
            if not any(note.path == path for note in self._opened.notes):
                log.warning("%s", error.detail)
                self._opened.notes.append(Note("damaged", path, error.detail))
        with self._mutex:
            spot = self._locate(task_id)
        if spot is None or spot.file is None:
            return None
        return _read(replace(spot, work=None))

    def _locate(self, task_id: int) -> Spot | None:
        """The caller holds the mutex."""
        index = self._state.index
        row = index.row(task_id)
        if row is None:
            if task_id not in self._state.orphans:
                return None
            return Spot(task_id, None, 0, 0, self._source(work_path(task_id)))
        location = index.location(row)
        work = self._source(work_path(task_id)) if index.done[row] else None
        return Spot(task_id, self._file(location), location.offset, location.length, work)

    def _file(self, location: Location) -> TasksFile | Segment:
        """The file that holds the text of a task. The caller holds the mutex."""
        if location.segment == BASE:
            return self._opened.tasks
        return self._opened.journal.segment(location.segment)

    # -- small files --------------------------------------------------------------------------

    def read_file(self, path: str) -> bytes | None:
        with self._mutex:
            source = self._source(path)
        return source.read()

    def file_paths(self, folder: str) -> list[str]:
        with self._mutex:
            newer = {
                path: file.length is not None
                for path, file in self._state.unsettled.items()
                if path.startswith(f"{folder}/")
            }
        try:
            with os.scandir(self._opened.folder / folder) as entries:
                found = {f"{folder}/{entry.name}" for entry in entries if entry.is_file()}
        except FileNotFoundError:
            found = set()
        return [path for path in found | newer.keys() if newer.get(path, True)]

    def _source(self, path: str) -> Source:
        """The caller holds the mutex."""
        target = f"{self._folder}/{path}"  # a Path takes longer to make than the file to read
        newer = self._state.unsettled.get(path)
        if newer is None:
            return Source(target)
        if newer.length is None:
            return Source(target, length=None)
        segment = self._opened.journal.segment(newer.place.segment)
        return Source(target, segment, newer.place.offset, newer.length)


def _texts(places: Iterable[Place | None]) -> Iterator[bytes | None]:
    """The bytes at these places; those that lie close together are read at once."""
    run: list[Place] = []
    for place in places:
        if run and not (place and _follows(run[-1], place)):
            yield from _run(run)
            run = []
        if place is None:
            yield None
        else:
            run.append(place)
    if run:
        yield from _run(run)


def _follows(one: Place, other: Place) -> bool:
    gap = other.offset - one.offset - one.length
    return one.file is other.file and 0 <= gap <= _GAP


def _run(places: Sequence[Place]) -> Iterable[bytes]:
    offsets, lengths = [place.offset for place in places], [place.length for place in places]
    return Run(places[0].file, offsets, lengths).texts()


def _read(spot: Spot) -> Task:
    """``Damaged`` when files do not hold what they should."""
    work = None if spot.work is None else _parse_work(spot.task_id, spot.work)
    if spot.file is None:  # completions whose task is gone
        data = work.get("data") if work else None
        return Task(spot.task_id, {"id": spot.task_id, "data": data}, work)
    try:
        fields = jsontext.loads(spot.file.read(spot.offset, spot.length), lenient=True)
    except ValueError as error:
        raise Damaged(f"task {spot.task_id} cannot be read: {error}") from error
    if not isinstance(fields, dict):
        raise Damaged(f"task {spot.task_id} cannot be read: an object is expected")
    fields["id"] = spot.task_id
    return Task(spot.task_id, fields, work)


def _parse_work(task_id: int, source: Source) -> Json:
    content = source.read()
    try:
        if content is None:
            raise ValueError("it is missing")
        work = jsontext.loads(content, lenient=True)
        if not isinstance(work, dict):
            raise ValueError("an object is expected")
    except (OSError, ValueError) as error:
        raise Damaged(f"{work_path(task_id)} cannot be read: {error}") from error
    return work
