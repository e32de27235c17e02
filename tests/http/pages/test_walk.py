"""Labeling the tasks that a query finds, in their order: ``GET /api/label/next?query=…``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.client import Client
from tests.conftest import choice

NEXT = "/api/label/next"
TEXTS = ("pear", "apple", "plum", "apple", "fig")


@pytest.fixture
def five(client: Client) -> Client:
    client.post("/api/project/import", json=[{"text": text} for text in TEXTS])
    return client


def asked(client: Client, query: Any = None, **more: Any) -> dict[str, Any]:
    given = more if query is None else {"query": json.dumps(query), **more}
    answer = client.get(NEXT, query_string=given)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def walked(client: Client, query: Any = None, **more: Any) -> list[int]:
    """Ids in the order in which they come."""
    found: list[int] = []
    for count in range(1, 10):
        after = {"after": found[-1]} if found else {}
        shown = asked(client, query, **after, **more)
        if shown["task"] is None:
            assert shown["selection"]["position"] is None
            return found
        found.append(shown["task"]["id"])
        assert shown["selection"]["position"] == count
    raise AssertionError("it does not end")


def label(client: Client, task_id: int) -> None:
    body = {"result": [choice()], "lead_time": 1}
    assert client.post(f"/api/tasks/{task_id}/completions", json=body).status_code == 201


def selected(*ids: int) -> dict[str, Any]:
    return {"selectedItems": {"all": False, "included": list(ids)}}


def test_what_is_selected_comes_in_the_order_of_the_table(five: Client) -> None:
    assert walked(five, selected(4, 0, 2)) == [0, 2, 4]
    assert walked(five, {**selected(4, 0, 2), "ordering": ["tasks:data.text"]}) == [4, 0, 2]
    assert walked(five, search="apple") == [1, 3]
    assert walked(five, {"selectedItems": {"all": True, "excluded": [0, 1]}}) == [2, 3, 4]
    assert walked(five, selected(77)) == []


def test_a_labeled_task_comes_too(five: Client) -> None:
    label(five, 1)
    assert walked(five, search="apple") == [1, 3]
    assert walked(five, state="done", search="p") == [1]


def test_a_walk_with_a_name_keeps_what_its_filter_no_longer_finds(five: Client) -> None:
    assert asked(five, state="open", walk="mine")["task"]["id"] == 0
    label(five, 0)
    label(five, 1)
    assert walked(five, state="open") == [2, 3, 4]
    assert walked(five, state="open", walk="mine") == [0, 1, 2, 3, 4]
    assert walked(five, state="open", walk="other") == [2, 3, 4]
    place = five.get("/api/label/tasks/1?state=open&walk=mine").json["selection"]
    assert place == {"position": 2, "total": 5}
    assert five.get("/api/label/tasks/1?state=open").json["selection"]["position"] is None


def test_the_names_of_many_walks_are_not_kept_forever(five: Client) -> None:
    asked(five, state="open", walk="mine")
    label(five, 0)
    for number in range(8):
        asked(five, walk=f"other {number}")
    assert asked(five, state="open", walk="mine")["task"]["id"] == 1


def test_deleted_tasks_and_those_that_the_client_has_are_passed_over(five: Client) -> None:
    asked(five, walk="mine")
    five.delete("/api/tasks/1")
    assert asked(five, walk="mine", after=0)["task"]["id"] == 2
    assert asked(five, walk="mine", after=0, exclude="2,3")["task"]["id"] == 4


def test_an_unknown_place_is_the_beginning(five: Client) -> None:
    assert asked(five, search="apple", after=99)["task"]["id"] == 1


def test_without_a_question_nothing_is_selected(five: Client) -> None:
    assert "selection" not in asked(five)
    assert "selection" not in five.get("/api/label/tasks/1").json


@pytest.mark.parametrize("given", [{"query": "{"}, {"state": "odd"}, {"walk": "a", "after": "x"}])
def test_a_bad_question_is_refused(five: Client, given: dict[str, str]) -> None:
    assert five.get(NEXT, query_string=given).status_code == 400


def test_the_page_says_what_is_wrong_with_its_address(five: Client) -> None:
    page = five.get("/?state=odd")
    assert page.status_code == 200
    assert "is none of all, open, done, skipped" in page.text
