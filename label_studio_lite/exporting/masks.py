"""Painted masks, a file each: NumPy arrays or PNG images of one byte for each pixel.

Members are called ``task-<id>-completion-<id>-<control>-<labels>-<n>`` as in 0.8.2. In 1.x's
words a completion is an annotation, and the annotator is named, too.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from label_studio_lite.core import brush
from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Completion, Task
from label_studio_lite.core.shapes import NAMES, Mask, Shape
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import ALL
from label_studio_lite.exporting.names import usable
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.pictures import (
    NO_SIZE,
    Drawn,
    NotHeld,
    Picture,
    addresses,
    draws,
    pictures,
)
from label_studio_lite.exporting.report import id_of

_LONGEST = 120  # characters of a name before its number
Packing = Callable[[bytes, Size], bytes]
"""The content of a file for a mask's bytes, row by row."""


class MaskExporter:
    """Takes all completions. ``newer``: named as in 1.x."""

    only_member = None
    holds = "painted masks of every completion, as they were painted (0 to 255)"
    cannot = "all other shapes, relations, what was said of shapes or images"
    fetches = False

    def __init__(
        self, name: str, title: str, description: str, suffix: str, pack: Packing, *, newer: bool
    ) -> None:
        self.name = name
        self.title = title
        self.description = description
        self._suffix = suffix
        self._pack = pack
        self._newer = newer

    def available(self, config: LabelConfig) -> bool:
        return draws(config, "BrushLabels")

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        for task in context.media.ahead(tasks, partial(addresses, context.config)):
            found = pictures(task, context, ALL)
            context.report.tasks.written += bool(found)
            used = Counter[str]()
            for picture in found:
                for drawn, mask, size in _masks(picture, context):
                    name = usable(f"{self._stem(drawn, context)}-{'-'.join(drawn.labels)}")
                    name = name[:_LONGEST]
                    out.put(f"{name}-{used[name]}{self._suffix}", self._pack(mask, size))
                    used[name] += 1

    def _stem(self, drawn: Drawn, context: Context) -> str:
        task_id = context.wording.task_id(drawn.task.id)
        own_id = id_of(drawn.completion)
        shown = "none" if own_id is None else str(context.wording.completion_id(own_id))
        control = str(drawn.region.get("from_name"))
        if not self._newer:
            return f"task-{task_id}-completion-{shown}-{control}"
        by = self._annotator(drawn.completion, context)
        return f"task-{task_id}-annotation-{shown}-by-{by}-{control}"

    @staticmethod
    def _annotator(completion: Completion, context: Context) -> str:
        by = context.wording.annotator(completion)
        return "nobody" if by is None else str(by)


def _masks(picture: Picture, context: Context) -> Iterator[tuple[Drawn, bytes, Size]]:
    for drawn in picture.drawn(context.report, attributes=False):
        try:
            mask = _alpha(drawn.shape, picture.size)
        except NotHeld as error:
            drawn.lost(context.report, *error.args)
            continue
        drawn.written(context.report)
        assert picture.size is not None
        yield drawn, mask, picture.size


def _alpha(shape: Shape, size: Size | None) -> bytes:
    if not isinstance(shape, Mask):
        raise NotHeld(f"a {NAMES[type(shape)]}")
    if size is None:
        raise NotHeld(NO_SIZE)
    try:
        return brush.alpha(shape.rle, size.width, size.height)
    except brush.BrokenMask as error:
        raise NotHeld("a damaged mask", str(error)) from error


def npy(mask: bytes, size: Size) -> bytes:
    """NumPy's file of a ``uint8`` array, height × width (numpy.org, "numpy.lib.format")."""
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size.height}, {size.width}), }}"
    padding = -(10 + len(head) + 1) % 64
    text = f"{head}{' ' * padding}\n".encode("ascii")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + mask


def png(mask: bytes, size: Size) -> bytes:
    """A PNG image of eight bits of grey (w3.org/TR/png)."""
    rows = (mask[at : at + size.width] for at in range(0, len(mask), size.width))
    content = zlib.compress(b"".join(b"\0" + row for row in rows), 3)
    head = struct.pack(">IIBBBBB", size.width, size.height, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", content), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


_NUMPY = ("BRUSH_TO_NUMPY", "Brush masks to NumPy", "A NumPy array for each painted mask.", ".npy")
_PNG = ("BRUSH_TO_PNG", "Brush masks to PNG", "A PNG image for each painted mask.", ".png")
BRUSH_TO_NUMPY = MaskExporter(*_NUMPY, npy, newer=False)
BRUSH_TO_PNG = MaskExporter(*_PNG, png, newer=False)
BRUSH_TO_NUMPY_1X = MaskExporter(*_NUMPY, npy, newer=True)
BRUSH_TO_PNG_1X = MaskExporter(*_PNG, png, newer=True)
