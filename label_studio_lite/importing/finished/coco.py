"""COCO: JSON files with ``images``, ``annotations`` and ``categories`` (cocodataset.org)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from label_studio_lite.core import brush, coco_rle, geometry, jsontext
from label_studio_lite.core.geometry import Size
from label_studio_lite.core.model import Json
from label_studio_lite.core.shapes import KeyPoint, Mask, Point, Polygon, Shape
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.finished.base import Finding, Mark
from label_studio_lite.importing.finished.files import Files
from label_studio_lite.importing.finished.pictures import picture

_OURS = ("rotation", "width")  # attributes that are about the shape itself


class CocoReader:
    name = "COCO"
    title = "COCO"
    description = "Boxes, polygons, masks and key points; a JSON file, or a ZIP with the images."

    def findings(self, files: Files) -> Iterator[Finding]:
        found = False
        for name in files.ending(".json"):
            content = _content(files, name)
            if content is not None:
                found = True
                yield from _File(name, content, files).findings()
        if not found:
            raise Invalid('there is no JSON file with "images" and "annotations"')


def _content(files: Files, name: str) -> Json | None:
    with files.open(name) as upload:
        try:
            content = jsontext.loads(upload.stream.read())
        except ValueError as error:
            raise Invalid(f"{name}: it is not valid JSON: {error}") from error
    has_lists = isinstance(content, dict) and all(
        isinstance(content.get(key), list) for key in ("images", "annotations")
    )
    return content if has_lists else None


def _is_id(value: object) -> bool:
    return isinstance(value, (int, str))


class _File:
    """One file of annotations."""

    def __init__(self, name: str, content: Json, files: Files) -> None:
        self._name = name
        self._files = files
        self._images = content["images"]
        self._categories = {
            category["id"]: category
            for category in content.get("categories") or []
            if isinstance(category, dict) and "name" in category and _is_id(category.get("id"))
        }
        self._declared = tuple(
            str(category["name"])
            for category in self._categories.values()
            if not category.get("keypoints")
        )
        self._by_image: dict[Any, list[tuple[int, Json]]] = {}
        for at, annotation in enumerate(content["annotations"]):
            image_id = annotation.get("image_id") if isinstance(annotation, dict) else None
            if not _is_id(image_id):
                raise self._fault(at, "it names no image")
            self._by_image.setdefault(image_id, []).append((at, annotation))

    def findings(self) -> Iterator[Finding]:
        known = {
            image["id"]
            for image in self._images
            if isinstance(image, dict) and _is_id(image.get("id"))
        }
        for image_id, found in self._by_image.items():
            if image_id not in known:
                raise self._fault(found[0][0], f"there is no image {image_id!r}")
        for at, image in enumerate(self._images):
            where = f"{self._name}: image {at}"
            if not isinstance(image, dict) or not isinstance(image.get("file_name"), str):
                raise Invalid(f"{where}: it has no file_name")
            size = _size(image)
            address = image.get("coco_url") or image["file_name"]
            finding = picture(self._files, where, image["file_name"], str(address), size)
            finding.declared = self._declared
            image_id = image.get("id")
            for number, annotation in self._by_image.get(image_id, []) if _is_id(image_id) else ():
                finding.marks += self._marks(number, annotation, finding.size)
            yield finding

    def _marks(self, at: int, annotation: Json, size: Size | None) -> list[Mark]:
        category_id = annotation.get("category_id")
        category = self._categories.get(category_id) if _is_id(category_id) else None
        if category is None:
            raise self._fault(at, f"there is no category {annotation.get('category_id')!r}")
        if size is None:
            raise self._fault(at, "its image has neither width and height nor a file")
        attributes = annotation.get("attributes")
        said = attributes if isinstance(attributes, dict) else {}
        try:
            shapes = _shapes(annotation, category, size, said)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise self._fault(at, f"it is damaged: {error}") from error
        said = {key: value for key, value in said.items() if key not in _OURS}
        return [Mark(shape, (label,), said) for shape, label in shapes]

    def _fault(self, at: int, reason: str) -> Invalid:
        return Invalid(f"{self._name}: annotation {at}: {reason}")


def _size(image: Json) -> Size | None:
    width, height = image.get("width"), image.get("height")
    if isinstance(width, int) and isinstance(height, int) and min(width, height) > 0:
        return Size(width, height)
    return None


def _shapes(annotation: Json, category: Json, size: Size, said: Json) -> list[tuple[Shape, str]]:
    label = str(category["name"])
    if annotation.get("keypoints"):
        return _key_points(annotation["keypoints"], category, size, said)
    segmentation = annotation.get("segmentation")
    if isinstance(segmentation, dict):
        pixels, width, height = coco_rle.decode(segmentation)
        if (width, height) != size:
            raise ValueError(f"its mask is {width}×{height}, its image {size.width}×{size.height}")
        return [(Mask(brush.pack(pixels)), label)]
    if segmentation:
        return [(_outlined(_pairs(part), size, said), label) for part in segmentation]
    left, top, across, down = (float(number) for number in annotation["bbox"])
    rect = geometry.Rect(left, top, left + across, top + down)
    return [(geometry.box_of(geometry.rectangle(rect), size), label)]


def _outlined(points: list[Point], size: Size, said: Json) -> Shape:
    """A polygon; a box where it is said to be a turned one."""
    if "rotation" in said and len(points) == 4:
        return geometry.box_of(points, size)
    if len(points) < 3:
        raise ValueError("a polygon has three points at least")
    return Polygon(tuple(geometry.to_percent(points, size)))


def _key_points(numbers: Any, category: Json, size: Size, said: Json) -> list[tuple[Shape, str]]:
    """One for each visible point, labeled as the category names it."""
    names = category.get("keypoints") or []
    found: list[tuple[Shape, str]] = []
    for at in range(0, len(numbers), 3):
        x, y, visible = numbers[at : at + 3]
        if visible:
            ((left, top),) = geometry.to_percent([(float(x), float(y))], size)
            label = names[at // 3] if at // 3 < len(names) else category["name"]
            width = said.get("width", 1.0)
            found.append((KeyPoint(left, top, float(width)), str(label)))
    return found


def _pairs(flat: Any) -> list[Point]:
    numbers = [float(number) for number in flat]
    if len(numbers) % 2:
        raise ValueError("a polygon has an odd number of coordinates")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


COCO = CocoReader()
