"""Statistics and agreement in the words of 1.x."""

from __future__ import annotations

from typing import Any

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import choice
from tests.unit.test_task_table import add, prediction

TASKS: list[Json] = [
    {
        "data": {"text": "agreed"},
        "completions": [
            {"result": [choice("good")], "lead_time": 10, "completed_by": 1},
            {"result": [choice("good")], "lead_time": 10, "completed_by": 2},
        ],
        "predictions": [prediction("good", 0.9, "m1"), prediction("bad", 0.2, "m2")],
    },
    {
        "data": {"text": "not agreed"},
        "completions": [
            {"result": [choice("good")], "lead_time": 20, "completed_by": 1},
            {"result": [choice("bad")], "lead_time": 20, "completed_by": 2},
            {"result": [], "was_cancelled": True},
        ],
        "predictions": [prediction("good", 0.9, "m1")],
    },
    {"data": {"text": "open"}},
]


@pytest.fixture
def client(client: Client, project: Project) -> Client:
    add(project, TASKS)
    return client


def get(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_agreement_on_a_task(client: Client) -> None:
    agreed = get(client, "/api/tasks/0/agreement/")
    assert agreed == {
        "agreement": 1.0,
        "total_annotations": 2,
        "distributions": {"mood": {"good": 2}},
    }
    assert get(client, "/api/tasks/1/agreement")["agreement"] == 0.0
    assert get(client, "/api/tasks/2/agreement")["agreement"] is None


def test_the_matrix_of_a_task(client: Client) -> None:
    found = get(client, "/api/projects/1/tasks/1/agreement-matrix")
    assert [user["id"] for user in found["users"]] == [1, 2]
    assert found["matrix"] == [[None, 0.0], [0.0, None]]
    assert client.get("/api/projects/1/tasks/9/agreement-matrix").status_code == 404


def test_finished_tasks_and_lead_time(client: Client) -> None:
    assert get(client, "/api/projects/1/stats/finished") == {
        "id": 1,
        "finished": 2,
        "progress": 66,
    }
    (times,) = get(client, "/api/projects/1/stats/lead_time")["lead_time_stats"]
    assert (times["mean_time"], times["sum_lead_time"]) == (15.0, 60.0)
    assert times["median_time"] == pytest.approx(10, rel=0.2)


def test_agreement_of_all(client: Client) -> None:
    path = "/api/projects/1/stats/total_agreement"
    assert get(client, path) == {"total_agreement": 0.5}
    assert get(client, f"{path}?per_label=true") == {
        "total_agreement": {"bad": 0.0, "good": pytest.approx(2 / 3)}
    }


def test_agreement_with_models(client: Client) -> None:
    for version, share in [("m2", 0.0), ("nosuch", None)]:
        path = f"/api/projects/1/model-stats/{version}"
        assert get(client, f"{path}/agreement") == {"agreement": share}
        assert get(client, f"{path}/prediction") == {
            "average_prediction_agreement_per_model": share
        }


def test_labels_are_counted(client: Client) -> None:
    found = get(client, "/api/projects/1/stats/label-distribution/counts")
    shown = {
        row["choice"]: (
            row["from_annotations_count"],
            row["from_annotations_percent"],
            row["from_predictions_count"],
        )
        for row in found["results"]
    }
    assert shown == {"bad": (1, 25.0, 1), "good": (3, 75.0, 2)}
    assert found["totals"]["annotation_totals_by_dimension"] == {"mood": 4}
    first = get(client, "/api/projects/1/stats/label-distribution/counts?limit=1")
    assert (len(first["results"]), first["next_offset"]) == (1, 1)
    structure = get(client, "/api/projects/1/stats/label-distribution/structure")
    assert structure["dimensions"][0]["choices"] == ["good", "bad"]
    assert structure["has_predictions"] is True
