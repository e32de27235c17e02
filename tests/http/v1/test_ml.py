"""ML backends of 1.x, and webhooks: what others are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from label_studio_lite.http.auth import Access
from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.project import Project
from label_studio_lite.service.served import Served
from label_studio_lite.service.workspace import ManyProjects
from tests.client import Client
from tests.conftest import app_of, choice
from tests.http.v1.conftest import Api
from tests.ml.conftest import eventually
from tests.ml.scripted import Scripted, scripted_backend


@pytest.fixture
def backend() -> Iterator[Scripted]:
    with scripted_backend() as running:
        running.speak_1x()
        yield running


def connected(api: Api, backend: Scripted, **fields: Any) -> tuple[int, Any]:
    project = api.project()
    body = {"project": project, "url": backend.url, "title": "model", **fields}
    return project, api.post("/api/ml/", body)


# -- ML backends ----------------------------------------------------------------------------------


def test_a_backend_is_connected(api: Api, backend: Scripted) -> None:
    project, made = connected(api, backend, extra_params='{"a": 1}', is_interactive=True)
    assert (made["state"], made["readable_state"]) == ("CO", "Connected")
    assert (made["title"], made["model_version"], made["project"]) == ("model", "v1", project)
    assert made["extra_params"] == {"a": 1} and made["is_interactive"] is True
    (setup,) = backend.bodies("/setup")
    assert setup["project"].startswith(f"{project}.") and setup["access_token"]
    assert api.get(f"/api/projects/{project}/")["model_version"] == "model"
    assert [one["id"] for one in api.get(f"/api/ml/?project={project}")] == [made["id"]]
    assert api.get("/api/ml/?is_interactive=false") == []
    assert api.get(f"/api/ml/{made['id']}")["state"] == "CO"


def test_passwords_are_not_shown(api: Api, backend: Scripted) -> None:
    secret = {"auth_method": "BASIC_AUTH", "basic_auth_user": "u", "basic_auth_pass": "geheim"}
    _, made = connected(api, backend, **secret)
    assert made["basic_auth_pass_is_set"] is True and "geheim" not in str(made)
    assert backend.calls[-1].headers["Authorization"].startswith("Basic ")
    opened = api.patch(f"/api/ml/{made['id']}", {"auth_method": "NONE"})
    assert (opened["auth_method"], opened["basic_auth_pass_is_set"]) == ("NONE", False)


def test_a_dead_backend_is_refused(api: Api) -> None:
    body = {"project": api.project(), "url": "http://127.0.0.1:9"}
    found = api.post("/api/ml/", body, 400)
    assert "not connected" in found["validation_errors"]["non_field_errors"][0]
    api.post("/api/ml/", {"project": 1}, 400)
    api.post("/api/ml/", {"project": 99, "url": "http://127.0.0.1:9"}, 400)
    assert api.get("/api/ml/") == []


def test_a_part_of_a_backend_is_changed(api: Api, backend: Scripted) -> None:
    """1.23.2 wants address and project again, or answers 500."""
    _, made = connected(api, backend)
    path = f"/api/ml/{made['id']}"
    changed = api.patch(path, {"title": "renamed"})
    assert changed["url"] == backend.url
    assert (changed["state"], changed["model_version"]) == ("CO", "v1")  # as it is now
    api.patch(path, {"extra_params": "{"}, 400)
    api.patch(path, {"url": "no address"}, 400)
    api.delete(path)
    api.get(path, 404)
    api.patch(path, {"title": "x"}, 404)


def test_ids_of_another_project(api: Api, backend: Scripted) -> None:
    api.project()
    project, made = connected(api, backend)
    assert project == 2 and made["id"] == 1_000_001
    assert api.get("/api/ml/1000001")["project"] == 2


def test_a_model_is_asked(api: Api, backend: Scripted) -> None:
    project, made = connected(api, backend)
    (task,) = api.tasks(project, {"text": "a"})
    path = f"/api/ml/{made['id']}"
    backend.answers["/versions"] = (200, {"versions": ["v0", "v1"]})
    assert api.get(f"{path}/versions") == {"versions": ["v0", "v1"]}
    found = api.post(f"{path}/interactive-annotating", {"task": task, "context": {}}, 200)
    assert found["data"]["result"] == [choice()]
    api.post(f"{path}/interactive-annotating", {}, 400)
    assert api.get("/api/predictions/") == []  # nothing was stored
    assert api.post(f"{path}/predict/test?random=true", status=200)["status"] == 200
    backend.answers["/predict"] = (500, {})
    found = api.post(f"{path}/interactive-annotating", {"task": task}, 200)
    assert list(found) == ["errors"]


def test_all_tasks_are_predicted(api: Api, backend: Scripted, workspace: ManyProjects) -> None:
    project, made = connected(api, backend)
    api.tasks(project, {"text": "a"}, {"text": "b"})
    job = api.post(f"/api/ml/{made['id']}/predict", status=200)["job"]
    workspace.get(project).jobs.wait(job, 20)
    assert len(api.get(f"/api/predictions/?project={project}")) == 2


def test_a_training_is_started(api: Api, backend: Scripted) -> None:
    project, made = connected(api, backend)
    api.annotated(api.tasks(project, {"text": "a"})[0])
    assert api.post(f"/api/ml/{made['id']}/train", {}, 200) == {}
    assert any(b["action"] == "START_TRAINING" for b in backend.bodies("/webhook"))
    api.post("/api/ml/99/train", {}, 404)


def test_the_token_of_a_backend_opens_a_locked_server(project: Project, backend: Scripted) -> None:
    """Also after the token that was there at the start was reset, or is not taken any more."""
    app = app_of(project, Access(password="word"))
    tokens = app.extensions["label_studio_lite"].workspace.accounts.tokens
    project.announce(Served("http://localhost", new_token=tokens.working))
    locked = Client(app)
    tokens.reset_legacy()
    for _ in range(2):
        body = {"project": 1, "url": backend.url}
        assert locked.post("/api/ml/", json=body, auth=("ls", "word")).status_code == 201
        given = backend.bodies("/setup")[-1]["access_token"]
        for header in ("Token", "Bearer"):
            headers = {"Authorization": f"{header} {given}"}
            answer = locked.get("/api/projects/1/export", headers=headers, buffered=True)
            assert answer.status_code == 200
        tokens.change_settings({"legacy_api_tokens_enabled": False})


# -- webhooks -------------------------------------------------------------------------------------


def hooked(api: Api, backend: Scripted, **fields: Any) -> Any:
    backend.answers["/hook"] = (200, {})
    return api.post("/api/webhooks/", {"url": f"{backend.url}/hook", **fields})


def told(backend: Scripted) -> list[str]:
    return [body["action"] for body in backend.bodies("/hook")]


def test_a_webhook_is_kept(api: Api, backend: Scripted) -> None:
    project = api.project()
    made = hooked(api, backend, project=project, actions=["TASKS_CREATED"], headers={"X": "y"})
    assert (made["project"], made["organization"], made["is_active"]) == (project, 1, True)
    path = f"/api/webhooks/{made['id']}/"
    assert api.get(path) == made
    assert api.get(f"/api/webhooks/?project={project}") == [made]
    assert api.get("/api/webhooks/?project=99") == []
    assert api.patch(path, {"is_active": False})["actions"] == ["TASKS_CREATED"]
    assert api("PUT", path, json={"url": f"{backend.url}/other"})["url"].endswith("other")
    api.delete(path)
    api.get(path, 404)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"url": "no address"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({}, "url"),
        ({"url": "http://localhost/", "actions": ["NOPE"]}, "actions"),
        ({"url": "http://localhost/", "headers": {"X": 1}}, "headers"),
        ({"url": "http://localhost/", "project": 99}, "project"),
    ],
)
def test_bad_webhooks_are_refused(api: Api, fields: Any, named: str) -> None:
    assert list(api.post("/api/webhooks/", fields, 400)["validation_errors"]) == [named]


def test_the_actions(api: Api) -> None:
    found = api.get("/api/webhooks/info/")
    assert found["ANNOTATION_CREATED"]["key"] == "annotation"
    assert "PROJECT_CREATED" in found
    assert "PROJECT_CREATED" not in api.get("/api/webhooks/info/?organization-only=false")


def test_what_happens_is_told_in_order(api: Api, backend: Scripted) -> None:
    api.project()
    project = api.project(title="Told")
    hooked(api, backend, project=project, headers={"X-Secret": "s"})
    (task,) = api.tasks(project, {"text": "a"})
    made = api.annotated(task)
    api.patch(f"/api/annotations/{made['id']}/", {"result": [choice("bad")]})
    api.delete(f"/api/annotations/{made['id']}/")
    api.patch(f"/api/projects/{project}/", {"title": "Renamed"})
    api.delete(f"/api/tasks/{task}/")
    expected = [
        "TASKS_CREATED",
        "ANNOTATION_CREATED",
        "ANNOTATION_UPDATED",
        "ANNOTATIONS_DELETED",
        "PROJECT_UPDATED",
        "TASKS_DELETED",
    ]
    eventually(lambda: len(told(backend)) >= len(expected))
    assert told(backend) == expected
    created, annotated, *_, gone = backend.bodies("/hook")
    assert created["tasks"][0]["id"] == task and created["project"]["id"] == project
    assert annotated["annotation"]["id"] == made["id"] and annotated["task"]["id"] == task
    assert annotated["annotation"]["result"] == [choice()]
    assert gone["tasks"] == [{"id": task}] and gone["project"]["title"] == "Renamed"
    assert backend.calls[-1].headers["X-Secret"] == "s"


def test_hooks_hear_what_they_asked_for(api: Api, backend: Scripted) -> None:
    project, other = api.project(), api.project()
    hooked(
        api,
        backend,
        project=project,
        send_for_all_actions=False,
        send_payload=False,
        actions=["ANNOTATION_CREATED"],
    )
    api.tasks(other, {"text": "a"})
    (task,) = api.tasks(project, {"text": "a"})
    api.annotated(task)
    eventually(lambda: backend.bodies("/hook"))
    assert backend.bodies("/hook") == [{"action": "ANNOTATION_CREATED"}]


def test_projects_that_come_and_go(api: Api, backend: Scripted) -> None:
    hooked(api, backend)
    project = api.project()
    api.delete(f"/api/projects/{project}/")
    eventually(lambda: len(told(backend)) == 2)
    assert told(backend) == ["PROJECT_CREATED", "PROJECT_DELETED"]


def test_what_is_not_taken_is_told_again(
    api: Api, backend: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("label_studio_lite.service.hooks.line.PAUSES", (0.01, 0.01))
    project = api.project()
    hooked(api, backend, project=project, actions=["TASKS_CREATED"])
    answers = iter([503, 503, 200, 200])
    backend.answers["/hook"] = lambda call: (next(answers), {})
    api.tasks(project, {"text": "a"})
    api.tasks(project, {"text": "b"})
    eventually(lambda: len(told(backend)) == 4)
    texts = [body["tasks"][0]["data"]["text"] for body in backend.bodies("/hook")]
    assert texts == ["a", "a", "a", "b"]


def test_an_open_server_tells_no_private_address(
    api: Api, backend: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    project = api.project()
    hooked(api, backend, project=project)
    webhooks = api.client.application.extensions["label_studio_lite"].workspace.webhooks
    webhooks.reach_by(Outgoing(allow_private=False))
    api.tasks(project, {"text": "a"})
    eventually(lambda: "127.0.0.1, which is not a public address" in caplog.text)
    webhooks.reach_by(Outgoing())
    api.tasks(project, {"text": "b"})
    eventually(lambda: told(backend))
    assert [body["tasks"][0]["data"]["text"] for body in backend.bodies("/hook")] == ["b"]
