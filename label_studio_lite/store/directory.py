"""A project directory as a store: the journal in front, the readable files behind it."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Conflict, Damaged, LabelStudioError, Locked, ReadOnly
from label_studio_lite.store.base import Listener
from label_studio_lite.store.changes import COMPLETIONS, Change, encode, let_go
from label_studio_lite.store.documents import Documents
from label_studio_lite.store.durability import Durability, asked_for
from label_studio_lite.store.folding import Folding, samples
from label_studio_lite.store.fs import FileSystem, Lock, is_temp
from label_studio_lite.store.holds import Holds
from label_studio_lite.store.journal import Journal, Record
from label_studio_lite.store.manifest import base_of
from label_studio_lite.store.mirror import Mirror, Settled
from label_studio_lite.store.opening import CACHE, JOURNAL, Opened, Progress
from label_studio_lite.store.quarantine import FOLDER as QUARANTINE
from label_studio_lite.store.reading import Reader
from label_studio_lite.store.records import Place, segment_numbers
from label_studio_lite.store.uploads import FOLDER as UPLOADS

log = logging.getLogger(__name__)

LOCK = ".lock"
DOCUMENTS = ".documents.json"
ACCOUNTS = ".accounts.json"  # the server's user: documents that are for their owner only
_STEP = 0.5  # seconds between looks at whether to fold
_PATIENCE = 10.0  # seconds until a fold that failed is tried again, at first
_MOST_PATIENCE = 600.0


class DirectoryStore(Reader):
    """An open project directory; see :class:`~label_studio_lite.store.base.Store`."""

    def __init__(
        self,
        folder: Path,
        *,
        fs: FileSystem | None = None,
        durability: Durability | None = None,
        progress: Progress = lambda what, count: None,
        keeper: bool = True,
    ) -> None:
        """Open ``folder``, which exists. Raises ``Locked``, ``Damaged``.

        ``durability`` is what its ``config.json`` says unless it is given. A folder that cannot
        be written to is opened read-only. Without ``keeper`` nothing is folded in the background.
        """
        self.folder = Path(os.path.realpath(folder))
        self.fs = fs or FileSystem()
        self._closing = threading.Lock()
        self._closed = threading.Event()
        self._keeper: threading.Thread | None = None
        self._listeners: list[Listener] = []
        self._last_change = time.monotonic()
        self._holds, self._adding = Holds(), threading.Lock()
        self.documents = Documents(self.fs, self.folder / DOCUMENTS)
        self._lock, self._read_only = self._take_lock()
        try:
            self._start(durability or asked_for(self.folder), progress)
        except BaseException:
            self._release()
            raise
        if keeper and not self._read_only:
            self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
            self._keeper.start()

    # -- opening ------------------------------------------------------------------------------

    def _take_lock(self) -> tuple[Lock | None, str | None]:
        path = self.folder / LOCK
        try:
            lock = self.fs.lock(path)
        except BlockingIOError as error:
            raise Locked(f"{self.folder} is already open in {holder(path)}") from error
        except OSError as error:
            return None, f"{self.folder} cannot be written to ({error.strerror})"
        lock.note(_about())
        return lock, None

    @property
    def durability(self) -> Durability:
        """When a change is on the disk."""
        return self._opened.journal.durability

    def announce(self, url: str) -> None:
        """Tell those who find the project locked where it is served."""
        if self._lock:
            self._lock.note(_about() | {"url": url})

    def _start(self, durability: Durability, progress: Progress) -> None:
        """Read everything and begin to write; where writing fails, read once more."""
        if not self._read_only:
            try:
                self.fs.make_dir(self.folder / JOURNAL)
                self._sweep()
                self._read(durability, progress)
                self._begin()
                return
            except OSError as error:
                self._read_only = f"{self.folder} cannot be written to ({error.strerror})"
                log.warning("%s; it is opened read-only", self._read_only)
        try:
            self._read(durability, progress)
        except OSError as error:
            raise Damaged(f"{self.folder} cannot be read: {error}") from error

    def _sweep(self) -> None:
        """Remove what interrupted writes left."""
        for name in ("", JOURNAL, CACHE, COMPLETIONS, UPLOADS, QUARANTINE):
            folder = self.folder / name
            if folder.is_dir():
                with os.scandir(folder) as entries:
                    names = [entry.name for entry in entries if is_temp(entry.name)]
                for leftover in names:
                    self.fs.remove(folder / leftover)

    def _read(self, durability: Durability, progress: Progress) -> None:
        opened = Opened(
            self.folder,
            self.fs,
            Journal(self.fs, self.folder / JOURNAL, durability),
            read_only=self._read_only is not None,
            progress=progress,
        )
        opened.read()
        super().__init__(opened)
        self._mirror = Mirror(self.fs, self.folder, self._newest)
        self._folding = Folding(opened, self._mirror)

    def _begin(self) -> None:
        opened = self._opened
        known = opened.manifests.current.bases
        opened.journal.begin(at_least=max((base.first_segment for base in known), default=1))
        try:
            if opened.base is None:
                self._describe_base()
            self._mirror.owe(self._state.unsettled)
            self._mirror.follow(list(self._state.unsettled))
        except BaseException:
            opened.journal.close()
            raise

    def _describe_base(self) -> None:
        """Let the manifest know a tasks.json that came from elsewhere, before anything else."""
        opened, index = self._opened, self._state.index
        manifest = opened.manifests.current
        manifest.bases = [base_of(opened.tasks, min(segment_numbers(opened.journal.folder)))]
        if not self._state.tasks_changed:
            manifest.samples = samples(opened.tasks, index.ids, index.offset, index.length)
        opened.manifests.save()

    # -- closing ------------------------------------------------------------------------------

    def close(self) -> None:
        """Bring the files up to date and let go of the project. Safe to call twice.

        Files that cannot be brought up to date now lose nothing: the journal has it all, and the
        next start goes on from there.
        """
        with self._closing:
            if self._closed.is_set():
                return
            self._closed.set()
        if self._keeper:
            self._keeper.join()
        try:
            try:
                if not self.read_only:
                    self._folding.finish()
            finally:
                self._opened.let_go()
        except (LabelStudioError, OSError) as error:
            log.warning("%s: files were not brought up to date: %s", self.folder, error)
        finally:
            self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.release()
            self._lock = None

    @property
    def read_only(self) -> str | None:
        return self._read_only or self._opened.journal.broken

    # -- writing ------------------------------------------------------------------------------

    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        head: Json = {"answer": answer} if answer else {}
        paths: list[str] = []
        self._write(head, changes, lambda place: paths.extend(self._apply(changes, place, answer)))
        self._mirror.follow(paths)

    def _write(
        self, head: Json, changes: Sequence[Change], apply: Callable[[Place], None]
    ) -> None:
        if self._read_only:
            raise ReadOnly(self._read_only)
        head["ops"], body = encode(changes)

        def make() -> Record:
            return Record(head | self._state.before(changes), body, apply)

        self._opened.journal.commit(make)

    def _apply(
        self, changes: Sequence[Change], place: Place, answer: tuple[str, Json] | None = None
    ) -> list[str]:
        """Let a durable change count; the files that it touches are returned.

        Called with the mutex held, in the order of the journal.
        """
        paths = self._state.apply(changes, place)
        self._mirror.owe(paths)
        if answer:
            self._state.remember(*answer)
        self._last_change = time.monotonic()
        for listener in self._listeners:
            listener(changes)
        return paths

    def listen(self, listener: Listener) -> None:
        with self._mutex:
            self._listeners.append(listener)

    @contextmanager
    def batch(self) -> Iterator[DirectoryBatch]:
        with self._folding.lock:  # its records must stay where they are until they count
            yield DirectoryBatch(self)

    @contextmanager
    def adding(self) -> Iterator[int]:
        with self._adding:
            yield self._state.free_id()

    def holding(self, *task_ids: int) -> AbstractContextManager[None]:
        return self._holds.holding(*task_ids)

    # -- files --------------------------------------------------------------------------------

    def checkpoint(self) -> None:
        if self._read_only:
            raise ReadOnly(self._read_only)
        self._folding.fold()

    def rewrite_tasks(self) -> bool:
        """Owe a ``tasks.json`` with one task per line, if it is not in that form already."""
        with self._mutex:
            is_other = not self._opened.lined
            self._state.tasks_changed = self._state.tasks_changed or is_other
        return is_other

    def _keep(self) -> None:
        patience = _PATIENCE
        while not self._closed.wait(_STEP):
            try:
                if self._folding.is_due(time.monotonic() - self._last_change):
                    self._folding.fold()
                elif self._folding.wants_cache():
                    self._folding.save_cache()
                patience = _PATIENCE
            except Exception as error:
                known = isinstance(error, (LabelStudioError, OSError))
                log.warning(
                    "%s: files are not up to date yet: %s", self.folder, error, exc_info=not known
                )
                self._closed.wait(patience)
                patience = min(2 * patience, _MOST_PATIENCE)

    def _newest(self, path: str) -> bytes | Settled | None:
        with self._mutex:
            if path not in self._state.unsettled:
                return Settled()
            source = self._source(path)
        return source.read()


class DirectoryBatch:
    """See :class:`~label_studio_lite.store.base.Batch`."""

    def __init__(self, store: DirectoryStore) -> None:
        self._store = store
        self._id = uuid.uuid4().hex
        self._parts: list[tuple[Sequence[Change], Place]] = []
        self._is_whole = True

    def add(self, *changes: Change) -> None:
        self._write({"batch": self._id}, changes, lambda place: self._keep(changes, place))

    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        store = self._store
        paths: list[str] = []

        def apply(place: Place) -> None:
            self._keep(changes, place)
            store._state.index.expect(sum(len(part) for part, _ in self._parts))
            for part, where in self._parts:
                paths.extend(store._apply(part, where))
            if answer:
                store._state.remember(*answer)

        head: Json = {"batch": self._id, "commit": True, "parts": len(self._parts)}
        if answer:
            head["answer"] = answer
        self._write(head, changes, apply)
        self._is_whole = False  # nothing can follow
        store._mirror.follow(paths)

    def _write(
        self, head: Json, changes: Sequence[Change], apply: Callable[[Place], None]
    ) -> None:
        """A part that could not be written leaves the batch without it: it can never count."""
        if not self._is_whole:
            raise Conflict("a part of this change could not be written, or it was made already")
        self._is_whole = False
        self._store._write(head, changes, apply)
        self._is_whole = True

    def _keep(self, changes: Sequence[Change], place: Place) -> None:
        self._parts.append(([let_go(change) for change in changes], place))


def _about() -> Json:
    return {"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}


def holder(path: Path) -> str:
    """Who holds the lock of a project, in words."""
    try:
        note = json.loads(path.read_text())
    except (OSError, ValueError):
        note = None
    if not isinstance(note, dict):
        return "another process"
    where = f", serving {note['url']}" if note.get("url") else ""
    return f"process {note.get('pid')} since {note.get('since')}{where}"
