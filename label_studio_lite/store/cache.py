"""``.cache/index``: the index as it was, so that a large project opens at once.

The cache is never the truth. It may be deleted at any time, and is used only when its checksum
holds and it was made from the very ``tasks.json`` that is there (size, times and inode). What
completion files say is checked one by one against their size and time by the store.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.index import TaskIndex

NAME = "index"
_VERSION = 1


class Header(msgspec.Struct):
    """First line of the cache."""

    stat: list[int]  # of tasks.json, see manifest.stat_signature
    rows: int
    lined: bool
    version: int = _VERSION
    byteorder: str = sys.byteorder
    columns: list[tuple[str, str, int]] = []


def save(fs: FileSystem, path: Path, header: Header, index: TaskIndex) -> None:
    """Write the cache; a half-written one is recognised by its checksum."""
    header.columns = [(k, c.typecode, c.itemsize) for k, c in index.columns.items()]
    fs.put(path, _chunks(header, index), durable=False)


def _chunks(header: Header, index: TaskIndex) -> Iterator[bytes]:
    crc = 0
    parts: list[Any] = [msgspec.json.encode(header) + b"\n", bytes(index.done)]
    parts += index.columns.values()
    for part in parts:
        view = part.tobytes() if isinstance(part, array) else part
        crc = zlib.crc32(view, crc)
        yield view
    yield crc.to_bytes(4, "big")


def load(path: Path, stat: list[int], index: TaskIndex) -> Header | None:
    """Fill ``index`` from the cache; None when there is none that fits."""
    try:
        with path.open("rb") as file:
            first = file.readline()
            header = msgspec.json.decode(first, type=Header)
            expected = [(k, c.typecode, c.itemsize) for k, c in index.columns.items()]
            if (
                header.version != _VERSION
                or header.byteorder != sys.byteorder
                or header.stat != stat
                or header.columns != expected
            ):
                return None
            done = bytearray(file.read(header.rows))
            crc = zlib.crc32(done, zlib.crc32(first))
            columns: dict[str, array[Any]] = {}
            for name, typecode, _ in header.columns:
                column: array[Any] = array(typecode)
                column.fromfile(file, header.rows)
                crc = zlib.crc32(column.tobytes(), crc)
                columns[name] = column
            if file.read(8) != crc.to_bytes(4, "big"):
                return None
    except (OSError, EOFError, msgspec.DecodeError):
        return None
    index.load(columns, done)
    return header
