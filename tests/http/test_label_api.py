"""What the Label page asks for: the next task, its draft, the progress."""

from __future__ import annotations

from typing import Any

from label_studio_lite.service.project import Project
from tests.client import Client

RESULT = [
    {"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}}
]
DRAFT = {"completion_id": None, "unique_id": "u1", "result": RESULT, "lead_time": 2.5}


def with_tasks(client: Client, count: int) -> None:
    tasks = [{"text": f"text {i}"} for i in range(count)]
    assert client.post("/api/project/import", json=tasks).status_code == 201


def shown(client: Client, query: str = "") -> Any:
    answer = client.get(f"/api/label/next{query}")
    assert answer.status_code == 200
    return answer.json


def test_next_passes_over_what_is_shown_already(client: Client) -> None:
    with_tasks(client, 3)
    assert shown(client)["task"]["id"] == 0
    assert shown(client, "?exclude=0,1")["task"]["id"] == 2
    assert shown(client, "?exclude=0,1,2")["task"] is None


def test_a_task_with_what_is_known_of_it(client: Client) -> None:
    with_tasks(client, 1)
    completion_id = client.post("/api/tasks/0/completions", json={"result": RESULT}).json["id"]
    answer = client.get("/api/label/tasks/0").json
    assert answer["task"]["completions"][0]["id"] == completion_id
    assert list(answer["revisions"]) == [str(completion_id)]
    assert answer["draft"] is None
    assert client.get("/api/label/tasks/9").status_code == 404


def test_progress(client: Client) -> None:
    with_tasks(client, 5)
    for task_id in range(3):
        body = {"result": RESULT, "lead_time": 4.0}
        client.post(f"/api/tasks/{task_id}/completions", json=body)
    client.post("/api/tasks/3/completions?was_cancelled=1", json={"result": []})
    answer = client.get("/api/progress").json
    assert answer == {
        "tasks": 5,
        "completed": 4,
        "skipped": 1,
        "lead_time": 4.0,
        "seconds_left": 4.0,
    }


def test_a_draft_is_kept_and_shown_until_it_is_dropped(client: Client) -> None:
    with_tasks(client, 1)
    assert client.get("/api/tasks/0/draft").status_code == 404
    saved = client.put("/api/tasks/0/draft", json=DRAFT)
    assert saved.status_code == 200
    assert client.get("/api/tasks/0/draft").json["result"] == RESULT
    assert shown(client)["draft"]["unique_id"] == "u1"
    assert client.get("/api/tasks/0").json.get("completions", []) == []
    assert client.delete("/api/tasks/0/draft").status_code == 204
    assert shown(client)["draft"] is None


def test_of_two_who_draw_the_second_is_told(client: Client) -> None:
    with_tasks(client, 1)
    first = client.put("/api/tasks/0/draft", json=DRAFT)
    assert client.put("/api/tasks/0/draft", json={**DRAFT, "unique_id": "u2"}).status_code == 409
    based_on = {"If-Match": first.headers["ETag"]}
    newer = client.put("/api/tasks/0/draft", json={**DRAFT, "lead_time": 3}, headers=based_on)
    assert newer.status_code == 200
    assert client.put("/api/tasks/0/draft", json=DRAFT, headers=based_on).status_code == 409
    assert client.delete("/api/tasks/0/draft", headers=based_on).status_code == 204
    assert client.get("/api/tasks/0/draft").json["lead_time"] == 3


def test_a_draft_must_be_one(client: Client, project: Project) -> None:
    with_tasks(client, 1)
    bad: list[object] = [{}, {"result": 1}, {"result": [1]}, [], None]
    for body in bad:
        assert client.put("/api/tasks/0/draft", json=body).status_code == 400
    assert client.put("/api/tasks/7/draft", json=DRAFT).status_code == 404
    assert not (project.folder / "drafts").exists()
