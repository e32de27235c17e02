"""Disk states that a power cut may leave, worked out from a recorded session.

:class:`RecordingFileSystem` does what it is told and writes down every change of the disk.
:func:`states` goes through the record and builds, for each moment, folders as a file system that
promises no more than POSIX may leave them: what was flushed is there; of what was not, any part
may be. Data may be absent, torn at a sector or a page, or replaced by zeros although the size has
grown; names made, renamed or removed may be missing or there, in any combination, before or after
the data that they name (the list of "All File Systems Are Not Created Equal", OSDI 2014).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from label_studio_lite.store.fs import FileSystem, Lock

SECTOR, PAGE = 512, 4096


class Op(NamedTuple):
    """One change of the disk. Files are known by a number that a rename does not change."""

    kind: str
    file: int = 0
    path: str = ""
    target: str = ""
    offset: int = 0
    data: bytes = b""


class RecordingFileSystem(FileSystem):
    """A file system that keeps a log of all that changes below ``root``."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.log: list[Op] = []
        self._names: dict[str, int] = {}
        self._open: dict[int, int] = {}
        self._count = 0
        for path in sorted(root.rglob("*")):
            if path.is_dir():
                self.log.append(Op("mkdir", path=self._name(path)))
            else:
                self._write_down_old(path)
        self.log.append(Op("flush_all"))

    def _write_down_old(self, path: Path) -> None:
        number = self._new(path)
        self.log.append(Op("write", number, data=path.read_bytes()))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _new(self, path: Path) -> int:
        self._count += 1
        self._names[self._name(path)] = self._count
        self.log.append(Op("link", self._count, self._name(path)))
        return self._count

    def mark(self, what: str) -> None:
        """Note something that is no change of the disk."""
        self.log.append(Op(what))

    # -- primitives ---------------------------------------------------------------------------

    def open_append(self, path: Path) -> int:
        existed = path.exists()
        fd = super().open_append(path)
        self._open[fd] = self._names[self._name(path)] if existed else self._new(path)
        return fd

    def open_new(self, path: Path) -> int:
        existed = path.exists()
        fd = super().open_new(path)
        self._open[fd] = self._names[self._name(path)] if existed else self._new(path)
        if existed:
            self.log.append(Op("truncate", self._open[fd]))
        return fd

    def open_read(self, path: Path) -> int:
        fd = super().open_read(path)
        self._open[fd] = self._names[self._name(path)]
        return fd

    def close(self, fd: int) -> None:
        self._open.pop(fd, None)
        super().close(fd)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        count = super().write(fd, data)
        offset = os.lseek(fd, 0, os.SEEK_CUR) - count
        self.log.append(Op("write", self._open[fd], offset=offset, data=bytes(data[:count])))
        return count

    def truncate(self, fd: int, size: int) -> None:
        super().truncate(fd, size)
        self.log.append(Op("truncate", self._open[fd], offset=size))

    def flush(self, fd: int) -> None:
        self.log.append(Op("flush", self._open[fd]))

    def flush_dir(self, path: Path) -> None:
        self.log.append(Op("flush_dir", path=self._name(path)))

    def flush_all(self, path: Path) -> bool:
        self.log.append(Op("flush_all"))
        return True

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        number = self._names.pop(self._name(source))
        self._names[self._name(target)] = number
        self.log.append(Op("rename", number, self._name(source), self._name(target)))

    def remove(self, path: Path) -> None:
        if path.exists():
            super().remove(path)
            self.log.append(Op("unlink", self._names.pop(self._name(path)), self._name(path)))

    def mkdir(self, path: Path) -> None:
        super().mkdir(path)
        self.log.append(Op("mkdir", path=self._name(path)))

    def lock(self, path: Path) -> Lock:
        if not path.exists():
            path.touch()
            self._new(path)
        return super().lock(path)


@dataclass
class Contents:
    """The bytes of one file: what is on the medium, and what is on its way."""

    flushed: bytes = b""
    pending: list[Op] = field(default_factory=list)

    def all(self) -> bytes:
        content = self.flushed
        for op in self.pending:
            content = _applied(content, op)
        return content


def _applied(content: bytes, op: Op) -> bytes:
    if op.kind == "truncate":
        return content[: op.offset].ljust(op.offset, b"\0")
    padded = content.ljust(op.offset, b"\0")
    return padded[: op.offset] + op.data + padded[op.offset + len(op.data) :]


@dataclass
class Disk:
    """What is known of the medium at one moment."""

    files: dict[int, Contents] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)  # on the medium
    folders: set[str] = field(default_factory=lambda: {"."})  # on the medium
    pending: list[Op] = field(default_factory=list)  # changes of names on their way

    def take(self, op: Op) -> None:
        if op.kind in ("write", "truncate"):
            self.files[op.file].pending.append(op)
        elif op.kind == "flush":
            self._flush(self.files[op.file])
        elif op.kind == "flush_dir":
            self._flush_names(op.path)
        elif op.kind == "flush_all":
            for contents in self.files.values():
                self._flush(contents)
            self._flush_names(None)
        elif op.kind in ("link", "unlink", "rename", "mkdir"):
            if op.kind == "link":
                self.files[op.file] = Contents()
            self.pending.append(op)

    @staticmethod
    def _flush(contents: Contents) -> None:
        contents.flushed, contents.pending = contents.all(), []

    def _flush_names(self, folder: str | None) -> None:
        kept = []
        for op in self.pending:
            if folder is None or _parent(op.target or op.path) == folder:
                _rename(self.names, self.folders, op)
            else:
                kept.append(op)
        self.pending = kept

    def tree(self, chosen: set[int], choose: Any) -> dict[str, bytes | None]:
        """Path → bytes (None for a folder) when these pending changes of names arrived."""
        names, folders = dict(self.names), set(self.folders)
        for number in sorted(chosen):
            _rename(names, folders, self.pending[number])
        found: dict[str, bytes | None] = {f: None for f in folders if f != "."}
        for path, number in names.items():
            if _parent(path) in folders:
                found[path] = choose(self.files[number])
        return found


def _parent(path: str) -> str:
    return os.path.dirname(path) or "."  # noqa: PTH120 - a name in the record, not a path


def _rename(names: dict[str, int], folders: set[str], op: Op) -> None:
    if op.kind == "mkdir":
        folders.add(op.path)
    elif op.kind == "link":
        names[op.path] = op.file
    elif op.kind == "unlink":
        names.pop(op.path, None)
    else:
        names[op.target] = op.file
        if names.get(op.path) == op.file:
            del names[op.path]


# -- what may have arrived of the bytes ---------------------------------------------------------


def absent(contents: Contents) -> bytes:
    return contents.flushed


def present(contents: Contents) -> bytes:
    return contents.all()


def grown(contents: Contents) -> bytes:
    """The size arrived, the bytes did not."""
    return contents.flushed.ljust(len(contents.all()), b"\0")


def torn(unit: int) -> Any:
    """The last write arrived in part, ending at a sector or page of the file."""

    def choose(contents: Contents) -> bytes:
        whole = contents.all()
        writes = [op for op in contents.pending if op.kind == "write"]
        if not writes:
            return whole
        end = (writes[-1].offset + len(writes[-1].data) - 1) // unit * unit
        return whole[: max(end, writes[-1].offset)]

    return choose


def holed(unit: int) -> Any:
    """The first unit of what was pending did not arrive, what follows did."""

    def choose(contents: Contents) -> bytes:
        whole = contents.all()
        writes = [op for op in contents.pending if op.kind == "write"]
        if not writes:
            return whole
        start = writes[0].offset
        end = min((start // unit + 1) * unit, len(whole))
        return whole[:start] + bytes(max(0, end - start)) + whole[max(start, end) :]

    return choose


WAYS = (absent, present, grown, torn(SECTOR), torn(PAGE), holed(SECTOR), holed(PAGE))


class Cut(NamedTuple):
    """A state of the disk after a power cut."""

    moment: int  # how many operations of the log were done
    marks: dict[str, int]  # how often each mark had been made by then
    tree: dict[str, bytes | None]


def states(log: list[Op], *, seed: int = 0, extra: int = 4) -> Iterator[Cut]:
    """All states to be looked at, each once; ``extra`` random ones for each moment."""
    disk = Disk()
    marks: dict[str, int] = {}
    seen: set[int] = set()
    dice = random.Random(seed)
    started = False
    for moment, op in enumerate(log, 1):
        if op.kind in ("begun", "done"):
            marks[op.kind] = marks.get(op.kind, 0) + 1
        disk.take(op)
        started = started or op.kind == "flush_all"
        if not started:
            continue
        for tree in _trees(disk, dice, extra):
            key = hash((tuple(sorted(marks.items())), tuple(sorted(tree.items(), key=str))))
            if key not in seen:
                seen.add(key)
                yield Cut(moment, dict(marks), tree)


def _trees(disk: Disk, dice: random.Random, extra: int) -> Iterator[dict[str, bytes | None]]:
    every = set(range(len(disk.pending)))
    for way in WAYS:
        yield disk.tree(every, way)
    for way in (absent, present):
        yield disk.tree(set(), way)
    for one in list(every)[-6:]:  # the older ones were tried at earlier moments
        yield disk.tree(every - {one}, present)
        yield disk.tree({one}, absent)
        yield disk.tree({one}, present)
    for _ in range(extra if every else 0):
        some = {number for number in every if dice.random() < 0.5}
        ways = {id(contents): dice.choice(WAYS) for contents in disk.files.values()}
        yield disk.tree(some, lambda contents, ways=ways: ways[id(contents)](contents))


def build(tree: dict[str, bytes | None], folder: Path, *, exist_ok: bool = False) -> None:
    """Put a state on a real disk."""
    folder.mkdir(exist_ok=exist_ok)
    for path, content in sorted(tree.items()):
        target = folder / path
        if content is None:
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(content)
