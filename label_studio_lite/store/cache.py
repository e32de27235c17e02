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

from label_studio_lite.store.index import TaskIndex

NAME = "index"
_VERSION = 3
_CRC_SIZE = 4
_HEADER_LIMIT = 1 << 12  # bytes of the first line


class Header(msgspec.Struct):
    """First line of the cache."""

    stat: list[int]  # of tasks.json, see manifest.stat_signature
    rows: int
    lined: bool
    first_segment: (
        int  # of the manifest then: if it is another now, completions were settled since
    )
    version: int = _VERSION
    byteorder: str = sys.byteorder
    columns: list[tuple[str, str, int]] = []


def chunks(
    header: Header, columns: dict[str, array[Any]], done: bytes
) -> Iterator[bytes | memoryview]:
    """The bytes of a cache; a half-written one is recognised by its checksum."""
    header.columns = [(k, c.typecode, c.itemsize) for k, c in columns.items()]
    crc = 0
    parts: list[bytes | array[Any]] = [msgspec.json.encode(header) + b"\n", done]
    for part in [*parts, *columns.values()]:
        view = memoryview(part).cast("B")
        crc = zlib.crc32(view, crc)
        yield view
    yield crc.to_bytes(_CRC_SIZE, "big")


def load(path: Path, stat: list[int], index: TaskIndex) -> Header | None:
    """Fill ``index`` from the cache; None when there is none that fits."""
    try:
        with path.open("rb") as file:
            first = file.readline(_HEADER_LIMIT)
            header = msgspec.json.decode(first, type=Header)
            expected = [(k, c.typecode, c.itemsize) for k, c in index.columns.items()]
            row_size = 1 + sum(itemsize for _, _, itemsize in expected)
            if (
                header.version != _VERSION
                or header.byteorder != sys.byteorder
                or header.stat != stat
                or header.columns != expected
                or path.stat().st_size != len(first) + header.rows * row_size + _CRC_SIZE
            ):
                return None
            done = bytearray(file.read(header.rows))
            crc = zlib.crc32(done, zlib.crc32(first))
            columns: dict[str, array[Any]] = {}
            for name, typecode, _ in header.columns:
                column: array[Any] = array(typecode)
                column.fromfile(file, header.rows)
                crc = zlib.crc32(memoryview(column).cast("B"), crc)
                columns[name] = column
            if file.read() != crc.to_bytes(_CRC_SIZE, "big"):
                return None
    except (OSError, EOFError, ValueError):
        return None
    index.load(columns, done)
    return header
