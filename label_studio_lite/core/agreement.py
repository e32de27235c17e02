"""How far a model and people say the same about a task.

Results are taken apart into marks: one for each label of each region, with the place that it
marks. A mark of one side agrees with a mark of the other that has the same control and label and
covers the same place: for spans and shapes, at least half of what both cover together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from label_studio_lite.core.model import Json
from label_studio_lite.core.regions import labels_of

SAME_PLACE = 0.5
"""Overlap divided by union, from which two places are one."""

_FLAT = frozenset({"choices", "taxonomy", "rating", "number", "textarea", "datetime", "pairwise"})
_NEAR = 2.0  # per cent of the image's sides between two key points that are one


class Box(NamedTuple):
    """A rectangle in per cent of its image, upright; ``item`` tells images of one task apart."""

    left: float
    top: float
    right: float
    bottom: float
    item: Any = None


class Span(NamedTuple):
    """A stretch of text (offsets) or of time (seconds); ``where`` tells containers apart."""

    start: float
    end: float
    where: Any = None


class Mark(NamedTuple):
    """One label at one place. ``place`` None: the task, or the region, as a whole."""

    control: str
    label: str
    place: Box | Span | str | None = None


@dataclass(slots=True)
class Tally:
    """Marks of one label: those that both have, the model alone, people alone."""

    both: int = 0
    model_only: int = 0
    people_only: int = 0

    @property
    def precision(self) -> float | None:
        """Which part of the model's marks people have, too; None without any."""
        total = self.both + self.model_only
        return self.both / total if total else None

    @property
    def recall(self) -> float | None:
        """Which part of people's marks the model has, too; None without any."""
        total = self.both + self.people_only
        return self.both / total if total else None

    @property
    def f1(self) -> float | None:
        total = 2 * self.both + self.model_only + self.people_only
        return 2 * self.both / total if total else None


Tallies = dict[tuple[str, str], Tally]
"""By control and label."""


def compare(model: Sequence[Json], people: Sequence[Json], into: Tallies) -> None:
    """Count the marks of two results, a model's and a person's, into ``into``."""
    open_marks = list(marks_of(people))
    for mark in marks_of(model):
        tally = into.setdefault((mark.control, mark.label), Tally())
        best = max(open_marks, key=lambda other: likeness(mark, other), default=None)
        if best is not None and likeness(mark, best) >= SAME_PLACE:
            open_marks.remove(best)
            tally.both += 1
        else:
            tally.model_only += 1
    for mark in open_marks:
        into.setdefault((mark.control, mark.label), Tally()).people_only += 1


def share_of(one: Sequence[Json], other: Sequence[Json]) -> float:
    """How far two results agree, from 0 to 1: twice what both have, of all that they have."""
    tallies: Tallies = {}
    compare(one, other, tallies)
    return share_in(tallies)


def share_in(tallies: Tallies) -> float:
    """The same of two results that were compared; 1 where both say nothing."""
    both = sum(tally.both for tally in tallies.values())
    alone = sum(tally.model_only + tally.people_only for tally in tallies.values())
    return 2 * both / (2 * both + alone) if both or alone else 1.0


def likeness(one: Mark, other: Mark) -> float:
    """From 0, different, to 1, the same control, label and place."""
    if (one.control, one.label) != (other.control, other.label):
        return 0.0
    if isinstance(one.place, Box) and isinstance(other.place, Box):
        return _box_overlap(one.place, other.place)
    if isinstance(one.place, Span) and isinstance(other.place, Span):
        return _span_overlap(one.place, other.place)
    return 1.0 if one.place == other.place else 0.0


def marks_of(result: Iterable[Any]) -> Iterator[Mark]:
    """The marks of a result; damaged regions and relations say nothing."""
    regions = [region for region in result if isinstance(region, dict)]
    places = {r["id"]: place for r in regions if _has_id(r) and (place := _shape(r))}
    for region in regions:
        control, value = region.get("from_name"), region.get("value")
        if not isinstance(control, str) or not isinstance(value, dict):
            continue
        place = _shape(region)
        if place is None and _has_id(region):
            place = places.get(region["id"])
        for label in _words(region, value):
            yield Mark(control, label, place)


def _has_id(region: Json) -> bool:
    return isinstance(region.get("id"), str)


def _words(region: Json, value: Json) -> Iterator[str]:
    """The labels of a region; for controls without labels what they hold, as text."""
    labels = list(labels_of(region))
    if labels:
        yield from labels
        return
    kind = region.get("type")
    if kind in _FLAT and kind in value:
        held = value[kind]
        for item in held if isinstance(held, list) else [held]:
            yield str(item)


def _shape(region: Json) -> Box | Span | str | None:
    """Where a region is; None when it is about the task, or about a region of the same id."""
    value = region.get("value")
    if not isinstance(value, dict):
        return None
    item = region.get("item_index", value.get("frame"))
    if _numbers(value, "x", "y", "width", "height"):
        x, y = float(value["x"]), float(value["y"])
        return Box(x, y, x + float(value["width"]), y + float(value["height"]), item)
    if _numbers(value, "x", "y", "radiusX", "radiusY"):
        rx, ry = float(value["radiusX"]), float(value["radiusY"])
        x, y = float(value["x"]), float(value["y"])
        return Box(x - rx, y - ry, x + rx, y + ry, item)
    if isinstance(value.get("points"), list):
        return _around(value["points"], item)
    if _numbers(value, "x", "y"):
        x, y = float(value["x"]), float(value["y"])
        return Box(x - _NEAR, y - _NEAR, x + _NEAR, y + _NEAR, item)
    return _stretch(value)


def _stretch(value: Json) -> Span | str | None:
    offsets = value.get("globalOffsets")
    if isinstance(offsets, dict) and _numbers(offsets, "start", "end"):
        return Span(float(offsets["start"]), float(offsets["end"]))
    if _numbers(value, "start", "end"):
        where = value.get("paragraphs") or value.get("channel")
        return Span(float(value["start"]), float(value["end"]), where)
    if _numbers(value, "startOffset", "endOffset"):  # inside of elements that start and end name
        if value.get("start") == value.get("end"):
            start, end = float(value["startOffset"]), float(value["endOffset"])
            return Span(start, end, value.get("start"))
        return repr([value.get(k) for k in ("start", "startOffset", "end", "endOffset")])
    if "rle" in value:
        return repr(value["rle"])
    return None


def _around(points: list[Any], item: Any) -> Box | None:
    """The box around a polygon: near enough, and never wrong about what is far apart."""
    try:
        xs, ys = zip(*((float(point[0]), float(point[1])) for point in points), strict=True)
    except (TypeError, ValueError, IndexError, KeyError):
        return None
    return Box(min(xs), min(ys), max(xs), max(ys), item)


def _numbers(value: Json, *keys: str) -> bool:
    """Whether all of these are finite numbers, or texts of such, as old files have them."""
    try:
        return all(math.isfinite(float(value[key])) for key in keys)
    except (KeyError, TypeError, ValueError):
        return False


def _box_overlap(a: Box, b: Box) -> float:
    if a.item != b.item:
        return 0.0
    if a[:4] == b[:4]:
        return 1.0
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    if width <= 0 or height <= 0:
        return 0.0
    union = _area(a) + _area(b) - width * height
    return width * height / union


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _span_overlap(a: Span, b: Span) -> float:
    if a.where != b.where:
        return 0.0
    if a[:2] == b[:2]:
        return 1.0
    common = min(a.end, b.end) - max(a.start, b.start)
    union = max(a.end, b.end) - min(a.start, b.start)
    return common / union if common > 0 else 0.0
