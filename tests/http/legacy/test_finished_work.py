"""``POST /api/project/import?format=``: labels that were made elsewhere."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client, ClientResponse
from tests.conftest import BOXES, ENTITIES, MakeProject, app_of
from tests.formats.cases import png

URL = "/api/project/import"
COCO: dict[str, Any] = {
    "images": [{"id": 1, "width": 100, "height": 50, "file_name": "a b.png"}],
    "categories": [{"id": 1, "name": "Cat"}],
    "annotations": [{"image_id": 1, "category_id": 1, "bbox": [10, 5, 50, 25]}],
}


def archive(**members: str | bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        for name, content in members.items():
            out.writestr(name.replace("__", ".").replace("_", "/"), content)
    stream.seek(0)
    return stream


@pytest.fixture
def boxes(make_project: MakeProject) -> Project:
    return make_project(BOXES)


@pytest.fixture
def client(boxes: Project) -> Client:
    return Client(app_of(boxes))


def sent(client: Client, query: str, stream: io.BytesIO, name: str) -> ClientResponse:
    return client.post(f"{URL}?{query}", data={"file": (stream, name)})


def test_coco_as_completions(client: Client) -> None:
    answer = client.post(f"{URL}?format=COCO&media_url=http://x/", json=COCO)
    assert answer.status_code == 201
    assert (answer.json["task_count"], answer.json["completion_count"]) == (1, 1)
    assert (answer.json["label_config"], answer.json["missing"]) == ("", [])
    task = client.get("/api/tasks/0").json
    assert task["data"] == {"image": "http://x/a b.png"}
    (region,) = task["completions"][0]["result"]
    assert region["value"] == {
        "x": 10.0,
        "y": 10.0,
        "width": 50.0,
        "height": 50.0,
        "rotation": 0.0,
        "rectanglelabels": ["Cat"],
    }
    assert (region["from_name"], region["to_name"], region["type"]) == (
        "box",
        "img",
        "rectanglelabels",
    )
    assert (region["original_width"], region["original_height"]) == (100, 50)


def test_as_predictions(client: Client) -> None:
    answer = client.post(f"{URL}?format=coco&as=predictions", json=COCO)
    assert (answer.json["completion_count"], answer.json["prediction_count"]) == (0, 1)
    assert client.get("/api/project/next").json["predictions"][0]["result"][0]["type"] == (
        "rectanglelabels"
    )


def test_images_come_along(client: Client, boxes: Project) -> None:
    labels, image = "0 0.5 0.5 0.2 0.4", png(4, 2)
    stream = archive(labels_a__txt=labels, classes__txt="Cat\n", images_a__png=image)
    assert sent(client, "format=YOLO", stream, "set.zip").status_code == 201
    address = client.get("/api/tasks/0").json["data"]["image"]
    address = address[address.index("/data/") :]
    assert client.get(address, buffered=True).data == image
    export = client.get("/api/project/export?format=YOLO_WITH_IMAGES", buffered=True)
    with zipfile.ZipFile(io.BytesIO(export.data)) as files:
        assert files.read("images/a.png") == image
        assert files.read("labels/a.txt").split() == [
            *(b"0", b"0.500000", b"0.500000", b"0.200000", b"0.400000")
        ]


def test_a_label_config_that_lacks_something(client: Client, boxes: Project) -> None:
    other = json.loads(json.dumps(COCO).replace("Cat", "Bird"))
    before = boxes.label_config.current.xml
    answer = client.post(f"{URL}?format=COCO", json=other)
    assert answer.status_code == 400
    assert "Bird" in answer.text
    assert boxes.label_config.current.xml == before
    told = client.post(f"{URL}?format=COCO&dry_run=1", json=other)
    assert (told.status_code, told.json["task_count"], told.json["region_count"]) == (200, 1, 1)
    assert "Bird" in told.json["label_config"]
    assert list(boxes.store.task_ids()) == []
    taken = client.post(f"{URL}?format=COCO&set_label_config=1", json=other)
    assert taken.status_code == 201
    assert boxes.label_config.current.xml == taken.json["label_config"]


def test_an_empty_project_takes_what_is_needed(make_project: MakeProject) -> None:
    project = make_project("<View></View>")
    client = Client(app_of(project))
    stream = io.BytesIO(b"EU B-ORG\nnot O\n")
    assert sent(client, "format=CONLL2003", stream, "a.conll").status_code == 201
    (control,) = project.label_config.current.controls.values()
    assert list(control.labels) == ["ORG"]
    assert client.get("/api/tasks/0").json["completions"][0]["result"][0]["value"]["text"] == "EU"


def test_a_failure_changes_nothing(make_project: MakeProject) -> None:
    project = make_project(ENTITIES)
    client = Client(app_of(project))
    client.post(URL, json={"text": "here already"})
    before = project.label_config.current.xml
    stream = archive(a__txt="0 0.5 0.5 0.2 0.4", a__png=png(4, 2))
    answer = sent(client, "format=YOLO&set_label_config=1", stream, "set.zip")
    assert answer.status_code == 400  # the task that is there has no image
    assert project.label_config.current.xml == before
    assert project.uploads.names() == []
    assert len(project.store.task_ids()) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("format=NOPE", "known are JSON"),
        ("format=COCO&as=skips", "skips"),
        ("format=VOC", "no XML file"),
        ("format=COCO&dry_run=perhaps", "perhaps"),
    ],
)
def test_what_cannot_be_asked_for(client: Client, query: str, said: str) -> None:
    answer = client.post(f"{URL}?{query}", json=COCO)
    assert answer.status_code == 400
    assert said in answer.json["detail"]


def test_a_repeated_request_is_answered_once(client: Client, boxes: Project) -> None:
    for _ in range(2):
        answer = client.post(f"{URL}?format=COCO", json=COCO, headers={"X-Request-Id": "one"})
        assert answer.json["new_task_ids"] == [0]
    assert list(boxes.store.task_ids()) == [0]


@pytest.mark.parametrize(("build", "counted"), [("classic", (3, 6)), ("modern", (2, 5))])
def test_text_offsets_are_what_the_project_counts(
    make_project: MakeProject, build: str, counted: tuple[int, int]
) -> None:
    """UTF-16 units for the classic editor; the file has code points."""
    project = make_project(ENTITIES, editor={"build": build})
    client = Client(app_of(project))
    body = [{"text": "👍 Ann", "entities": [[2, 5, "PER"]]}]
    assert client.post(f"{URL}?format=SPACY", json=body).status_code == 201
    value = client.get("/api/tasks/0").json["completions"][0]["result"][0]["value"]
    assert (value["start"], value["end"], value["text"]) == (*counted, "Ann")
    row = client.get("/api/project/export?format=JSON_MIN&raw=1", buffered=True).json[0]
    assert (row["ner"][0]["start"], row["ner"][0]["end"]) == (2, 5)
    client.delete("/api/tasks")
    assert client.post(f"{URL}?format=JSON_MIN", json=[row]).status_code == 201
    again = client.get("/api/tasks/0").json["completions"][0]["result"][0]["value"]
    assert again == value
