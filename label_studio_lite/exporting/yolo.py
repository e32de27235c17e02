"""YOLO: a text file of numbers for each image, as Ultralytics and its relatives read them.

A line is the class and then ``x y width height`` of a box (its centre), or ``x y`` of each corner
of a polygon, all as parts of the image's width and height. Readers take a file with both kinds
for polygons only, so that where the label config has polygons or ellipses boxes are written as
polygons, too. In the OBB form every line has the four corners of a turned box.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timezone
from functools import partial
from pathlib import PurePosixPath

from label_studio_lite.core import geometry
from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.shapes import NAMES, Box, Ellipse, Point, Polygon, Shape
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.images import FOLDER, Images
from label_studio_lite.exporting.labels import Classes
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.pictures import (
    CUT,
    NO_AREA,
    NO_SIZE,
    TURNED,
    Drawn,
    NotHeld,
    Picture,
    addresses,
    draws,
    pictures,
)

_SQUARE = Size(100, 100)  # for what looks the same at any size
Row = tuple[Sequence[Point] | Sequence[float], str]
"""Points or numbers, as parts of the image; and what is not as it was drawn, or nothing."""


class YoloExporter:
    """``turned``: the OBB form. ``with_images`` copies them into ``images/``."""

    only_member = None

    def __init__(self, name: str, title: str, *, turned: bool, with_images: bool) -> None:
        self.name = name
        self.title = title
        self.fetches = with_images
        kind = "turned boxes" if turned else "boxes and polygons"
        self.description = f"A text file of {kind} for each image"
        self.description += ", with the images." if with_images else "."
        self.holds = "boxes, turned or not; ellipses as boxes"
        self.cannot = "polygons, masks, key points, relations, what was said of shapes or images"
        if not turned:
            self.holds = "boxes, polygons, ellipses as polygons; turned boxes as upright ones"
            self.holds += " unless the label config has polygons or ellipses"
            self.cannot = "masks, key points, relations, what was said of shapes or images"
        self._turned = turned
        self._with_images = with_images

    def available(self, config: LabelConfig) -> bool:
        tags = ("RectangleLabels", "EllipseLabels", "Labels")
        return draws(config, *tags, *(() if self._turned else ("PolygonLabels",)))

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        config = context.config
        classes = Classes(config, dense=True)
        as_polygons = draws(config, "PolygonLabels", "EllipseLabels")
        row_of = _turned if self._turned else partial(_row, as_polygons=as_polygons)
        with closing(Images(out, context, self._with_images)) as files:
            for task in context.media.ahead(tasks, partial(addresses, config)):
                found = pictures(task, context)
                context.report.tasks.written += bool(found)
                for picture in found:
                    stem = PurePosixPath(files.place(picture)).stem
                    lines = _lines(picture, context, classes, row_of)
                    out.put(f"labels/{stem}.txt", "".join(lines).encode())
        out.put("classes.txt", "".join(f"{label}\n" for _, label in classes.all()).encode())
        out.put("notes.json", _notes(classes, context.now))
        out.put("data.yaml", _data_yaml(classes))


def _lines(picture, context, classes, row_of):
    for drawn in picture.drawn(context.report, attributes=False):
        try:
            numbers, change = row_of(drawn.shape, picture.size)
        except NotHeld as error:
            drawn.lost(context.report, *error.args)
            continue
        if change:
            drawn.changed(context.report, change)
        drawn.written(context.report)
        for label in drawn.labels:
            yield f"{classes.number(label)} {numbers}\n"
