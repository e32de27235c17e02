"""The routes of models, with a backend behind them; tests/ml has all that can happen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client import Client
from tests.conftest import MakeProject, app_of
from tests.ml.scripted import Scripted, scripted_backend


@pytest.fixture
def backend() -> Iterator[Scripted]:
    with scripted_backend() as running:
        yield running


@pytest.fixture
def client(make_project: MakeProject, backend: Scripted) -> Client:
    project = make_project(name="models", ml_backends=[{"name": "m", "url": backend.url}])
    client = Client(app_of(project))
    client.post("/api/project/import", json=[{"text": "a"}, {"text": "b"}])
    return client


def test_names(client: Client) -> None:
    assert client.get("/api/models").json == {"models": ["m"]}


@pytest.mark.parametrize("path", ["/api/models", "/api/remove-ml-backend"])
def test_remove(client: Client, path: str) -> None:
    method = "DELETE" if path == "/api/models" else "POST"
    assert client.open(path, method=method, json={"name": "m"}).status_code == 204
    assert client.get("/api/models").json == {"models": []}


@pytest.mark.parametrize("path", ["/api/models/train", "/api/train"])
def test_train(client: Client, backend: Scripted, path: str) -> None:
    assert client.post(path).json == {"details": "Training started"}
    assert "POST /train" in backend.lines


def test_train_while_training(client: Client, backend: Scripted) -> None:
    backend.answers["/is_training"] = 200, {"is_training": True}
    answer = client.post("/api/models/train")
    assert answer.status_code == 409
    assert answer.json["detail"] == "Can't start new training: Train job is running."


@pytest.mark.parametrize("path", ["/api/models/predictions", "/predict"])
def test_predict_data(client: Client, path: str) -> None:
    answer = client.post(path, json={"text": "x"})
    assert answer.json["predictions"][0]["created_by"] == "m"


def test_predict_all(client: Client) -> None:
    answer = client.get("/api/models/predictions?mode=all_tasks")
    assert answer.json == {"details": "predictions are ready"}
    assert all(len(task["predictions"]) == 1 for task in client.get("/api/tasks").json)
