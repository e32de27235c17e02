"""The journal: every change is appended here, and made durable, before it is answered.

A journal is a folder of segments ``00000001.log``, ``00000002.log``… A segment is a sequence of
records, each readable as text::

    <crc32, 8 hex> <payload length, 10 digits> <flushed, 12 digits>\\n<payload>\\n

``flushed`` is the offset up to which the segment was known to be on the medium when the record
was written. It decides, after a crash, what a damaged record means: if any later record says that
this offset had been flushed, acknowledged work is damaged and :class:`Damaged` is raised;
otherwise it is the torn tail of what nobody was promised, and is cut off. The payload is one line
of JSON, the *head*, optionally followed by a newline and the *body*, whose parts the head
describes; ``store/changes.py`` knows their meaning.

Concurrent commits share one write and one flush (group commit): the first to wait becomes the
leader and writes for all that queued meanwhile. Effects on memory are applied after the flush, in
the order of the records, so that memory never holds what the medium does not.
"""

from __future__ import annotations

import mmap
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged, ReadOnly, StorageFull
from label_studio_lite.store.fs import FileSystem, is_full, refusal

Durability = Literal["always", "second", "os"]

_HEADER = re.compile(rb"([0-9a-f]{8}) (\d{10}) (\d{12})\n")
_HEADER_SIZE = 33
_SEGMENT = re.compile(r"(\d{8})\.log")
_FLUSH_EVERY = 1.0  # seconds, with durability "second"


class Place(NamedTuple):
    """Where a record's body lies: segment number and byte offset."""

    segment: int
    offset: int


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

    def __init__(self, fs: FileSystem, number: int, path: Path, fd: int) -> None:
        self._fs = fs
        self.number = number
        self.path = path
        self.fd = fd

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


@dataclass(slots=True)
class Recovered:
    """One whole record, as read back."""

    place: Place
    head: Json
    body: bytes


@dataclass(slots=True)
class Tail:
    """What recovery cut off the end of the last segment."""

    segment: int
    offset: int
    content: bytes = field(repr=False)


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
        self._end = 0  # of the current segment
        self._flushed = 0
        self._flusher: threading.Thread | None = None
        self._closing = threading.Event()

    # -- state --------------------------------------------------------------------------------

    @property
    def broken(self) -> str | None:
        """Why nothing more is written, or None."""
        return self._broken

    def segment(self, number: int) -> Segment:
        """An open segment, for reading bodies; the caller holds :attr:`mutex`."""
        return self._segments[number]

    def size(self) -> int:
        """Bytes in all segments."""
        with self.mutex:
            return sum(s.path.stat().st_size for s in self._segments.values())

    # -- recovery -----------------------------------------------------------------------------

    def recover(self, *, start: int = 0) -> Iterator[Recovered | Tail]:
        """Records of all segments numbered ``start`` or higher, in order.

        Raises ``Damaged`` when acknowledged records cannot be read. Nothing is changed on disk
        until :meth:`begin` is called.
        """
        numbers = self.numbers()
        for number in numbers:
            if number < start:
                continue
            path = self._path(number)
            self._segments[number] = Segment(self._fs, number, path, self._fs.open_read(path))
            yield from self._recover_segment(number, last=number == numbers[-1])

    def _recover_segment(self, number: int, *, last: bool) -> Iterator[Recovered | Tail]:
        with self._content(number) as content:
            self._end = position = 0
            while position < len(content):
                end = _record_end(content, position)
                if end is None:
                    if not last or _was_flushed(content, position):
                        raise Damaged(
                            f"journal segment {self._path(number).name} is damaged at byte"
                            f" {position}: changes that were saved cannot be read. Nothing was"
                            " changed; run 'label-studio check --repair' to set the damaged part"
                            " aside"
                        )
                    yield Tail(number, position, content[position:])
                    return
                yield _recovered(number, content, position, end)
                self._end = position = end

    def salvage(self, *, start: int = 0) -> Iterator[Recovered | Tail]:
        """Like :meth:`recover`, but damaged stretches are handed over as :class:`Tail` too."""
        for number in self.numbers():
            if number < start:
                continue
            with self._content(number) as content:
                position = 0
                while position < len(content):
                    end = _record_end(content, position)
                    if end is None:
                        following = _next_record(content, position + 1)
                        end = len(content) if following is None else following
                        yield Tail(number, position, content[position:end])
                    else:
                        yield _recovered(number, content, position, end)
                    position = end

    @contextmanager
    def _content(self, number: int) -> Iterator[bytes | mmap.mmap]:
        """The bytes of a segment, mapped: an import may have made it large."""
        with self._path(number).open("rb") as file:
            if file.seek(0, 2) == 0:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                yield content

    def numbers(self) -> list[int]:
        """Of the segments on disk, ascending."""
        if not self.folder.is_dir():
            return []
        matches = (_SEGMENT.fullmatch(entry.name) for entry in self.folder.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    def begin(self, *, at_least: int = 1) -> None:
        """Start writing, in a new segment; cut the torn tail, if any, off the last one.

        The new segment gets a number that no earlier one had, ``at_least`` this. Segments that
        recovery passed over, because their changes are settled, are removed.
        """
        numbers = self.numbers()
        if numbers and numbers[-1] in self._segments:
            fd = self._fs.open_append(self._path(numbers[-1]))
            try:
                self._fs.truncate(fd, self._end)
                self._fs.flush(fd)
            finally:
                self._fs.close(fd)
        self._open_segment(max(at_least, max(numbers, default=0) + 1))
        for number in numbers:
            if number not in self._segments:
                self._fs.remove(self._path(number))
        if self.durability == "second":
            self._flusher = threading.Thread(target=self._flush_often, daemon=True)
            self._flusher.start()

    def _open_segment(self, number: int) -> None:
        path = self._path(number)
        segment = Segment(self._fs, number, path, self._fs.open_new(path))
        self._fs.flush(segment.fd)
        self._fs.flush_dir(self.folder)
        self._segments[number] = segment
        self._current, self._end, self._flushed = number, 0, 0

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
        self._wait(waiting)

    def _wait(self, waiting: _Waiting) -> None:
        with self.mutex:
            while not waiting.done:
                if self._writing:
                    self._changed.wait()
                else:
                    self._lead()
        if waiting.error is not None:
            raise waiting.error

    def _lead(self) -> None:
        """Write all that is queued; called and left with the mutex held."""
        group, self._queue = self._queue, []
        self._writing = True
        error: Exception | None = None
        try:
            self.mutex.release()
            try:
                places = self._write(group)
            finally:
                self.mutex.acquire()
            for waiting, place in zip(group, places, strict=True):
                waiting.apply(place)
        except (StorageFull, ReadOnly) as failure:
            error = failure
            group += self._queue  # what follows may rest on what failed
            self._queue = []
        except Exception as failure:
            # written but not understood: memory can no longer be trusted, the files can
            self._broken = f"internal error ({failure!r}); restart the server"
            error = failure
            raise
        finally:
            self._writing = False
            for waiting in group:
                waiting.error, waiting.done = error, True
            self._changed.notify_all()

    def _write(self, group: Sequence[_Waiting]) -> list[Place]:
        if self._broken:
            raise ReadOnly(self._broken)
        start = self._end
        fd = self._segments[self._current].fd
        places: list[Place] = []
        try:
            for record in group:
                places.append(self._append(fd, record))
        except OSError as error:
            self._take_back(fd, start, error)
        if self.durability == "always":
            self._flush()
        return places

    def _append(self, fd: int, record: _Waiting) -> Place:
        separator = b"\n" if record.body else b""
        length = len(record.head) + len(separator) + len(record.body)
        rest = b"%010d %012d\n" % (length, self._flushed)
        crc = zlib.crc32(separator, zlib.crc32(record.head, zlib.crc32(rest)))
        crc = zlib.crc32(record.body, crc)
        start = b"%08x %b%b%b" % (crc, rest, record.head, separator)
        if len(record.body) < 1 << 16:
            self._fs.write_all(fd, b"%b%b\n" % (start, record.body))
        else:
            for part in (start, record.body, b"\n"):
                self._fs.write_all(fd, part)
        place = Place(self._current, self._end + len(start))
        self._end += len(start) + len(record.body) + 1
        return place

    def _take_back(self, fd: int, start: int, error: OSError) -> None:
        """A write failed: remove what arrived of it, so that the segment ends whole."""
        try:
            self._fs.truncate(fd, start)
        except OSError as second:
            self._stop(f"the journal cannot be written ({error}) nor restored ({second})")
        self._end = start
        if is_full(error):
            raise StorageFull(f"there is no space left for this change ({error.strerror})")
        self._stop(f"the journal cannot be written ({error})")

    def _flush(self) -> None:
        end = self._end
        try:
            self._fs.flush(self._segments[self._current].fd)
        except OSError as error:
            # The kernel may now call dirty pages clean: a second flush that succeeds proves
            # nothing. Stop, and let the next start read what is really there.
            self._stop(f"the journal cannot be made durable ({error})")
        self._flushed = end

    def _stop(self, reason: str) -> None:
        self._broken = f"{reason}; the project is read-only until the server is restarted"
        raise ReadOnly(self._broken)

    def _flush_often(self) -> None:
        while not self._closing.wait(_FLUSH_EVERY):
            with self.mutex:
                self._drain()
                if self._flushed < self._end and not self._broken:
                    with suppress(ReadOnly):  # told to the next writer, through `broken`
                        self._flush()

    # -- turning over -------------------------------------------------------------------------

    def rotate(self) -> list[int]:
        """Go on in a new segment; the numbers of those before it, all flushed.

        The caller holds :attr:`mutex`.
        """
        self._drain()
        if self._broken:
            raise ReadOnly(self._broken)
        self._flush()
        old = sorted(self._segments)
        try:
            self._open_segment(self._current + 1)
        except OSError as error:
            raise refusal(error, "the journal") from error
        return old

    def drop(self, numbers: Sequence[int]) -> None:
        """Remove segments whose changes have reached their final files."""
        for number in numbers:
            with self.mutex:
                self._segments.pop(number, None)
            self._fs.remove(self._path(number))

    def close(self) -> None:
        """Flush and let go of all files."""
        self._closing.set()
        if self._flusher:
            self._flusher.join()
        with self.mutex:
            self._drain()
            try:
                if self._current in self._segments and not self._broken:
                    self._flush()
                    if self._end == 0:
                        self._fs.remove(self._path(self._current))
            finally:
                self._segments.clear()

    def _drain(self) -> None:
        while self._writing or self._queue:
            if self._writing:
                self._changed.wait()
            else:
                self._lead()

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.log"


def _record_end(content: bytes | mmap.mmap, position: int) -> int | None:
    """Where the record at ``position`` ends, or None when it is not whole."""
    header = _HEADER.match(content, position)
    if header is None:
        return None
    end = header.end() + int(header[2]) + 1
    if end > len(content) or content[end - 1] != 0x0A:
        return None
    with memoryview(content) as view, view[position + 9 : end - 1] as checked:
        return end if zlib.crc32(checked) == int(header[1], 16) else None


def _recovered(number: int, content: bytes | mmap.mmap, position: int, end: int) -> Recovered:
    start = position + _HEADER_SIZE
    newline = content.find(b"\n", start, end - 1)
    head_end = end - 1 if newline < 0 else newline
    body_start = min(head_end + 1, end - 1)
    head = jsontext.loads(content[start:head_end])
    return Recovered(Place(number, body_start), head, content[body_start : end - 1])


def _next_record(content: bytes | mmap.mmap, position: int) -> int | None:
    """The start of the next whole record at or after ``position``."""
    for match in _HEADER.finditer(content, position):
        if _record_end(content, match.start()) is not None:
            return match.start()
    return None


def _was_flushed(content: bytes | mmap.mmap, position: int) -> bool:
    """Whether a later record tells that the bytes at ``position`` had reached the medium."""
    found = _next_record(content, position + 1)
    while found is not None:
        header = _HEADER.match(content, found)
        if header is not None and int(header[3]) > position:
            return True
        found = _next_record(content, found + 1)
    return False
