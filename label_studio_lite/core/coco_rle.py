"""COCO's run-length code of masks: ``{"size": [height, width], "counts": …}``.

Counts are lengths of runs, down the columns, of pixels that are not and that are in the mask by
turns. In files they are a list, or the same packed into text as pycocotools does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from label_studio_lite.core.model import Json

_RUNS = re.compile(rb"\x00+|\x01+")
_IN_MASK = bytes(int(value > 127) for value in range(256))
_SHOWN = bytes([0, 255]) + bytes(254)
_MOST_PIXELS = 1 << 28  # of an image; a claim beyond is no image's


class BrokenRle(ValueError):
    """The text says what is wrong."""


def encode(mask: bytes, width: int, height: int) -> Json:
    """A mask with one byte for each pixel, row by row; a pixel is in it from 128 on."""
    rows = mask.translate(_IN_MASK)
    columns = b"".join(rows[x::width] for x in range(width))
    counts = [0] if columns[:1] == b"\x01" else []
    counts += [len(match[0]) for match in _RUNS.finditer(columns)]
    return {"size": [height, width], "counts": pack(counts)}


def decode(rle: Any) -> tuple[bytes, int, int]:
    """``(mask, width, height)``: 255 for a pixel in the mask, else 0. Raises ``BrokenRle``."""
    try:
        height, width = (int(length) for length in rle["size"])
        counts = rle["counts"]
        runs = unpack(counts) if isinstance(counts, str) else [int(run) for run in counts]
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenRle(f"it is no run-length code: {error}") from error
    if min(width, height) < 1 or width * height > _MOST_PIXELS:
        raise BrokenRle(f"there is no image of {width}×{height}")
    if min(runs, default=0) < 0 or sum(runs) != width * height:
        raise BrokenRle(f"its runs do not fill an image of {width}×{height}")
    columns = b"".join(bytes((at % 2,)) * run for at, run in enumerate(runs))
    rows = b"".join(columns[y::height] for y in range(height))
    return rows.translate(_SHOWN), width, height


def area(rle: Json) -> int:
    """How many pixels are in the mask of :func:`encode`."""
    return sum(unpack(rle["counts"])[1::2])


def bounds(rle: Json) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom edge of the pixels in the mask; None if there is none."""
    height = int(rle["size"][0])
    at, spans = 0, []
    for number, run in enumerate(unpack(rle["counts"])):
        if number % 2 and run:
            (first, top), (last, bottom) = divmod(at, height), divmod(at + run - 1, height)
            spans.append((first, last, *((top, bottom) if first == last else (0, height - 1))))
        at += run
    if not spans:
        return None
    firsts, lasts, tops, bottoms = zip(*spans, strict=True)
    return min(firsts), min(tops), max(lasts) + 1, max(bottoms) + 1


def pack(counts: Sequence[int]) -> str:
    """Counts as text: from the fourth on the difference to the last but one; five bits a sign."""
    signs = bytearray()
    for at, count in enumerate(counts):
        value = count - counts[at - 2] if at > 2 else count
        while True:
            piece = value & 0x1F
            value >>= 5
            last = value == (-1 if piece & 0x10 else 0)
            signs.append(48 + (piece if last else piece | 0x20))
            if last:
                break
    return signs.decode("ascii")


def unpack(text: str) -> list[int]:
    """The inverse of :func:`pack`. Raises ``ValueError``."""
    counts: list[int] = []
    value = shift = 0
    for sign in text.encode("ascii"):
        piece = sign - 48
        if not 0 <= piece < 64:
            raise ValueError(f"{chr(sign)!r} does not belong here")
        value |= (piece & 0x1F) << shift
        shift += 5
        if not piece & 0x20:
            if piece & 0x10:
                value -= 1 << shift
            counts.append(value + (counts[-2] if len(counts) > 2 else 0))
            value = shift = 0
    if shift:
        raise ValueError("it ends too early")
    return counts
