"""What a region draws on an image: read from its ``value``, whatever its type is called.

Positions and lengths are percent of the image's width and height, angles are degrees clockwise.
A region of ``Rectangle`` and one of ``Labels`` for the same box have the same keys, so the keys
decide. ``image_rotation`` of a region only says how the image was turned on the screen: positions
are those on the image as its file shows it, EXIF orientation included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from label_studio_lite.core.model import Json

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """``x``, ``y`` are its own first corner, around which it is turned by ``rotation``."""

    x: float
    y: float
    width: float
    height: float
    rotation: float = 0.0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed line through ``points``, three at least."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Ellipse:
    """``x``, ``y`` are its centre, around which it is turned."""

    x: float
    y: float
    radius_x: float
    radius_y: float
    rotation: float = 0.0


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """``width`` is how large it is drawn."""

    x: float
    y: float
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Mask:
    """Painted pixels, packed as :mod:`.brush` says."""

    rle: bytes


_ALONE = ("points", "rle", "radiusX")  # keys of "value" that only a shape has
_LARGEST = 1e300

Shape = Box | Polygon | Ellipse | KeyPoint | Mask

NAMES: dict[type, str] = {
    Box: "box",
    Polygon: "polygon",
    Ellipse: "ellipse",
    KeyPoint: "key point",
    Mask: "mask",
}


class NoShape(ValueError):
    """The region is none, or a damaged one; the text says what is wrong."""


def has_shape(region: Any) -> bool:
    """Whether a region claims to draw something on an image."""
    value = region.get("value") if isinstance(region, dict) else None
    if not isinstance(value, dict):
        return False
    return ("x" in value and "y" in value) or any(key in value for key in _ALONE)


def shape_of(region: Json) -> Shape:
    """The shape of a region for which :func:`has_shape` holds. Raises ``NoShape``."""
    value = region["value"]
    if "rle" in value:
        return Mask(_rle(value["rle"]))
    if "points" in value:
        return Polygon(_points(value["points"]))
    x, y = _number(value, "x"), _number(value, "y")
    if "radiusX" in value:
        radii = _number(value, "radiusX"), _number(value, "radiusY")
        return Ellipse(x, y, *radii, _number(value, "rotation", 0.0))
    if "height" in value:
        size = _number(value, "width"), _number(value, "height")
        return Box(x, y, *size, _number(value, "rotation", 0.0))
    return KeyPoint(x, y, _number(value, "width", 1.0))


def value_of(shape: Shape) -> Json:
    """The keys of ``value`` for a shape, as the editor writes them; without labels."""
    if isinstance(shape, Box):
        return {
            "x": shape.x,
            "y": shape.y,
            "width": shape.width,
            "height": shape.height,
            "rotation": shape.rotation,
        }
    if isinstance(shape, Polygon):
        return {"points": [list(point) for point in shape.points]}
    if isinstance(shape, Ellipse):
        return {
            "x": shape.x,
            "y": shape.y,
            "radiusX": shape.radius_x,
            "radiusY": shape.radius_y,
            "rotation": shape.rotation,
        }
    if isinstance(shape, KeyPoint):
        return {"x": shape.x, "y": shape.y, "width": shape.width}
    return {"format": "rle", "rle": list(shape.rle)}


def _number(value: Json, key: str, default: float | None = None) -> float:
    found: Any = value.get(key)
    if type(found) in (float, int) and -_LARGEST < found < _LARGEST:
        return float(found)  # nearly all of them
    if found is None and default is not None:
        return default
    try:
        number = _finite(found)
    except (TypeError, ValueError):
        raise NoShape(f'"{key}" is no number') from None
    return number


def _finite(value: Any) -> float:
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError(value)
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError(value) from error
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _points(value: Any) -> tuple[Point, ...]:
    try:
        points = tuple((_finite(x), _finite(y)) for x, y in value)
    except (TypeError, ValueError):
        raise NoShape('"points" is no list of pairs of numbers') from None
    if len(points) < 3:
        raise NoShape(f"a polygon of {len(points)} points has no area")
    return points


def _rle(value: Any) -> bytes:
    try:
        return bytes(value)
    except (TypeError, ValueError):
        raise NoShape('"rle" is no list of bytes') from None
