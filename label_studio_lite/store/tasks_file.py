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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Damaged
from label_studio_lite.store.changes import facts_of
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.index import ID_LIMIT, Facts

_CHUNK = 1 << 20
_LINE = re.compile(rb'"(0|[1-9]\d{0,15})": (\{.*\})(,?)\n')
_KEY = re.compile(r'"(?:(\d{1,16})|[^"\\]*)"\s*:\s*')
_BOM = b"\xef\xbb\xbf"


class TasksFile:
    """An open ``tasks.json``. Closed with its last reference, so that readers outlive a fold."""

    def __init__(self, fs: FileSystem, path: Path, *, closed: bool = False) -> None:
        """A missing file is an empty one; so is one that is ``closed`` from the beginning."""
        self._fs = fs
        self.path = path
        self._fd: int | None = None
        self.stat: os.stat_result | None = None
        if not closed:
            with suppress(FileNotFoundError):
                self._fd = fs.open_read(path)
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
            raise Damaged(f"{self.path.name} is not open")
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


class _Look(NamedTuple):
    """What one look at a task's text tells; ``is_loose`` when it holds ``NaN`` or the like."""

    id: Any = None
    facts: Facts = Facts()
    is_loose: bool = False
    problem: str = ""


_shape = msgspec.json.Decoder(_Shape).decode


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
        rest = b""
        for rest in _lines(self.file, offset):
            match = _LINE.fullmatch(rest)
            look = _look_at(match[2]) if match else None
            if match is None or look is None:
                break
            yield from self._take(int(match[1]), offset + match.start(2), match[2], look)
            self.lined = self.lined and comma
            comma = bool(match[3])
            offset += len(rest)
            rest = b""
        if rest == b"}\n" and offset + len(rest) == self.file.size:
            self.lined = self.lined and (not comma or offset == 2)
        else:
            self.lined = False
            yield from self._values(self.file.read(offset, self.file.size - offset), offset)

    def _take(self, task_id: int, offset: int, text: bytes, look: _Look) -> Iterator[Found]:
        """The task, or nothing but a note in ``bad``."""
        if problem := "its key is not an id" if task_id >= ID_LIMIT else look.problem:
            self.bad.append(Bad(offset, len(text), f"not a task: {problem}"))
            return
        if look.is_loose or look.id != task_id or look.id is True:
            self.lined = False
        yield Found(task_id, offset, len(text), look.facts)

    # -- any other JSON -----------------------------------------------------------------------

    def _values(self, content: bytes, base: int = 0) -> Iterator[Found]:
        """The tasks of a whole file, or of the rest of an object that begins at ``base``."""
        # In Latin-1 every byte is one character, so that positions are byte offsets; the
        # structure of JSON is ASCII and looks the same.
        text = content.decode("latin-1")
        position = _skip(text, len(_BOM) if content.startswith(_BOM) else 0)
        is_list = base == 0 and text[position : position + 1] == "["
        if is_list or (base == 0 and text[position : position + 1] == "{"):
            position += 1
        values = _ListedValues() if is_list else _NamedValues()
        is_closed = False
        while not is_closed and (position := _skip(text, position, " \t\r\n,")) < len(text):
            if text[position] == values.END:
                position, is_closed = position + 1, True
                continue
            value = values.at(text, position)
            if value is None:
                start, value = position, values.after(text, position + 1)
                position = len(text) if value is None else value.start
                reason = f"no task can be read from {content[start : start + 40]!r}"
                self.bad.append(Bad(base + start, position - start, reason))
            if value is not None:
                position = value.stop
                task = content[value.start : position]
                look = _look_at(task) or _Look(problem="an object is expected")
                yield from self._take(value.id, base + value.start, task, look)
        if not is_closed:
            self.bad.append(Bad(base + len(text), 0, "the file ends too early"))
        elif _skip(text, position) < len(text):
            self.bad.append(Bad(base + position, len(text) - position, "text after the end"))


class _Value(NamedTuple):
    """A JSON value that may be a task, with its place in the text."""

    id: int
    start: int
    stop: int


class _NamedValues:
    """Finds the tasks of an object, by their keys."""

    END = "}"
    _next = re.compile(r'"(\d{1,16})"\s*:\s*(?=\{)')

    def at(self, text: str, position: int) -> _Value | None:
        """The value that begins here, with its key; None when there is none."""
        key = _KEY.match(text, position)
        decoded = _decoded(text, key.end()) if key else None
        if key is None or decoded is None:
            return None
        return _Value(int(key[1] or ID_LIMIT), key.end(), decoded[1])

    def after(self, text: str, position: int) -> _Value | None:
        """The next task after damage. It has to name its own id, as all that 0.8.x and we wrote
        do: what merely looks like a task may be a part of the one that is damaged."""
        for match in self._next.finditer(text, position):
            decoded = _decoded(text, match.end())
            if decoded and decoded[0].get("id") == int(match[1]):
                return _Value(int(match[1]), match.end(), decoded[1])
        return None


class _ListedValues:
    """Finds the tasks of a list, by their own ids where they have any."""

    END = "]"
    _next = re.compile(r"(?=\{)")

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._next_id = 0

    def at(self, text: str, position: int) -> _Value | None:
        decoded = _decoded(text, position)
        return _Value(self._id(decoded[0]), position, decoded[1]) if decoded else None

    def after(self, text: str, position: int) -> _Value | None:
        for match in self._next.finditer(text, position):
            decoded = _decoded(text, match.end())
            if decoded and _is_id(decoded[0].get("id")) and "data" in decoded[0]:
                return _Value(self._id(decoded[0]), match.end(), decoded[1])
        return None

    def _id(self, value: Any) -> int:
        own_id = value.get("id") if isinstance(value, dict) else None
        task_id = self._next_id if not _is_id(own_id) or own_id in self._given else own_id
        self._given.add(task_id)
        self._next_id = max(self._next_id, task_id + 1)
        return task_id


_decode = json.JSONDecoder().raw_decode


def _decoded(text: str, start: int) -> tuple[Any, int] | None:
    """The JSON value that begins here, and where it ends."""
    try:
        return _decode(text, start)
    except (ValueError, RecursionError):
        return None


def _is_id(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < ID_LIMIT


def _lines(file: TasksFile, start: int) -> Iterator[bytes]:
    rest = b""
    for chunk in file.chunks(start, file.size):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _look_at(text: bytes) -> _Look | None:
    """None when the text is not a JSON object at all."""
    try:
        if not text.isascii():
            text.decode()
        shape = _shape(text)
    except UnicodeDecodeError as error:
        return _Look(problem=str(error))
    except (msgspec.DecodeError, RecursionError):
        return _look_closely(text)
    if shape.predictions is None:
        return _Look(shape.id)
    return _Look(shape.id, facts_of({"predictions": shape.predictions}))


def _look_closely(text: bytes) -> _Look | None:
    try:
        value = jsontext.loads(text, lenient=True)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    return _Look(value.get("id"), facts_of(value), is_loose=not _is_strict(text))


def _is_strict(text: bytes) -> bool:
    try:
        jsontext.loads(text)
    except ValueError:
        return False
    return True


def _skip(text: str, position: int, characters: str = " \t\r\n") -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position
