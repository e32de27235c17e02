"""The data manager of 1.x: columns, filtered lists, views and actions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import choice
from tests.unit.test_task_table import TASKS, add, item, prediction

EVERYTHING: Json = {"selectedItems": {"all": True, "excluded": []}}


@pytest.fixture
def filled(project: Project) -> Project:
    add(project, TASKS)
    return project


def listed(client: Client, query: Json | None = None, **params: Any) -> Json:
    asked = {"project": 1, **params}
    if query is not None:
        asked["query"] = json.dumps(query)
    answer = client.get("/api/tasks/", query_string=asked)
    assert answer.status_code == 200, answer.json
    found: Json = answer.json
    return found


def ids(found: Json) -> list[int]:
    return [task["id"] for task in found["tasks"]]


def where(*items: Json, **more: Any) -> Json:
    return {"filters": {"conjunction": "and", "items": list(items)}, **more}


APPLE = item("data.text", "contains", "String", "apple")


# -- lists --------------------------------------------------------------------------------------


def test_a_list_is_filtered_and_ordered(client: Client, filled: Project) -> None:
    found = listed(client, where(APPLE, ordering=["-tasks:id"]))
    assert ids(found) == [5, 3, 0]
    assert (found["total"], found["total_annotations"], found["total_predictions"]) == (3, 0, 2)


def test_a_list_has_pages(client: Client, filled: Project) -> None:
    assert ids(listed(client, where(APPLE), page_size=2)) == [0, 3]
    assert ids(listed(client, where(APPLE), page_size=2, page=2)) == [5]
    answer = client.get("/api/tasks/", query_string={"project": 1, "page_size": 2, "page": 9})
    assert answer.status_code == 404
    assert answer.json["detail"] == "Invalid page."


def test_a_list_shows_the_fields_that_are_wanted(client: Client, filled: Project) -> None:
    found = listed(client, where(APPLE), include="id,data")
    assert [list(task) for task in found["tasks"]] == [["id", "data"]] * 3


def test_what_a_list_shows_is_what_it_filters_by(client: Client, filled: Project) -> None:
    tasks = listed(client, fields="all")["tasks"]
    for column, kind in [
        ("annotations_results", "String"),
        ("predictions_results", "String"),
        ("avg_lead_time", "Number"),
        ("completed_at", "Datetime"),
        ("created_at", "Datetime"),
        ("updated_at", "Datetime"),
        ("inner_id", "Number"),
        ("total_annotations", "Number"),
        ("cancelled_annotations", "Number"),
        ("total_predictions", "Number"),
        ("annotations_ids", "String"),
        ("draft_exists", "Boolean"),
    ]:
        for task in tasks:
            if task[column] not in (None, ""):
                found = listed(client, where(item(column, "equal", kind, task[column])))
                assert task["id"] in ids(found), (column, task[column])


@pytest.mark.parametrize(
    ("params", "status", "message"),
    [
        ({}, 404, "Neither project nor view id specified"),
        ({"project": "abc"}, 400, "A valid integer is required."),
        ({"project": "99"}, 404, "99"),
        ({"view": "7"}, 404, "there is no view 7"),
        ({"project": "1", "query": "{"}, 400, "it is not JSON"),
        ({"project": "1", "query": "[]"}, 400, "Expected a dictionary of items."),
        ({"project": "1", "query": '{"ordering": ["nosuch"]}'}, 400, 'no column \\"nosuch\\"'),
    ],
)
def test_bad_lists_say_what_is_wrong(
    client: Client, params: Json, status: int, message: str
) -> None:
    headers = {"X-Label-Studio-API": "1"}
    answer = client.get("/api/tasks/", query_string=params, headers=headers)
    assert answer.status_code == status
    assert message in answer.get_data(as_text=True)


def test_columns_are_the_data_and_those_of_every_project(client: Client, filled: Project) -> None:
    columns = client.get("/api/dm/columns/?project=1").json["columns"]
    by_id = {column["id"]: column for column in columns}
    keys = ["text", "n", "flag", "date", "list", "extra"]
    assert [c["id"] for c in columns if c.get("parent") == "data"] == keys
    assert by_id["data"]["children"] == keys
    assert (by_id["text"]["type"], by_id["n"]["type"]) == ("String", "Unknown")
    assert by_id["avg_lead_time"]["type"] == "Time"
    assert by_id["annotators"]["schema"] == {"items": [1]}
    assert by_id["id"]["visibility_defaults"] == {"explore": True, "labeling": False}


def test_a_project_says_what_may_be_done_with_it(client: Client, filled: Project) -> None:
    shown = client.get("/api/dm/project/?project=1").json
    assert (shown["task_count"], shown["annotation_count"]) == (6, 2)
    assert shown["can_delete_tasks"] is True
    assert shown["title"]


# -- views --------------------------------------------------------------------------------------


def make_view(client: Client, **data: Any) -> int:
    answer = client.post("/api/dm/views/", json={"project": 1, "data": data})
    assert answer.status_code == 201, answer.json
    made: int = answer.json["id"]
    return made


def test_a_view_is_kept_and_used(client: Client, filled: Project) -> None:
    view_id = make_view(client, title="Apples", **where(APPLE), ordering=["-tasks:id"], mine=[1])
    view = client.get(f"/api/dm/views/{view_id}/").json
    assert view["data"]["mine"] == [1]
    assert (view["order"], view["user"], view["project"]) == (0, 1, 1)
    found = client.get("/api/tasks/", query_string={"view": view_id}).json
    assert ids(found) == [5, 3, 0]
    found = listed(client, {"ordering": ["tasks:id"]}, view=view_id)
    assert ids(found) == [0, 3, 5]


@pytest.mark.parametrize("method", ["patch", "put"])
def test_filters_survive_when_a_change_leaves_them_out(client: Client, method: str) -> None:
    view_id = make_view(client, title="Old", **where(APPLE))
    change = getattr(client, method)
    answer = change(f"/api/dm/views/{view_id}/", json={"data": {"title": "New"}})
    assert answer.status_code == 200
    assert answer.json["data"] == {"title": "New", **where(APPLE)}


def test_views_are_arranged_and_removed(client: Client) -> None:
    made = [make_view(client, title=str(number)) for number in range(3)]
    answer = client.post("/api/dm/views/order/", json={"project": 1, "ids": made[::-1]})
    assert (answer.status_code, answer.data) == (200, b"")
    views = client.get("/api/dm/views/?project=1").json
    assert [view["id"] for view in views] == made[::-1]
    assert client.delete(f"/api/dm/views/{made[0]}/").status_code == 204
    assert client.delete(f"/api/dm/views/{made[0]}/").status_code == 404
    assert client.delete("/api/dm/views/reset/", json={"project": 1}).status_code == 204
    assert client.get("/api/dm/views/?project=1").json == []


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("post", "/api/dm/views/", {"data": {"title": "no project"}}, "project"),
        ("post", "/api/dm/views/", {"project": 9}, "project"),
        ("post", "/api/dm/views/", {"project": 1, "data": "x"}, "data"),
        ("post", "/api/dm/views/", {"project": 1, "data": where({"filter": "z"})}, "filter_group"),
        ("post", "/api/dm/views/order/", {"project": 1}, "ids"),
        ("delete", "/api/dm/views/reset/", None, "project"),
    ],
)
def test_bad_views_name_the_field(
    client: Client, method: str, path: str, body: Json | None, field: str
) -> None:
    answer = getattr(client, method)(path, json=body) if body else client.delete(path)
    assert answer.status_code == 400
    assert list(answer.json["validation_errors"]) == [field]


# -- actions ------------------------------------------------------------------------------------


def run(client: Client, action: str, body: Json, status: int = 200) -> Json:
    query = {"project": 1, "id": action}
    answer = client.post("/api/dm/actions/", query_string=query, json=body)
    assert answer.status_code == status, answer.json
    result: Json = answer.json
    return result


def only(*task_ids: int) -> Json:
    return {"selectedItems": {"all": False, "included": list(task_ids)}}


def test_actions_are_listed(client: Client) -> None:
    listed_ids = [action["id"] for action in client.get("/api/dm/actions/?project=1").json]
    assert listed_ids == [
        "retrieve_tasks_predictions",
        "predictions_to_annotations",
        "remove_duplicates",
        "delete_tasks",
        "delete_tasks_annotations",
        "delete_tasks_predictions",
    ]
    answer = client.get("/api/dm/actions/")
    assert answer.status_code == 400


def test_selected_tasks_are_deleted(client: Client, filled: Project) -> None:
    result = run(client, "delete_tasks", only(0, 1, 77))
    assert result == {"processed_items": 2, "detail": "Deleted 2 tasks", "reload": True}
    assert ids(listed(client)) == [2, 3, 4, 5]
    run(client, "delete_tasks", {**EVERYTHING, **where(APPLE)})
    assert ids(listed(client)) == [2, 4]


def test_annotations_of_selected_tasks_are_deleted(client: Client, filled: Project) -> None:
    assert run(client, "delete_tasks_annotations", {**EVERYTHING, "annotator": 5}) == {
        "processed_items": 0,
        "detail": "Deleted 0 annotations",
    }
    result = run(client, "delete_tasks_annotations", only(4))
    assert result == {"processed_items": 2, "detail": "Deleted 2 annotations"}
    assert not filled.store.read_task(4).completed
    assert filled.store.read_task(5).completed


def test_predictions_of_selected_tasks_are_deleted(client: Client, filled: Project) -> None:
    result = run(client, "delete_tasks_predictions", EVERYTHING)
    assert result == {"processed_items": 2, "detail": "Deleted 2 predictions"}
    assert filled.store.counts().predictions == 0


def test_predictions_become_annotations(client: Client, filled: Project) -> None:
    form = client.get("/api/dm/actions/predictions_to_annotations/form/?project=1").json
    assert form[0]["fields"][0]["options"] == ["m1", "m2"]
    body = {**EVERYTHING, "model_version": "m2"}
    assert run(client, "predictions_to_annotations", body) == {"detail": "Created 1 annotations"}
    assert filled.store.read_task(3).completions[0].result[0]["value"] == {"choices": ["bad"]}
    assert run(client, "predictions_to_annotations", EVERYTHING) == {
        "detail": "Created 2 annotations"
    }
    found = [completion.id for completion in filled.store.read_task(3).completions]
    assert found == [3001, 3002, 3003]


def test_duplicates_are_merged(client: Client, project: Project) -> None:
    same = {"text": "same", "more": {"a": 1, "b": 2}}
    other_order = {"more": {"b": 2, "a": 1}, "text": "same"}
    done = {"result": [choice("bad")], "created_at": 5}
    foreseen = [prediction("bad", 1, "m")]
    add(
        project,
        [
            {"data": same, "completions": [{"result": [choice()]}]},
            {"data": {"text": "other"}},
            {
                "data": other_order,
                "completions": [done],
                "predictions": foreseen,
            },
        ],
    )
    result = run(client, "remove_duplicates", EVERYTHING)
    assert result == {"processed_items": 1, "detail": "Removed 1 tasks", "reload": True}
    assert ids(listed(client)) == [0, 1]
    kept = project.store.read_task(0)
    assert [(c.id, c.result) for c in kept.completions] == [
        (1, [choice()]),
        (2, [choice("bad")]),
    ]
    assert kept.completions[1].created_at == 5
    assert [p.model_version for p in kept.predictions] == ["m"]


def test_the_next_task_of_a_selection(client: Client, filled: Project) -> None:
    task = run(client, "next_task", where(APPLE, ordering=["-tasks:id"]))
    assert (task["id"], task["queue"]) == (3, "Data manager queue")
    filled.completions.complete(3, {"result": [choice()]})
    assert run(client, "next_task", {**EVERYTHING, **where(APPLE)})["id"] == 0
    detail = run(client, "next_task", only(3), 404)["detail"]
    assert detail.startswith("There are no tasks for ")


@pytest.mark.parametrize(
    ("query", "body", "status", "message"),
    [
        ({"project": 1}, EVERYTHING, 422, "use ?id=<action-id>"),
        ({"project": 1, "id": "nosuch"}, EVERYTHING, 400, "Can't find 'nosuch'"),
        ({"project": 9, "id": "delete_tasks"}, EVERYTHING, 404, "9"),
        ({"id": "delete_tasks"}, EVERYTHING, 400, "This field is required."),
        ({"project": 1, "id": "delete_tasks"}, {}, 400, "This field is required."),
        ({"project": 1, "id": "delete_tasks"}, {"selectedItems": 5}, 400, "dictionary"),
        ({"project": 1, "id": "retrieve_tasks_predictions"}, EVERYTHING, 400, "backend"),
    ],
)
def test_bad_actions_change_nothing(
    client: Client, filled: Project, query: Json, body: Json, status: int, message: str
) -> None:
    answer = client.post("/api/dm/actions/", query_string=query, json=body)
    assert answer.status_code == status
    assert message in answer.get_data(as_text=True)
    assert filled.store.counts().tasks == 6
