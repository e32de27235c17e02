"""YOLO: a text file of numbers for each image, as Ultralytics and its relatives read them.

A line is the class and then ``x y width height`` of a box (its centre), or ``x y`` of each corner
of a polygon, all as parts of the image's width and height. Readers take a file with both kinds
for polygons only, so that where the label config has polygons or ellipses boxes are written as
polygons, too. In the OBB form every line has the four corners of a turned box.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timezone
from functools import partial
from pathlib import PurePosixPath

from label_studio_lite.core import geometry
from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.core.shapes import NAMES, Box, Ellipse, Point, Polygon, Shape
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.boxes import ELLIPSE_BOX, upright
from label_studio_lite.exporting.images import FOLDER, Images
from label_studio_lite.exporting.labels import Classes
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.pictures import (
    CUT,
    NO_AREA,
    NO_SIZE,
    NotHeld,
    Picture,
    addresses,
    draws,
    pictures,
)

_SQUARE = Size(100, 100)  # for what looks the same at any size
_text = "{:.6f}".format  # a hundredth of a pixel in an image of ten thousand

Row = tuple[Sequence[float], str]
"""Numbers, as parts of the image; and what is not as it was drawn, or nothing."""


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
        row_of = _turned if self._turned else (_outline if _has_polygons(config) else _row)
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


RowOf = Callable[[Shape, "Size | None"], Row]


def _has_polygons(config: LabelConfig) -> bool:
    """Whether not all that is drawn are boxes."""
    tags = ("PolygonLabels", "EllipseLabels", "Polygon", "Ellipse")
    return any(control.tag in tags for control in config.controls.values())


def _lines(picture: Picture, context: Context, classes: Classes, row_of: RowOf) -> Iterator[str]:
    for drawn in picture.drawn(context.report, attributes=False):
        try:
            numbers, change = row_of(drawn.shape, picture.size)
        except NotHeld as error:
            drawn.lost(context.report, *error.args)
            continue
        if change:
            drawn.changed(context.report, change)
        drawn.written(context.report)
        text = " ".join(map(_text, numbers))
        for label in drawn.labels:
            yield f"{classes.number(label)} {text}\n"


def _row(shape: Shape, size: Size | None) -> Row:
    """A line of the plain form: an upright box. Raises ``NotHeld``."""
    size = _sized(shape, size)
    (left, top, right, bottom), change = upright(shape, size)
    middle = ((left + right) / 2, (top + bottom) / 2)
    return _parts([middle, (right - left, bottom - top)], size), change


def _outline(shape: Shape, size: Size | None) -> Row:
    """A line of the plain form where polygons may come: one, too. Raises ``NotHeld``."""
    size, change = _sized(shape, size), ""
    if isinstance(shape, Box):
        points = geometry.corners(shape, size)
    elif isinstance(shape, Polygon):
        points = geometry.points_of(shape, size)
    elif isinstance(shape, Ellipse):
        points, change = geometry.outline(shape, size), geometry.IS_OUTLINE
    else:
        raise NotHeld(f"a {NAMES[type(shape)]}")
    if not geometry.within(points, size):
        points, change = geometry.cut(points, size), CUT
    if geometry.area_or_none(points) is None:
        raise NotHeld(NO_AREA)
    return _parts(points, size), change


def _turned(shape: Shape, size: Size | None) -> Row:
    """A line of the OBB form: four corners, which may be off the image. Raises ``NotHeld``."""
    size, change = _sized(shape, size), ""
    if isinstance(shape, Box):
        points = geometry.corners(shape, size)
    elif isinstance(shape, Ellipse):
        points, change = geometry.ellipse_box(shape, size), ELLIPSE_BOX
    else:
        raise NotHeld(f"a {NAMES[type(shape)]}")
    on_image = points if geometry.within(points, size) else geometry.cut(points, size)
    if geometry.area_or_none(on_image) is None:
        raise NotHeld(NO_AREA)
    return _parts(points, size), change


def _sized(shape: Shape, size: Size | None) -> Size:
    """The size to reckon with. Raises ``NotHeld`` where it matters and is not known."""
    if size is None and isinstance(shape, (Box, Ellipse)) and shape.rotation % 360 != 0:
        raise NotHeld(NO_SIZE)
    return size or _SQUARE


def _parts(points: Iterable[Point], size: Size) -> list[float]:
    return [number for x, y in points for number in (x / size.width, y / size.height)]


def _notes(classes: Classes, now: float) -> bytes:
    """The categories once more, as Label Studio 1.x writes them."""
    notes = {
        "categories": [{"id": number, "name": label} for number, label in classes.all()],
        "info": {
            "year": datetime.fromtimestamp(now, timezone.utc).year,
            "version": "1.0",
            "contributor": "Label Studio",
        },
    }
    return json.dumps(notes, indent=2, ensure_ascii=False).encode()


def _data_yaml(classes: Classes) -> bytes:
    """What Ultralytics trains by; a JSON text is a YAML one, whatever is in it."""
    names = "".join(f"  {n}: {json.dumps(label)}\n" for n, label in classes.all())
    head = f"path: .\ntrain: {FOLDER}\nval: {FOLDER}\nnames:"
    return (f"{head}\n{names}" if names else f"{head} {{}}\n").encode()


YOLO = YoloExporter("YOLO", "YOLO", turned=False, with_images=False)
YOLO_WITH_IMAGES = YoloExporter(
    "YOLO_WITH_IMAGES", "YOLO with images", turned=False, with_images=True
)
YOLO_OBB = YoloExporter("YOLO_OBB", "YOLO OBB", turned=True, with_images=False)
YOLO_OBB_WITH_IMAGES = YoloExporter(
    "YOLO_OBB_WITH_IMAGES", "YOLO OBB with images", turned=True, with_images=True
)
