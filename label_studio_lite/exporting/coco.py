"""COCO: one ``result.json`` for all images (cocodataset.org, "Data format").

``bbox`` is ``[x, y, width, height]`` in pixels. A turned box is a polygon with ``rotation`` among
its attributes, an ellipse a polygon, a painted mask a run-length code, a key point an annotation
of its own with one key point. Ids of annotations count from 1, since pycocotools' evaluation takes
0 for "no match"; ids of images and categories from 0, as in 0.8.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from typing import IO, Any

from label_studio_lite.core import brush, coco_rle, geometry, jsontext
from label_studio_lite.core.geometry import Rect, Size
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json, Task
from label_studio_lite.core.shapes import Box, Ellipse, KeyPoint, Mask, Point, Polygon, Shape
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.boxes import upright
from label_studio_lite.exporting.images import FOLDER, Images
from label_studio_lite.exporting.labels import Classes, shape_controls
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.pictures import (
    CUT,
    NO_AREA,
    NO_SIZE,
    Drawn,
    NotHeld,
    Picture,
    addresses,
    draws,
    pictures,
)
from label_studio_lite.exporting.spool import Spool

_DIGITS = 3  # of pixels, behind the point


class CocoExporter:
    """``with_images`` copies them into ``images/``; ``brush`` is offered for painted masks."""

    only_member = None
    holds = (
        "boxes, turned ones too, polygons, ellipses as polygons, painted masks, key points, what"
        " was said of a single shape (as attributes)"
    )
    cannot = "relations, what was said of a whole image, shapes without a label or off the image"

    def __init__(
        self, name: str, title: str, *, with_images: bool, brush: bool = False, fetches: bool
    ) -> None:
        self.name = name
        self.title = title
        copies = "with the images, fetched where they are remote"
        if not fetches:
            copies = "with the images that are on this machine" if with_images else ""
        tools = "Objects and masks as the tools of the COCO data set read them"
        self.description = ", ".join(filter(None, (tools, copies))) + "."
        self.fetches = fetches
        self._with_images = with_images
        self._folder = f"{FOLDER}/" if with_images else ""
        self._tags = ("BrushLabels",) if brush else ()

    def available(self, config: LabelConfig) -> bool:
        return draws(config, *self._tags)

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        with ExitStack() as stack:
            images, annotations = (stack.enter_context(closing(Spool())) for _ in range(2))
            files = stack.enter_context(closing(Images(out, context, self._with_images)))
            writer = _Writer(context, Classes(context.config, dense=False), images, annotations)
            for task in context.media.ahead(tasks, partial(addresses, context.config)):
                found = pictures(task, context)
                context.report.tasks.written += bool(found)
                for picture in found:
                    writer.add(picture, self._folder + files.place(picture))
            with out.open("result.json") as stream:
                writer.finish(stream)


@dataclass(slots=True)
class _Writer:
    """Collects images and annotations while it goes through the tasks."""

    context: Context
    classes: Classes
    images: Spool
    annotations: Spool

    def add(self, picture: Picture, file_name: str) -> None:
        image_id = self.images.count
        size = picture.size
        image: Json = {
            "id": image_id,
            "width": size.width if size else None,
            "height": size.height if size else None,
            "file_name": file_name,
            "task_id": self.context.wording.task_id(picture.task.id),
        }
        if picture.address.startswith(("http://", "https://")):
            image["coco_url"] = picture.address
        self.images.append(image)
        report = self.context.report
        if size is None:
            report.change(picture.task, None, NO_SIZE)
        for drawn in picture.drawn(report, attributes=True):
            try:
                shown = _shown(drawn.shape, size)
            except NotHeld as error:
                drawn.lost(report, *error.args)
                continue
            if shown.change:
                drawn.changed(report, shown.change)
            drawn.written(report)
            for label in drawn.labels:
                self._annotate(image_id, drawn, shown, label)

    def _annotate(self, image_id: int, drawn: Drawn, shown: _Shown, label: str) -> None:
        attributes = {**drawn.attributes, **shown.attributes}
        annotation = {
            "id": self.annotations.count + 1,
            "image_id": image_id,
            "category_id": self.classes.number(label),
            "segmentation": shown.segmentation,
            "bbox": shown.bbox,
            "ignore": 0,
            "iscrowd": 0,
            "area": shown.area,
            **shown.more,
        }
        self.annotations.append(
            {**annotation, **({"attributes": attributes} if attributes else {})}
        )

    def finish(self, stream: IO[bytes]) -> None:
        stream.write(b'{\n"images": [\n')
        self.images.copy_to(stream)
        points = {
            label
            for control in shape_controls(self.context.config)
            if control.tag == "KeyPointLabels"
            for label in control.labels
        }
        categories = [
            {"id": number, "name": label}
            | ({"keypoints": [label], "skeleton": []} if label in points else {})
            for number, label in self.classes.all()
        ]
        stream.write(b'],\n"categories": [\n')
        stream.write(b",\n".join(jsontext.dumps(category) for category in categories))
        stream.write(b'\n],\n"annotations": [\n')
        self.annotations.copy_to(stream)
        made = datetime.fromtimestamp(self.context.now, timezone.utc)
        info = {"year": made.year, "version": "1.0", "contributor": "Label Studio"}
        stream.write(b'],\n"info": ' + jsontext.dumps(info) + b"\n}\n")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A shape in COCO's words; ``change`` says what is not as it was drawn."""

    segmentation: Any
    bbox: list[float]
    area: float
    attributes: Json = field(default_factory=dict)
    more: Json = field(default_factory=dict)
    change: str = ""


def _shown(shape: Shape, size: Size | None) -> _Shown:
    """What is written of a shape. Raises ``NotHeld``."""
    if size is None:
        raise NotHeld(NO_SIZE)
    if isinstance(shape, Mask):
        return _mask(shape, size)
    if isinstance(shape, KeyPoint):
        return _key_point(shape, size)
    if isinstance(shape, Box) and shape.rotation % 360 == 0:
        box, change = upright(shape, size)
        return _Shown([], _bbox(box), _rounded(box.area), change=change)
    points, change = _points(shape, size)
    cut_off = not geometry.within(points, size)
    if cut_off:
        points = geometry.cut(points, size)
        change = CUT
    if geometry.area_or_none(points) is None:
        raise NotHeld(NO_AREA)
    turned = {"rotation": shape.rotation} if isinstance(shape, Box) and not cut_off else {}
    flat = [_rounded(number) for point in points for number in point]
    area = _rounded(geometry.area(points))
    return _Shown([flat], _bbox(geometry.hull(points)), area, turned, change=change)


def _points(shape: Shape, size: Size) -> tuple[list[Point], str]:
    if isinstance(shape, Box):
        return geometry.corners(shape, size), ""
    if isinstance(shape, Polygon):
        return geometry.points_of(shape, size), ""
    assert isinstance(shape, Ellipse)
    return geometry.outline(shape, size), geometry.IS_OUTLINE


def _mask(mask: Mask, size: Size) -> _Shown:
    try:
        painted = brush.alpha(mask.rle, size.width, size.height)
    except brush.BrokenMask as error:
        raise NotHeld("a damaged mask", str(error)) from error
    rle = coco_rle.encode(painted, size.width, size.height)
    box = coco_rle.bounds(rle)
    if box is None:
        raise NotHeld("a mask without a painted pixel")
    return _Shown(rle, _bbox(Rect(*box)), coco_rle.area(rle))


def _key_point(point: KeyPoint, size: Size) -> _Shown:
    ((x, y),) = geometry.to_pixels([(point.x, point.y)], size)
    if not geometry.within([(x, y)], size):
        raise NotHeld("a key point off its image")
    x, y = _rounded(x), _rounded(y)
    more = {"keypoints": [x, y, 2], "num_keypoints": 1}
    return _Shown([], [x, y, 0, 0], 0, {"width": point.width}, more)


def _bbox(box: Rect) -> list[float]:
    return [_rounded(number) for number in (box.left, box.top, box.width, box.height)]


def _rounded(number: float) -> float:
    return round(number, _DIGITS)


COCO = CocoExporter("COCO", "COCO", with_images=True, fetches=False)
COCO_1X = CocoExporter("COCO", "COCO", with_images=False, fetches=False)
COCO_WITH_IMAGES = CocoExporter(
    "COCO_WITH_IMAGES", "COCO with images", with_images=True, fetches=True
)
BRUSH_TO_COCO = CocoExporter(
    "BRUSH_TO_COCO", "Brush masks to COCO", with_images=False, fetches=False, brush=True
)
