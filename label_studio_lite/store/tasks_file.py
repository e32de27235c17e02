"""``tasks.json``: one JSON object, task id → task, kept with one task per line.

We write ``{`` newline ``"0": {…},`` newline ``"1": {…}`` newline ``}``: valid JSON for everyone,
readable in a diff, and addressable by byte offset. Whatever 0.8.x or a person wrote instead (one
long line, indentation, a plain list) is read too, by :func:`scan`.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged
from label_studio_lite.store.fs import FileSystem

_CHUNK = 1 << 20
_LINE = re.compile(rb'"(-?\d+)": (\{.*\})(,?)\n?')
_KEY = re.compile(r'\s*"([^"\\]*)"\s*:\s*')
_NEXT_TASK = re.compile(r'"-?\d+"\s*:\s*\{')


class Found(NamedTuple):
    """A task in the file: its id, where its JSON value lies, and the value."""

    id: int
    offset: int
    length: int
    value: Json


class Bad(NamedTuple):
    """A stretch of the file that is not a task; ``reason`` says what is wrong with it."""

    offset: int
    length: int
    reason: str


class TasksFile:
    """An open ``tasks.json``. Closed with its last reference, so that readers outlive a fold."""

    def __init__(self, fs: FileSystem, path: Path) -> None:
        """A missing file is an empty one."""
        self._fs = fs
        self.path = path
        self._fd: int | None = None
        try:
            self._fd = fs.open_read(path)
        except FileNotFoundError:
            self.stat: os.stat_result | None = None
        else:
            self.stat = os.fstat(self._fd)

    @property
    def size(self) -> int:
        return self.stat.st_size if self.stat else 0

    def read(self, offset: int, length: int) -> bytes:
        if self._fd is None:
            raise Damaged(f"{self.path.name} is missing")
        data = self._fs.read(self._fd, offset, length)
        while len(data) < length:
            more = self._fs.read(self._fd, offset + len(data), length - len(data))
            if not more:
                raise Damaged(f"{self.path.name} was cut short while the project was open")
            data += more
        return data

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        for offset in range(start, stop, _CHUNK):
            yield self.read(offset, min(_CHUNK, stop - offset))

    def crc(self) -> int:
        crc = 0
        for chunk in self.chunks(0, self.size):
            crc = zlib.crc32(chunk, crc)
        return crc

    def close(self) -> None:
        if self._fd is not None:
            fd, self._fd = self._fd, None
            self._fs.close(fd)

    def __del__(self) -> None:
        self.close()


# -- reading ------------------------------------------------------------------------------------


def is_lined(file: TasksFile) -> bool:
    """Whether the file begins like one that we wrote; :func:`scan` finds out the rest."""
    return file.size == 0 or file.read(0, min(2, file.size)) == b"{\n"


def scan(file: TasksFile) -> Iterator[Found | Bad]:
    """Every task of the file, and every stretch that should have been one.

    A lined file is read line by line with bounded memory, any other JSON as a whole.
    """
    if is_lined(file):
        yield from _scan_lines(file)
    else:
        yield from _scan_any(file.read(0, file.size))


def _scan_lines(file: TasksFile) -> Iterator[Found | Bad]:
    offset = 0
    for line in _lines(file):
        if line.strip() not in (b"{", b"}", b""):
            match = _LINE.fullmatch(line)
            if match is None:
                yield Bad(offset, len(line), 'the line is not of the form "id": {…}')
            else:
                yield _task(int(match[1]), offset + match.start(2), match[2])
        offset += len(line)


def _lines(file: TasksFile) -> Iterator[bytes]:
    rest = b""
    for chunk in file.chunks(0, file.size):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _task(task_id: int, offset: int, text: bytes) -> Found | Bad:
    try:
        value = jsontext.loads(text, lenient=True)
    except ValueError as error:
        return Bad(offset, len(text), f"task {task_id}: {error}")
    if not isinstance(value, dict):
        return Bad(offset, len(text), f"task {task_id}: an object is expected")
    return Found(task_id, offset, len(text), value)


def _scan_any(content: bytes) -> Iterator[Found | Bad]:
    # In Latin-1 every byte is one character, so that positions are byte offsets; the structure
    # of JSON is ASCII and looks the same.
    text = content.decode("latin-1")
    decoder = json.JSONDecoder()
    position = _skip(text, 3 if content.startswith(b"\xef\xbb\xbf") else 0)
    if position == len(text):
        return
    listed = text[position] == "["
    position += 1
    number = 0
    while True:
        position = _skip(text, position, " \t\r\n,")
        if position >= len(text) or text[position] in "]}":
            return
        start = position
        try:
            key = None if listed else _KEY.match(text, position)
            if key is None and not listed:
                raise ValueError("a task id in quotes is expected")
            task_id = number if key is None else int(key[1])
            begin = position if key is None else key.end()
            position = decoder.raw_decode(text, begin)[1]
        except ValueError as error:
            following = _NEXT_TASK.search(text, start + 1)
            position = following.start() if following else len(text)
            yield Bad(start, position - start, str(error))
            continue
        number += 1
        yield _task(task_id, begin, content[begin:position])


def _skip(text: str, position: int, characters: str = " \t\r\n") -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position


# -- writing ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Rows:
    """The tasks that a new file shall hold: ids in ascending order and where each lies now.

    ``moved`` are the rows that do not lie in the present file, ``gaps`` the rows in front of
    which the present file holds something that has to go; both ascending.
    """

    ids: Sequence[int]
    offset: Sequence[int]
    length: Sequence[int]
    moved: Sequence[int]
    gaps: Sequence[int]


@dataclass(slots=True)
class Fold:
    """Writes a new file from the present one and from changed tasks, and tells where all lies.

    :meth:`chunks` is consumed by ``FileSystem.put``; afterwards ``offset``, ``length``, ``size``
    and ``crc`` describe what was written.
    """

    rows: Rows
    file: TasksFile
    read: Callable[[int], bytes]  # row → the JSON text of a task that moved
    offset: array[int] = field(default_factory=lambda: array("Q"))
    length: array[int] = field(default_factory=lambda: array("I"))
    size: int = 0
    crc: int = 0

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the new file."""
        for chunk in self._parts():
            self.size += len(chunk)
            self.crc = zlib.crc32(chunk, self.crc)
            yield chunk

    def _parts(self) -> Iterator[bytes]:
        yield b"{"
        separator = b"\n"
        moved = set(self.rows.moved)
        row = 0
        for stop in [*sorted({*moved, *self.rows.gaps}), len(self.rows.ids)]:
            if row < stop:
                yield separator
                yield from self._kept(row, stop)
                separator, row = b",\n", stop
            if stop in moved:
                yield separator + self._written(stop, len(separator))
                separator, row = b",\n", stop + 1
        yield b"\n}\n"

    def _kept(self, first: int, stop: int) -> Iterator[bytes]:
        """Rows that stand together in the present file, copied as they are."""
        offset, length = self.rows.offset, self.rows.length
        start = offset[first] - _prefix_length(self.rows.ids[first])
        shift = self.size - start
        kept = offset[first:stop]
        self.offset.extend(kept if not shift else [place + shift for place in kept])
        self.length.extend(length[first:stop])
        yield from self.file.chunks(start, offset[stop - 1] + length[stop - 1])

    def _written(self, row: int, before: int) -> bytes:
        task_id = self.rows.ids[row]
        text = one_line(self.read(row), task_id)
        self.offset.append(self.size + before + _prefix_length(task_id))
        self.length.append(len(text))
        return b'"%d": %b' % (task_id, text)


def _prefix_length(task_id: int) -> int:
    return len(str(task_id)) + 4  # two quotes, a colon and a blank


def one_line(text: bytes, task_id: int) -> bytes:
    """The JSON text of a task without newlines, naming its own id."""
    if b"\n" not in text and text.startswith(b'{"id": %d,' % task_id):
        return text
    value: Any = jsontext.loads(text, lenient=True)
    return b'{"id": %d%b' % (task_id, _rest({k: v for k, v in value.items() if k != "id"}))


def _rest(fields: Json) -> bytes:
    return b", " + jsontext.dumps(fields)[1:] if fields else b"}"
