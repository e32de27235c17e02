"""Readers of finished work: what they take, and what they say of what they do not."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import Any

import pytest

from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import LabelConfig, parse
from label_studio_lite.core.model import Json
from label_studio_lite.core.shapes import Box, KeyPoint, Polygon
from label_studio_lite.core.spans import Span
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.finished import registry
from label_studio_lite.importing.finished.base import Chosen, Finding, Mark
from label_studio_lite.importing.finished.files import Files, Opener
from label_studio_lite.importing.finished.needs import Needs
from label_studio_lite.importing.finished.yolo import names_of_yaml
from tests.formats.cases import png

EMPTY = parse("<View/>")


def findings(name: str, config: LabelConfig = EMPTY, /, **files: str | bytes) -> list[Finding]:
    """``a__txt="…"`` is the file ``a.txt``; ``images_a__png`` is ``images/a.png``."""
    openers: dict[str, Opener] = {}
    for key, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        openers[key.replace("__", ".").replace("_", "/")] = partial(io.BytesIO, data)
    return list(registry.find(name, config).findings(Files(openers)))


COCO = {
    "images": [{"id": 7, "width": 100, "height": 50, "file_name": "dir/a.png"}],
    "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "person", "keypoints": ["nose"]}],
}


def coco(*annotations: Json, **files: bytes) -> list[Finding]:
    listed = [{"image_id": 7, "category_id": 1, **each} for each in annotations]
    return findings("COCO", a__json=json.dumps({**COCO, "annotations": listed}), **files)


def test_coco() -> None:
    (found,) = coco(
        {"bbox": [10, 5, 50, 25]},
        {"segmentation": [[0, 0, 100, 0, 100, 50], [0, 0, 50, 0, 50, 25]], "bbox": [0, 0, 1, 1]},
        {"category_id": 2, "keypoints": [50, 25, 2], "bbox": [0, 0, 0, 0]},
        {"category_id": 2, "keypoints": [50, 25, 0], "bbox": [0, 0, 0, 0]},
    )
    assert (found.text, found.image, found.size) == ("dir/a.png", None, Size(100, 50))
    assert found.marks == [
        Mark(Box(10, 10, 50, 50), ("cat",)),
        Mark(Polygon(((0, 0), (100, 0), (100, 100))), ("cat",)),
        Mark(Polygon(((0, 0), (50, 0), (50, 50))), ("cat",)),
        Mark(KeyPoint(50, 50), ("nose",)),
    ]


def test_coco_with_images() -> None:
    (found,) = coco(images_dir_a__png=png(200, 100))
    assert (found.image, found.size) == ("images/dir/a.png", Size(200, 100))


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        ({"bbox": [1, 2, 3]}, "annotation 0: it is damaged"),
        ({"bbox": "x"}, "annotation 0: it is damaged"),
        ({"category_id": 9, "bbox": [1, 2, 3, 4]}, "annotation 0: there is no category 9"),
        ({"image_id": 9, "bbox": [1, 2, 3, 4]}, "annotation 0: there is no image 9"),
        ({"image_id": [1], "bbox": [1, 2, 3, 4]}, "annotation 0: it names no image"),
        ({"category_id": [1], "bbox": [1, 2, 3, 4]}, "annotation 0: there is no category"),
        ({"image_id": None}, "annotation 0: it names no image"),
        ({"segmentation": [[1, 2, 3]]}, "annotation 0: it is damaged"),
        ({"segmentation": {"size": [5, 5], "counts": [25]}}, "5×5, its image 100×50"),
        ({"segmentation": {"size": [50, 100], "counts": [1]}}, "runs do not fill"),
    ],
)
def test_broken_coco(annotation: Json, said: str) -> None:
    with pytest.raises(Invalid, match=r"a\.json: ") as caught:
        coco(annotation)
    assert said in caught.value.detail


def test_yolo() -> None:
    found = findings(
        "YOLO",
        labels_a__txt="0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.5 0.1 0.3 0.6\n\n7 0 0 1 0 1 1 0 1\n",
        images_a__png=png(100, 50),
        images_b__png=png(10, 10),
        data__yaml="path: .\nnames:\n  0: cat\n  1: 'it''s'\n",
    )
    assert [(one.image, one.size) for one in found] == [
        ("images/a.png", Size(100, 50)),
        ("images/b.png", Size(10, 10)),
    ]
    assert found[0].marks == [
        Mark(Box(40, 30, 20, 40), ("cat",)),
        Mark(Polygon(((10, 10), (50, 10), (30, 60))), ("it's",)),
        Mark(Box(0, 0, 100, 100), ("7",)),
    ]
    assert found[1].marks == []


@pytest.mark.parametrize("line", ["x 1 2 3 4", "0 1 2 3", "0 1 2 3 4 5 6 7"])
def test_broken_yolo(line: str) -> None:
    with pytest.raises(Invalid, match=r"a\.txt: line 2: "):
        findings("YOLO", a__txt=f"0 0.5 0.5 0.1 0.1\n{line}\n")


@pytest.mark.parametrize(
    "text",
    [
        "names: [cat, 'a dog']",
        "nc: 2\nnames:\n- cat\n- a dog\n",
        'names:\n  - cat\n  - "a dog"\nother: 1\n',
        "names:\n  0: cat  # the first\n  1: a dog\n",
        "names: {0: cat, 1: 'a dog'}",
        "train: x\nnames: ['cat',\n  'a dog']\nnc: 2",
    ],
)
def test_names_in_yaml(text: str) -> None:
    assert names_of_yaml(text) == {0: "cat", 1: "a dog"}


VOC = """<annotation><filename>a.png</filename><size><width>100</width><height>50</height></size>
<object><name>{}</name><bndbox><xmin>10</xmin><ymin>5</ymin><xmax>{}</xmax><ymax>30</ymax>
</bndbox></object></annotation>"""


def test_voc() -> None:
    (found,) = findings("VOC", a__xml=VOC.format("cat", 60))
    assert (found.text, found.size) == ("a.png", Size(100, 50))
    assert found.marks == [Mark(Box(10, 10, 50, 50), ("cat",))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VOC.format("cat", "x"), "a.xml: object 0"),
        (VOC.format("", 60), "a.xml: object 0"),
        ("<annotation>", "a.xml: it is not valid XML"),
        ("<other/>", "no XML file with an <annotation>"),
        ('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><annotation><size><width>&e;'
         "</width></size></annotation>", ""),
    ],
)  # fmt: skip
def test_broken_voc(text: str, said: str) -> None:
    if not said:
        (found,) = findings("VOC", a__xml=text)
        assert found.size is None
        return
    with pytest.raises(Invalid) as caught:
        findings("VOC", a__xml=text)
    assert said in caught.value.detail


def test_conll() -> None:
    first, second = findings(
        "CONLL2003",
        a__conll="-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\nNew B-LOC\nYork I-LOC\n\n"
        "北 B-LOC\n京 I-LOC\n",
    )
    assert first.text == "EU rejects New York"
    assert first.marks == [Mark(Span(0, 2), ("ORG",)), Mark(Span(11, 19), ("LOC",))]
    assert (second.text, second.marks) == ("北京", [Mark(Span(0, 2), ("LOC",))])


@pytest.mark.parametrize("line", ["alone", "word X-LOC", "word B-"])
def test_broken_conll(line: str) -> None:
    with pytest.raises(Invalid, match=r"a\.conll: line 2: "):
        findings("CONLL2003", a__conll=f"ok O\n{line}\n")


@pytest.mark.parametrize(
    "content",
    [
        [{"text": "EU rejects", "entities": [[0, 2, "ORG"]], "cats": {"news": 1.0, "fun": 0}}],
        [{"text": "EU rejects", "spans": [{"start": 0, "end": 2, "label": "ORG"}],
          "cats": {"news": 1}}],
        [["EU rejects", {"entities": [[0, 2, "ORG"]], "cats": {"news": 0.9}}]],
    ],
)  # fmt: skip
def test_spacy(content: list[Any]) -> None:
    (found,) = findings("SPACY", a__json=json.dumps(content))
    assert found.text == "EU rejects"
    assert found.marks == [Mark(Span(0, 2), ("ORG",)), Mark(Chosen(), ("news",))]
    if isinstance(content[0], dict):
        assert findings("SPACY", a__jsonl=json.dumps(content[0]) + "\n")[0].marks == found.marks


@pytest.mark.parametrize("item", [5, {"text": 5}, {"text": "a", "entities": [[0, 9, "X"]]}, ["x"]])
def test_broken_spacy(item: Any) -> None:
    with pytest.raises(Invalid, match=r"a\.json: item 0: "):
        findings("SPACY", a__json=json.dumps([item]))


def test_json_of_1x() -> None:
    item = {"id": 5, "data": {"text": "t"}, "annotations": [{"result": []}], "predictions": []}
    (found,) = findings("JSON", a__json=json.dumps([item]))
    assert (found.data, found.completions) == ({"text": "t"}, [{"result": []}])


def test_json_min_without_a_label_config() -> None:
    box = {"x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["Cat"]}
    item = {
        "id": 5,
        "image": "a.png",
        "box": [{**box, "original_width": 10, "original_height": 20}],
        "mood": {"choices": ["a", "b"]},
        "plain": "one",
        "annotator": 1,
        "lead_time": 2.5,
    }
    (found,) = findings("JSON_MIN", a__json=json.dumps([item]))
    assert found.data == {"image": "a.png", "plain": "one"}
    (done,) = found.completions
    assert done["lead_time"] == 2.5
    assert [(one["from_name"], one["type"]) for one in done["result"]] == [
        ("box", "rectanglelabels"),
        ("mood", "choices"),
    ]
    assert done["result"][0]["original_height"] == 20


@pytest.mark.parametrize("name", ["JSON", "COCO", "YOLO", "VOC", "CONLL2003", "SPACY", "JSON_MIN"])
@pytest.mark.parametrize("files", [{}, {"a__json": "{"}, {"a__txt": "\0\xff"}, {"a__xml": "x"}])
def test_what_is_none_of_it_is_said(name: str, files: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        findings(name, **files)


def test_an_unknown_format() -> None:
    with pytest.raises(Invalid, match="known are JSON, JSON_MIN, COCO"):
        registry.find("nope", EMPTY)


def test_a_label_config_is_proposed() -> None:
    needs = Needs()
    for found in coco({"bbox": [10, 5, 50, 25]}, {"segmentation": [[0, 0, 100, 0, 100, 50]]}):
        needs.add(found)
    proposed = parse(needs.proposal())
    assert {c.tag: list(c.labels) for c in proposed.controls.values()} == {
        "RectangleLabels": ["cat"],
        "PolygonLabels": ["cat"],
    }
    assert needs.missing(proposed) == []
    assert needs.missing(EMPTY)[0] == "a tag Image"
    one_label_less = parse(needs.proposal().replace("cat", "dog", 1))
    assert needs.missing(one_label_less) == ["RectangleLabels for Image with the labels “cat”"]


def test_a_label_config_for_ready_regions() -> None:
    result = [
        {"from_name": "ner", "to_name": "txt", "type": "labels", "value": {"labels": ["A & B"]}},
        {"from_name": "note", "to_name": "txt", "type": "textarea", "value": {"text": ["x"]}},
        {"from_name": "pic", "to_name": "i", "type": "brushlabels", "value": {"brushlabels": []}},
    ]
    item = {"data": {"txt": "t", "image": "a.png"}, "completions": [{"result": result}]}
    needs = Needs()
    for found in findings("JSON", a__json=json.dumps([item])):
        needs.add(found)
    proposed = parse(needs.proposal())
    assert {o.name: (o.tag, o.data_key) for o in proposed.objects.values()} == {
        "txt": ("Text", "txt"),
        "i": ("Image", "image"),
    }
    assert list(proposed.controls["ner"].labels) == ["A & B"]
    assert needs.missing(proposed) == []


def test_labels_that_are_declared_and_not_used_are_proposed_too() -> None:
    needs = Needs()
    for found in findings("YOLO", a__txt="1 0.5 0.5 0.1 0.1", classes__txt="cat\ndog\nowl\n"):
        needs.add(found)
    (control,) = parse(needs.proposal()).controls.values()
    assert list(control.labels) == ["cat", "dog", "owl"]
    only_used = parse(needs.proposal().replace('<Label value="cat"/>', ""))
    assert needs.missing(only_used) == []
