"""What is exported and imported again is what it was: to a pixel, and to a code point."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from label_studio_lite.core import brush, geometry
from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import Json
from label_studio_lite.core.offsets import Conversion, Units, to_utf16
from label_studio_lite.core.shapes import Box, KeyPoint, Mask, Polygon, Shape, shape_of, value_of
from label_studio_lite.core.spans import region_span
from label_studio_lite.exporting.registry import LEGACY
from label_studio_lite.importing.finished import registry
from label_studio_lite.importing.finished.files import Files
from label_studio_lite.importing.finished.regions import regions, settled
from tests.formats.cases import Case, completion, png, region, task
from tests.formats.stored import exported

IMAGE = "/data/upload/0123456789abcdef0123456789abcdef-a.png"
SHAPES = """<View><Image name="img" value="$image"/>
<RectangleLabels name="box" toName="img"><Label value="Cat"/><Label value="Dög 犬"/>
</RectangleLabels>{}<BrushLabels name="mask" toName="img"><Label value="Cat"/></BrushLabels>
<KeyPointLabels name="tip" toName="img"><Label value="Cat"/></KeyPointLabels></View>"""
POLYGONS = """<PolygonLabels name="poly" toName="img"><Label value="Cat"/></PolygonLabels>"""
TEXTS = """<View><Text name="text" value="$text"/>
<Labels name="ner" toName="text"><Label value="PER"/><Label value="LOC"/></Labels>
<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>"""
_NAMES = {Box: "box", Polygon: "poly", Mask: "mask", KeyPoint: "tip"}
_TYPES = {
    Box: "rectanglelabels",
    Polygon: "polygonlabels",
    Mask: "brushlabels",
    KeyPoint: "keypointlabels",
}


def again(name: str, case: Case) -> list[tuple[Json, list[Json]]]:
    """Data and result of each task, after an export and an import."""
    members = exported(LEGACY.find(name), case)
    files = Files({member: partial(io.BytesIO, content) for member, content in members.items()})
    config = parse(case.label_config)
    reader = registry.find(name.removesuffix("_WITH_IMAGES"), config)
    conversion = Conversion(config, "classic", case.units)
    return [
        ({"value": found.text, **found.data}, regions(found, config, case.units))
        if found.object_tag
        else (found.data, settled(found, found.completions[0], conversion)["result"])
        for found in reader.findings(files)
    ]


def drawn(shapes: Sequence[Shape], size: Size, label: str = "Cat") -> Case:
    extra = POLYGONS if any(isinstance(shape, Polygon) for shape in shapes) else ""
    sizes = {"original_width": size.width, "original_height": size.height}
    result = [
        region(
            _NAMES[type(shape)],
            "img",
            _TYPES[type(shape)],
            {**value_of(shape), _TYPES[type(shape)]: [label]},
            id=str(at),
            **sizes,
        )
        for at, shape in enumerate(shapes)
    ]
    tasks = [task(0, {"image": IMAGE}, completion(1, *result))]
    return Case(SHAPES.format(extra), tasks, files={IMAGE: png(*size)})


sizes = st.builds(Size, st.integers(20, 3000), st.integers(20, 3000))
angles = st.sampled_from([0.0, 15.0, 45.0, 90.0, 200.0, 359.0]) | st.floats(0, 359.99)


@st.composite
def boxes(draw: st.DrawFn, size: Size, turned: bool) -> Box:
    """A box that is on the image, also when it is turned around its first corner."""
    angle = draw(angles) if turned else 0.0
    width, height = draw(st.floats(5, 20)), draw(st.floats(5, 20))
    corners = geometry.corners(Box(0, 0, width, height, angle), size)
    left, top, right, bottom = geometry.hull(corners)
    across, down = 100 * (right - left) / size.width, 100 * (bottom - top) / size.height
    shrink = min(1.0, 90 / across, 90 / down)
    x = -100 * left / size.width * shrink + draw(st.floats(0, 5))
    y = -100 * top / size.height * shrink + draw(st.floats(0, 5))
    return Box(x, y, width * shrink, height * shrink, angle)


def pixels(shape: Shape, size: Size) -> list[tuple[float, float]]:
    if isinstance(shape, Box):
        return geometry.corners(shape, size)
    assert isinstance(shape, Polygon)
    return geometry.points_of(shape, size)


def same(one: Shape, other: Shape, size: Size, slack: float = 1.0) -> bool:
    if type(one) is not type(other):
        return False
    pairs = zip(pixels(one, size), pixels(other, size), strict=True)
    return all(math.dist(a, b) <= slack * math.sqrt(2) for a, b in pairs)


BOX_FORMATS = ["COCO", "YOLO_WITH_IMAGES", "YOLO_OBB_WITH_IMAGES", "VOC", "JSON", "JSON_MIN"]


@settings(max_examples=60, deadline=None)
@given(st.data(), sizes, st.sampled_from(BOX_FORMATS))
def test_boxes(data: st.DataObject, size: Size, name: str) -> None:
    turned = name not in ("YOLO_WITH_IMAGES", "VOC")  # which hold upright ones alone
    shapes = data.draw(st.lists(boxes(size, turned), min_size=1, max_size=4))
    ((_, result),) = again(name, drawn(shapes, size, "Dög 犬"))
    found = [shape_of(one) for one in result]
    assert len(found) == len(shapes)
    assert all(same(a, b, size) for a, b in zip(shapes, found, strict=True)), found
    assert {tuple(one["value"]["rectanglelabels"]) for one in result} == {("Dög 犬",)}
    assert {one["original_width"] for one in result} == {size.width}


points = st.tuples(st.floats(1, 99), st.floats(1, 99))


@settings(max_examples=60, deadline=None)
@given(st.lists(points, min_size=5, max_size=9), sizes, st.sampled_from(["COCO", "YOLO"]))
def test_polygons(corners: list[tuple[float, float]], size: Size, name: str) -> None:
    middle = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
    corners.sort(key=lambda p: math.atan2(p[1] - middle[1], p[0] - middle[0]))
    shape = Polygon(tuple(corners))
    if geometry.area(geometry.points_of(shape, size)) < 1:
        return  # it would be reported
    ((_, result),) = again(name, drawn([shape], size))
    (found,) = [shape_of(one) for one in result]
    assert same(shape, found, size)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.randoms(use_true_random=False))
def test_masks(width: int, height: int, random: Any) -> None:
    painted = bytes(random.choice((0, 255)) for _ in range(width * height - 1)) + b"\xff"
    shape = Mask(brush.pack(painted))
    ((_, result),) = again("COCO", drawn([shape], Size(width, height)))
    (found,) = [shape_of(one) for one in result]
    assert isinstance(found, Mask)
    assert brush.alpha(found.rle, width, height) == painted


def test_key_points() -> None:
    size = Size(200, 100)
    ((_, result),) = again("COCO", drawn([KeyPoint(10, 20, 2)], size))
    assert [shape_of(one) for one in result] == [KeyPoint(10, 20, 2)]


characters = st.sampled_from([*"ab é .,-0", "👍", "🇩🇪", "北", "ко", "\n", "  ", "e\u0301"])


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text, and parts of it that do not overlap and are not blank."""
    text = "".join(draw(st.lists(characters, min_size=1, max_size=20)))
    borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    return text, [(start, end) for start, end in pairs if text[start:end].strip()]


def annotated(text: str, spans: Sequence[tuple[int, int]], units: Units) -> Case:
    result = []
    for start, end in spans:
        at = (
            (start, end) if units == "codepoints" else (to_utf16(text, start), to_utf16(text, end))
        )
        value = {"start": at[0], "end": at[1], "text": text[start:end], "labels": ["PER"]}
        result.append(region("ner", "text", "labels", value))
    return Case(TEXTS, [task(0, {"text": text}, completion(1, *result))], units=units)


def found_in(text: str, result: list[Json], units: Units) -> list[tuple[int, int]]:
    return [(*region_span(text, one, units),) for one in result]


@settings(max_examples=100, deadline=None)
@given(marked(), st.sampled_from(["utf16", "codepoints"]))
def test_spacy(case: tuple[str, list[tuple[int, int]]], units: Units) -> None:
    """But for blanks at the ends of an entity, which no token has."""
    text, spans = case
    ((data, result),) = again("SPACY", annotated(text, spans, units))
    assert data["value"] == text
    trimmed = []
    for start, end in spans:
        part = text[start:end]
        start += len(part) - len(part.lstrip())
        trimmed.append((start, start + len(part.strip())))
    assert found_in(text, result, units) == trimmed
    assert [one["value"]["text"] for one in result] == [text[a:b] for a, b in trimmed]


@settings(max_examples=100, deadline=None)
@given(marked(), st.sampled_from(["utf16", "codepoints"]))
@example(("aaaaaa\U0001f44daa", [(8, 9)]), "codepoints")  # the same letter in the other units
def test_json_min(case: tuple[str, list[tuple[int, int]]], units: Units) -> None:
    """Its offsets are code points, whatever the project's are."""
    text, spans = case
    ((data, result),) = again("JSON_MIN", annotated(text, spans, units))
    assert data == {"text": text}
    assert found_in(text, result, units) == spans


@settings(max_examples=100, deadline=None)
@given(marked())
def test_conll(case: tuple[str, list[tuple[int, int]]]) -> None:
    """The same characters are marked; blanks are not kept."""
    text, spans = case
    found = again("CONLL2003", annotated(text, spans, "codepoints"))
    if not text.strip():
        assert found == []
        return
    ((data, result),) = found

    def bare(marked: str) -> str:
        return "".join(marked.split())

    assert bare(data["value"]) == bare(text)
    new = [data["value"][a:b] for a, b in found_in(data["value"], result, "codepoints")]
    assert [bare(part) for part in new] == [bare(text[a:b]) for a, b in spans]


@pytest.mark.parametrize("name", ["SPACY", "JSON", "JSON_MIN"])
def test_choices(name: str) -> None:
    result = [region("mood", "text", "choices", {"choices": ["bad", "good"]})]
    case = Case(TEXTS, [task(0, {"text": "t"}, completion(1, *result))])
    ((_, found),) = again(name, case)
    assert set(found[0]["value"]["choices"]) == {"good", "bad"}
    assert (found[0]["from_name"], found[0]["to_name"]) == ("mood", "text")


def test_what_was_said_of_a_shape() -> None:
    config = """<View><Image name="img" value="$image"/>
    <RectangleLabels name="box" toName="img"><Label value="Cat"/></RectangleLabels>
    <TextArea name="note" toName="img" perRegion="true"/></View>"""
    size = {"original_width": 20, "original_height": 10}
    box = {"x": 10, "y": 10, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Cat"]}
    result = [
        region("box", "img", "rectanglelabels", box, id="a", **size),
        region("note", "img", "textarea", {"text": ["fine"]}, id="a", **size),
    ]
    case = Case(config, [task(0, {"image": IMAGE}, completion(1, *result))])
    ((_, found),) = again("COCO", case)
    assert found[1]["value"]["text"] == ["fine"]
    assert found[1]["id"] == found[0]["id"]


def test_files_of_a_machine(tmp_path: Path) -> None:
    """A folder, with images in it."""
    from label_studio_lite.importing.finished.files import of_paths

    case = drawn([Box(10, 10, 20, 20)], Size(100, 50))
    for member, content in exported(LEGACY.find("YOLO_WITH_IMAGES"), case).items():
        path = tmp_path / "set" / member
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    files = of_paths([tmp_path / "set"], tmp_path)
    (found,) = registry.find("yolo", parse(case.label_config)).findings(files)
    assert (found.image, found.size) == ("images/a.png", Size(100, 50))
