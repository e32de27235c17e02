"""A shape as an upright box, for formats that hold no other."""

from __future__ import annotations

from label_studio_lite.core import geometry
from label_studio_lite.core.geometry import Rect, Size
from label_studio_lite.core.shapes import NAMES, Box, Ellipse, Shape
from label_studio_lite.exporting.pictures import CUT, NO_AREA, TURNED, NotHeld

ELLIPSE_BOX = "an ellipse is the box around it"


def upright(shape: Shape, size: Size) -> tuple[Rect, str]:
    """The box in pixels, on the image, and what is not as it was drawn, or nothing.

    Raises ``NotHeld`` for what is no box or ellipse, and for one off the image.
    """
    if isinstance(shape, Box):
        rect = geometry.box_hull(shape, size)
        change = TURNED if shape.rotation % 90 != 0 else ""
    elif isinstance(shape, Ellipse):
        rect, change = geometry.ellipse_hull(shape, size), ELLIPSE_BOX
    else:
        raise NotHeld(f"a {NAMES[type(shape)]}")
    inside = geometry.clip(rect, size)
    if inside.area <= geometry.LEAST_AREA:
        raise NotHeld(NO_AREA)
    if inside != rect and not geometry.within((rect[:2], rect[2:]), size):
        change = CUT
    return inside, change
