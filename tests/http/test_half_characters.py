r"""JSON may hold half of a character, ``"\ud800"``, which no UTF-8 can: it is kept everywhere."""

from __future__ import annotations

import json

import pytest

from tests.client import Client

HALF = "\ud800"
V1 = {"X-Label-Studio-API": "1"}


def region(choice: str) -> dict[str, object]:
    return {
        "from_name": "mood",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [choice]},
    }


@pytest.fixture
def odd(client: Client) -> Client:
    """Two equal tasks with such a text, the first one done with such a choice."""
    tasks = [{"text": HALF, "a": [1, {"b": 2}]}] * 2
    assert client.post("/api/project/import", json=tasks).status_code == 201
    done = client.post("/api/tasks/0/completions", json={"result": [region(HALF)], HALF: HALF})
    assert done.status_code == 201
    return client


@pytest.mark.parametrize("indent", [0, 2])
@pytest.mark.parametrize("several", [True, False])
def test_in_json_on_lines(client: Client, indent: int, several: bool) -> None:
    task = {"text": HALF, "more": ["a", " b  ", 1.5, {}]}
    body = json.dumps([task] if several else task, indent=indent).replace("\n", "\r\n")
    answer = client.post("/api/project/import", data=body, content_type="application/json")
    assert answer.status_code == 201
    assert client.get("/api/tasks/0").json["data"] == task


@pytest.mark.parametrize(
    "path",
    [
        "/api/tasks",
        "/api/tasks/0?pretty=1",
        "/api/table",
        "/api/insights",
        "/api/insights/labels",
        "/api/insights/labels.csv",
        "/api/project/export?format=CSV",
        "/api/project/export?format=JSON",
    ],
)
def test_is_shown(odd: Client, path: str) -> None:
    assert odd.get(path, buffered=True).status_code == 200


def test_in_comments(odd: Client) -> None:
    body = {"annotation": 1, "text": HALF}
    assert odd.post("/api/comments", json=body, headers=V1).status_code == 201
    assert "\\ud800" in odd.get("/api/comments/export", headers=V1).text


def test_duplicates_are_found(odd: Client) -> None:
    answer = odd.post(
        "/api/dm/actions?id=remove_duplicates&project=1",
        json={"selectedItems": {"all": True, "excluded": []}},
        headers=V1,
    )
    assert answer.status_code == 200
    assert odd.get("/api/project").json["task_count"] == 1
