"""The numbers of Insights as calls, and that they keep up with what is done."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from label_studio_lite.core.insights_tables import TABLES
from label_studio_lite.service import insights
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import CHOICES, Clock, choice

MANY = 30


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insights, "PART", 10)


@pytest.fixture
def filled(client: Client) -> Client:
    client.post("/api/project/import", json=[{"text": str(n)} for n in range(MANY)])
    for task_id in range(0, MANY, 2):
        answer(client, task_id, "good" if task_id % 4 else "bad")
    return client


def answer(client: Client, task_id: int, value: str) -> None:
    body = {"result": [choice(value)], "lead_time": 4.0}
    assert client.post(f"/api/tasks/{task_id}/completions", json=body).status_code == 201


def labels(client: Client) -> dict[str, int]:
    rows: list[dict[str, Any]] = client.get("/api/insights/labels").json
    return {row["label"]: row["regions"] for row in rows}


def test_everything_at_once(filled: Client) -> None:
    said = filled.get("/api/insights").json
    assert said["counted"] == {"parts": 3, "of": 3}
    assert said["summary"]["completions"] == 15
    assert said["forecast"]["tasks_left"] == 15
    assert said["forecast"]["per_active_day"] == 15 and said["forecast"]["active_days_left"] == 1
    assert set(said["tables"]) == set(TABLES)
    assert 3.5 < said["summary"]["lead_time"]["median"] < 4.7


def test_each_table_as_json_and_csv(filled: Client) -> None:
    whole = filled.get("/api/insights").json["tables"]
    for name in TABLES:
        assert filled.get(f"/api/insights/{name}").json == whole[name]
        response = filled.get(f"/api/insights/{name}.csv")
        rows = list(csv.DictReader(io.StringIO(response.text)))
        assert len(rows) == len(whole[name]) and response.mimetype == "text/csv"
    assert filled.get("/api/insights/nope").status_code == 404


def test_it_keeps_up_with_all_that_is_done(filled: Client, clock: Clock) -> None:
    assert labels(filled) == {"bad": 8, "good": 7}
    answer(filled, 1, "good")
    assert labels(filled) == {"bad": 8, "good": 8}
    done = filled.get("/api/tasks/0").json["completions"][0]["id"]
    changed = {"result": [choice("good")]}  # within the same second
    filled.patch(f"/api/tasks/0/completions/{done}", json=changed)
    assert labels(filled) == {"good": 9, "bad": 7}
    filled.delete("/api/tasks/2/completions")
    assert labels(filled) == {"good": 8, "bad": 7}
    filled.delete("/api/tasks/4")
    assert labels(filled) == {"good": 8, "bad": 6}
    body = [{"data": {"text": "x"}, "completions": [{"result": [choice("bad")]}]}]
    filled.post("/api/project/import", json=body)
    assert labels(filled) == {"good": 8, "bad": 7}
    renamed = CHOICES.replace('"bad"', '"poor"')
    rename = [{"control": "mood", "label": "bad", "to": "poor"}]
    filled.post("/api/label-config/change", json={"label_config": renamed, "changes": rename})
    assert labels(filled) == {"good": 8, "poor": 7}
    filled.delete("/api/completions")
    assert labels(filled) == {}


def test_only_what_changed_is_read_again(
    filled: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    before = project.store.read_tasks

    def noting(ids: Any) -> Any:
        listed = list(ids)
        read.extend(listed)
        return before(listed)

    labels(filled)
    monkeypatch.setattr(project.store, "read_tasks", noting)
    labels(filled)
    assert read == []
    answer(filled, 15, "good")
    read.clear()
    labels(filled)
    assert read == [10, 12, 14, 15, 16, 18]


def test_a_short_question_gets_what_is_counted_so_far(filled: Client) -> None:
    first = filled.get("/api/insights?within=-1").json
    assert first["counted"] == {"parts": 0, "of": 3} and first["summary"]["completions"] == 0
    assert filled.get("/api/insights?within=60").json["summary"]["completions"] == 15
    assert filled.get("/api/insights?within=soon").status_code == 400


def test_an_empty_project_has_nothing_to_say(client: Client) -> None:
    said = client.get("/api/insights").json
    assert said["counted"] == {"parts": 0, "of": 0}
    assert said["forecast"]["active_days_left"] is None
    assert client.get("/insights").status_code == 200
