"""YOLO: a text file for each image; a line is a class and a box, or the points of a polygon.

Classes are named in ``classes.txt``, ``obj.names`` or ``data.yaml``; without them they are called
by their numbers. A file that has points where the plain form has boxes is one of polygons; four
points that are an upright rectangle are a box. In the OBB form four points are a turned box.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from label_studio_lite.core import geometry
from label_studio_lite.core.geometry import Size
from label_studio_lite.core.shapes import Box, Point, Polygon, Shape
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.finished.base import Finding, Mark
from label_studio_lite.importing.finished.files import Files
from label_studio_lite.importing.finished.pictures import image_size

_CLASSES = ("classes.txt", "obj.names", "predefined_classes.txt", "labels.names")
_NO_LABELS = frozenset((*_CLASSES, "train.txt", "val.txt", "test.txt", "readme.txt"))
_YAML = ("data.yaml", "dataset.yaml", "data.yml")
_SQUARE = Size(100, 100)
_ITEM = re.compile(r"\s+(?:-|(\d+)\s*:)\s*(.+?)\s*$")
_INLINE = re.compile(r"""\s*(?:(\d+)\s*:\s*)?('(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^,'"]+)""")


class YoloReader:
    """``turned``: the OBB form."""

    def __init__(self, name: str, title: str, description: str, *, turned: bool) -> None:
        self.name = name
        self.title = title
        self.description = description
        self._turned = turned

    def findings(self, files: Files) -> Iterator[Finding]:
        classes = _classes(files)
        used = set()
        labels = [
            name
            for name in files.ending(".txt")
            if PurePosixPath(name).name.lower() not in _NO_LABELS
        ]
        if not labels:
            raise Invalid("there is no text file with labels")
        for name in labels:
            image = files.image_of(name)
            used.add(image)
            size = image_size(files, image) if image is not None else None
            address = f"{PurePosixPath(name).stem}.jpg"  # what most are
            declared = tuple(label for _, label in sorted(classes.items()))
            finding = Finding(name, "Image", address, image, size, declared=declared)
            finding.marks = list(self._marks(name, files.text(name), classes, size))
            yield finding
        for image in files.images():
            if image not in used:
                yield Finding(image, "Image", image, image=image, size=image_size(files, image))

    def _marks(
        self, name: str, text: str, classes: dict[int, str], size: Size | None
    ) -> Iterator[Mark]:
        for number, line in enumerate(text.splitlines(), 1):
            words = line.split()
            if not words:
                continue
            try:
                which, *numbers = (float(word) for word in words)
                shape = self._shape(numbers, size)
            except ValueError as error:
                raise Invalid(f"{name}: line {number}: {error}") from error
            yield Mark(shape, (classes.get(int(which), str(int(which))),))

    def _shape(self, numbers: list[float], size: Size | None) -> Shape:
        """Raises ``ValueError``."""
        if len(numbers) in (4, 5):  # the fifth is how sure a model was
            x, y, width, height = (100 * number for number in numbers[:4])
            return Box(x - width / 2, y - height / 2, width, height)
        if len(numbers) < 6 or len(numbers) % 2:
            raise ValueError(f"a class and {len(numbers)} numbers are neither a box nor a polygon")
        points: list[Point] = [
            (100 * x, 100 * y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        if geometry.is_upright(points, slack=1e-3):
            left, top, right, bottom = geometry.hull(points)
            if self._turned:
                return _turned_box(points, size or _SQUARE)
            return Box(left, top, right - left, bottom - top)
        if self._turned and len(points) == 4 and size is not None:
            return _turned_box(points, size)
        return Polygon(tuple(points))


def _turned_box(percent: list[Point], size: Size) -> Box:
    return geometry.box_of(geometry.to_pixels(percent, size), size)


def _classes(files: Files) -> dict[int, str]:
    for base in _CLASSES:
        name = files.named(base)
        if name is not None:
            lines = files.text(name).splitlines()
            while lines and not lines[-1].strip():
                lines.pop()
            return {at: line.strip() for at, line in enumerate(lines)}
    for base in _YAML:
        name = files.named(base)
        if name is not None:
            return names_of_yaml(files.text(name))
    return {}


def names_of_yaml(text: str) -> dict[int, str]:
    """The ``names`` of a ``data.yaml``, as a list or by number, in lines or in brackets."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith("names:")), None)
    if start is None:
        return {}
    rest = lines[start].removeprefix("names:").strip()
    if rest.startswith(("[", "{")):
        inner = " ".join([rest, *lines[start + 1 :]])[1:]
        inner = inner[: max(inner.find("]"), inner.find("}"))]
        found = [(m[1], m[2].strip()) for m in _INLINE.finditer(inner) if m[2].strip()]
    else:
        found = []
        for line in lines[start + 1 :]:
            match = _ITEM.match(f" {line}" if line.startswith("-") else line)
            if match is None and line.strip() and not line.lstrip().startswith("#"):
                break
            if match is not None:
                found.append((match[1], match[2]))
    return {
        int(number) if number is not None else at: _scalar(name)
        for at, (number, name) in enumerate(found)
    }


def _scalar(text: str) -> str:
    """A YAML string, plain or quoted."""
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _unescaped(text)
    return text.partition(" #")[0].strip()


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


YOLO = YoloReader(
    "YOLO", "YOLO", "Boxes and polygons; a ZIP or folder with classes and images.", turned=False
)
YOLO_OBB = YoloReader(
    "YOLO_OBB", "YOLO OBB", "Turned boxes; a ZIP or folder with classes and images.", turned=True
)
