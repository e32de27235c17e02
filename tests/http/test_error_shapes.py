"""The shape of errors, as clients of 0.8.x know it.

* Every error of an ``/api`` route is JSON with ``status`` (the status code), ``detail`` (a
  non-empty sentence for people), ``request`` (the query) and ``result`` (``{}``), with exceptions
  that 0.8.2 made:
* a bad label config is ``{"label_config": [message, …]}``, 400;
* bad items of an import are a list of messages, 400;
* impossible paging, and what the settings forbid, is ``{"detail": …}``, 422;
* ``project/next`` without tasks is an empty 404.
* No traceback ever leaves the server, and a client's mistake is never a 5xx.
* Errors of pages are HTML.
"""

from __future__ import annotations

import logging

import pytest

from label_studio_lite import errors
from label_studio_lite.http.errors import STATUS, status_of
from label_studio_lite.service.project import Project
from label_studio_lite.service.tasks import Tasks
from tests.client import Client, ClientResponse


def assert_error(answer: ClientResponse, status: int) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert sorted(answer.json) == ["detail", "request", "result", "status"]
    assert answer.json["status"] == status
    assert answer.json["detail"].strip()
    assert answer.json["result"] == {}
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/tasks?page=x", None, 400),
        ("GET", "/api/tasks?order=x", None, 400),
        ("GET", "/api/tasks/7", None, 404),
        ("GET", "/api/tasks/x", None, 400),
        ("PATCH", "/api/tasks/7", {"text": "a"}, 404),
        ("DELETE", "/api/tasks/7", None, 404),
        ("POST", "/api/tasks/7/completions", {"result": []}, 404),
        ("POST", "/api/tasks/7/completions", {"result": 1}, 400),
        ("POST", "/api/tasks/7/completions", None, 400),
        ("PATCH", "/api/tasks/7/completions/1", {"result": []}, 404),
        ("GET", "/api/project/export?format=x", None, 400),
        ("POST", "/api/project/import", None, 400),
        ("PATCH", "/api/project", None, 400),
        ("DELETE", "/api/models", {"name": "x"}, 404),
        ("DELETE", "/api/models", {}, 400),
        ("POST", "/api/project/storage-settings", {}, 400),
        ("POST", "/api/project-switch?uuid=x", None, 400),
        ("GET", "/api/import-example-file?q=x", None, 400),
        ("GET", "/api/unknown", None, 404),
        ("POST", "/api/unknown", None, 405),
        ("GET", "/api/project/import", None, 404),
        ("PUT", "/api/project", None, 405),
    ],
)
def test_shape(client: Client, method: str, path: str, body: object, status: int) -> None:
    assert_error(client.open(path, method=method, json=body), status)


def test_request_shows_the_query(client: Client) -> None:
    answer = client.get("/api/tasks?order=x&page=2")
    assert answer.json["request"] == {"order": "x", "page": "2"}


def test_an_unexpected_failure_is_logged_and_not_shown(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Tasks, task_id: int) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(Tasks, "get_task", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/tasks/1")
    assert_error(answer, 500)
    assert "inside" not in answer.text
    assert "RuntimeError: inside" in caplog.text


def test_pages_fail_as_pages(client: Client, project: Project) -> None:
    answer = client.get("/data/upload/nothing.jpg")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_every_class_of_error_has_a_status() -> None:
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.LabelStudioError)
    ]
    for kind in classes:
        if kind is not errors.LabelStudioError:
            assert kind in STATUS
    assert status_of(errors.LabelStudioError("x")) == 500
