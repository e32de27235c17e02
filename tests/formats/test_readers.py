"""Our exports as the programs of others read them, and as Label Studio's converter makes them.

Differences from the converter that are meant are named where they are compared.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.core import brush, geometry
from label_studio_lite.core.image_header import read_header
from label_studio_lite.core.shapes import Box
from label_studio_lite.exporting.registry import LEGACY, V1, Registry
from tests.formats.cases import CASES, Case, completion, mask, png, task
from tests.formats.stored import exported

Ask = Callable[..., Any]


def unpacked(
    folder: Path, name: str, case: Case, registry: Registry = LEGACY, **context: Any
) -> Path:
    """The folder with the files of an export."""
    for member, content in exported(registry.find(name), case, **context).items():
        path = folder / "ours" / member
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "ours"


def own_images(case: Case) -> Case:
    """The case with an image file for each address."""
    addresses = {t.data["image"] for t in case.tasks}
    return Case(case.label_config, case.tasks, case.units, {a: png(200, 100) for a in addresses})


# -- the formats' own readers -----------------------------------------------------------------


def test_coco_of_boxes_and_polygons(ask: Ask, tmp_path: Path) -> None:
    found = ask("coco", path=str(unpacked(tmp_path, "COCO", CASES["boxes"]) / "result.json"))
    assert [(one["label"], one["bbox"], one["area"]) for one in found[:2]] == [
        ("Cat", [20, 20, 60, 40], 2400),
        ("Cat", [80, 30, 54.641, 54.641], 1600),
    ]
    turned = found[1]
    assert turned["mask_area"] == pytest.approx(1600, rel=0.02)
    assert turned["mask_box"] == pytest.approx([80, 30, 134, 84], abs=1)


def test_coco_of_polygons_and_ellipses(ask: Ask, tmp_path: Path) -> None:
    found = ask("coco", path=str(unpacked(tmp_path, "COCO", CASES["polygons"]) / "result.json"))
    areas = [one["area"] for one in found]
    assert areas == pytest.approx([2020, 1600, math.pi * 400, 800], rel=0.002)
    assert [one["mask_area"] for one in found] == pytest.approx(areas, rel=0.05)


@pytest.mark.parametrize("name", ["COCO", "BRUSH_TO_COCO"])
def test_coco_of_masks(ask: Ask, tmp_path: Path, name: str) -> None:
    pixels = bytes(255 * (x < 2 or y > 3) for y in range(6) for x in range(8))
    case = Case(
        CASES["masks"].label_config,
        [task(0, {"image": "m"}, completion(1, mask("Cat", pixels, 8, 6)))],
    )
    (found,) = ask("coco", path=str(unpacked(tmp_path, name, case) / "result.json"))
    assert found["mask"] == [int(value > 0) for value in pixels]
    assert (found["area"], found["bbox"]) == (24, [0, 0, 8, 6])


def test_spacy(ask: Ask, tmp_path: Path) -> None:
    case = CASES["texts"]
    found = ask("spacy", path=str(unpacked(tmp_path, "SPACY", case) / "result.json"))
    assert [document["entities"] for document in found] == [
        [["John Smith", "PER"], ["Acme", "A B"], ["Paris", "LOC"]],
        [["Berlin", "LOC"], ["北京", "LOC"]],
        [],
        [],
    ]
    assert found[0]["cats"] == {"good": 1.0, "bad": 0.0}


def test_voc(ask: Ask, tmp_path: Path) -> None:
    folder = unpacked(tmp_path, "VOC", own_images(CASES["boxes"]))
    found = ask("boxes", folder=str(folder / "Annotations"), kind="voc", images="")
    assert found == {
        "a b ü.png": [["Cat", 20, 20, 80, 60]],
        "b.png": [],
        "b-2.png": [["Cat", 80, 30, 135, 85], ["Dog", 60, 30, 100, 70], ["Dog", 180, 0, 200, 30]],
    }


def test_yolo_boxes(ask: Ask, tmp_path: Path) -> None:
    folder = unpacked(tmp_path, "YOLO_WITH_IMAGES", own_images(CASES["boxes"]))
    found = ask("boxes", folder=str(folder / "labels"), kind="yolo", images=str(folder / "images"))
    ((label, *edges),) = found["a b ü.png"]
    assert (label, edges) == ("0", pytest.approx([20, 20, 80, 60]))
    assert found["b.png"] == []
    label, *edges = found["b-2.png"][0]
    assert (label, edges) == ("0", pytest.approx([80, 30, 134.641, 84.641], abs=0.01))


def test_yolo_polygons(ask: Ask, tmp_path: Path) -> None:
    folder = unpacked(tmp_path, "YOLO_WITH_IMAGES", own_images(CASES["polygons"]))
    found = ask("yolo", folder=str(folder), turned=False)["p.jpg"]
    assert [label for label, _ in found] == ["Cat", "Cat", "Egg", "Dog"]
    areas = [2020, 1600, math.pi * 400, 800]
    assert [area for _, area in found] == pytest.approx(areas, rel=0.08)


def test_yolo_turned_boxes(ask: Ask, tmp_path: Path) -> None:
    folder = unpacked(tmp_path, "YOLO_OBB_WITH_IMAGES", own_images(CASES["boxes"]))
    label, corners = ask("yolo", folder=str(folder), turned=True)["b-2.png"][0]
    expected = geometry.corners(Box(50, 30, 20, 40, 30), geometry.Size(200, 100))
    assert label == "Cat"
    for corner, point in zip(corners, expected, strict=True):
        assert corner == pytest.approx(point, abs=0.01)


@pytest.mark.parametrize(
    ("name", "what"), [("BRUSH_TO_NUMPY", "array"), ("BRUSH_TO_PNG", "picture")]
)
def test_mask_files(ask: Ask, tmp_path: Path, name: str, what: str) -> None:
    folder = unpacked(tmp_path, name, CASES["masks"])
    (path,) = folder.glob("task-4-completion-4001-*")
    found = ask(what, path=str(path))
    expected = [255 * (x < 2 or y > 3) for y in range(6) for x in range(8)]
    assert found["values"] == expected
    if what == "array":
        assert (found["shape"], found["type"]) == ([6, 8], "uint8")
    else:
        assert (found["size"], found["mode"]) == ([8, 6], "L")


# -- pieces -----------------------------------------------------------------------------------


def test_painted_masks_are_packed_as_the_converter_does(ask: Ask) -> None:
    width, height = 37, 23
    pixels = bytes(
        (x * y * 7) % 256 if (x // 5 + y) % 3 else 255 for y in range(height) for x in range(width)
    )
    packed = brush.pack(pixels)
    assert bytes(ask("brush", rle=list(packed), width=width, height=height)) == pixels
    theirs = bytes(ask("pack", mask=list(pixels)))
    assert brush.alpha(theirs, width, height) == pixels


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_size_of_an_image_is_that_on_the_screen(ask: Ask, kind: str, orientation: int) -> None:
    content = bytes(ask("turned_picture", width=40, height=20, orientation=orientation, kind=kind))
    header = read_header(lambda at, size: content[at : at + size])
    assert header is not None
    expected = (20, 40) if orientation in (6, 8) else (40, 20)
    assert (header.width, header.height, header.channels) == (*expected, 3)


# -- Label Studio's converter -----------------------------------------------------------------


@pytest.fixture
def theirs(ask: Ask, tmp_path: Path) -> Callable[..., Path]:
    """``theirs(format, case, *without)``: what the converter made of the tasks but for those that
    it fails on."""

    def convert(name: str, case: str, *without: int) -> Path:
        items = [
            {
                **each.fields,
                "annotations": [
                    {"created_at": "2024-01-01T00:00:00Z", "completed_by": 1, **c.fields}
                    for c in each.completions
                ],
            }
            for each in CASES[case].tasks
            if each.id not in without
        ]
        source, config = tmp_path / "tasks.json", tmp_path / "config.xml"
        source.write_text(json.dumps(items))
        config.write_text(CASES[case].label_config)
        out = tmp_path / "theirs"
        if name.startswith("BRUSH"):
            out.mkdir()
        ask("convert", tasks=str(source), config=str(config), out=str(out), name=name)
        return out

    return convert


def test_yolo_like_the_converter(theirs: Callable[..., Path], tmp_path: Path) -> None:
    """But for turned boxes, whose turn it forgets, and what is off the image, which it keeps.

    It names files by the address, and does not keep apart two that have the same name.
    """
    made = theirs("YOLO", "boxes")
    ours = unpacked(tmp_path, "YOLO", CASES["boxes"])
    assert (ours / "classes.txt").read_text().split() == (made / "classes.txt").read_text().split()
    (file,) = (made / "labels").glob("*a b*")
    numbers = [float(number) for number in file.read_text().split()]
    assert [float(n) for n in (ours / "labels/a b ü.txt").read_text().split()] == pytest.approx(
        numbers
    )
    notes = json.loads((ours / "notes.json").read_text())
    assert notes["categories"] == json.loads((made / "notes.json").read_text())["categories"]


def test_turned_boxes_like_the_converter(theirs: Callable[..., Path], tmp_path: Path) -> None:
    """But for two boxes without an area on the image, which it writes."""
    made = theirs("YOLO_OBB", "boxes")
    ours = unpacked(tmp_path, "YOLO_OBB", CASES["boxes"])
    lines = (made / "labels/b.txt").read_text().splitlines()
    own = (ours / "labels/b-2.txt").read_text().splitlines()
    for mine, line in zip(own, lines, strict=False):
        expected = [float(number) for number in line.split()]
        assert [float(number) for number in mine.split()] == pytest.approx(expected, abs=1e-6)
    assert len(own) == 3


def test_coco_like_the_converter(theirs: Callable[..., Path], tmp_path: Path) -> None:
    """But for annotations, which it counts from 0, and turned boxes, of which it keeps the hull;
    it turns percents, not pixels, so that where the image is not square the hull is wrong."""
    made = json.loads((theirs("COCO", "polygons") / "result.json").read_text())
    ours = json.loads((unpacked(tmp_path, "COCO", CASES["polygons"]) / "result.json").read_text())
    assert ours["categories"] == made["categories"]
    for key in ("bbox", "area", "category_id", "segmentation"):
        assert ours["annotations"][0][key] == made["annotations"][0][key]


def test_tables_like_the_converter(theirs: Callable[..., Path], tmp_path: Path) -> None:
    """But for skips, which it writes; times, as 1.x has them; and the user behind an id."""
    made = theirs("CSV", "several completions")
    path = next(p for p in made.rglob("*") if p.is_file()) if made.is_dir() else made
    ours = unpacked(tmp_path, "CSV", CASES["several completions"], V1) / "result.csv"
    rows, own = (list(csv.DictReader(io.StringIO(p.read_text()))) for p in (path, ours))
    columns = ["annotation_id", "id", "mood", "ner", "text", "more", "ключ"]
    by_id = {row["annotation_id"]: row for row in rows}
    for row in own:
        assert [row[c] for c in columns] == [by_id[row["annotation_id"]][c] for c in columns]


def test_conll_like_the_converter(theirs: Callable[..., Path], tmp_path: Path) -> None:
    """But for where words stand: it takes one blank between them, and cuts at blanks alone."""
    made = (theirs("CONLL2003", "texts", 3, 5) / "result.conll").read_text()
    ours = (unpacked(tmp_path, "CONLL2003", CASES["texts"]) / "result.conll").read_text()
    for word in ("John", "Smith", "Berlin", "Nothing"):
        lines = [line for line in made.splitlines() if line.startswith(f"{word} ")]
        assert lines[0] in ours.splitlines()


def test_names_of_masks_like_the_converter(theirs: Callable[..., Path], tmp_path: Path) -> None:
    made = theirs("BRUSH_TO_NUMPY", "masks", 5)
    names = {path.name.replace("-by-1-", "-by-nobody-") for path in made.iterdir()}
    ours = unpacked(tmp_path, "BRUSH_TO_NUMPY", CASES["masks"], V1)
    assert {path.name for path in ours.glob("*.npy")} == names
