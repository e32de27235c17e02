"""Saving, updating and deleting completions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import Clock, choice


@pytest.fixture
def three(client: Client) -> Client:
    client.post("/api/project/import", json=[{"text": f"t{n}"} for n in range(3)])
    return client


def completions(client: Client, task_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/tasks/{task_id}").json.get("completions", [])
    return found


def test_complete(three: Client, project: Project, clock: Clock) -> None:
    body = {"result": [choice()], "lead_time": 12.5, "custom": {"a": 1}}
    answer = three.post("/api/tasks/1/completions", json=body)
    assert (answer.status_code, answer.json) == (201, {"id": 1001})
    stored = json.loads((project.folder / "completions/1.json").read_text())
    expected = {**body, "id": 1001, "created_at": int(clock.now)}
    assert stored == {"completions": [expected], "data": {"text": "t1"}, "id": 1}
    assert completions(three, 1) == [expected]
    assert three.post("/api/tasks/1/completions", json=body).json == {"id": 1002}


def test_server_decides_id_and_time(three: Client, clock: Clock) -> None:
    body = {"result": [], "created_at": 1, "id": 77, "was_cancelled": True, "skipped": True}
    assert three.post("/api/tasks/0/completions", json=body).json == {"id": 1}
    assert completions(three, 0) == [{"result": [], "id": 1, "created_at": int(clock.now)}]


@pytest.mark.parametrize("value", ["1", "0", "true"])
def test_any_value_of_was_cancelled_is_a_skip(three: Client, value: str) -> None:
    body = {"result": [], "lead_time": 1, "id": None}
    answer = three.post(f"/api/tasks/0/completions?was_cancelled={value}", json=body)
    assert answer.json == {"id": 1}
    assert completions(three, 0)[0]["was_cancelled"] is True
    assert three.get("/api/project/next").json["id"] == 1


def test_known_id_updates(three: Client) -> None:
    three.post("/api/tasks/0/completions", json={"result": [choice("good")]})
    body = {"id": 1, "result": [choice("bad")], "lead_time": 3}
    assert three.post("/api/tasks/0/completions", json=body).json == {"id": 1}
    (only,) = completions(three, 0)
    assert only["result"] == [choice("bad")]
    assert only["lead_time"] == 3


def test_a_repeated_submit_is_answered_once(three: Client) -> None:
    body = {"result": [choice()], "unique_id": "d0f2"}
    for _ in range(3):
        assert three.post("/api/tasks/0/completions", json=body).json == {"id": 1}
    assert len(completions(three, 0)) == 1


def test_unknown_task(three: Client) -> None:
    assert three.post("/api/tasks/9/completions", json={"result": []}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"result": None},
        {"result": "text"},
        {"result": {"a": 1}},
        {"result": [1]},
        {"result": [{"from_name": "mood", "to_name": "text", "type": "choices"}]},
        {"result": [{**choice(), "value": {"choices": [{"x": 1}]}}]},
        [],
        "text",
    ],
)
def test_what_would_poison_the_project_is_refused(three: Client, body: object) -> None:
    answer = three.post("/api/tasks/0/completions", json=body)
    assert answer.status_code == 400
    assert answer.json["detail"]
    assert completions(three, 0) == []


def test_malformed_json(three: Client) -> None:
    answer = three.post(
        "/api/tasks/0/completions", data='{"result": [', content_type="application/json"
    )
    assert answer.status_code == 400
    assert "not valid JSON" in answer.json["detail"]


def test_update_merges(three: Client, clock: Clock) -> None:
    three.post("/api/tasks/0/completions", json={"result": [choice()], "lead_time": 1, "x": 1})
    created, clock.now = int(clock.now), clock.now + 60
    answer = three.patch("/api/tasks/0/completions/1", json={"lead_time": 5, "id": 4})
    assert (answer.status_code, answer.text) == (201, "ok")
    assert completions(three, 0) == [
        {"result": [choice()], "lead_time": 5, "x": 1, "id": 1, "created_at": created}
    ]
    three.patch("/api/tasks/0/completions/1/", json={"result": [choice("bad")]})
    (only,) = completions(three, 0)
    assert only["created_at"] == created
    assert only["updated_at"] == created + 60


def test_an_updated_task_is_newest(three: Client, clock: Clock) -> None:
    for task_id in (0, 1):
        clock.now += 5
        three.post(f"/api/tasks/{task_id}/completions", json={"result": []})
    clock.now += 5
    three.patch("/api/tasks/0/completions/1", json={"result": [choice()]})
    order = [task["id"] for task in three.get("/api/tasks?order=-completed_at").json]
    assert order == [0, 1, 2]


def test_update_can_take_a_skip_back(three: Client) -> None:
    three.post("/api/tasks/0/completions?was_cancelled=1", json={"result": []})
    three.patch("/api/tasks/0/completions/1", json={"lead_time": 2})
    assert completions(three, 0)[0]["was_cancelled"] is True
    three.patch("/api/tasks/0/completions/1", json={"was_cancelled": False})
    assert completions(three, 0)[0]["was_cancelled"] is False


def test_update_of_nothing(three: Client) -> None:
    three.post("/api/tasks/0/completions", json={"result": []})
    assert three.patch("/api/tasks/0/completions/9", json={"result": []}).status_code == 404
    assert three.patch("/api/tasks/0/completions/x", json={}).status_code == 400
    assert three.patch("/api/tasks/0/completions/1", json={"result": 1}).status_code == 400
    answer = three.patch("/api/tasks/0/completions/null", json={})
    assert (answer.status_code, answer.text) == (200, "completion id is null")


def test_delete_one_completion(three: Client, project: Project) -> None:
    for _ in range(2):
        three.post("/api/tasks/0/completions", json={"result": []})
    assert three.delete("/api/tasks/0/completions/2").status_code == 204
    assert three.delete("/api/tasks/0/completions/2").status_code == 204  # also when it is gone
    assert [c["id"] for c in completions(three, 0)] == [1]
    assert three.post("/api/tasks/0/completions", json={"result": []}).json == {"id": 3}


def test_without_its_last_completion_a_task_is_open(three: Client, project: Project) -> None:
    three.post("/api/tasks/0/completions", json={"result": []})
    three.delete("/api/tasks/0/completions/1")
    assert three.get("/api/completions").json == {"ids": []}
    assert three.get("/api/project/next").json["id"] == 0
    assert not (project.folder / "completions/0.json").exists()


def test_delete_completions_of_a_task(three: Client) -> None:
    three.post("/api/tasks/0/completions", json={"result": []})
    for task_id in (0, 1, 99):
        assert three.delete(f"/api/tasks/{task_id}/completions").status_code == 204
    assert three.get("/api/completions").json == {"ids": []}


def test_deleting_can_be_forbidden(three: Client, project: Project) -> None:
    three.post("/api/tasks/0/completions", json={"result": []})
    project.settings.change({"allow_delete_completions": False})
    for path in ("/api/tasks/0/completions", "/api/tasks/0/completions/1"):
        answer = three.delete(path)
        assert answer.status_code == 422
        assert answer.json["detail"] == "Completion removing is not allowed in server config"
    assert len(completions(three, 0)) == 1


def test_delete_all_completions(three: Client, project: Project) -> None:
    project.settings.change({"allow_delete_completions": False})  # not asked, as in 0.8.x
    for task_id in (0, 2):
        three.post(f"/api/tasks/{task_id}/completions", json={"result": []})
    answer = three.delete("/api/completions")
    assert (answer.status_code, answer.text) == (201, "done")
    assert three.get("/api/completions").json == {"ids": []}
    assert len(three.get("/api/tasks").json) == 3


def test_completions_have_no_get(three: Client) -> None:
    assert three.get("/api/tasks/0/completions").status_code == 404
    assert three.get("/api/tasks/0/completions/1").status_code == 404
