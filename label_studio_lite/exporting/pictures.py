"""What the image formats share: the images of a task, and what was drawn on each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import LabelConfig, ObjectTag
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.regions import is_shape, labels_of
from label_studio_lite.core.shapes import NoShape, Shape, has_shape, shape_of
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import NEWEST, Choosing
from label_studio_lite.exporting.labels import shape_controls
from label_studio_lite.exporting.report import Report

NO_SIZE = "the size of its image is not known"
NO_AREA = "a shape without an area on its image"
CUT = "a shape beyond the edge of its image is cut there"
TURNED = "a turned box is the upright box around it"

Labeled = tuple[Completion, Json]
"""A region and the completion that it is in."""


class NotHeld(Exception):
    """A format cannot hold something: the reason, one of few phrases, and a detail or none."""


class Drawn(NamedTuple):
    """A shape with its labels. ``attributes`` is what else was said of it, by control.

    ``others`` are regions that are in the export with it: what was said of it, and the bare
    ``Rectangle`` of one that ``Labels`` label.
    """

    task: Task
    completion: Completion
    region: Json
    shape: Shape
    labels: tuple[str, ...]
    attributes: Json
    others: tuple[Labeled, ...]

    def written(self, report: Report) -> None:
        """It is in the export."""
        report.regions.written += 1 + len(self.others)

    def lost(self, report: Report, reason: str, detail: str = "") -> None:
        """It is not, and with it what belongs to it."""
        report.lose(self.task, self.completion, reason, detail)
        for completion, region in self.others:
            name = str(region.get("from_name"))
            report.lose(self.task, completion, "it belongs to a shape that is left out", name)

    def changed(self, report: Report, reason: str) -> None:
        """It is there in another form."""
        report.change(self.task, self.completion, reason)


@dataclass(slots=True)
class Picture:
    """One image of a task; ``size`` is None where neither results nor the file tell it."""

    task: Task
    address: str
    size: Size | None
    labeled: list[Labeled] = field(default_factory=list)

    def drawn(self, report: Report, *, attributes: bool) -> Iterator[Drawn]:
        """Its shapes, each for the exporter to count. What is none is reported here;
        ``attributes`` says whether the format holds what was said of a single shape."""
        for same_id in _by_id(self.labeled):
            yield from self._group(same_id, report, attributes)

    def _group(
        self, regions: Sequence[Labeled], report: Report, attributes: bool
    ) -> Iterator[Drawn]:
        """The regions of one id: mostly one; a shape and what was said of it."""
        labeled, bare, rest = _sorted(regions)
        if not labeled:
            for completion, _ in bare:
                report.lose(self.task, completion, "a shape without a label")
            bare = []
        shapes = [
            (one, labels, shape)
            for one, labels in labeled
            if (shape := self._shape(*one, report)) is not None
        ]
        others: list[Labeled] = []
        said: Json = {}
        for one in [*bare, *rest]:
            if shapes and (one in bare or (attributes and _has_value(one[1]))):
                others.append(one)
            else:
                what = "a shape" if labeled else "a whole image"
                report.lose(
                    self.task, one[0], f"what was said of {what}", str(one[1].get("from_name"))
                )
        for _, region in others[len(bare) :]:
            said[str(region.get("from_name"))] = _said(region)
        for (completion, region), labels, shape in shapes:
            yield Drawn(self.task, completion, region, shape, labels, said, tuple(others))
            others = []

    def _shape(self, completion: Completion, region: Json, report: Report) -> Shape | None:
        try:
            return shape_of(region)
        except NoShape as error:
            report.lose(self.task, completion, "a damaged shape", str(error))
            return None


def pictures(
    task: Task, context: Context, default: Choosing = NEWEST, *, sizes: bool = True
) -> list[Picture]:
    """The images of a task with the regions of the completions that the export takes.

    Counted and reported: the task where it has no image or no fitting completion, regions that
    belong to no image. With ``sizes``, files are looked into where results do not tell.
    """
    found = {
        (tag.name, index): Picture(task, address, None)
        for tag in image_tags(context.config)
        for index, address in enumerate(_addresses(tag, task.data))
    }
    unfit = "" if found else "it has no image"
    chosen = context.wish.over(default).of(task, context.report, unfit)
    if chosen is None:
        return []
    for completion in chosen:
        _assign(task, completion, found, context)
    for picture in found.values():
        picture.size = _size(picture, context if sizes else None)
    return list(found.values())


def addresses(config: LabelConfig, task: Task) -> list[str]:
    """Where the images of a task are."""
    return [one for tag in image_tags(config) for one in _addresses(tag, task.data)]


def image_tags(config: LabelConfig) -> list[ObjectTag]:
    return [tag for tag in config.objects.values() if tag.tag == "Image"]


def draws(config: LabelConfig, *tags: str) -> bool:
    """Whether one of these controls labels images in a label config; all that draw, if none."""
    return any(not tags or control.tag in tags for control in shape_controls(config))


def _addresses(tag: ObjectTag, data: Json) -> list[str]:
    value = data.get(tag.data_key) if tag.data_key is not None else None
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str) and one]


def _assign(
    task: Task, completion: Completion, found: dict[tuple[str, int], Picture], context: Context
) -> None:
    """Give each region to its image."""
    report = context.report
    if not isinstance(completion.fields.get("result"), list):
        report.regions.read += 1
        report.lose(task, completion, "its result is no list of regions")
    for region in completion.result:
        report.regions.read += 1
        picture = _of_region(region, found)
        if isinstance(picture, Picture):
            picture.labeled.append((completion, region))
        else:
            report.lose(task, completion, *picture)


def _of_region(
    region: Any, found: dict[tuple[str, int], Picture]
) -> Picture | tuple[str] | tuple[str, str]:
    """The image that a region is on, or why it is on none."""
    if not isinstance(region, dict):
        return ("a region is no object",)
    if region.get("type") == "relation":
        return ("a relation",)
    name, index = region.get("to_name"), region.get("item_index", 0)
    if isinstance(name, str) and isinstance(index, int) and (name, index) in found:
        return found[name, index]
    return "a region of no image", str(region.get("from_name"))


def _sorted(
    regions: Sequence[Labeled],
) -> tuple[list[tuple[Labeled, tuple[str, ...]]], list[Labeled], list[Labeled]]:
    """Shapes and their labels, shapes without, and what is no shape."""
    labeled, bare, rest = [], [], []
    for one in regions:
        region = one[1]
        if not (is_shape(region) and has_shape(region)):
            rest.append(one)
        elif labels := tuple(dict.fromkeys(labels_of(region))):
            labeled.append((one, labels))
        else:
            bare.append(one)
    return labeled, bare, rest


def _has_value(region: Json) -> bool:
    return isinstance(region.get("value"), dict)


def _by_id(labeled: Sequence[Labeled]) -> list[list[Labeled]]:
    """Regions of one completion with the same id; those without an id alone."""
    groups: dict[Any, list[Labeled]] = {}
    for at, one in enumerate(labeled):
        own_id = one[1].get("id")
        key = (id(one[0].fields), own_id) if isinstance(own_id, str) else at
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _size(picture: Picture, context: Context | None) -> Size | None:
    """As the results tell, else as the file does."""
    for _, region in picture.labeled:
        width, height = (_length(region.get(f"original_{side}")) for side in ("width", "height"))
        if width and height:
            return Size(width, height)
    header = context.media.header(picture.address) if context is not None else None
    return Size(header.width, header.height) if header is not None else None


def _length(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value) if 1 <= value < 2**31 else None


def _said(region: Json) -> Any:
    """The bare value of a description: its text, its choices, its number."""
    value, key = region["value"], region.get("type")
    own = value.get("text" if key == "textarea" else key, value) if isinstance(key, str) else value
    return own[0] if isinstance(own, list) and len(own) == 1 else own
