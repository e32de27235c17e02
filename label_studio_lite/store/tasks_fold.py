"""Writing ``tasks.json``, one task per line, from the present file and the journal."""

from __future__ import annotations

import json
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged

_BLOCK = 1 << 20  # bytes that are read or written at once


class Readable(Protocol):
    """The present ``tasks.json``, or a segment of the journal."""

    def read(self, offset: int, length: int) -> bytes: ...


@dataclass(slots=True)
class Rows:
    """The tasks that a new file shall hold: ids in ascending order and where each lies now.

    ``gaps`` are the rows in front of which the present file holds something that has to go,
    ascending.
    """

    ids: array[int]
    segment: array[int]
    offset: array[int]
    length: array[int]
    gaps: Sequence[int]


@dataclass(slots=True)
class Fold:
    """Writes a new file and tells where all lies in it.

    :meth:`chunks` is consumed by ``FileSystem.stage``; afterwards ``offset``, ``length``, ``size``
    and ``crc`` describe what was written. Unless the present file is ``lined``, nothing of it can
    be copied as it stands there.
    """

    rows: Rows
    source: Callable[[int], Readable]  # by segment number; 0 is the present file
    lined: bool
    offset: array[int] = field(default_factory=lambda: array("Q"))
    length: array[int] = field(default_factory=lambda: array("I"))
    size: int = 0
    crc: int = 0

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the new file."""
        waiting: list[bytes] = []
        begun = 0
        for part in self._parts():
            self.size += len(part)
            waiting.append(part)
            if self.size - begun >= _BLOCK:
                yield self._joined(waiting)
                begun = self.size
        yield self._joined(waiting)

    def _joined(self, waiting: list[bytes]) -> bytes:
        chunk = b"".join(waiting)
        waiting.clear()
        self.crc = zlib.crc32(chunk, self.crc)
        return chunk

    def _parts(self) -> Iterator[bytes]:
        yield b"{"
        separator = b"\n"
        for first, stop, moved in self._runs():
            yield separator
            yield from self._written(first, stop) if moved else self._kept(first, stop)
            separator = b",\n"
        yield b"\n}\n"

    def _runs(self) -> Iterator[tuple[int, int, bool]]:
        """Stretches of rows that are all copied as they are, or all written anew."""
        count = len(self.rows.ids)
        moved = bytes(map(bool, self.rows.segment)) if self.lined else b"\1" * count
        gaps = [*self.rows.gaps, count]
        row = 0
        while row < count:
            is_moved = moved[row]
            stop = moved.find(not is_moved, row)
            if stop < 0:
                stop = count
            if not is_moved:
                stop = min(stop, gaps[bisect_right(gaps, row)])
            yield row, stop, bool(is_moved)
            row = stop

    def _kept(self, first: int, stop: int) -> Iterator[bytes]:
        """Rows that stand together in the present file."""
        offset, length = self.rows.offset, self.rows.length
        start = offset[first] - _prefix_length(self.rows.ids[first])
        shift = self.size - start
        kept = offset[first:stop]
        self.offset.extend([place + shift for place in kept] if shift else kept)
        self.length.extend(length[first:stop])
        end, file = offset[stop - 1] + length[stop - 1], self.source(0)
        for place in range(start, end, _BLOCK):
            yield file.read(place, min(_BLOCK, end - place))

    def _written(self, first: int, stop: int) -> Iterator[bytes]:
        row = first
        while row < stop:
            lines = []
            position = self.size if row == first else self.size + 2
            for task_id, text in self._block(row, stop):
                prefix = b'"%d": ' % task_id
                self.offset.append(position + len(prefix))
                self.length.append(len(text))
                lines.append(prefix + text)
                position += len(prefix) + len(text) + 2
            yield (b"" if row == first else b",\n") + b",\n".join(lines)
            row += len(lines)

    def _block(self, first: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """Ids and texts of the next rows, as many as lie near enough to be read at once."""
        rows = self.rows
        segment, start = rows.segment[first], rows.offset[first]
        last, end = first, start + rows.length[first]
        for row in range(first + 1, stop):
            next_end = rows.offset[row] + rows.length[row]
            if rows.segment[row] != segment or not end < next_end <= start + _BLOCK:
                break
            last, end = row, next_end
        block = self.source(segment).read(start, end - start)
        for row in range(first, last + 1):
            at = rows.offset[row] - start
            yield rows.ids[row], line_of(block[at : at + rows.length[row]], rows.ids[row])


def _prefix_length(task_id: int) -> int:
    return len(str(task_id)) + 4  # two quotes, a colon and a blank


class _Id(msgspec.Struct):
    id: object = None


_id = msgspec.json.Decoder(_Id).decode


def line_of(text: bytes, task_id: int) -> bytes:
    """The JSON text of a task without newlines, naming its own id; otherwise as it was."""
    try:
        if b"\n" in text or b"\r" in text:
            text = msgspec.json.format(text, indent=0)
        own_id = _id(text).id
    except msgspec.DecodeError:  # a lone surrogate stays, NaN does not; see `jsontext`
        value = _decoded(text, task_id)
        text, own_id = json.dumps(value).encode(), value.get("id")
    if own_id == task_id and own_id is not True:
        return text
    value = _decoded(text, task_id)
    return json.dumps({"id": task_id} | {k: v for k, v in value.items() if k != "id"}).encode()


def _decoded(text: bytes, task_id: int) -> Json:
    """``Damaged`` for what is no task: it stays in the journal, where it can be looked at."""
    try:
        value = jsontext.loads(text, lenient=True)
    except ValueError as error:
        raise Damaged(f"task {task_id} cannot be read: {error}. Nothing was changed") from error
    if not isinstance(value, dict):
        raise Damaged(f"task {task_id} is no JSON object. Nothing was changed")
    return value
