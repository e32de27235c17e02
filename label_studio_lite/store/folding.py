"""Bringing the readable files up to the journal, and emptying it.

Cost is kept O(1) per change: ``tasks.json`` is rewritten only when the journal has grown to a
fraction of it, when it is small and nobody is writing, or when the project is closed. Requests go
on meanwhile; they write into a new segment.
"""

from __future__ import annotations

import logging
import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import compress

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Conflict
from label_studio_lite.store import cache
from label_studio_lite.store.changes import work_task_id
from label_studio_lite.store.index import BASE, Location
from label_studio_lite.store.manifest import Base, base_of, sample, stat_signature
from label_studio_lite.store.mirror import Mirror
from label_studio_lite.store.opening import CACHE, Opened
from label_studio_lite.store.tasks_file import Fold, Rows, TasksFile
from label_studio_lite.store.work_files import signature_of

log = logging.getLogger(__name__)

HOLD = "hold"  # in the journal's folder; whoever locks it keeps the files as they are
_SAMPLES = 16
_SMALL = 8 << 20  # a tasks.json of this size is rewritten without a thought
_LARGE = 16 << 20  # a journal of this size is folded in any case
_QUIET = 1.0  # seconds without a change after which cheap folds are made


@dataclass(slots=True)
class Snapshot:
    """The tasks as they were when the journal was turned over."""

    ids: array[int]
    segment: array[int]
    rows: Rows
    dropped: set[int]

    def location(self, row: int) -> Location:
        return Location(self.segment[row], self.rows.offset[row], self.rows.length[row])


class Folding:
    """Folds one open project. ``lock`` keeps it from happening; a fold takes it itself."""

    def __init__(self, opened: Opened, mirror: Mirror) -> None:
        self._opened = opened
        self._mirror = mirror
        self._mutex = opened.journal.mutex
        self.lock = threading.Lock()

    def is_owed(self) -> bool:
        """Whether the journal holds anything that the files do not. Caller holds the mutex."""
        return bool(self._opened.state.tasks_changed or self._opened.state.unsettled)

    def is_due(self, idle: float) -> bool:
        """Whether to fold now; ``idle`` is in seconds since the last change."""
        with self._mutex:
            if not self.is_owed():
                return False
            journal, base = self._opened.journal.size(), self._opened.tasks.size
            if journal > max(_LARGE, base // 4):
                return True
            cheap = not self._opened.state.tasks_changed or base <= _SMALL or journal > base // 20
            return idle >= _QUIET and cheap

    def fold(self) -> None:
        """Raises ``StorageFull``, ``ReadOnly``, ``Conflict`` (a backup is being made) or
        ``OSError``; then nothing is lost and all is still owed."""
        with self.lock:
            try:
                hold = self._opened.fs.lock(self._opened.journal.folder / HOLD)
            except BlockingIOError as error:
                raise Conflict("a backup is being made; files are left as they are") from error
            try:
                self._fold()
            finally:
                hold.release()

    def _fold(self) -> None:
        opened, state = self._opened, self._opened.state
        with self._mutex:
            old = opened.journal.rotate()
            first_new = old[-1] + 1
            paths = list(state.unsettled)
            snapshot = self._take() if state.tasks_changed else None
            manifest = opened.manifests.current
            manifest.next_id = state.next_id
            manifest.last_ids = dict(state.last_ids)
            manifest.answers = dict(state.answers)
        try:
            self._mirror.pay()
            opened.fs.flush_files([opened.folder / path for path in paths])
            if snapshot is not None:
                self._fold_tasks(snapshot, first_new)
            else:
                manifest.bases[-1].first_segment = first_new
            opened.manifests.save()
        except BaseException:
            if snapshot is not None:
                with self._mutex:
                    state.dropped |= snapshot.dropped
            raise
        self._settle(paths, first_new)
        opened.journal.drop(old)
        self.save_cache()

    # -- tasks.json ---------------------------------------------------------------------------

    def _take(self) -> Snapshot:
        state, index = self._opened.state, self._opened.state.index
        ids, segment = index.ids[:], index.segment[:]
        moved = [row for row, number in enumerate(segment) if number or not self._opened.lined]
        dropped, state.dropped, state.recent = state.dropped, set(), set()
        gaps = sorted({bisect_left(ids, task_id) for task_id in dropped})
        rows = Rows(ids, index.offset[:], index.length[:], moved, gaps)
        return Snapshot(ids, segment, rows, dropped)

    def _fold_tasks(self, snapshot: Snapshot, first_new: int) -> None:
        """Write the new tasks.json. Whatever interrupts this, either file leads to one state."""
        opened, manifest = self._opened, self._opened.manifests.current
        path = opened.tasks.path
        fold = Fold(snapshot.rows, opened.tasks, lambda row: self._text(snapshot.location(row)))
        staged = path.with_name(f".{path.name}.new.tmp")
        try:
            opened.fs.put(staged, fold.chunks(), durable=True)
            manifest.bases = [*manifest.bases[-1:], Base(fold.size, fold.crc, first_new)]
            opened.manifests.save()
            opened.fs.replace(staged, path)
        except BaseException:
            opened.fs.remove(staged)
            manifest.bases = manifest.bases[:1]
            raise
        opened.fs.flush_dir(path.parent)
        new = TasksFile(opened.fs, path)
        manifest.bases = [base_of(new, first_new, fold.crc)]
        manifest.samples = samples(new, snapshot.ids, fold.offset, fold.length)
        with self._mutex:
            self._adopt(snapshot.ids, fold)
            opened.tasks, opened.lined = new, True

    def _text(self, location: Location) -> bytes:
        if location.segment == BASE:
            return self._opened.tasks.read(location.offset, location.length)
        with self._mutex:
            segment = self._opened.journal.segment(location.segment)
        return segment.read(location.offset, location.length)

    def _adopt(self, ids: array[int], fold: Fold) -> None:
        """Point the index at the new file, except for what changed since the snapshot."""
        state, index = self._opened.state, self._opened.state.index
        newer = {task_id: index.location(index.sure_row(task_id)) for task_id in state.recent}
        offset, length = fold.offset, fold.length
        if state.dropped:
            known = set(ids)
            state.dropped &= known  # what came and went since never reached the file
            keep = bytearray(task_id not in state.dropped for task_id in ids)
            offset = array("Q", compress(offset, keep))
            length = array("I", compress(length, keep))
        count = len(offset)
        index.offset[:count] = offset
        index.length[:count] = length
        index.segment[:count] = array("I", (BASE,)) * count
        for task_id, location in newer.items():
            row = index.sure_row(task_id)
            index.segment[row], index.offset[row], index.length[row] = location
        state.tasks_changed = bool(newer or state.dropped or len(index) > count)

    # -- small files and the cache ------------------------------------------------------------

    def _settle(self, paths: Iterable[str], first_new: int) -> None:
        """Files whose newest content is now on the medium are read from there again."""
        state = self._opened.state
        for path in paths:
            task_id = work_task_id(path)
            signature = None
            if task_id is not None:
                with suppress(FileNotFoundError):
                    signature = signature_of((self._opened.folder / path).stat())
            with self._mutex:
                newer = state.unsettled.get(path)
                if newer is None or newer.place.segment >= first_new:
                    continue
                del state.unsettled[path]
                row = None if task_id is None else state.index.row(task_id)
                if row is not None and signature is not None:
                    state.index.sign(row, signature)

    def save_cache(self) -> None:
        """Write the cache of the index, unless there are changes that it could not describe."""
        opened = self._opened
        with self._mutex:
            if self.is_owed():
                return
            header = cache.Header(
                stat=stat_signature(opened.tasks.stat),
                rows=len(opened.state.index),
                lined=opened.lined,
            )
            try:
                opened.fs.make_dir(opened.folder / CACHE)
                path = opened.folder / CACHE / cache.NAME
                cache.save(opened.fs, path, header, opened.state.index)
            except OSError as error:
                log.warning("the cache of %s was not written: %s", opened.folder, error)


def samples(
    file: TasksFile, ids: array[int], offset: array[int], length: array[int]
) -> dict[int, int]:
    """A few tasks of a file, by which it is recognised after an edit by hand."""
    chosen = range(0, len(ids), max(1, len(ids) // _SAMPLES))
    texts = {ids[row]: file.read(offset[row], length[row]) for row in chosen}
    return {task_id: sample(jsontext.loads(t, lenient=True)) for task_id, t in texts.items()}
