"""Percent and pixels, turned boxes, areas, and cutting at the edge of an image.

Pixels are counted from the upper left corner, as real numbers: an image of 200×100 goes from
(0, 0) to (200, 100). Angles are degrees clockwise. Turning is done in pixels, never in percent:
in percent of an image that is not square a turned box would be sheared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from label_studio_lite.core.shapes import Box, Ellipse, Point, Polygon

OUTLINE = 64  # corners of the polygon that stands for an ellipse
LEAST_AREA = 1e-9  # square pixels, for rounding; a shape with less has none
IS_OUTLINE = f"an ellipse is a polygon of {OUTLINE} points"


class Size(NamedTuple):
    """Of an image, in pixels, both positive."""

    width: int
    height: int


class Rect(NamedTuple):
    """An upright rectangle in pixels, by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)


def to_pixels(points: Iterable[Point], size: Size) -> list[Point]:
    return [(x * size.width / 100, y * size.height / 100) for x, y in points]


def to_percent(points: Iterable[Point], size: Size) -> list[Point]:
    return [(x * 100 / size.width, y * 100 / size.height) for x, y in points]


def corners(box: Box, size: Size) -> list[Point]:
    """Four points in pixels: the box's own upper left corner, then clockwise."""
    ((left, top),) = to_pixels([(box.x, box.y)], size)
    width, height = box.width * size.width / 100, box.height * size.height / 100
    cos, sin = _turn(box.rotation)
    along, down = (width * cos, width * sin), (-height * sin, height * cos)
    return [
        (left, top),
        (left + along[0], top + along[1]),
        (left + along[0] + down[0], top + along[1] + down[1]),
        (left + down[0], top + down[1]),
    ]


def box_of(points: Sequence[Point], size: Size) -> Box:
    """The inverse of :func:`corners`, for four points that are a rectangle's."""
    first, second, _, last = points
    width, height = math.dist(first, second), math.dist(first, last)
    angle = math.degrees(math.atan2(second[1] - first[1], second[0] - first[0])) % 360
    ((x, y),) = to_percent([first], size)
    return Box(x, y, width * 100 / size.width, height * 100 / size.height, angle)


def is_upright(points: Sequence[Point], slack: float = 1e-6) -> bool:
    """Whether four points, in whatever unit, are the corners of an upright rectangle, in a row."""

    def aligned(one: Point, other: Point, axis: int) -> bool:
        return abs(one[axis] - other[axis]) <= slack

    if len(points) != 4:
        return False
    a, b, c, d = points
    return any(
        aligned(a, b, axis)
        and aligned(b, c, 1 - axis)
        and aligned(c, d, axis)
        and aligned(d, a, 1 - axis)
        for axis in (0, 1)
    )


def outline(ellipse: Ellipse, size: Size) -> list[Point]:
    """``OUTLINE`` points on the ellipse, in pixels."""
    ((x, y),) = to_pixels([(ellipse.x, ellipse.y)], size)
    radius_x = ellipse.radius_x * size.width / 100
    radius_y = ellipse.radius_y * size.height / 100
    cos, sin = _turn(ellipse.rotation)
    points = []
    for step in range(OUTLINE):
        angle = 2 * math.pi * step / OUTLINE
        along, down = radius_x * math.cos(angle), radius_y * math.sin(angle)
        points.append((x + along * cos - down * sin, y + along * sin + down * cos))
    return points


def ellipse_hull(ellipse: Ellipse, size: Size) -> Rect:
    """The upright rectangle that an ellipse touches with all its edges."""
    ((x, y),) = to_pixels([(ellipse.x, ellipse.y)], size)
    radius_x = ellipse.radius_x * size.width / 100
    radius_y = ellipse.radius_y * size.height / 100
    cos, sin = _turn(ellipse.rotation)
    half_width = math.hypot(radius_x * cos, radius_y * sin)
    half_height = math.hypot(radius_x * sin, radius_y * cos)
    return Rect(x - half_width, y - half_height, x + half_width, y + half_height)


def ellipse_box(ellipse: Ellipse, size: Size) -> list[Point]:
    """The corners of the turned rectangle around an ellipse, in pixels."""
    upright = Box(
        ellipse.x - ellipse.radius_x,
        ellipse.y - ellipse.radius_y,
        2 * ellipse.radius_x,
        2 * ellipse.radius_y,
    )
    ((x, y),) = to_pixels([(ellipse.x, ellipse.y)], size)
    cos, sin = _turn(ellipse.rotation)
    return [
        (x + (px - x) * cos - (py - y) * sin, y + (px - x) * sin + (py - y) * cos)
        for px, py in corners(upright, size)
    ]


def points_of(polygon: Polygon, size: Size) -> list[Point]:
    return to_pixels(polygon.points, size)


def hull(points: Iterable[Point]) -> Rect:
    """The smallest upright rectangle with all points in it."""
    xs, ys = zip(*points, strict=True)
    return Rect(min(xs), min(ys), max(xs), max(ys))


def box_hull(box: Box, size: Size) -> Rect:
    """The smallest upright rectangle around a box."""
    if box.rotation % 360 != 0:
        return hull(corners(box, size))
    left, top = box.x * size.width / 100, box.y * size.height / 100
    right, bottom = left + box.width * size.width / 100, top + box.height * size.height / 100
    return Rect(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def rectangle(rect: Rect) -> list[Point]:
    """Its corners, from the upper left one clockwise."""
    left, top, right, bottom = rect
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def area(points: Sequence[Point]) -> float:
    """Of a polygon whose line does not cross itself."""
    doubled = 0.0
    for (x, y), (next_x, next_y) in zip(points, [*points[1:], points[0]], strict=True):
        doubled += x * next_y - next_x * y
    return abs(doubled) / 2


def within(points: Iterable[Point], size: Size, slack: float = 1e-6) -> bool:
    """Whether all points are on the image; ``slack`` in pixels, for rounding."""
    return all(
        -slack <= x <= size.width + slack and -slack <= y <= size.height + slack for x, y in points
    )


def clip(rect: Rect, size: Size) -> Rect:
    """The part of it that is on the image; without width or height if there is none."""
    width, height = size
    return Rect(
        min(max(rect.left, 0.0), width),
        min(max(rect.top, 0.0), height),
        min(max(rect.right, 0.0), width),
        min(max(rect.bottom, 0.0), height),
    )


def cut(points: Sequence[Point], size: Size) -> list[Point]:
    """The part of a polygon that is on the image (Sutherland and Hodgman's); may be empty."""
    kept = list(points)
    for axis, limit, sign in ((0, 0.0, 1), (0, size.width, -1), (1, 0.0, 1), (1, size.height, -1)):
        kept = _cut_at(kept, axis, limit, sign)
    return kept if area_or_none(kept) else []


def area_or_none(points: Sequence[Point]) -> float | None:
    """None for what has no area at all: fewer than three points, or all on one line."""
    found = area(points) if len(points) > 2 else 0.0
    return found if found > LEAST_AREA else None


def _cut_at(points: Sequence[Point], axis: int, limit: float, sign: int) -> list[Point]:
    """What is on the good side of one edge."""
    kept: list[Point] = []
    for at, point in enumerate(points):
        before = points[at - 1]
        inside, was_inside = ((p[axis] - limit) * sign >= 0 for p in (point, before))
        if inside != was_inside:
            part = (limit - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + part * (point[1 - axis] - before[1 - axis])
            kept.append((limit, other) if axis == 0 else (other, limit))
        if inside:
            kept.append(point)
    return kept


def _turn(degrees: float) -> tuple[float, float]:
    """Cosine and sine, exact for quarter turns."""
    quarters, rest = divmod(degrees, 90)
    if rest == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters) % 4]
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)
