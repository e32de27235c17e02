"""The tasks as a table: rows, columns, saved views, actions on all that match."""

from __future__ import annotations

import json
from typing import Any

import pytest

from label_studio_lite.core.model import RawTask
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import BOXES, MakeProject, app_of, choice

PLAYS = ["Hamlet", "Macbeth", "Othello", "King Lear", "The Tempest", "Timon"]


def task(number: int) -> dict[str, Any]:
    """Even ones are done, the third is skipped, those from the fourth on have a prediction."""
    made: dict[str, Any] = {"data": {"text": PLAYS[number], "year": 1600 + number}}
    if number % 2 == 0:
        made["completions"] = [{"result": [choice("good")], "lead_time": 2.0}]
    if number == 3:
        made["completions"] = [{"result": [], "was_cancelled": True}]
    if number > 3:
        made["predictions"] = [{"result": [choice("bad")], "score": number / 10}]
    return made


@pytest.fixture
def plays(project: Project) -> Project:
    project.imports.import_items(RawTask(task(number)) for number in range(len(PLAYS)))
    return project


def table(client: Client, query: Any = None, **given: Any) -> dict[str, Any]:
    response = client.get("/api/table", query_string={"query": json.dumps(query), **given})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.get_json()
    return found


def ids(client: Client, query: Any = None, **given: Any) -> list[int]:
    return [row["id"] for row in table(client, query, **given)["rows"]]


def where(column: str, operator: str, kind: str, value: Any) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}


def run(client: Client, project: Project, action: str, body: Any) -> dict[str, Any]:
    started = client.post(f"/api/table/actions/{action}", json=body)
    assert started.status_code == 202, started.text
    project.jobs.wait(started.get_json()["id"], 10)
    job: dict[str, Any] = client.get(f"/api/jobs/{started.get_json()['id']}").get_json()
    assert job["status"] == "completed", job
    return job


class TestRows:
    def test_what_a_row_says(self, client: Client, plays: Project) -> None:
        found = table(client, count=2, start=3)
        assert (found["total"], found["all"], found["start"]) == (6, 6, 3)
        skipped, done = found["rows"]
        assert (skipped["state"], skipped["cancelled_annotations"]) == ("skipped", 1)
        assert done["state"] == "done"
        assert done["data"] == {"text": "The Tempest", "year": 1604}
        assert (done["labels"], done["avg_lead_time"]) == (["good"], 2.0)
        assert (done["total_predictions"], done["predictions_score"]) == (1, 0.4)

    @pytest.mark.parametrize(
        ("state", "found"),
        [("all", [0, 1, 2, 3, 4, 5]), ("open", [1, 5]), ("done", [0, 2, 4]), ("skipped", [3])],
    )
    def test_by_state(self, client: Client, plays: Project, state: str, found: list[int]) -> None:
        assert ids(client, state=state) == found

    def test_search_is_in_all_data_and_in_the_id(self, client: Client, plays: Project) -> None:
        assert ids(client, search="tempest") == [4]
        assert ids(client, search="1605") == [5]
        assert ids(client, search="2") == [2]  # the id, and the year 1602
        assert ids(client, search="nobody") == []

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("ß", [0]),
            ("ÄRGER", [0]),
            ('a "word"', [1]),
            ("back\\slash", [1]),
            ("1/2", [2]),
            ("new\nline", [2]),
            ('["x"', [2]),
            ("note", []),
            ("data", []),
            ("hidden", []),
        ],
    )
    def test_search_means_what_is_there_not_how_it_is_written(
        self, client: Client, project: Project, search: str, found: list[int]
    ) -> None:
        texts = ["Ärger, weiß", 'a "word" and a back\\slash', "1/2 new\nline"]
        items: list[dict[str, Any]] = [{"data": {"text": text}} for text in texts]
        items[2]["data"]["note"] = ["x", 1]
        items[0]["meta"] = {"note": "hidden"}
        project.imports.import_items(map(RawTask, items))
        assert ids(client, search=search) == found

    def test_a_search_follows_changes(self, client: Client, plays: Project) -> None:
        assert ids(client, search="mac") == [1]
        plays.tasks.replace_task(1, {"text": "Cymbeline"})
        plays.imports.import_items([RawTask({"text": "Macbeth again"})])
        assert ids(client, search="mac") == [6]
        plays.tasks.delete_task(6)
        assert ids(client, search="mac") == []

    def test_all_that_is_asked_holds_together(self, client: Client, plays: Project) -> None:
        either = [
            where("data.text", "contains", "String", "H"),
            where("data.year", "less", "Number", 1602),
        ]
        query = {"filters": {"conjunction": "or", "items": either}, "ordering": ["-tasks:id"]}
        assert ids(client, query) == [4, 2, 1, 0]
        assert ids(client, query, state="done") == [4, 2, 0]
        assert ids(client, query, state="done", search="the") == [4, 2]
        both = {"filters": {"conjunction": "and", "items": either}}
        assert ids(client, both) == [0, 1]
        assert ids(client, both, search="mac") == [1]

    def test_the_version_tells_whether_something_changed(
        self, client: Client, plays: Project
    ) -> None:
        before = table(client)["version"]
        assert table(client)["version"] == before
        plays.completions.complete(1, {"result": [choice()]})
        assert table(client)["version"] != before
        assert ids(client, state="open") == [5]

    @pytest.mark.parametrize(
        "given",
        [{"state": "new"}, {"query": "{"}, {"query": '{"ordering": ["tasks:no"]}'},
         {"start": -1}, {"count": 10_000}, {"count": "many"}],
    )  # fmt: skip
    def test_bad_questions(self, client: Client, given: dict[str, Any]) -> None:
        assert client.get("/api/table", query_string=given).status_code == 400

    def test_long_values_are_cut_and_media_are_addressed(self, make_project: MakeProject) -> None:
        project = make_project(BOXES)
        data = {"image": "/data/upload/a.png", "note": "word " * 500, "more": {"a": [1]}}
        project.imports.import_items([RawTask(data)])
        client = Client(app_of(project))
        (row,) = table(client)["rows"]
        assert row["data"]["image"] == "./data/upload/a.png"
        assert len(row["data"]["note"]) == 241
        assert row["data"]["more"] == '{"a":[1]}'
        whole = client.get("/api/table/tasks/0").get_json()
        assert whole["task"]["data"]["note"] == data["note"]
        assert whole["json"] == {"id": 0, "data": data}

    def test_one_task(self, client: Client, plays: Project) -> None:
        found = client.get("/api/table/tasks/4").get_json()
        assert found["task"]["completions"][0]["labels"] == ["good"]
        assert found["task"]["predictions"][0]["score"] == 0.4
        assert found["json"]["completions"][0]["id"] == 4001
        assert client.get("/api/table/tasks/99").status_code == 404


def test_columns_are_those_of_the_data_and_ours(make_project: MakeProject) -> None:
    project = make_project(BOXES)
    rows = [{"image": f"/a/{n}.jpg", "size": n, "sound": f"/b/{n}.mp3"} for n in range(3)]
    project.imports.import_items(map(RawTask, rows))
    found = {c["name"]: c for c in Client(app_of(project)).get("/api/table/columns").get_json()}
    assert list(found)[:5] == ["id", "state", "data.image", "data.size", "data.sound"]
    assert (found["data.image"]["kind"], found["data.image"]["shown"]) == ("image", True)
    assert (found["data.size"]["kind"], found["data.size"]["type"]) == ("number", "Number")
    assert (found["data.sound"]["kind"], found["data.sound"]["shown"]) == ("audio", False)
    assert found["labels"]["type"] is None
    assert found["completed_at"]["kind"] == "date"


class TestActions:
    def test_the_numbers_before(self, client: Client, plays: Project) -> None:
        def numbers(body: Any) -> list[int]:
            found = client.post("/api/table/summary", json=body).get_json()
            return list(found.values())

        assert list(client.post("/api/table/summary", json={}).get_json()) == [
            "tasks", "completed", "completions", "skips", "predictions", "acceptable",
        ]  # fmt: skip
        assert numbers({}) == [6, 4, 4, 1, 2, 1]
        some = {"query": {"selectedItems": {"all": False, "included": [3, 4]}}}
        assert numbers(some) == [2, 2, 2, 1, 1, 0]
        rest = {"query": {"selectedItems": {"all": True, "excluded": [5]}}, "state": "open"}
        assert numbers(rest) == [1, 0, 0, 0, 0, 0]

    def test_delete_tasks(self, client: Client, plays: Project) -> None:
        plays.drafts.put(2, {"result": []})
        body = {"query": {"selectedItems": {"all": True, "excluded": [0]}}, "state": "done"}
        assert run(client, plays, "delete_tasks", body)["counts"] == {"deleted": 2}
        assert ids(client) == [0, 1, 3, 5]
        assert not (plays.folder / "drafts" / "2.json").exists()
        assert plays.data_keys.counts() == {"text": 4, "year": 4}

    def test_delete_completions(self, client: Client, plays: Project) -> None:
        body = {"search": "h"}
        job = run(client, plays, "delete_completions", body)
        assert job["counts"] == {"deleted": 3}
        assert ids(client, state="open") == [0, 1, 2, 4, 5]

    def test_deleting_completions_can_be_forbidden(self, client: Client, plays: Project) -> None:
        plays.settings.change({"allow_delete_completions": False})
        assert client.post("/api/table/actions/delete_completions", json={}).status_code == 422
        assert plays.store.counts().completed == 4

    def test_predictions_become_completions(self, client: Client, plays: Project) -> None:
        job = run(client, plays, "accept_predictions", {})
        assert job["counts"] == {"accepted": 1, "refused": 0}
        assert (job["total"], job["done"]) == (6, 6)
        assert plays.store.read_task(5).completions[0].result[0]["value"] == {"choices": ["bad"]}
        assert len(plays.store.read_task(4).completions) == 1

    def test_delete_predictions(self, client: Client, plays: Project) -> None:
        body = {"query": {"selectedItems": {"all": False, "included": [4]}}}
        assert run(client, plays, "delete_predictions", body)["counts"] == {"deleted": 1}
        assert plays.store.read_task(4).predictions == []
        assert len(plays.store.read_task(5).predictions) == 1

    @pytest.mark.parametrize(
        ("action", "body"),
        [("explode", {}), ("delete_tasks", {"state": "new"}), ("delete_tasks", {"search": 1})],
    )
    def test_bad_ones_change_nothing(
        self, client: Client, plays: Project, action: str, body: Any
    ) -> None:
        assert client.post(f"/api/table/actions/{action}", json=body).status_code == 400
        assert plays.store.counts().tasks == 6


class TestViews:
    def test_kept_changed_and_removed(self, client: Client, plays: Project) -> None:
        view = {
            "title": " Old plays ",
            "filters": {
                "conjunction": "and",
                "items": [where("data.year", "less", "Number", 1603)],
            },
            "ordering": ["-tasks:id"],
            "state": "done",
            "columns": ["id", "data.text"],
        }
        added = client.post("/api/table/views", json=view)
        assert added.status_code == 201
        assert added.get_json() == {**view, "title": "Old plays", "id": 1}
        path = "/api/table/views/1"
        changed = client.patch(path, json={"title": "All", "state": "all", "filters": None})
        wanted = {**view, "title": "All", "state": "all", "filters": None, "id": 1}
        assert changed.get_json() == wanted
        assert client.get("/api/table/views").get_json() == [wanted]
        assert client.delete(path).status_code == 204
        assert client.delete(path).status_code == 404
        assert client.get("/api/table/views").get_json() == []

    @pytest.mark.parametrize(
        "view", [{}, {"title": " "}, {"title": "x" * 99}, {"title": "x", "ordering": ["tasks:no"]}]
    )
    def test_one_that_could_not_be_shown_is_refused(self, client: Client, view: Any) -> None:
        assert client.post("/api/table/views", json=view).status_code == 400
        assert client.patch("/api/table/views/1", json=view).status_code == 400


def test_the_page_loads_media_of_the_sites_of_its_tasks(make_project: MakeProject) -> None:
    project = make_project(BOXES)
    project.imports.import_items([RawTask({"image": "https://pictures.example.org/1.png"})])
    response = Client(app_of(project)).get("/tasks")
    rules = response.headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://pictures.example.org" in rules
    assert "unsafe-inline" not in rules
