"""The size of an image from the first bytes of its file, as a browser shows it.

Read are PNG, JPEG, GIF, WebP, BMP and TIFF. An EXIF orientation that turns the image by a quarter
swaps its width and height: browsers turn such images before anybody labels on them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

ReadAt = Callable[[int, int], bytes]
"""``read(offset, size)``: bytes of the file, fewer at its end."""

_MOST_PARTS = 1000  # segments or chunks that are looked at
_SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations with a quarter turn
_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}  # PNG's colour types; a palette is of colours
_NO_FRAME = (0xC4, 0xC8, 0xCC)  # JPEG's markers among C0…CF that start no frame
_BARE = (0x01, *range(0xD0, 0xD9))  # and those that have no content


class ImageHeader(NamedTuple):
    """``width`` and ``height`` as shown, ``channels`` of a pixel, EXIF's ``orientation``."""

    width: int
    height: int
    channels: int
    orientation: int = 1


def read_header(read: ReadAt) -> ImageHeader | None:
    """None for what is no image that we can read, or a damaged one."""
    head = read(0, 32)
    reader = next((r for start, r in _READERS if head.startswith(start)), None)
    if reader is None:
        return None
    try:
        found = reader(read)
    except (struct.error, IndexError):
        return None  # it ends too early
    if found is None or min(found.width, found.height) < 1:
        return None
    if found.orientation in _SIDEWAYS:
        return found._replace(width=found.height, height=found.width)
    return found


def _png(read: ReadAt) -> ImageHeader | None:
    width, height, _, colours = struct.unpack(">IIBB", read(16, 10))
    orientation = 1
    at = 8
    for _ in range(_MOST_PARTS):
        size, kind = struct.unpack(">I4s", read(at, 8))
        if kind == b"eXIf":
            orientation = _orientation(read(at + 8, min(size, 1 << 16)))
        if kind in (b"eXIf", b"IDAT", b"IEND"):
            break
        at += 12 + size
    return ImageHeader(width, height, _CHANNELS.get(colours, 3), orientation)


def _jpeg(read: ReadAt) -> ImageHeader | None:
    orientation = 1
    at = 2
    for _ in range(_MOST_PARTS):
        start, marker = struct.unpack(">BB", read(at, 2))
        if start != 0xFF:
            return None
        if marker == 0xFF or marker in _BARE:  # fill bytes may stand before a marker
            at += 1 if marker == 0xFF else 2
            continue
        (size,) = struct.unpack(">H", read(at + 2, 2))
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width, channels = struct.unpack(">HHB", read(at + 5, 5))
            return ImageHeader(width, height, channels, orientation)
        if marker == 0xE1 and read(at + 4, 6) == b"Exif\0\0":
            orientation = _orientation(read(at + 10, size - 8))
        at += 2 + size
    return None


def _gif(read: ReadAt) -> ImageHeader | None:
    width, height = struct.unpack("<HH", read(6, 4))
    return ImageHeader(width, height, 3)


def _bmp(read: ReadAt) -> ImageHeader | None:
    (head,) = struct.unpack("<I", read(14, 4))
    if head == 12:
        width, height, _, bits = struct.unpack("<HHHH", read(18, 8))
    else:
        width, height, _, bits = struct.unpack("<iiHH", read(18, 12))
    return ImageHeader(width, abs(height), 4 if bits == 32 else 3)


def _webp(read: ReadAt) -> ImageHeader | None:
    head = read(0, 30)
    kind = head[12:16]
    if head[8:12] != b"WEBP":
        return None
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return ImageHeader(width & 0x3FFF, height & 0x3FFF, 3)
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", head[21:25])
        channels = 4 if bits >> 28 & 1 else 3
        return ImageHeader((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, channels)
    if kind != b"VP8X":
        return None
    width = int.from_bytes(head[24:27], "little") + 1
    height = int.from_bytes(head[27:30], "little") + 1
    flags = head[20]
    orientation = _webp_orientation(read) if flags & 0x08 else 1
    return ImageHeader(width, height, 4 if flags & 0x10 else 3, orientation)


def _webp_orientation(read: ReadAt) -> int:
    at = 12
    for _ in range(_MOST_PARTS):
        kind, size = struct.unpack("<4sI", read(at, 8))
        if kind == b"EXIF":
            return _orientation(read(at + 8, min(size, 1 << 16)).removeprefix(b"Exif\0\0"))
        at += 8 + size + size % 2
    return 1


def _tiff(read: ReadAt) -> ImageHeader | None:
    tags = _tags(read)
    if 256 not in tags or 257 not in tags:
        return None
    return ImageHeader(tags[256], tags[257], tags.get(277, 1), tags.get(274, 1))


def _orientation(exif: bytes) -> int:
    """EXIF data is a TIFF file."""
    try:
        return _tags(lambda at, size: exif[at : at + size]).get(274, 1)
    except (struct.error, IndexError):
        return 1


def _tags(read: ReadAt) -> dict[int, int]:
    """The whole numbers in the first directory of a TIFF file, by tag."""
    order = {b"II": "<", b"MM": ">"}.get(read(0, 2), "")
    if not order:
        return {}
    (at,) = struct.unpack(order + "I", read(4, 4))
    (count,) = struct.unpack(order + "H", read(at, 2))
    tags = {}
    for entry in range(min(count, _MOST_PARTS)):
        tag, kind, _, value = struct.unpack(order + "HHI4s", read(at + 2 + 12 * entry, 12))
        if kind == 3:
            tags[tag] = struct.unpack(order + "H", value[:2])[0]
        elif kind == 4:
            tags[tag] = struct.unpack(order + "I", value)[0]
    return tags


_READERS: tuple[tuple[bytes, Callable[[ReadAt], ImageHeader | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF8", _gif),
    (b"BM", _bmp),
    (b"RIFF", _webp),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
)
