"""``POST /api/project/import``: bodies, files, addresses; all or nothing."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client, ClientResponse
from tests.conftest import BOXES, Clock, MakeProject, app_of, choice

URL = "/api/project/import"


def send(client: Client, *files: tuple[str, bytes], field: str = "FileUpload") -> ClientResponse:
    """Files in one form, as ``curl -F FileUpload=@name`` sends them."""
    data = {field: [(io.BytesIO(content), name) for name, content in files]}
    return client.post(URL, data=data, content_type="multipart/form-data")


def data_of(client: Client) -> list[Any]:
    return [task["data"] for task in client.get("/api/tasks?page_size=1000").json]


def test_a_list_and_a_single_object(client: Client) -> None:
    answer = client.post(URL, json=[{"text": "a"}, {"data": {"text": "b"}}])
    assert answer.status_code == 201
    body = dict(answer.json)
    assert body.pop("duration") >= 0
    assert body == {
        "task_count": 2,
        "completion_count": 0,
        "prediction_count": 0,
        "formats": {"request": 2},
        "new_task_ids": [0, 1],
    }
    assert client.post(URL, json={"text": "c", "more": 1}).json["new_task_ids"] == [2]
    assert data_of(client) == [{"text": "a"}, {"text": "b"}, {"text": "c", "more": 1}]


def test_everything_beside_the_data_is_kept_but_the_id(client: Client) -> None:
    item = {"id": 500, "data": {"text": "a"}, "meta": {"m": 1}, "batch": "x"}
    client.post(URL, json=[item])
    assert client.get("/api/tasks/0").json == {**item, "id": 0}


def test_completions_and_predictions(client: Client, clock: Clock) -> None:
    item = {
        "data": {"text": "a"},
        "predictions": [{"result": [choice()], "score": 0.9, "model_version": "m"}],
        "completions": [
            {"result": [choice()], "lead_time": 3, "id": 77, "created_at": 1_600_000_000},
            {"result": [], "was_cancelled": True},
        ],
    }
    body = client.post(URL, json=[item]).json
    assert (body["completion_count"], body["prediction_count"]) == (2, 1)
    task = client.get("/api/tasks/0").json
    assert task["predictions"] == item["predictions"]
    assert task["completions"] == [
        {"id": 1, "result": [choice()], "lead_time": 3, "created_at": 1_600_000_000},
        {"id": 2, "result": [], "was_cancelled": True, "created_at": int(clock.now)},
    ]
    assert client.get("/api/completions").json == {"ids": [0]}


def test_every_bad_item_is_named_and_nothing_imported(client: Client) -> None:
    answer = client.post(URL, json=[{"text": "ok"}, {"nokey": 1}, {"text": "ok"}, {"bad": 2}])
    assert answer.status_code == 400
    assert answer.json == [
        'Error   at item 1: "text" key is expected in task data'
        " [assume: item as is = task root with values]  :: {'nokey': 1}",
        'Error   at item 3: "text" key is expected in task data'
        " [assume: item as is = task root with values]  :: {'bad': 2}",
    ]
    assert data_of(client) == []
    assert client.post(URL, json={"text": "a"}).json["new_task_ids"] == [0]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"text": None}, "is of type"),
        ({"data": {"text": "a"}, "completions": [{"foo": 1}]}, 'must have "result"'),
        ({"data": {"text": "a"}, "completions": [{"result": 1}]}, "must be list"),
        ({"data": {"text": "a"}, "completions": 3}, "Task[completions]"),
        ({"data": {"text": "a"}, "completions": [{"result": [{"type": "choices"}]}]}, "region 0"),
        ("text", "Task root must be dict"),
    ],
)
def test_why_an_item_is_refused(client: Client, item: object, words: str) -> None:
    answer = client.post(URL, json=[item])
    assert answer.status_code == 400
    assert words in answer.json[0]


@pytest.mark.parametrize("body", [[], None])
def test_nothing_to_import(client: Client, body: object) -> None:
    answer = client.post(URL, json=body)
    assert answer.status_code == 400
    assert data_of(client) == []


def test_neither_json_nor_files(client: Client) -> None:
    answer = client.post(URL, data=b"a,b", content_type="text/plain")
    assert answer.status_code == 400
    assert "No data found in DATA or in FILES" in answer.json["detail"]


def test_malformed_json_is_located(client: Client) -> None:
    answer = client.post(URL, data=b'[{"text": ', content_type="application/json")
    assert answer.status_code == 400
    assert "Failed to parse" in answer.json["detail"]


def test_task_text_is_kept_as_it_was_written(client: Client, project: Project) -> None:
    body = b'[{"text": "1.10", "n": 1.10, "big": 12345678901234567890, "e": 1e2}]'
    client.post(URL, data=body, content_type="application/json")
    project.store.checkpoint()
    stored = (project.folder / "tasks.json").read_bytes()
    assert b'"n": 1.10, "big": 12345678901234567890, "e": 1e2' in stored


def test_json_spread_over_lines_becomes_one(client: Client, project: Project) -> None:
    client.post(URL, data=b'[\n {\n  "text": "a\\nb"\n }\n]', content_type="application/json")
    project.store.checkpoint()
    assert (project.folder / "tasks.json").read_text().count("\n") == 3
    assert data_of(client) == [{"text": "a\nb"}]


def test_a_repeated_request_is_answered_as_the_first(client: Client) -> None:
    headers = {"X-Request-Id": "0a7c"}
    first = client.post(URL, json={"text": "a"}, headers=headers)
    again = client.post(URL, json={"text": "a"}, headers=headers)
    assert first.json == again.json
    assert len(data_of(client)) == 1


class TestFiles:
    def test_the_files_name_decides_whatever_the_field(self, client: Client) -> None:
        body = send(client, ("rows.csv", b"text,n\nhello,1\n")).json
        assert body["formats"] == {".csv": 1}
        assert data_of(client) == [{"text": "hello", "n": 1}]

    def test_several_files_of_one_field(self, client: Client) -> None:
        body = send(client, ("a.json", b'[{"text":"1"}]'), ("b.JSON", b'{"text":"2"}')).json
        assert body["formats"] == {".json": 1, ".JSON": 1}
        assert data_of(client) == [{"text": "1"}, {"text": "2"}]

    def test_text_has_a_task_for_each_line(self, client: Client) -> None:
        send(client, ("f.txt", b"line1\n\n  line3  \r\nline4"))
        assert [d["text"] for d in data_of(client)] == ["line1", "", "  line3  ", "line4"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_byte_order_marks(self, client: Client, encoding: str) -> None:
        send(client, ("f.csv", "text\nçà 猫\n".encode(encoding)))
        assert data_of(client) == [{"text": "çà 猫"}]

    def test_archive(self, client: Client) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("folder/", b"")
            archive.writestr("folder/a.json", b'[{"text": "a"}]')
            archive.writestr("b.txt", b"b\nc\n")
        body = send(client, ("all.zip", packed.getvalue())).json
        assert body["formats"] == {".json": 1, ".txt": 1}
        assert sorted(d["text"] for d in data_of(client)) == ["a", "b", "c"]

    def test_one_bad_file_and_nothing_is_imported(self, client: Client) -> None:
        answer = send(client, ("a.json", b'[{"text":"1"}]'), ("b.json", b"[{]"))
        assert answer.status_code == 400
        assert "b.json" in answer.json["detail"]
        assert data_of(client) == []

    def test_bad_row_of_a_file_is_named(self, client: Client) -> None:
        answer = send(client, ("rows.csv", b"other\nx\n"))
        assert answer.status_code == 400
        assert "rows.csv" in answer.json[0]


class TestMedia:
    @pytest.fixture
    def images(self, make_project: MakeProject) -> Project:
        return make_project(BOXES, name="images")

    def test_a_picture_becomes_a_task(self, images: Project) -> None:
        client = Client(app_of(images))
        body = send(client, ("my cat.jpg", b"\xff\xd8\xff\xe0")).json
        assert body["formats"] == {".jpg": 1}
        url = data_of(client)[0]["image"]
        assert url.startswith("http://localhost/data/upload/")
        assert url.endswith("-my cat.jpg")
        answer = client.get(url.removeprefix("http://localhost"), buffered=True)
        assert (answer.status_code, answer.data) == (200, b"\xff\xd8\xff\xe0")
        stored = json.loads(client.get("/api/tasks/0").data)
        assert stored["data"]["image"] == url

    def test_the_stored_address_does_not_name_a_server(self, images: Project) -> None:
        client = Client(app_of(images))
        send(client, ("cat.jpg", b"x"))
        (task,) = images.store.read_tasks([0])
        assert task.data["image"].startswith("/data/upload/")

    def test_a_failed_import_leaves_no_upload(self, images: Project) -> None:
        client = Client(app_of(images))
        answer = send(client, ("cat.jpg", b"x"), ("tasks.json", b'[{"wrong": 1}]'))
        assert answer.status_code == 400
        assert images.uploads.names() == []

    def test_not_with_several_data_keys(self, make_project: MakeProject) -> None:
        two = '<View><Image name="a" value="$one"/><Image name="b" value="$two"/></View>'
        client = Client(app_of(make_project(two, name="two")))
        answer = send(client, ("cat.jpg", b"x"))
        assert answer.status_code == 400
        assert answer.json["detail"].startswith(
            "Your label config has more than one data keys (one, two)"
        )


def test_import_has_no_get(client: Client) -> None:
    assert client.get(URL).status_code == 404
