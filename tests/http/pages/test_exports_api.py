"""Exports in the background: of all that a query finds, with the report of what is left out."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from label_studio_lite.core.model import RawTask
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import choice

TASKS = [
    {"data": {"text": "one"}, "completions": [{"result": [choice("good")]}]},
    {"data": {"text": "two"}, "completions": [{"result": [], "was_cancelled": True}]},
    {"data": {"text": "three"}},
    {
        "data": {"text": "four"},
        "completions": [{"result": [choice("bad")]}, {"result": [choice("good")]}],
        "predictions": [{"result": [choice("good")], "score": 0.5}],
    },
]


@pytest.fixture
def labeled(project: Project) -> Project:
    project.imports.import_items(map(RawTask, TASKS))
    return project


def run(client: Client, project: Project, body: Any) -> dict[str, Any]:
    started = client.post("/api/exports", json=body)
    assert started.status_code == 202, started.text
    project.jobs.wait(started.get_json()["id"], 10)
    job: dict[str, Any] = client.get(f"/api/jobs/{started.get_json()['id']}").get_json()
    assert job["status"] == "completed", job
    return job


def content(client: Client, job: dict[str, Any]) -> Any:
    with client.get(f"/api/project/exports/{job['result']['name']}") as answer:
        assert len(answer.data) == job["result"]["size"]
        if not job["result"]["name"].endswith(".zip"):
            return json.loads(answer.data)
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return json.loads(archive.read("result.json"))


def texts(client: Client, project: Project, **body: Any) -> list[str]:
    found = content(client, run(client, project, {"format": "JSON", **body}))
    return [task["data"]["text"] for task in found]


def test_what_is_exported(client: Client, labeled: Project) -> None:
    assert texts(client, labeled) == ["one", "two", "four"]
    assert texts(client, labeled, all_tasks=True) == ["one", "two", "three", "four"]
    assert texts(client, labeled, state="done") == ["one", "four"]
    assert texts(client, labeled, search="o", state="open", all_tasks=True) == []
    some = {"selectedItems": {"all": False, "included": [2, 3]}}
    assert texts(client, labeled, query=some) == ["four"]
    assert texts(client, labeled, query=some, all_tasks=True, raw=True) == ["three", "four"]


def test_nothing_that_matches_is_an_empty_export(client: Client, labeled: Project) -> None:
    assert texts(client, labeled, search="nobody", all_tasks=True) == []


def test_which_completions(client: Client, labeled: Project) -> None:
    body = {"format": "JSON", "newest": False, "skipped": False, "predictions": True}
    *_, last = content(client, run(client, labeled, body))
    assert len(last["completions"]) == 2
    assert last["predictions"][0]["score"] == 0.5


def test_the_report_is_kept_with_the_job(client: Client, labeled: Project) -> None:
    job = run(client, labeled, {"format": "CSV"})
    counts = job["result"]["counts"]
    assert counts["tasks"] == {"read": 3, "written": 2, "left_out": 1}
    assert {"kind": "task", "reason": "only skipped", "count": 1} in counts["summary"]
    assert (job["done"], job["total"]) == (3, 3)
    assert client.get("/api/jobs?kind=export").get_json() == [job]


def test_formats_say_what_they_hold_and_fit(client: Client, labeled: Project) -> None:
    found = {each["name"]: each for each in client.get("/api/exports/formats").get_json()}
    assert found["JSON"]["available"] and not found["COCO"]["available"]
    assert found["JSON"]["options"] == ["raw", "predictions"]
    assert found["CONLL2003"]["options"] == ["raw", "tokenizer"]
    assert found["COCO_WITH_IMAGES"]["options"] == ["media"]
    fitting = [each["available"] for each in found.values()]
    assert fitting == sorted(fitting, reverse=True)
    assert all(each["holds"] for each in found.values())


@pytest.mark.parametrize(
    "body",
    [{}, {"format": "DOC"}, {"format": "COCO", "raw": True}, {"format": "JSON", "newest": "yes"},
     {"format": "JSON", "tokenizer": "none"}, {"format": "JSON", "state": "new"}],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(client: Client, labeled: Project, body: Any) -> None:
    assert client.post("/api/exports", json=body).status_code == 400
    assert client.get("/api/project/exports").get_json() == []


def test_a_cancelled_export_leaves_nothing(
    client: Client, labeled: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = labeled.store.read_tasks

    def cancelling(ids: Any) -> Any:
        for task in read(ids):
            labeled.jobs.cancel(labeled.jobs.all("export")[-1].id)
            yield task

    monkeypatch.setattr(labeled.store, "read_tasks", cancelling)
    started = client.post("/api/exports", json={"format": "JSON"}).get_json()
    assert labeled.jobs.wait(started["id"], 10).status == "cancelled"
    assert client.get("/api/project/exports").get_json() == []


def test_the_page(client: Client, labeled: Project) -> None:
    response = client.get("/export")
    assert response.status_code == 200
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert '"completed": 3' in response.text and '"tasks": 4' in response.text
