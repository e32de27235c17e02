"""The packing of painted masks: the run-length code that the labeling editor writes.

Bits, most significant first. Head: 32 bits how many values follow, 5 bits the width of a value
less one, four times 4 bits a width of counts less one. Then blocks: 1 bit whether it is a run,
2 bits which width the count has, the count less one; then one value for a run, else as many
values as counted. (The format of the JavaScript package ``@thi.ng/rle-pack``.)

A mask holds red, green, blue and alpha of each pixel, row by row; alpha is what is painted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WIDTHS = (3, 4, 8, 16)  # of counts, as the editor chooses them
_RUNS = re.compile(rb"(?s)(.)\1*")
_MOST_PIXELS = 1 << 28  # of an image; a claim beyond is no image's


class BrokenMask(ValueError):
    """The text says what is wrong."""


def alpha(rle: bytes, width: int, height: int) -> bytes:
    """The alpha of each pixel, row by row: ``width * height`` bytes. Raises ``BrokenMask``.

    Nothing larger than the result is held in memory.
    """
    if not 0 < width * height <= _MOST_PIXELS:
        raise BrokenMask(f"there is no image of {width}×{height}")
    bits = _Bits(rle)
    expected = width * height * 4
    count = bits.take(32)
    if count != expected:
        raise BrokenMask(f"it has {count} values, an image of {width}×{height} has {expected}")
    found = bytearray()
    at = 0
    for values in _blocks(bits, count):
        found += values[(3 - at) % 4 :: 4]
        at += len(values)
    return bytes(found)


def pack(mask: bytes) -> bytes:
    """A mask with one byte for each pixel, as the editor packs it; the inverse of :func:`alpha`.

    All four channels get the same value.
    """
    out = _Writer()
    out.put(len(mask) * 4, 32)
    out.put(7, 5)
    for width in _WIDTHS:
        out.put(width - 1, 4)
    for match in _RUNS.finditer(mask):
        out.run(match[1][0], len(match[0]) * 4)
    return out.finished()


def _blocks(bits: _Bits, count: int) -> Iterator[bytes]:
    width = bits.take(5) + 1
    widths = [bits.take(4) + 1 for _ in _WIDTHS]
    if width != 8:
        raise BrokenMask(f"its values have {width} bits, not 8")
    at = 0
    while at < count:
        is_run = bits.take(1)
        length = bits.take(widths[bits.take(2)]) + 1
        if at + length > count:
            raise BrokenMask("it is longer than it says")
        yield bytes((bits.take(8),)) * length if is_run else bits.take_bytes(length)
        at += length


class _Bits:
    """Reads bits from bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._end = len(data) * 8

    def take(self, count: int) -> int:
        first, last = self._at >> 3, (self._at + count + 7) >> 3
        if self._at + count > self._end:
            raise BrokenMask("it ends too early")
        piece = int.from_bytes(self._data[first:last], "big")
        self._at += count
        return (piece >> (last * 8 - self._at)) & ((1 << count) - 1)

    def take_bytes(self, count: int) -> bytes:
        return self.take(count * 8).to_bytes(count, "big")


class _Writer:
    """Collects bits."""

    def __init__(self) -> None:
        self._done = bytearray()
        self._rest = 0  # bits that do not fill a byte yet
        self._count = 0

    def put(self, value: int, width: int) -> None:
        rest = self._rest << width | value
        count = self._count + width
        keep = count % 8
        self._done += (rest >> keep).to_bytes(count // 8, "big")
        self._rest, self._count = rest & ((1 << keep) - 1), keep

    def run(self, value: int, length: int) -> None:
        while length:
            part = min(length, 1 << _WIDTHS[-1])
            kind = next(at for at, width in enumerate(_WIDTHS) if part <= 1 << width)
            self.put(4 | kind, 3)
            self.put(part - 1, _WIDTHS[kind])
            self.put(value, 8)
            length -= part

    def finished(self) -> bytes:
        if self._count:
            self.put(0, 8 - self._count)
        return bytes(self._done)
