"""Writing the journal: every change is appended here, and made durable, before it is answered.

Concurrent commits share one write and one flush (group commit): the first to wait becomes the
leader and writes for all that queued meanwhile. Effects on memory are applied after the flush, in
the order of the records, so that memory never holds what the medium does not.
``store/records.py`` tells the form of the records.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged, ReadOnly, StorageFull
from label_studio_lite.store import records
from label_studio_lite.store.durability import Durability
from label_studio_lite.store.fs import FileSystem, is_full, refusal
from label_studio_lite.store.records import Place, Recovered, Tail

_FLUSH_EVERY = 1.0  # seconds, with durability "second"
_SMALL = 1 << 16  # bytes of a body that are copied in order to write once
_CLOSED = "the project was closed"

Apply = Callable[[Place], None]


class Record(NamedTuple):
    """A change on its way: a JSON object, bytes that it describes, what it does to memory."""

    head: Json
    body: bytes
    apply: Apply


@dataclass(eq=False, slots=True)
class _Waiting:
    """A record on its way to the medium."""

    head: bytes
    body: bytes
    apply: Apply
    error: Exception | None = None
    done: bool = False


class Segment:
    """An open file of the journal. Closed with its last reference, so that readers outlive it."""

    def __init__(self, fs: FileSystem, path: Path, fd: int, size: int = 0) -> None:
        self._fs = fs
        self.path = path
        self.fd = fd
        self.size = size  # bytes of whole records
        self.flushed = 0  # bytes that are known to be on the medium

    def read(self, offset: int, length: int) -> bytes:
        """``length`` bytes of a record's body."""
        data = self._fs.read(self.fd, offset, length)
        while len(data) < length:
            more = self._fs.read(self.fd, offset + len(data), length - len(data))
            if not more:
                raise Damaged(f"journal segment {self.path.name} is cut short")
            data += more
        return data

    def __del__(self) -> None:
        self._fs.close(self.fd)


class Journal:
    """An open journal. :meth:`recover` comes first; it hands over what an earlier run left."""

    def __init__(self, fs: FileSystem, folder: Path, durability: Durability = "always") -> None:
        self._fs = fs
        self.folder = folder
        self.durability: Durability = durability
        self.mutex = threading.RLock()  # also guards what records are applied to
        self._changed = threading.Condition(self.mutex)
        self._queue: list[_Waiting] = []
        self._writing = False
        self._broken: str | None = None
        self._segments: dict[int, Segment] = {}
        self._current = 0
        self._torn: Tail | None = None
        self._flusher: threading.Thread | None = None
        self._closing = threading.Event()

    # -- state --------------------------------------------------------------------------------

    @property
    def broken(self) -> str | None:
        """Why nothing more is written, or None."""
        return self._broken

    @property
    def current(self) -> int:
        """The number of the segment that is written to."""
        return self._current

    def segment(self, number: int) -> Segment:
        """An open segment, for reading bodies; the caller holds :attr:`mutex`."""
        return self._segments[number]

    def size(self) -> int:
        """Bytes in all segments."""
        with self.mutex:
            return sum(segment.size for segment in self._segments.values())

    # -- recovery -----------------------------------------------------------------------------

    def recover(self, *, start: int = 0) -> Iterator[Recovered | Tail]:
        """Records of all segments numbered ``start`` or higher; see :func:`records.recover`.

        Nothing is changed on disk until :meth:`begin` is called.
        """
        for number in records.segment_numbers(self.folder):
            if number >= start:
                path = records.segment_path(self.folder, number)
                fd = self._fs.open_read(path)
                self._segments[number] = Segment(self._fs, path, fd, path.stat().st_size)
        for item in records.recover(self.folder, start=start):
            if isinstance(item, Tail):
                self._torn = item
            yield item

    def begin(self, *, at_least: int = 1) -> None:
        """Start writing, in a new segment; cut the torn tail, if any, off the last one.

        The new segment gets a number that no earlier one had, ``at_least`` this. Segments that
        are empty, or that recovery passed over because their changes are settled, are removed.
        """
        if self._torn:
            self._cut_off(self._torn)
        numbers = records.segment_numbers(self.folder)
        self._open_segment(max(at_least, max(numbers, default=0) + 1))
        for number in numbers:
            if number not in self._segments or not self._segments[number].size:
                self._segments.pop(number, None)
                self._fs.remove(records.segment_path(self.folder, number))
        if self.durability == "second":
            self._flusher = threading.Thread(target=self._flush_often, name="flusher", daemon=True)
            self._flusher.start()

    def _cut_off(self, tail: Tail) -> None:
        segment = self._segments[tail.segment]
        fd = self._fs.open_append(segment.path)
        try:
            self._fs.truncate(fd, tail.offset)
            self._fs.flush(fd)
        finally:
            self._fs.close(fd)
        segment.size = tail.offset

    def _open_segment(self, number: int) -> None:
        path = records.segment_path(self.folder, number)
        segment = Segment(self._fs, path, self._fs.open_append(path))
        try:
            self._fs.flush(segment.fd)
            self._fs.flush_dir(self.folder)
        except OSError:
            with suppress(OSError):
                self._fs.remove(path)
            raise
        self._segments[number] = segment
        self._current = number

    # -- writing ------------------------------------------------------------------------------

    def commit(self, make: Callable[[], Record]) -> None:
        """Append a record; on return it is durable and has been applied.

        ``make`` runs under :attr:`mutex` when the record gets its place in the order; the
        record's ``apply`` runs under it too, in that order. Raises ``StorageFull`` (the record is
        not there, later ones may succeed) or ``ReadOnly`` (writing has stopped).
        """
        with self.mutex:
            record = make()
            waiting = _Waiting(jsontext.dumps(record.head), record.body, record.apply)
            self._queue.append(waiting)
            while not waiting.done:
                if self._writing:
                    self._changed.wait()
                else:
                    self._lead()
        if waiting.error is not None:
            raise waiting.error

    def _lead(self) -> None:
        """Write all that is queued; called and left with the mutex held, once."""
        group, self._queue = self._queue, []
        error: Exception | None = None
        try:
            with self._alone():
                places = self._write(group)
            for waiting, place in zip(group, places, strict=True):
                waiting.apply(place)
        except (StorageFull, ReadOnly) as failure:
            error = failure
            group += self._queue  # what follows may rest on what failed
            self._queue = []
        except BaseException as failure:
            # written but not understood: memory can no longer be trusted, the files can
            self._broken = f"internal error ({failure!r}); restart the server"
            error = ReadOnly(self._broken)
            raise
        finally:
            for waiting in group:
                waiting.error, waiting.done = error, True
            self._changed.notify_all()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let others read and queue, but not write, while the medium is waited for."""
        self._writing = True
        self.mutex.release()
        try:
            yield
        finally:
            self.mutex.acquire()
            self._writing = False
            self._changed.notify_all()

    def _write(self, group: Sequence[_Waiting]) -> list[Place]:
        if self._broken:
            raise ReadOnly(self._broken)
        segment = self._segments[self._current]
        start = segment.size
        places: list[Place] = []
        try:
            for record in group:
                places.append(self._append(segment, record))
        except OSError as error:
            self._take_back(segment, start, error)
        if self.durability == "always":
            self._flush(segment, start)
        return places

    def _append(self, segment: Segment, record: _Waiting) -> Place:
        start = records.frame(self._current, segment.flushed, record.head, record.body)
        if len(record.body) < _SMALL:
            self._fs.write_all(segment.fd, b"%b%b\n" % (start, record.body))
        else:
            for part in (start, record.body, b"\n"):
                self._fs.write_all(segment.fd, part)
        place = Place(self._current, segment.size + len(start))
        segment.size += len(start) + len(record.body) + 1
        return place

    def _take_back(self, segment: Segment, start: int, error: OSError) -> None:
        """A write failed: remove what arrived of it, so that the segment ends whole."""
        try:
            self._fs.truncate(segment.fd, start)
        except OSError as second:
            self._stop(f"the journal cannot be written ({error}) nor restored ({second})")
        segment.size = start
        if is_full(error):
            raise StorageFull(f"there is no space left for this change ({error.strerror})")
        self._stop(f"the journal cannot be written ({error})")

    def _flush(self, segment: Segment, start: int | None = None) -> None:
        """``start`` is where that begins which nobody was promised yet."""
        end = segment.size
        try:
            self._fs.flush(segment.fd)
        except OSError as error:
            # The kernel may now call dirty pages clean: a second flush that succeeds proves
            # nothing. Stop, and let the next start read what is really there.
            if start is not None:
                with suppress(OSError):
                    self._fs.truncate(segment.fd, start)
            self._stop(f"the journal cannot be made durable ({error})")
        segment.flushed = end

    def _stop(self, reason: str) -> None:
        self._broken = f"{reason}; the project is read-only until the server is restarted"
        raise ReadOnly(self._broken)

    def _flush_often(self) -> None:
        while not self._closing.wait(_FLUSH_EVERY):
            with self.mutex:
                self._drain()
                segment = self._segments[self._current]
                if segment.flushed < segment.size and not self._broken:
                    # a failure is told to the next writer, through `broken`
                    with suppress(ReadOnly), self._alone():
                        self._flush(segment)

    # -- turning over -------------------------------------------------------------------------

    def rotate(self) -> list[int]:
        """Go on in a new segment; the numbers of those before it, all flushed.

        The caller holds :attr:`mutex`, once; others may read and queue meanwhile.
        """
        self._drain()
        with self._alone():
            if self._broken:
                raise ReadOnly(self._broken)
            if self._segments[self._current].size:
                self._flush(self._segments[self._current])
                try:
                    self._open_segment(self._current + 1)
                except OSError as error:
                    raise refusal(error, "the journal") from error
        return sorted(number for number in self._segments if number != self._current)

    def drop(self, numbers: Sequence[int]) -> None:
        """Remove segments whose changes have reached their final files."""
        for number in numbers:
            with self.mutex:
                segment = self._segments.pop(number)
            self._fs.remove(segment.path)

    def close(self) -> None:
        """Flush and let go of all files."""
        self._closing.set()
        if self._flusher:
            self._flusher.join()
        with self.mutex:
            self._drain()
            try:
                segment = self._segments.get(self._current)
                if segment and not segment.size:
                    self._fs.remove(segment.path)
                elif segment and segment.flushed < segment.size and not self._broken:
                    self._flush(segment)
            finally:
                self._segments.clear()
                self._broken = self._broken or _CLOSED

    def _drain(self) -> None:
        while self._writing or self._queue:
            if self._writing:
                self._changed.wait()
            else:
                self._lead()
