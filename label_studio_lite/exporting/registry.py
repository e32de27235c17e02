"""All export formats, by the name that a generation of clients knows them by.

``LEGACY`` has Label Studio 0.8.x's under their old names and with their old contents, ``V1`` those
of 1.x. What one of the two does not know itself is in both.
"""

from __future__ import annotations

from collections.abc import Iterable

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid
from label_studio_lite.exporting import (
    asr_manifest,
    coco,
    conll,
    json_full,
    json_min,
    masks,
    spacy_json,
    tables,
    voc,
    yolo,
)
from label_studio_lite.exporting.base import Exporter

_GUIDE = "https://labelstud.io/guide/export.html"
_TAGS = {
    "CONLL2003": ["sequence labeling", "text tagging", "named entity recognition"],
    "SPACY": ["sequence labeling", "named entity recognition", "text classification"],
    "COCO": ["image segmentation", "object detection", "keypoints"],
    "COCO_WITH_IMAGES": ["image segmentation", "object detection", "keypoints"],
    "VOC": ["object detection"],
    "YOLO": ["image segmentation", "object detection"],
    "YOLO_WITH_IMAGES": ["image segmentation", "object detection"],
    "YOLO_OBB": ["object detection"],
    "YOLO_OBB_WITH_IMAGES": ["object detection"],
    "BRUSH_TO_NUMPY": ["image segmentation"],
    "BRUSH_TO_PNG": ["image segmentation"],
    "BRUSH_TO_COCO": ["image segmentation"],
    "ASR_MANIFEST": ["speech recognition"],
}


class Registry:
    """The formats of one generation, in the order in which they are offered."""

    def __init__(self, formats: Iterable[Exporter]) -> None:
        self._by_name = {exporter.name: exporter for exporter in formats}

    def names(self) -> list[str]:
        """Every format there is."""
        return list(self._by_name)

    def all(self) -> list[Exporter]:
        return list(self._by_name.values())

    def available(self, config: LabelConfig) -> list[Exporter]:
        """The formats that make sense for a label config; the others can be asked for, too."""
        return [exporter for exporter in self.all() if exporter.available(config)]

    def find(self, name: str) -> Exporter:
        """The format of that name; ``Invalid`` names the known ones."""
        found = self._by_name.get(name)
        if found is None:
            raise Invalid(f"Unknown export format {name!r}, known are {', '.join(self._by_name)}")
        return found

    def described(self, config: LabelConfig) -> list[Json]:
        """1.x's list of formats: ``{title, description, link, name, tags?, disabled?}`` each."""
        return [_described(exporter, config) for exporter in self.all()]


def _described(exporter: Exporter, config: LabelConfig) -> Json:
    shown: Json = {
        "title": exporter.title,
        "description": exporter.description,
        "link": f"{_GUIDE}#{exporter.name}",
        "name": exporter.name,
    }
    if exporter.name in _TAGS:
        shown["tags"] = _TAGS[exporter.name]
    return shown if exporter.available(config) else {**shown, "disabled": True}


_SHARED: tuple[Exporter, ...] = (
    conll.CONLL2003,
    spacy_json.SPACY,
    coco.COCO_WITH_IMAGES,
    voc.VOC,
    yolo.YOLO,
    yolo.YOLO_WITH_IMAGES,
    yolo.YOLO_OBB,
    yolo.YOLO_OBB_WITH_IMAGES,
    coco.BRUSH_TO_COCO,
    asr_manifest.ASR_MANIFEST,
    json_full.JSON_WITH_PREDICTIONS,
    tables.CSV_ALL,
)
LEGACY = Registry(
    (
        json_full.JSON,
        json_min.JSON_MIN,
        tables.CSV,
        tables.TSV,
        coco.COCO,
        masks.BRUSH_TO_NUMPY,
        masks.BRUSH_TO_PNG,
        *_SHARED,
    )
)
V1 = Registry(
    (
        json_full.JSON,
        json_min.JSON_MIN_1X,
        tables.CSV_1X,
        tables.TSV_1X,
        coco.COCO_1X,
        masks.BRUSH_TO_NUMPY_1X,
        masks.BRUSH_TO_PNG_1X,
        *_SHARED,
    )
)
