"""Examples, health, version, and the older names of routes."""

from __future__ import annotations

import csv
import io
import re

import pytest

from label_studio_lite import __version__
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import BOXES, MakeProject, app_of


def test_example_for_a_config(client: Client) -> None:
    for answer in (
        client.get("/api/import-example", query_string={"label_config": BOXES}),
        client.post("/api/import-example", data={"label_config": BOXES}),
    ):
        assert answer.status_code == 200
        assert list(answer.json) == ["image"]
    missing = client.get("/api/import-example")
    assert (missing.status_code, missing.text) == (400, "error while example generating")
    bad = client.get("/api/import-example", query_string={"label_config": "<View>"})
    assert bad.status_code == 400


@pytest.mark.parametrize("kind", ["json", "csv", "tsv", "txt"])
def test_example_files_can_be_imported(client: Client, kind: str) -> None:
    answer = client.get(f"/api/import-example-file?q={kind}")
    name = answer.headers["filename"]
    assert re.fullmatch(rf"sample-\d{{4}}-\d\d-\d\d-\d\d-\d\d\.{kind}", name)
    form = {"file": (io.BytesIO(answer.data), name)}
    assert client.post("/api/project/import", data=form).json["task_count"] == 2
    raw = client.get(f"/api/import-example-file?q={kind}&raw=1")
    assert raw.data == answer.data
    assert "filename" not in raw.headers


def test_example_files_that_make_no_sense(make_project: MakeProject) -> None:
    two = '<View><Text name="a" value="$a"/><Text name="b" value="$b"/></View>'
    client = Client(app_of(make_project(two, name="two")))
    assert client.get("/api/import-example-file?q=txt").status_code == 400
    assert client.get("/api/import-example-file?q=xls").status_code == 400


def test_time_series(client: Client) -> None:
    answer = client.get("/samples/time-series.csv?time=t&values=a,b&sep=;")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text), delimiter=";"))
    assert rows[0] == ["t", "a", "b"]
    assert len(rows) == 101


def test_health_states_and_version(client: Client) -> None:
    assert client.get("/api/health").json == {"status": "up"}
    assert client.get("/api/states").json == {"status": "done"}
    version = client.get("/version").json
    assert version["label-studio-backend"] == __version__
    assert isinstance(version["label-studio-frontend"], dict)


class TestOlderNames:
    def test_of_routes_that_read(self, client: Client, project: Project) -> None:
        project.settings.change({"instruction": "Be <b>kind</b>."})
        client.post("/api/import", json=[{"text": "a"}, {"text": "b"}])
        assert client.get("/api/projects/1/next/").json["id"] == 0
        client.post("/api/tasks/0/cancel")
        assert client.get("/api/projects/1/completions_ids/").json == [0]
        assert client.get("/api/projects/1/expert_instruction").text == "Be <b>kind</b>."
        export = client.get("/api/export?format=JSON&raw=1", buffered=True).json
        assert export[0]["completions"][0]["was_cancelled"] is True

    def test_of_routes_that_change(self, client: Client) -> None:
        assert client.post("/api/save-config", data={"label_config": BOXES}).status_code == 201
        client.post("/api/import", json={"image": "x"})
        client.post("/api/tasks/0/completions", json={"result": []})
        answer = client.delete("/api/project/completions/")
        assert (answer.status_code, answer.text) == (201, "done")
        assert client.delete("/api/tasks/delete").status_code == 204
        assert client.get("/api/tasks").json == []


@pytest.mark.parametrize("path", ["/render-label-studio", "/api/render-label-studio"])
def test_a_config_is_shown_in_the_editor(client: Client, path: str) -> None:
    for answer in (
        client.get(path, query_string={"config": BOXES}),
        client.post(path, data={"config": BOXES}),
    ):
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert "RectangleLabels" in answer.text
    assert client.get(path).status_code == 417
    assert client.get(path, query_string={"config": "<View"}).status_code == 400
