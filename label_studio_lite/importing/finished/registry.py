"""All formats of finished work by name."""

from __future__ import annotations

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.finished import coco, conll, exports, spacy_json, voc, yolo
from label_studio_lite.importing.finished.base import Reader


def readers(config: LabelConfig) -> dict[str, Reader]:
    """Those that there are, for a project with this label config."""
    found: tuple[Reader, ...] = (
        exports.JSON,
        exports.JsonMinReader(config if config.controls else None),
        coco.COCO,
        yolo.YOLO,
        yolo.YOLO_OBB,
        voc.VOC,
        conll.CONLL2003,
        spacy_json.SPACY,
    )
    return {reader.name: reader for reader in found}


def find(name: str, config: LabelConfig) -> Reader:
    """The format of that name, in any case; ``Invalid`` names the known ones."""
    known = readers(config)
    found = known.get(name.upper())
    if found is None:
        raise Invalid(f"Unknown import format {name!r}, known are {', '.join(known)}")
    return found
