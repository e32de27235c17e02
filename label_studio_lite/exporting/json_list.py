"""A JSON list written item by item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from label_studio_lite.core import jsontext

_PIECE = 1 << 18  # bytes; small writes are what compression is slow at


@contextmanager
def json_list(stream: IO[bytes]) -> Iterator[Callable[[Any], None]]:
    """Gives the function that appends an item; the list is complete when the block ends.

    Laid out as 0.8.2 lays out its exports: indented by two, UTF-8, no newline at the end.
    """
    pieces: list[bytes] = []
    size = 0
    before = b"[\n"

    def append(item: Any) -> None:
        nonlocal before, size
        text = jsontext.indented([item], 2)[2:-2]  # without "[\n" and "\n]"
        pieces.extend((before, text))
        before = b",\n"
        size += len(text)
        if size >= _PIECE:
            stream.write(b"".join(pieces))
            pieces.clear()
            size = 0

    yield append
    pieces.append(b"[]" if before == b"[\n" else b"\n]")
    stream.write(b"".join(pieces))
