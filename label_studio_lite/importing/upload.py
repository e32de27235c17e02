"""What readers take and give; the words that all formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, NamedTuple

from label_studio_lite.core.model import Json, RawBlock, RawTask
from label_studio_lite.errors import Invalid

MEGABYTE = 1 << 20
GIGABYTE = 1 << 30


class Upload(NamedTuple):
    """A file to read. ``name`` is the client's own, with its folders where it has any.

    ``stream`` is binary and seekable; readers start at its beginning and leave it open.
    """

    name: str
    stream: IO[bytes]

    def head(self, size: int = 512) -> bytes:
        """The first bytes; the stream is at its beginning again."""
        self.stream.seek(0)
        head = self.stream.read(size)
        self.stream.seek(0)
        return head


class Hosted(NamedTuple):
    """A media file to keep and serve: one task, whose value is its address.

    ``name`` has no folders. ``stream`` is good until the next item is asked for. ``task`` makes
    the item for an address, where it is more than that.
    """

    name: str
    stream: IO[bytes]
    task: Callable[[str], Json] | None = None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read; the same for every file of an import.

    ``text_key`` is the data key for lines of text and for pages. ``tables_are_media`` is for
    configs that show a whole table (a time series): CSV and TSV are hosted then. ``encoding`` is
    what text is read as; empty means UTF-8, or else a guess. Limits are bytes or counts; the
    ratio is of bytes unpacked to bytes packed, and is asked only once 64 MB are unpacked.
    """

    text_key: str
    tables_are_media: bool = False
    encoding: str = ""
    max_item_bytes: int = 64 * MEGABYTE
    max_archive_entries: int = 200_000
    max_archive_bytes: int = 64 * GIGABYTE
    max_archive_ratio: int = 200


def one_by_one(items: Iterable[RawTask | RawBlock]) -> Iterator[RawTask]:
    """The same items, those of blocks singly."""
    for item in items:
        if isinstance(item, RawBlock):
            yield from item.tasks()
        else:
            yield item


def kind(upload: Upload) -> str:
    """The extension with its dot, as written: what 0.8.2 counts in ``formats``."""
    return PurePosixPath(base_name(upload.name)).suffix


def base_name(name: str) -> str:
    """The name without folders, whichever slash the client uses."""
    return name.replace("\\", "/").rpartition("/")[2]


def failed(upload: Upload, reason: object) -> Invalid:
    """The error for a file that cannot be read, beginning as 0.8.2's does."""
    return Invalid(f"Failed to parse input file {upload.name}: {reason}")
