"""ML backends as calls of the Models page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import choice
from tests.ml.scripted import Scripted, scripted_backend


@pytest.fixture
def backend() -> Iterator[Scripted]:
    with scripted_backend() as backend:
        yield backend


@pytest.fixture
def connected(client: Client, backend: Scripted) -> dict[str, Any]:
    body = {"url": backend.url, "name": "moods", "basic_auth_pass": "secret"}
    response = client.post("/api/backends", json=body)
    assert response.status_code == 201
    made: dict[str, Any] = response.json
    return made


def test_a_backend_is_connected_and_listed(client: Client, connected: dict[str, Any]) -> None:
    assert connected["name"] == "moods" and "basic_auth_pass" not in connected
    assert client.get("/api/backends").json == [connected]
    assert client.get(f"/api/backends/{connected['id']}").json == connected
    assert client.get("/model").status_code == 200


def test_nobody_there_is_502_and_nothing_is_kept(client: Client) -> None:
    response = client.post("/api/backends", json={"url": "http://127.0.0.1:9"})
    assert response.status_code == 502 and "127.0.0.1:9" in response.json["detail"]
    assert client.get("/api/backends").json == []


def test_a_check_tells_how_it_is(client: Client, connected: dict[str, Any]) -> None:
    checked = client.post(f"/api/backends/{connected['id']}/check").json
    assert (checked["state"], checked["model_version"]) == ("CO", "v1")
    assert checked["training"] is False and checked["generation"] == "0.8"


def test_a_check_of_a_dead_one_tells_why(
    client: Client, connected: dict[str, Any], backend: Scripted
) -> None:
    backend.answers["/health"] = (500, {})
    checked = client.post(f"/api/backends/{connected['id']}/check").json
    assert checked["state"] == "ER" and checked["error"] and checked["versions"] == []


def test_settings_are_changed_and_taken_away(client: Client, connected: dict[str, Any]) -> None:
    path = f"/api/backends/{connected['id']}"
    changed = client.patch(path, json={"timeout": 5, "name": "tones"}).json
    assert (changed["timeout"], changed["name"], changed["id"]) == (5, "tones", connected["id"])
    assert "timeout" not in client.patch(path, json={"timeout": None}).json
    assert client.patch(path, json={"timeout": "soon"}).status_code == 400


def test_it_is_removed(client: Client, connected: dict[str, Any]) -> None:
    path = f"/api/backends/{connected['id']}"
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert client.get("/api/backends/x").status_code == 404


def test_training_is_started(client: Client, connected: dict[str, Any], backend: Scripted) -> None:
    response = client.post(f"/api/backends/{connected['id']}/train")
    assert response.json == {"started": ["moods"], "problems": []}
    assert "POST /train" in backend.lines


def test_all_tasks_are_predicted_by_a_job_and_scored(
    client: Client, project: Project, connected: dict[str, Any]
) -> None:
    client.post("/api/project/import", json=[{"text": "a"}, {"text": "b"}, {"text": "c"}])
    for task_id, mood in enumerate(("good", "bad")):
        client.post(f"/api/tasks/{task_id}/completions", json={"result": [choice(mood)]})
    started = client.post("/api/models/predict-all", json={"missing_only": True})
    assert started.status_code == 202
    project.jobs.wait(started.json["id"], 20)
    job = client.get(f"/api/jobs/{started.json['id']}").json
    assert (job["status"], job["done"], job["counts"]["stored"]) == ("completed", 3, 3)
    assert [one["id"] for one in client.get("/api/jobs?kind=predict").json] == [job["id"]]

    [score] = client.get("/api/models/scores").json
    assert (score["version"], score["tasks"]) == ("v1", 2)
    assert score["precision"] == 0.5 and score["f1"] == 0.5
    rows = {row["label"]: (row["both"], row["model_only"]) for row in score["labels"]}
    assert rows == {"good": (1, 1), "bad": (0, 0)}


def test_a_job_is_stopped(client: Client, project: Project, connected: Any) -> None:
    client.post("/api/project/import", json=[{"text": "a"}])
    job = client.post("/api/models/predict-all").json
    assert client.delete(f"/api/jobs/{job['id']}").status_code == 200
    assert project.jobs.wait(job["id"], 20).status in ("cancelled", "completed")


def test_odd_bodies_are_refused(client: Client, connected: dict[str, Any]) -> None:
    for body in ({"replace": "yes"}, {"all": True}, [1]):
        assert client.post("/api/models/predict-all", json=body).status_code == 400
