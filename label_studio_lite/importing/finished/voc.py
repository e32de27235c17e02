"""Pascal VOC: an XML file with the boxes of each image (host.robots.ox.ac.uk/pascal/VOC)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from lxml import etree

from label_studio_lite.core.geometry import Size, box_of
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.finished.base import Finding, Mark
from label_studio_lite.importing.finished.files import Files
from label_studio_lite.importing.finished.pictures import picture

_ADDRESSES = ("http://", "https://", "/data/")


class VocReader:
    name = "VOC"
    title = "Pascal VOC XML"
    description = "Boxes; a ZIP or folder of XML files, with the images."

    def findings(self, files: Files) -> Iterator[Finding]:
        found = False
        for name in files.ending(".xml"):
            root = _root(files, name)
            if root.tag == "annotation":
                found = True
                yield _finding(files, name, root)
        if not found:
            raise Invalid("there is no XML file with an <annotation>")


def _root(files: Files, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with files.open(name) as upload:
        try:
            return etree.fromstring(upload.stream.read(), parser)
        except etree.XMLSyntaxError as error:
            raise Invalid(f"{name}: it is not valid XML: {error}") from error


def _finding(files: Files, name: str, root: etree._Element) -> Finding:
    file_name = root.findtext("filename") or PurePosixPath(name).with_suffix(".jpg").name
    path = root.findtext("path") or ""
    address = path if path.startswith(_ADDRESSES) else file_name
    try:
        size = _size(root)
    except (TypeError, ValueError) as error:
        raise Invalid(f"{name}: its size is damaged: {error}") from error
    finding = picture(files, name, file_name, address, size)
    for number, found in enumerate(root.iterfind("object")):
        try:
            finding.marks.append(_mark(found, finding.size))
        except (TypeError, ValueError) as error:
            raise Invalid(f"{name}: object {number}: {error}") from error
    return finding


def _mark(found: etree._Element, size: Size | None) -> Mark:
    """Raises ``ValueError``."""
    label, box = found.findtext("name"), found.find("bndbox")
    if not label or box is None:
        raise ValueError("it has no name or no bndbox")
    if size is None:
        raise ValueError("its image has neither a size nor a file")
    left, top, right, bottom = (
        float(box.findtext(edge) or "") for edge in ("xmin", "ymin", "xmax", "ymax")
    )
    return Mark(
        box_of([(left, top), (right, top), (right, bottom), (left, bottom)], size), (label,)
    )


def _size(root: etree._Element) -> Size | None:
    width, height = (float(root.findtext(f"size/{side}") or 0) for side in ("width", "height"))
    return Size(round(width), round(height)) if min(width, height) >= 1 else None


VOC = VocReader()
