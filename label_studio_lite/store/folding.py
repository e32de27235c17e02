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

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Conflict
from label_studio_lite.store import cache
from label_studio_lite.store.changes import work_task_id
from label_studio_lite.store.fs import refusal
from label_studio_lite.store.held import HOLD
from label_studio_lite.store.index import BASE
from label_studio_lite.store.manifest import Base, base_of, checksum, sample, stat_signature
from label_studio_lite.store.mirror import Mirror
from label_studio_lite.store.opening import CACHE, TASKS, Opened
from label_studio_lite.store.tasks_file import TasksFile
from label_studio_lite.store.tasks_fold import Fold, Readable, Rows
from label_studio_lite.store.work_files import signature_of

log = logging.getLogger(__name__)

_SAMPLES = 16
_SMALL = 8 << 20  # a tasks.json of this size is rewritten without a thought
_LARGE = 16 << 20  # a journal of this size is folded in any case
_QUIET = 1.0  # seconds without a change after which cheap folds are made
_CACHE_EVERY = 10_000  # settled files after which the cache is written again


@dataclass(slots=True)
class Snapshot:
    """The tasks as they were when the journal was turned over."""

    rows: Rows
    dropped: set[int]


class Folding:
    """Folds one open project. ``lock`` keeps it from happening; a fold takes it itself."""

    def __init__(self, opened: Opened, mirror: Mirror) -> None:
        self._opened = opened
        self._mirror = mirror
        self._mutex = opened.journal.mutex
        self.lock = threading.Lock()
        self._uncached = opened.uncached

    def is_owed(self) -> bool:
        """Whether the journal holds anything that the files do not. Caller holds the mutex."""
        return bool(self._opened.state.tasks_changed or self._opened.state.unsettled)

    def is_due(self, idle: float) -> bool:
        """Whether to fold now; ``idle`` is in seconds since the last change."""
        with self._mutex:
            journal, base = self._opened.journal.size(), self._opened.tasks.size
            if journal > max(_LARGE, base // 4):
                return True
            if not self.is_owed():
                return False
            cheap = not self._opened.state.tasks_changed or base <= _SMALL or journal > base // 20
            return idle >= _QUIET and cheap

    def fold(self) -> None:
        """Bring the files up to the journal as it is now, and empty it.

        Raises ``StorageFull``, ``ReadOnly`` or ``Conflict`` (a backup is being made, or somebody
        changed tasks.json); then nothing is lost and all is still owed.
        """
        with self.lock:
            try:
                hold = self._opened.fs.lock(self._opened.journal.folder / HOLD)
                try:
                    self._fold()
                finally:
                    hold.release()
            except BlockingIOError as error:
                raise Conflict("a backup is being made; files are left as they are") from error
            except OSError as error:
                raise refusal(error, "the files of the project") from error

    def finish(self) -> None:
        """The last fold before the project is closed; for what it raises see :meth:`fold`."""
        with self._mutex:
            is_empty = not self.is_owed() and not self._opened.journal.size()
        if not is_empty:
            self.fold()
        if self._uncached != 0:
            self._save_cache()

    def _fold(self) -> None:
        opened, state = self._opened, self._opened.state
        with self._mutex:
            old = opened.journal.rotate()
            first_new = opened.journal.current
            paths = list(state.unsettled)
            snapshot = self._take() if state.tasks_changed else None
            manifest = opened.manifests.current
            manifest.next_id = state.next_id
            manifest.last_ids = dict(state.last_ids)
            manifest.answers = dict(state.answers)
        try:
            self._settle_files(paths)
            if snapshot is not None:
                self._fold_tasks(snapshot, first_new)
            else:
                manifest.bases[-1].first_segment = first_new
            opened.manifests.save()
        except BaseException:
            # a flush that failed once proves nothing when it succeeds: files are put anew
            self._mirror.owe(paths)
            if snapshot is not None:
                with self._mutex:
                    state.dropped |= snapshot.dropped
            raise
        self._forget(paths, first_new)
        opened.journal.drop(old)
        if self._uncached is None or self._uncached > _CACHE_EVERY:
            self._save_cache()

    # -- tasks.json ---------------------------------------------------------------------------

    def _take(self) -> Snapshot:
        """The caller holds the mutex."""
        state, index = self._opened.state, self._opened.state.index
        dropped, state.dropped, state.recent = state.dropped, set(), set()
        state.held_below = state.next_id
        state.cleared = False
        ids = index.ids[:]
        gaps = sorted({bisect_left(ids, task_id) for task_id in dropped})
        rows = Rows(ids, index.segment[:], index.offset[:], index.length[:], gaps)
        return Snapshot(rows, dropped)

    def _fold_tasks(self, snapshot: Snapshot, first_new: int) -> None:
        """Write the new tasks.json. Whatever interrupts this, either file leads to one state."""
        opened, manifest = self._opened, self._opened.manifests.current
        path, before = opened.tasks.path, manifest.bases
        self._check_unchanged()
        fold = Fold(snapshot.rows, self._source, lined=opened.lined)
        staged = opened.fs.stage(path, fold.chunks(), durable=True)
        try:
            self._check_unchanged()
            manifest.bases = [*before, Base(fold.size, fold.crc, first_new)]
            opened.manifests.save()
            opened.fs.replace(staged, path)
        except BaseException:
            manifest.bases = before
            with suppress(OSError):  # what it would have been about is raised already
                opened.fs.remove(staged)
            raise
        opened.fs.flush_dir(path.parent)
        new = TasksFile(opened.fs, path)
        manifest.bases = [base_of(new, first_new, fold.crc)]
        manifest.samples = samples(new, snapshot.rows.ids, fold.offset, fold.length)
        with self._mutex:
            self._adopt(snapshot.rows.ids, fold)
            opened.tasks, opened.lined = new, True
        self._uncached = None

    def _check_unchanged(self) -> None:
        if not self._opened.tasks.is_current():
            raise Conflict(
                f"{TASKS} was changed by another program while the project was open; it is left"
                " as it is, and the change is taken over when the project is opened again"
            )

    def _source(self, segment: int) -> Readable:
        if segment == BASE:
            return self._opened.tasks
        with self._mutex:
            return self._opened.journal.segment(segment)

    def _adopt(self, ids: array[int], fold: Fold) -> None:
        """Point the index at the new file, except for what changed since the snapshot.

        The caller holds the mutex. Between ids that were put or dropped since, the index has the
        rows of the snapshot; tasks that were added since come last.
        """
        state, index = self._opened.state, self._opened.state.index
        if state.cleared:
            return  # nothing that the new file holds is known any more
        row = at = 0  # in the index, and in the snapshot
        changed = sorted(state.recent | state.dropped)
        for task_id in [*changed, None]:
            stop = len(ids) if task_id is None else bisect_left(ids, task_id, at)
            end = row + stop - at
            index.offset[row:end] = fold.offset[at:stop]
            index.length[row:end] = fold.length[at:stop]
            index.segment[row:end] = array("I", (BASE,)) * (stop - at)
            row, at = end, stop
            at += at < len(ids) and ids[at] == task_id
            row += row < len(index) and index.ids[row] == task_id
        state.dropped = {i for i in state.dropped if index.row(i) is None and _holds(ids, i)}
        state.tasks_changed = bool(state.recent or state.dropped) or row < len(index)

    # -- small files and the cache ------------------------------------------------------------

    def _settle_files(self, paths: list[str]) -> None:
        """Bring small files up to date, durably."""
        opened = self._opened
        self._mirror.pay()
        opened.fs.flush_files([opened.folder / path for path in paths])
        for path in paths:
            if work_task_id(path) is None:
                opened.manifests.current.files.pop(path, None)
                with suppress(FileNotFoundError):
                    content = (opened.folder / path).read_bytes()
                    opened.manifests.current.files[path] = checksum(content)

    def _forget(self, paths: Iterable[str], first_new: int) -> None:
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
            if self._uncached is not None:
                self._uncached += 1

    def save_cache(self) -> None:
        """Write the cache of the index, unless it would be of no use."""
        with self.lock:
            self._save_cache()

    def wants_cache(self) -> bool:
        """Whether the cache on disk is of no use, and one can be made that is."""
        with self._mutex:
            return self._uncached is None and not self.is_owed()

    def _save_cache(self) -> None:
        opened = self._opened
        with self._mutex:
            if self.is_owed():
                return
            header = cache.Header(
                stat=stat_signature(opened.tasks.stat),
                rows=len(opened.state.index),
                lined=opened.lined,
                first_segment=opened.manifests.current.bases[-1].first_segment,
            )
            columns = {name: column[:] for name, column in opened.state.index.columns.items()}
            done = bytes(opened.state.index.done)
        self._uncached = 0
        try:
            opened.fs.make_dir(opened.folder / CACHE)
            path = opened.folder / CACHE / cache.NAME
            opened.fs.put(path, cache.chunks(header, columns, done), durable=False)
        except OSError as error:
            log.warning("the cache of %s was not written: %s", opened.folder, error)


def _holds(ids: array[int], task_id: int) -> bool:
    row = bisect_left(ids, task_id)
    return row < len(ids) and ids[row] == task_id


def samples(
    file: TasksFile, ids: array[int], offset: array[int], length: array[int]
) -> dict[int, int]:
    """A few tasks of a file, by which it is recognised after an edit by hand."""
    chosen = range(0, len(ids), max(1, len(ids) // _SAMPLES))
    texts = {ids[row]: file.read(offset[row], length[row]) for row in chosen}
    return {task_id: sample(jsontext.loads(t, lenient=True)) for task_id, t in texts.items()}
