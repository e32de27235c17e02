"""Listing, getting, replacing and deleting tasks, and what comes next."""

from __future__ import annotations

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import Clock, choice


@pytest.fixture
def twelve(client: Client, project: Project, clock: Clock) -> Client:
    """Tasks 0–11; 3, 5 and 7 completed in the order 5, 3, 7, task 5 skipped."""
    client.post("/api/project/import", json=[{"text": f"t{n}"} for n in range(12)])
    for task_id in (5, 3, 7):
        skipped = "?was_cancelled=1" if task_id == 5 else ""
        clock.now += 10
        client.post(f"/api/tasks/{task_id}/completions{skipped}", json={"result": []})
    return client


def ids(client: Client, query: str) -> list[int]:
    return [task["id"] for task in client.get(f"/api/tasks?{query}").json]


def test_list_is_paged_and_starts_with_ten(twelve: Client) -> None:
    assert ids(twelve, "") == list(range(10))
    assert ids(twelve, "page=2") == [10, 11]
    assert ids(twelve, "page=3") == []
    assert ids(twelve, "page=2&page_size=5") == [5, 6, 7, 8, 9]
    assert ids(twelve, "page_size=1000000") == list(range(12))


@pytest.mark.parametrize("query", ["page=0", "page_size=0", "page=-1"])
def test_impossible_pages(twelve: Client, query: str) -> None:
    answer = twelve.get(f"/api/tasks?{query}")
    assert (answer.status_code, answer.json) == (422, {"detail": "Incorrect page or page_size"})


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("id", list(range(12))),
        ("-id", list(range(11, -1, -1))),
        ("completed_at", [5, 3, 7, 0, 1, 2, 4, 6, 8, 9, 10, 11]),
        ("-completed_at", [7, 3, 5, 0, 1, 2, 4, 6, 8, 9, 10, 11]),
        ("has_cancelled_completions", [7, 3, 5, 0, 1, 2, 4, 6, 8, 9, 10, 11]),
        ("-has_cancelled_completions", [5, 7, 3, 0, 1, 2, 4, 6, 8, 9, 10, 11]),
    ],
)
def test_orders_put_uncompleted_tasks_last(
    twelve: Client, order: str, expected: list[int]
) -> None:
    assert ids(twelve, f"order={order}&page_size=50") == expected
    assert ids(twelve, f"order={order}&page_size=3&page=2") == expected[3:6]


def test_unknown_order_is_named(twelve: Client) -> None:
    answer = twelve.get("/api/tasks?order=colour")
    assert answer.status_code == 400
    assert "colour" in answer.json["detail"]


def test_fields_are_chosen_and_missing_ones_left_out(twelve: Client) -> None:
    answer = twelve.get("/api/tasks?fields=id,completions&page_size=4")
    assert [sorted(task) for task in answer.json] == [["id"]] * 3 + [["completions", "id"]]


def test_listed_task_tells_when_it_was_completed(twelve: Client) -> None:
    task = twelve.get("/api/tasks?order=-has_cancelled_completions&page_size=1").json[0]
    assert task["id"] == 5
    assert task["has_cancelled_completions"] == 1
    assert len(task["completed_at"]) == len("2026-11-21 07:14:27")
    assert task["predictions"] == []
    assert task["completions"][0]["was_cancelled"] is True


def test_task_without_completions_is_as_stored(twelve: Client) -> None:
    assert twelve.get("/api/tasks/0").json == {"id": 0, "data": {"text": "t0"}}
    assert twelve.get("/api/tasks/009").json["id"] == 9
    assert b"\n" in twelve.get("/api/tasks/0?pretty=1").data


def test_unknown_and_impossible_ids(twelve: Client) -> None:
    assert twelve.get("/api/tasks/999").status_code == 404
    assert twelve.get("/api/tasks/abc").status_code == 400
    assert twelve.delete("/api/tasks/999").status_code == 404


def test_next_is_the_lowest_open_task_until_none_is_left(twelve: Client) -> None:
    seen = []
    while (answer := twelve.get("/api/project/next")).status_code == 200:
        seen.append(answer.json["id"])
        twelve.post(f"/api/tasks/{seen[-1]}/completions", json={"result": []})
    assert seen == [0, 1, 2, 4, 6, 8, 9, 10, 11]
    assert (answer.status_code, answer.data) == (404, b"")


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [("prediction-score-min", [1, 0, 2]), ("prediction-score-max", [2, 0, 1])],
)
def test_next_by_prediction_score(
    client: Client, project: Project, sampling: str, expected: list[int]
) -> None:
    scores = [[0.5], [0.1, 0.3], [0.9], []]
    tasks = [
        {"data": {"text": "t"}, "predictions": [{"result": [], "score": s} for s in item]}
        for item in scores
    ]
    client.post("/api/project/import", json=tasks)
    project.settings.change({"sampling": sampling})
    seen = []
    while (answer := client.get("/api/project/next")).status_code == 200:
        seen.append(answer.json["id"])
        client.post(f"/api/tasks/{seen[-1]}/completions", json={"result": []})
    assert seen == expected  # a task without predictions is never offered


def test_unknown_sampling_is_told(client: Client, project: Project) -> None:
    client.post("/api/project/import", json={"text": "a"})
    project.settings.change({"sampling": "by-colour"})
    answer = client.get("/api/project/next")
    assert answer.status_code == 400
    assert answer.json["detail"] == "Unknown sampling method by-colour"


@pytest.mark.parametrize("method", ["patch", "post"])
@pytest.mark.parametrize(
    "body", [{"data": {"text": "new"}}, {"text": "new"}, [{"data": {"text": "new"}}]]
)
def test_replace_shows_everywhere(twelve: Client, method: str, body: object) -> None:
    answer = getattr(twelve, method)("/api/tasks/3", json=body)
    assert (answer.status_code, answer.json) == (200, {"detail": "Task patched", "data": body})
    task = twelve.get("/api/tasks/3").json
    assert task["data"] == {"text": "new"}
    assert len(task["completions"]) == 1  # those that it had stay
    listed = next(t for t in twelve.get("/api/tasks").json if t["id"] == 3)
    assert listed["data"] == {"text": "new"}
    export = twelve.get("/api/project/export?format=JSON_MIN&raw=1", buffered=True).json
    assert next(row for row in export if row["id"] == 3)["text"] == "new"


def test_replace_takes_predictions_and_completions(twelve: Client) -> None:
    body = {
        "data": {"text": "new"},
        "predictions": [{"result": [choice()], "score": 0.7}],
        "completions": [{"result": [choice("bad")], "lead_time": 2}],
    }
    twelve.patch("/api/tasks/0", json=body)
    task = twelve.get("/api/tasks/0").json
    assert task["predictions"] == body["predictions"]
    assert task["completions"][0]["id"] == 1
    assert task["completions"][0]["lead_time"] == 2
    assert 0 in twelve.get("/api/completions").json["ids"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/tasks/999", {"text": "x"}, 404),
        ("/api/tasks/abc", {"text": "x"}, 400),
        ("/api/tasks/0", {"wrong": "x"}, 400),
        ("/api/tasks/0", [{"text": "x"}, {"text": "y"}], 400),
        ("/api/tasks/0", "text", 400),
    ],
)
def test_replace_refuses_and_changes_nothing(
    twelve: Client, path: str, body: object, status: int
) -> None:
    before = twelve.get("/api/tasks?page_size=50").data
    assert twelve.patch(path, json=body).status_code == status
    assert twelve.get("/api/tasks?page_size=50").data == before


def test_delete_one(twelve: Client) -> None:
    assert twelve.delete("/api/tasks/3").status_code == 204
    assert twelve.get("/api/tasks/3").status_code == 404
    assert twelve.get("/api/completions").json == {"ids": [5, 7]}
    assert ids(twelve, "page_size=50") == [0, 1, 2, *range(4, 12)]


def test_delete_all_begins_ids_anew(twelve: Client) -> None:
    answer = twelve.delete("/api/tasks")
    assert (answer.status_code, answer.data) == (204, b"")
    assert twelve.get("/api/tasks").json == []
    assert twelve.get("/api/completions").json == {"ids": []}
    assert twelve.post("/api/project/import", json={"text": "a"}).json["new_task_ids"] == [0]


def test_ids_of_deleted_tasks_are_not_given_again(twelve: Client) -> None:
    twelve.delete("/api/tasks/11")
    assert twelve.post("/api/project/import", json={"text": "a"}).json["new_task_ids"] == [12]


def test_with_a_final_slash_it_is_the_same(twelve: Client) -> None:
    for path in ("/api/tasks", "/api/tasks/3", "/api/project/next", "/api/completions"):
        assert twelve.get(path).data == twelve.get(f"{path}/").data
    assert twelve.post("/api/tasks/1/completions/", json={"result": []}).status_code == 201


def test_head_and_options(twelve: Client) -> None:
    head = twelve.head("/api/tasks")
    assert (head.status_code, head.data) == (200, b"")
    options = twelve.options("/api/tasks/3")
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) >= {"GET", "PATCH", "POST", "DELETE"}
