"""Pascal VOC: an XML file with the boxes of each image (host.robots.ox.ac.uk/pascal/VOC).

Pixels are whole numbers counted from 0, as Label Studio 0.8.2 writes them; a box ends where the
next pixel begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from xml.sax.saxutils import escape

from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.boxes import upright
from label_studio_lite.exporting.images import FOLDER, Images
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.pictures import (
    CUT,
    NO_SIZE,
    Drawn,
    NotHeld,
    Picture,
    addresses,
    draws,
    pictures,
)

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML


class VocExporter:
    """``Annotations/<image>.xml``; own images are copied into ``images/``."""

    name = "VOC"
    title = "Pascal VOC XML"
    description = "An XML file with the boxes of each image."
    only_member = None
    holds = "boxes; turned ones and ellipses as the upright box around them"
    cannot = "polygons, masks, key points, relations, what was said of shapes or images"
    fetches = False

    def available(self, config: LabelConfig) -> bool:
        return draws(config, "RectangleLabels", "EllipseLabels", "Labels")

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        with closing(Images(out, context, copied=True)) as files:
            for task in context.media.ahead(tasks, partial(addresses, context.config)):
                found = pictures(task, context)
                context.report.tasks.written += bool(found)
                for picture in found:
                    name = files.place(picture)
                    member = f"Annotations/{PurePosixPath(name).stem}.xml"
                    lines = _annotation(picture, name, context)
                    out.put(member, "\n".join([*lines, ""]).encode(errors="replace"))


def _annotation(picture: Picture, file_name: str, context: Context) -> Iterator[str]:
    size = picture.size
    if size is None:
        context.report.change(picture.task, None, NO_SIZE)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield "<annotation>"
    yield _element("folder", FOLDER)
    yield _element("filename", file_name)
    yield "<source>"
    yield _element("database", "Label Studio")
    yield "</source>"
    if not picture.address.startswith("data:"):
        yield _element("path", picture.address)
    yield "<size>"
    yield _element("width", size.width if size else 0)
    yield _element("height", size.height if size else 0)
    yield _element("depth", _depth(picture, context))
    yield "</size>"
    yield _element("segmented", 0)
    for drawn in picture.drawn(context.report, attributes=False):
        yield from _objects(drawn, size, context)
    yield "</annotation>"


def _objects(drawn: Drawn, size: Size | None, context: Context) -> Iterator[str]:
    try:
        if size is None:
            raise NotHeld(NO_SIZE)
        rect, change = upright(drawn.shape, size)
    except NotHeld as error:
        drawn.lost(context.report, *error.args)
        return
    if change:
        drawn.changed(context.report, change)
    drawn.written(context.report)
    left, top, right, bottom = (round(edge) for edge in rect)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    for label in drawn.labels:
        yield "<object>"
        yield _element("name", label)
        yield _element("pose", "Unspecified")
        yield _element("truncated", int(change == CUT))
        yield _element("difficult", 0)
        yield "<bndbox>"
        yield _element("xmin", left)
        yield _element("ymin", top)
        yield _element("xmax", right)
        yield _element("ymax", bottom)
        yield "</bndbox>"
        yield "</object>"


def _depth(picture: Picture, context: Context) -> int:
    """Channels of a pixel; 3 where the file cannot be read, as in 0.8.2."""
    header = context.media.header(picture.address)
    return header.channels if header is not None else 3


def _element(name: str, content: Any) -> str:
    return f"<{name}>{escape(_FORBIDDEN.sub(' ', str(content)))}</{name}>"


VOC = VocExporter()
