"""What holds for every shape on every image, whatever the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from label_studio_lite.core import geometry
from label_studio_lite.core.geometry import Rect, Size
from label_studio_lite.core.shapes import Box, Ellipse, Point

sizes = st.builds(Size, st.integers(1, 10_000), st.integers(1, 10_000))
angles = st.sampled_from([0.0, 90.0, 180.0, 270.0, 360.0, -90.0]) | st.floats(-720, 720)
percents = st.floats(-50, 150)
lengths = st.floats(0.01, 200)
boxes = st.builds(Box, percents, percents, lengths, lengths, angles)
upright_boxes = st.builds(Box, percents, percents, lengths, lengths, st.sampled_from([0.0, 360.0]))
ellipses = st.builds(Ellipse, percents, percents, lengths, lengths, angles)


def near(one: float, other: float, size: Size) -> bool:
    """Equal for all that floats can tell at the scale of an image."""
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6 * max(size))


def all_near(some: Sequence[float], others: Sequence[float], size: Size) -> bool:
    return all(near(a, b, size) for a, b in zip(some, others, strict=True))


def holds(rect: Rect, points: Sequence[Point], size: Size) -> bool:
    slack = 1e-6 * max(size)
    return all(
        rect.left - slack <= x <= rect.right + slack
        and rect.top - slack <= y <= rect.bottom + slack
        for x, y in points
    )


@given(boxes, sizes)
def test_a_turned_box_is_a_rectangle_of_the_same_size(box: Box, size: Size) -> None:
    corners = geometry.corners(box, size)
    width, height = box.width * size.width / 100, box.height * size.height / 100
    assert near(math.dist(corners[0], corners[1]), width, size)
    assert near(math.dist(corners[1], corners[2]), height, size)
    assert near(math.dist(corners[0], corners[2]), math.hypot(width, height), size)
    assert math.isclose(geometry.area(corners), width * height, rel_tol=1e-4, abs_tol=1e-3)


@given(boxes, sizes)
def test_a_box_is_read_back_from_its_corners(box: Box, size: Size) -> None:
    assume(min(box.width * size.width, box.height * size.height) > 1)  # a hundredth of a pixel
    again = geometry.box_of(geometry.corners(box, size), size)
    for one, other in zip(geometry.corners(again, size), geometry.corners(box, size), strict=True):
        assert all_near(one, other, size)


@given(boxes | upright_boxes, sizes)
def test_the_hull_of_a_box_is_that_of_its_corners(box: Box, size: Size) -> None:
    corners = geometry.corners(box, size)
    assert all_near(geometry.box_hull(box, size), geometry.hull(corners), size)
    assert holds(geometry.box_hull(box, size), corners, size)


@given(ellipses, sizes)
def test_an_ellipse_fills_its_hull_and_its_box(ellipse: Ellipse, size: Size) -> None:
    outline = geometry.outline(ellipse, size)
    hull = geometry.ellipse_hull(ellipse, size)
    assert holds(hull, outline, size)
    touched = geometry.hull(outline)
    shortened = math.cos(math.pi / geometry.OUTLINE)  # at most, by a polygon of so many corners
    assert touched.width >= hull.width * shortened - 1e-6 * max(size)
    assert touched.height >= hull.height * shortened - 1e-6 * max(size)
    around = geometry.area(geometry.ellipse_box(ellipse, size))
    part = geometry.area(outline) / around if around > 1 else math.pi / 4
    assert part == pytest.approx(math.pi / 4, rel=0.01)


@given(boxes, sizes)
def test_what_is_cut_is_on_the_image(box: Box, size: Size) -> None:
    corners = geometry.corners(box, size)
    left = geometry.cut(corners, size)
    assert geometry.within(left, size)
    area = geometry.area_or_none(left) or 0.0
    assert area <= geometry.area(corners) * (1 + 1e-6) + 1e-6
    if geometry.within(corners, size, slack=0):
        assert near(area, geometry.area(corners), size)


@given(boxes, sizes, st.integers(1, 9_999))
def test_the_parts_on_two_halves_of_an_image_are_the_part_on_it(
    box: Box, size: Size, at: int
) -> None:
    assume(at < size.width)
    corners = geometry.corners(box, size)
    moved = [(x - at, y) for x, y in corners]
    whole, first, second = (
        geometry.area_or_none(geometry.cut(points, on)) or 0.0
        for points, on in (
            (corners, size),
            (corners, Size(at, size.height)),
            (moved, Size(size.width - at, size.height)),
        )
    )
    assert math.isclose(whole, first + second, rel_tol=1e-6, abs_tol=1e-6 * max(size) ** 2)


@given(upright_boxes, sizes)
def test_an_upright_box_is_clipped_as_its_polygon_is_cut(box: Box, size: Size) -> None:
    rect = geometry.box_hull(box, size)
    clipped = geometry.clip(rect, size)
    assert geometry.within((clipped[:2], clipped[2:]), size, slack=0)
    assert geometry.clip(clipped, size) == clipped
    cut = geometry.cut(geometry.rectangle(rect), size)
    if cut:
        assert all_near(geometry.hull(cut), clipped, size)
    else:
        assert clipped.area == pytest.approx(0, abs=1e-6)


@given(st.lists(st.tuples(percents, percents)), sizes)
def test_percent_and_pixels_are_each_others_inverse(points: list[Point], size: Size) -> None:
    again = geometry.to_percent(geometry.to_pixels(points, size), size)
    for one, other in zip(again, points, strict=True):
        assert one == pytest.approx(other, abs=1e-9)


@given(boxes, sizes)
def test_only_boxes_in_quarter_turns_are_upright(box: Box, size: Size) -> None:
    assume(min(box.width * size.width, box.height * size.height) > 100)
    away = abs(box.rotation % 90)
    if away == 0:
        assert geometry.is_upright(geometry.corners(box, size), slack=1e-6 * max(size))
    elif 0.1 < away < 89.9:
        assert not geometry.is_upright(geometry.corners(box, size))
