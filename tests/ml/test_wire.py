"""The requests that 0.8.2 made to its ML backends, recorded, and ours for the same triggers.

``recorded_calls.json`` has the calls by trigger. They are compared field by field, but for what
differs on purpose: ``all_tasks`` is one request for many tasks, and of the headers only
``Content-Type`` means anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import Clock, MakeProject, app_of
from tests.ml.conftest import add_tasks
from tests.ml.scripted import Scripted

RECORDED = {
    item["trigger"]: item["calls"]
    for item in json.loads(Path(__file__).with_name("recorded_calls.json").read_text("utf-8"))
}
SENTIMENT = RECORDED["models-020"][1]["body"]["schema"]
NAME = RECORDED["models-020"][1]["body"]["project"]


@pytest.fixture
def project(make_project: MakeProject, backend: Scripted) -> Project:
    made = make_project(SENTIMENT, name="ml", ml_backends=[{"name": NAME, "url": backend.url}])
    add_tasks(made, "a", "b", "c")
    return made


Check = Callable[..., None]


@pytest.fixture
def same_calls(project: Project, backend: Scripted) -> Check:
    """``same_calls(trigger, method, path, **request)``: answer as recorded, then compare."""
    client = Client(app_of(project))

    def check(trigger: str, method: str, path: str, **request: Any) -> None:
        recorded = RECORDED[trigger]
        answer_as(backend, recorded)
        backend.forget()
        client.open(path, method=method, **request)
        expected = [(c["method"], c["path"], settled(c["body"], project)) for c in recorded]
        made = [(c.method, c.path, settled(c.body, project)) for c in backend.calls]
        assert made == expected
        for call in backend.calls:
            kind = "application/json" if call.body is not None else None
            assert call.headers.get("Content-Type") == kind
            assert call.headers["User-Agent"].startswith("label-studio/")

    return check


def answer_as(backend: Scripted, recorded: list[dict[str, Any]]) -> None:
    for call in recorded:
        answer = call["answer"]
        backend.answers[call["path"].partition("?")[0]] = (answer["status"], answer["body"])


def settled(body: Any, project: Project) -> Any:
    """0.8.2 sent completions in the order of the directory; DIR is the project's folder."""
    if not isinstance(body, dict) or "completions" not in body:
        return body
    assert body["params"]["project_full_path"] in ("DIR", str(project.folder))
    works = sorted(body["completions"], key=lambda work: work["id"])
    return body | {"completions": works, "params": {**body["params"], "project_full_path": "DIR"}}


def remember_job(project: Project, job: str) -> None:
    project.models.memory.remember(project.models.all()[0].id, train_job=job)


def test_connecting(make_project: MakeProject, backend: Scripted) -> None:
    client = Client(app_of(make_project(SENTIMENT)))
    answer = client.patch("/api/project", json={"ml_backend": backend.url})
    assert answer.status_code == 201
    assert backend.lines == [f"{c['method']} {c['path']}" for c in RECORDED["models-011"]]


def test_task_by_id(same_calls: Check) -> None:
    same_calls("models-020", "GET", "/api/tasks/0")


def test_next_task(same_calls: Check) -> None:
    same_calls("models-020", "GET", "/api/project/next")


def test_setup_fails(same_calls: Check, project: Project) -> None:
    same_calls("models-051", "POST", "/api/models/predictions", json={"text": "x"})


def test_all_tasks_is_one_request_for_many(project: Project, backend: Scripted) -> None:
    recorded = RECORDED["models-034"]
    client = Client(app_of(project))
    answer = client.post("/api/models/predictions?mode=all_tasks")
    assert (answer.status_code, answer.json) == (200, {"details": "predictions are ready"})
    assert backend.lines == ["GET /health", "POST /setup", "POST /predict"]
    tasks = [
        task for call in recorded if "/predict" in call["path"] for task in call["body"]["tasks"]
    ]
    assert backend.calls[1].body == recorded[1]["body"]
    assert backend.calls[2].body == recorded[2]["body"] | {"tasks": tasks}


def test_training_without_completions(same_calls: Check) -> None:
    same_calls("models-037", "POST", "/api/models/train")


def test_training_with_completions(same_calls: Check, project: Project, clock: Clock) -> None:
    work = RECORDED["models-040"][3]["body"]["completions"]
    for item in work:
        for completion in item["completions"]:
            clock.now = completion["created_at"]
            skipped = completion.get("was_cancelled", False)
            project.completions.complete(item["id"], completion, was_cancelled=skipped)
    remember_job(project, "job-1")
    same_calls("models-040", "POST", "/api/models/train")


def test_the_job_is_running(same_calls: Check, project: Project) -> None:
    remember_job(project, "job-1")
    same_calls("models-042", "POST", "/api/models/train")


def test_the_backend_is_training(same_calls: Check, project: Project) -> None:
    remember_job(project, "job-1")
    same_calls("models-043", "POST", "/api/models/train")


def test_deleting_all_tasks(same_calls: Check) -> None:
    same_calls("models-059", "DELETE", "/api/tasks")


def test_a_new_label_config(same_calls: Check, backend: Scripted, project: Project) -> None:
    client = Client(app_of(project))
    client.post("/api/project/config", json={"label_config": SENTIMENT})
    assert backend.lines == ["GET /health"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/tasks", None),
        ("GET", "/api/models", None),
        ("GET", "/api/project", None),
        ("POST", "/api/tasks/0/completions", {"result": []}),
        ("POST", "/api/project/import", [{"text": "d"}]),
        ("DELETE", "/api/tasks/0", None),
        ("DELETE", "/api/models", {"name": NAME}),
    ],
)
def test_what_asks_nobody(
    project: Project, backend: Scripted, method: str, path: str, body: Any
) -> None:
    client = Client(app_of(project))
    assert client.open(path, method=method, json=body).status_code < 300
    assert backend.lines == []


class TestSmallThings:
    """Seen on 0.8.2 with a backend of our own behind it."""

    def test_completions_are_sent_with_the_task_at_hand(
        self, project: Project, backend: Scripted
    ) -> None:
        client = Client(app_of(project))
        client.post("/api/tasks/0/completions", json={"result": []})
        stored = client.get("/api/tasks/0").json["completions"]
        client.post("/api/models/predictions?mode=all_tasks")
        alone, together = backend.bodies("/predict")
        assert alone["tasks"][0]["completions"] == stored
        assert "completions" not in together["tasks"][0]

    def test_stored_predictions_are_not_sent(self, project: Project, backend: Scripted) -> None:
        project.predictions.add(0, {"result": [], "score": 0.5})
        Client(app_of(project)).get("/api/tasks/0")
        assert backend.bodies("/predict")[0]["tasks"][0]["predictions"] == []

    def test_a_final_slash_of_the_address(
        self, make_project: MakeProject, backend: Scripted
    ) -> None:
        make_project(name="slash").models.connect(f"m={backend.url}/")
        assert backend.lines == ["GET /health"]


def test_the_recording_is_complete() -> None:
    assert {call["path"].partition("?")[0] for calls in RECORDED.values() for call in calls} == {
        "/health",
        "/setup",
        "/predict",
        "/is_training",
        "/train",
        "/job_status",
        "/delete",
    }
