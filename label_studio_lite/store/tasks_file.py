"""``tasks.json``: one JSON object, task id → task, kept with one task per line.

We write ``{`` newline ``"0": {…},`` newline ``"1": {…}`` newline ``}``: valid JSON for everyone,
readable in a diff, and addressable by byte offset. Whatever 0.8.x or a person wrote instead (one
long line, indentation, a plain list) is read too. ``store/tasks_fold.py`` writes it.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Damaged
from label_studio_lite.store.changes import facts_of
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.index import ID_LIMIT, Facts

_CHUNK = 1 << 20
_LINE = re.compile(rb'"(0|[1-9]\d{0,15})": (\{.*\})(,?)\n')
_KEY = re.compile(r'"(\d{1,16})"\s*:\s*')
_NEXT_TASK = re.compile(r'"\d{1,16}"\s*:\s*(?=\{)')
_NEXT_OBJECT = re.compile(r"(?=\{)")
_BOM = b"\xef\xbb\xbf"


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

    def is_current(self) -> bool:
        """Whether the file is still the one that was opened, and nobody wrote to it."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return self.stat is None
        then = self.stat
        return then is not None and (
            (now.st_ino, now.st_size, now.st_mtime_ns)
            == (then.st_ino, then.st_size, then.st_mtime_ns)
        )

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

    def __del__(self) -> None:
        if self._fd is not None:
            self._fs.close(self._fd)


# -- reading as a whole -------------------------------------------------------------------------


class Found(NamedTuple):
    """A task in the file: its id, where its JSON value lies, and what the index wants to know."""

    id: int
    offset: int
    length: int
    facts: Facts


class Bad(NamedTuple):
    """A stretch of the file that is not a task; ``reason`` says what is wrong with it."""

    offset: int
    length: int
    reason: str


class _Shape(msgspec.Struct):
    """What is looked at of a task's text; msgspec checks the rest of it in passing."""

    id: Any = None
    predictions: Any = None


_shape = msgspec.json.Decoder(_Shape).decode
_NO_FACTS = Facts()


@dataclass(slots=True)
class Scan:
    """Reads every task of a file, line by line with bounded memory while it is in our own form.

    Consume :meth:`tasks` first; then ``lined`` says whether the whole file is in our form, and
    ``bad`` lists what should have been a task and is none.
    """

    file: TasksFile
    lined: bool = True
    bad: list[Bad] = field(default_factory=list)

    def tasks(self) -> Iterator[Found]:
        file = self.file
        if file.stat is None:
            return
        if file.read(0, min(2, file.size)) == b"{\n":
            yield from self._lines()
        else:
            self.lined = False
            yield from self._values(file.read(0, file.size))

    def _lines(self) -> Iterator[Found]:
        offset, comma = 2, True  # whether a further task may follow
        lines = _lines(self.file, offset)
        for line in lines:
            match = _LINE.fullmatch(line)
            if match is None:
                break
            found = self._task(int(match[1]), offset + match.start(2), match[2])
            if found:
                yield found
            self.lined = self.lined and comma
            comma = bool(match[3])
            offset += len(line)
        else:
            line = b""
        if line == b"}\n" and offset + 2 == self.file.size:
            self.lined = self.lined and (not comma or offset == 2)
        else:
            self.lined = False
            yield from self._values(self.file.read(offset, self.file.size - offset), offset)

    def _task(self, task_id: int, offset: int, text: bytes) -> Found | None:
        """None, with a note in ``bad``, when the text is no task."""
        try:
            if not text.isascii():
                text.decode()
            own_id, facts = _look_at(text)
        except ValueError as error:
            self.bad.append(Bad(offset, len(text), f"task {task_id}: {error}"))
            return None
        if task_id >= ID_LIMIT:
            self.bad.append(Bad(offset, len(text), f"task {task_id}: the id is too large"))
            return None
        if own_id != task_id or own_id is True:
            self.lined = False
        return Found(task_id, offset, len(text), facts)

    # -- any other JSON -----------------------------------------------------------------------

    def _values(self, content: bytes, base: int = 0) -> Iterator[Found]:
        """The tasks of a whole file, or of the rest of an object that begins at ``base``."""
        # In Latin-1 every byte is one character, so that positions are byte offsets; the
        # structure of JSON is ASCII and looks the same.
        text = content.decode("latin-1")
        position = 0
        kind = "{"
        if base == 0:
            position = _skip(text, len(_BOM) if content.startswith(_BOM) else 0)
            kind = text[position : position + 1]
            if kind not in ("{", "["):
                self.bad.append(Bad(0, len(text), "an object with tasks is expected"))
                return
            position += 1
        names = _Names(listed=kind == "[")
        end = "]" if names.listed else "}"
        closed = False
        while (position := _skip(text, position, " \t\r\n,")) < len(text) and not closed:
            closed = text[position] == end
            if closed:
                position += 1
                continue
            value = names.value_at(text, position)
            if value is None:
                start, value = position, names.next_value(text, position + 1)
                position = len(text) if value is None else value.start
                reason = f"no task can be read from {content[start : start + 40]!r}"
                self.bad.append(Bad(base + start, position - start, reason))
            if value is not None:
                position = value.stop
                found = self._task(value.id, base + value.start, content[value.start : value.stop])
                if found:
                    yield found
        if not closed:
            self.bad.append(Bad(base + len(text), 0, "the file ends too early"))
        elif position < len(text):
            self.bad.append(Bad(base + position, len(text) - position, "text after the end"))


class _Value(NamedTuple):
    """A JSON value that may be a task, with its place in the text."""

    id: int
    start: int
    stop: int


@dataclass(slots=True)
class _Names:
    """Finds values and the task ids they go by: their keys, or in a list their own ids."""

    listed: bool
    _decoder: json.JSONDecoder = field(default_factory=json.JSONDecoder)
    _given: set[int] = field(default_factory=set)  # ids in a list
    _next: int = 0

    def value_at(self, text: str, position: int) -> _Value | None:
        """The value that begins here, with its key; None when there is none."""
        key = None if self.listed else _KEY.match(text, position)
        if key is None and not self.listed:
            return None
        start = position if key is None else key.end()
        try:
            value, stop = self._decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return None
        return _Value(self._own_id(value) if key is None else int(key[1]), start, stop)

    def next_value(self, text: str, position: int) -> _Value | None:
        """The next task after damage; what merely looks like one inside of another is not."""
        pattern = _NEXT_OBJECT if self.listed else _NEXT_TASK
        while match := pattern.search(text, position):
            try:
                value, stop = self._decoder.raw_decode(text, match.end())
            except (ValueError, RecursionError):
                value, stop = None, 0
            if isinstance(value, dict) and isinstance(value.get("data"), dict):
                task_id = int(match[0].split('"')[1]) if not self.listed else self._own_id(value)
                return _Value(task_id, match.end(), stop)
            position = match.start() + 1
        return None

    def _own_id(self, value: Any) -> int:
        task_id = value.get("id") if isinstance(value, dict) else None
        if type(task_id) is not int or not 0 <= task_id < ID_LIMIT or task_id in self._given:
            task_id = self._next
        self._given.add(task_id)
        self._next = max(self._next, task_id + 1)
        return task_id


def _lines(file: TasksFile, start: int) -> Iterator[bytes]:
    rest = b""
    for chunk in file.chunks(start, file.size):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _look_at(text: bytes) -> tuple[Any, Facts]:
    """A task's own id, and its facts; ``ValueError`` when the text is not a JSON object."""
    try:
        shape = _shape(text)
    except msgspec.DecodeError:
        value = jsontext.loads(text, lenient=True)
        if not isinstance(value, dict):
            raise ValueError("an object is expected") from None
        return value.get("id"), facts_of(value)
    if shape.predictions is None:
        return shape.id, _NO_FACTS
    return shape.id, facts_of({"predictions": shape.predictions})


def _skip(text: str, position: int, characters: str = " \t\r\n") -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position
