"""Reads exports as their users do; run by :mod:`tests.formats.readers` in an environment apart.

A question is ``{"what": name of a function, "given": its arguments}`` on standard input; the last
line of the output is the answer, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any


def convert(tasks: str, config: str, out: str, name: str) -> list[str]:
    """Label Studio's own converter on an export of 1.x; the files that it made."""
    from label_studio_converter import Converter

    logging.disable(logging.CRITICAL)
    Converter(config, None, download_resources=False).convert(tasks, out, name, is_dir=False)
    return sorted(p.relative_to(out).as_posix() for p in Path(out).rglob("*") if p.is_file())


def brush(rle: list[int], width: int, height: int) -> list[int]:
    """The alpha of a painted mask, by the converter's decoder."""
    import numpy as np
    from label_studio_converter import brush as theirs

    pixels = np.reshape(theirs.decode_rle(rle), [height, width, 4])
    alpha: list[int] = pixels[:, :, 3].flatten().tolist()
    return alpha


def pack(mask: list[int]) -> list[int]:
    """A mask as the converter packs it."""
    import numpy as np
    from label_studio_converter import brush as theirs

    values = np.repeat(np.array(mask, dtype=np.uint8), 4)
    return [int(byte) for byte in theirs.encode_rle(values)]


def coco(path: str) -> list[dict[str, Any]]:
    """Each annotation as pycocotools has it, with its mask where there is one."""
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):
        found = COCO(path)
    shown = []
    for annotation in found.loadAnns(found.getAnnIds()):
        image = found.loadImgs([annotation["image_id"]])[0]
        (category,) = found.loadCats([annotation["category_id"]])
        one = {
            "file_name": image["file_name"],
            "label": category["name"],
            "bbox": annotation["bbox"],
            "area": annotation["area"],
        }
        if annotation["segmentation"]:
            mask = found.annToMask(annotation)
            ys, xs = mask.nonzero()
            one["mask_area"] = int(mask.sum())
            one["mask"] = mask.flatten().tolist() if mask.size < 1000 else None
            one["mask_box"] = [int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())]
        shown.append(one)
    return shown


def spacy(path: str) -> list[dict[str, Any]]:
    """Documents after ``spacy convert`` to its binary training format."""
    import spacy as library
    from spacy.cli.convert import convert as command
    from spacy.tokens import DocBin

    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            command(Path(path), Path(folder), converter="json", file_type="spacy")
        (made,) = Path(folder).glob("*.spacy")
        documents = list(DocBin().from_disk(made).get_docs(library.blank("xx").vocab))
    return [
        {
            "words": [token.text for token in document],
            "entities": [[ent.text, ent.label_] for ent in document.ents],
            "cats": document.cats,
        }
        for document in documents
    ]


def boxes(folder: str, kind: str, images: str) -> dict[str, list[list[Any]]]:
    """Label and edges in pixels of each box of each image, by globox."""
    from globox import AnnotationSet

    if kind == "voc":
        found = AnnotationSet.from_pascal_voc(Path(folder))
    else:
        found = AnnotationSet.from_yolo_v5(
            Path(folder), image_folder=Path(images), image_extension=".png"
        )
    return {
        one.image_id: [[box.label, box.xmin, box.ymin, box.xmax, box.ymax] for box in one.boxes]
        for one in found
    }


def yolo(folder: str, turned: bool) -> dict[str, list[list[Any]]]:
    """Label number and mask area, or the corners of turned boxes, by supervision."""
    import supervision

    root = Path(folder)
    found = supervision.DetectionDataset.from_yolo(
        images_directory_path=str(root / "images"),
        annotations_directory_path=str(root / "labels"),
        data_yaml_path=str(root / "data.yaml"),
        force_masks=not turned,
        is_obb=turned,
    )
    shown: dict[str, list[list[Any]]] = {}
    for path, _, detections in found:
        ones = shown.setdefault(Path(path).name, [])
        for at in range(len(detections)):
            label = found.classes[int(detections.class_id[at])]
            if turned:
                ones.append([label, detections.data["xyxyxyxy"][at].tolist()])
            else:
                ones.append([label, int(detections.mask[at].sum())])
    return shown


def array(path: str) -> dict[str, Any]:
    """A NumPy file."""
    import numpy as np

    found = np.load(path)
    return {"shape": found.shape, "type": str(found.dtype), "values": found.flatten().tolist()}


def picture(path: str) -> dict[str, Any]:
    """An image file."""
    from PIL import Image

    with Image.open(path) as found:
        found.load()
        return {"mode": found.mode, "size": found.size, "values": list(found.tobytes())}


def turned_picture(width: int, height: int, orientation: int, kind: str) -> list[int]:
    """An image file with an EXIF orientation."""
    from PIL import Image

    exif = Image.Exif()
    exif[274] = orientation
    stream = io.BytesIO()
    Image.new("RGB", (width, height)).save(stream, kind, exif=exif)
    return list(stream.getvalue())


if __name__ == "__main__":
    question = json.load(sys.stdin)
    answer = globals()[question["what"]](**question["given"])
    print("\n" + json.dumps(answer, default=int))
