"""The records of the journal: their form, and how they are read back.

A journal is a folder of segments ``00000001.log``, ``00000002.log``… A segment is a sequence of
records, each readable as text::

    <crc32, 8 hex> <payload length, 10 digits> <flushed, 12 digits>\\n<payload>\\n

``flushed`` is the offset up to which the segment was known to be on the medium when the record
was written. It decides, after a crash, what a damaged record means: if any later record says that
this offset had been flushed, acknowledged work is damaged and :class:`Damaged` is raised;
otherwise it is the torn tail of what nobody was promised. The checksum begins with the number of
the segment, so that blocks of an older segment, which a file system may show after a power cut,
are not taken for records. The payload is one line of JSON, the *head*, optionally followed by a
newline and the *body*, whose parts the head describes; ``store/changes.py`` knows their meaning.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged

_HEADER = re.compile(rb"([0-9a-f]{8}) (\d{10}) (\d{12})\n")
_HEADER_SIZE = 33
_CHECKED = 9  # where the checksum's own 8 digits and a blank end
_SEGMENT = re.compile(r"(\d{8,})\.log")

Content = bytes | mmap.mmap


class Place(NamedTuple):
    """Where a record's body lies: segment number and byte offset."""

    segment: int
    offset: int


@dataclass(slots=True)
class Recovered:
    """One whole record, as read back."""

    place: Place
    head: Json
    body: bytes


@dataclass(slots=True)
class Tail:
    """Bytes of a segment that are no whole record."""

    segment: int
    offset: int
    content: bytes = field(repr=False)


def frame(number: int, flushed: int, head: bytes, body: bytes) -> bytes:
    """What stands before the body of a record in segment ``number``; a newline ends it."""
    separator = b"\n" if body else b""
    rest = b"%010d %012d\n" % (len(head) + len(separator) + len(body), flushed)
    crc = zlib.crc32(separator, zlib.crc32(head, zlib.crc32(rest, _seed(number))))
    return b"%08x %b%b%b" % (zlib.crc32(body, crc), rest, head, separator)


def _seed(number: int) -> int:
    return zlib.crc32(b"%d" % number)


# -- folders of segments ------------------------------------------------------------------------


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"{number:08d}.log"


def segment_numbers(folder: Path) -> list[int]:
    """Of the segments on disk, ascending."""
    if not folder.is_dir():
        return []
    matches = (_SEGMENT.fullmatch(entry.name) for entry in folder.iterdir())
    return sorted(int(match[1]) for match in matches if match)


def segment_paths(folder: Path) -> list[Path]:
    return [segment_path(folder, number) for number in segment_numbers(folder)]


def recover(folder: Path, *, start: int = 0) -> Iterator[Recovered | Tail]:
    """Records of all segments numbered ``start`` or higher, in order.

    A :class:`Tail` comes last, if at all. Raises ``Damaged`` when acknowledged records cannot be
    read.
    """
    numbers = [number for number in segment_numbers(folder) if number >= start]
    # a segment that nothing was written to is no proof that the one before it was finished
    filled = [n for n in numbers if segment_path(folder, n).stat().st_size]
    for number in filled:
        with _content(folder, number) as content:
            position = 0
            while position < len(content):
                end = _record_end(content, number, position)
                if end is None:
                    if number != filled[-1] or _was_flushed(content, number, position):
                        raise _damaged(folder, number, position)
                    yield Tail(number, position, content[position:])
                    return
                record = _recovered(number, content, position, end)
                if record is None:
                    raise _damaged(folder, number, position)
                yield record
                position = end


def salvage(folder: Path, *, start: int = 0) -> Iterator[Recovered | Tail]:
    """Like :func:`recover`, but damaged stretches anywhere are handed over as :class:`Tail`."""
    for number in segment_numbers(folder):
        if number < start:
            continue
        content = segment_path(folder, number).read_bytes()  # a server may truncate it meanwhile
        position = 0
        while position < len(content):
            end = _record_end(content, number, position)
            if end is None:
                found = next(_whole_records(content, number, position), None)
                end = len(content) if found is None else found[0]
                yield Tail(number, position, content[position:end])
            else:
                whole = _recovered(number, content, position, end)
                yield whole or Tail(number, position, content[position:end])
            position = end


def _damaged(folder: Path, number: int, position: int) -> Damaged:
    return Damaged(
        f"journal segment {segment_path(folder, number).name} is damaged at byte {position}:"
        " changes that were saved cannot be read. Nothing was changed; run 'label-studio check"
        " --repair' to set the damaged part aside"
    )


@contextmanager
def _content(folder: Path, number: int) -> Iterator[Content]:
    """The bytes of a segment, mapped: an import may have made it large."""
    with segment_path(folder, number).open("rb") as file:
        if file.seek(0, 2) == 0:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


# -- single records -----------------------------------------------------------------------------


def _record_end(content: Content, number: int, position: int) -> int | None:
    """Where the record at ``position`` ends, or None when it is not whole."""
    header = _HEADER.match(content, position)
    if header is None:
        return None
    end = header.end() + int(header[2]) + 1
    if end > len(content) or content[end - 1] != 0x0A:
        return None
    with memoryview(content) as view, view[position + _CHECKED : end - 1] as checked:
        return end if zlib.crc32(checked, _seed(number)) == int(header[1], 16) else None


def _recovered(number: int, content: Content, position: int, end: int) -> Recovered | None:
    """The whole record there; None when its checksum is right and its head is no JSON object."""
    start = position + _HEADER_SIZE
    newline = content.find(b"\n", start, end - 1)
    head_end = end - 1 if newline < 0 else newline
    body_start = min(head_end + 1, end - 1)
    try:
        head = jsontext.loads(content[start:head_end])
    except ValueError:
        return None
    if not isinstance(head, dict):
        return None
    return Recovered(Place(number, body_start), head, content[body_start : end - 1])


def _whole_records(content: Content, number: int, damaged: int) -> Iterator[tuple[int, int]]:
    """Start and end of each whole record after the damaged one at ``damaged``."""
    position = damaged + 1
    header = _HEADER.match(content, damaged)
    if header is not None:  # what looks like a record inside of its body is not one
        claimed = header.end() + int(header[2]) + 1
        if _record_end(content, number, claimed) is not None:
            position = claimed
    while match := _HEADER.search(content, position):
        end = _record_end(content, number, match.start())
        if end is not None:
            yield match.start(), end
        position = match.start() + 1 if end is None else end


def _was_flushed(content: Content, number: int, position: int) -> bool:
    """Whether a later record tells that the bytes at ``position`` had reached the medium."""
    for start, _ in _whole_records(content, number, position):
        header = _HEADER.match(content, start)
        if header is not None and int(header[3]) > position:
            return True
    return False
