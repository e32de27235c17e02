"""Connecting, listing, changing and removing backends; the legacy routes of models."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.core import jsontext
from label_studio_lite.errors import BackendFailed, Invalid, NotFound
from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.creating import NewProject
from label_studio_lite.service.ml.backends import entry_of
from label_studio_lite.service.project import Project
from label_studio_lite.service.served import Served
from label_studio_lite.service.workspace import ManyProjects
from label_studio_lite.store.directory import DirectoryStore
from tests.client import Client
from tests.conftest import Clock, MakeProject, app_of
from tests.ml import scripted
from tests.ml.conftest import add_tasks
from tests.ml.scripted import Scripted


@pytest.fixture
def client(connected: Project) -> Client:
    return Client(app_of(connected))


class TestConnecting:
    def test_by_name(self, project: Project, backend: Scripted) -> None:
        made = project.models.connect(f"clever={backend.url}")
        assert (made.id, made.name, made.url) == (1, "clever", backend.url)
        stored = jsontext.loads(project.store.read_file("config.json") or b"")
        assert stored["ml_backends"] == [{"url": backend.url, "name": "clever"}]

    def test_a_name_is_made(self, project: Project, backend: Scripted) -> None:
        made = project.models.connect(backend.url)
        assert made.name.startswith("project")
        assert int(made.name.removeprefix("project"), 16) < 0x10000

    @pytest.mark.parametrize("text", ["localhost", "a=b=http://x", "ftp://x", "http://", "m="])
    def test_what_is_no_address(self, project: Project, text: str) -> None:
        with pytest.raises(Invalid, match="doesn't look like URL"):
            project.models.connect(text)
        assert project.models.names() == []

    def test_an_equals_sign_in_the_address(self) -> None:
        assert entry_of("http://x/?a=b", "dir/p", "12ab") == {
            "url": "http://x/?a=b",
            "name": "p12ab",
        }

    def test_nobody_there(self, project: Project) -> None:
        url = scripted.nobody()
        with pytest.raises(BackendFailed) as raised:
            project.models.connect(url)
        assert raised.value.detail.startswith(f'ML backend with URL: "{url}" is not connected.')
        assert project.models.names() == []

    def test_the_same_name_twice(self, connected: Project, backend: Scripted) -> None:
        connected.models.connect(f"m={backend.url}")
        assert connected.models.names() == ["m", "m"]
        assert [made.id for made in connected.models.all()] == [1, 2]
        connected.models.remove("m")
        assert connected.models.names() == ["m"]

    def test_private_addresses_of_an_open_server(
        self, project: Project, backend: Scripted
    ) -> None:
        project.announce(Served("http://here:8080", outgoing=Outgoing(False)))
        with pytest.raises(BackendFailed, match="not a public address"):
            project.models.connect(backend.url)
        assert backend.calls == []

    def test_declared_ones_are_not_asked(self, connected: Project, backend: Scripted) -> None:
        new = {"name": "n", "url": scripted.nobody()}
        connected.models.declare([new, {"name": "again", "url": backend.url}])
        assert connected.models.names() == ["m", "n"]
        assert backend.calls == []

    def test_odd_entries_in_the_file(self, make_project: MakeProject) -> None:
        entries = [7, {"name": "no url"}, {"name": "x", "url": "http://[bad"}, {"url": "http://a"}]
        project = make_project(ml_backends=entries)
        assert project.models.names() == ["no url", "x", "None"]
        assert [made.url for made in project.models.all()] == ["http://a"]


class TestSettings:
    def test_ids_stay(self, connected: Project, other_backend: Scripted, clock: Clock) -> None:
        second = connected.models.connect(f"n={other_backend.url}")
        connected.models.remove("m")
        assert connected.models.get(second.id).name == "n"
        connected.close()
        store = DirectoryStore(connected.folder, keeper=False)
        again = Project(store, store.folder, clock=clock)
        assert [(b.id, b.name) for b in again.models.all()] == [(2, "n")]
        again.close()

    def test_update(self, connected: Project) -> None:
        connected.models.update(1, {"title": "T", "basic_auth_pass": "secret", "timeout": 7})
        made = connected.models.update(1, {"title": None, "name": "other"})
        assert (made.id, made.name) == (1, "other")
        assert made.client.options.password == "secret"
        assert made.client.options.timeout == 7
        assert "title" not in made.entry

    @pytest.mark.parametrize(
        "fields",
        [
            {"protocol": "2"},
            {"timeout": "soon"},
            {"connect_timeout": 0},
            {"media": "ftp"},
            {"extra_params": [1]},
            {"url": "x"},
        ],
    )
    def test_bad_settings(self, connected: Project, fields: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            connected.models.update(1, fields)

    def test_a_new_address_must_answer(self, connected: Project) -> None:
        with pytest.raises(BackendFailed):
            connected.models.update(1, {"url": scripted.nobody()})
        connected.models.update(1, {"timeout": 7})  # while it does not matter

    def test_delete(self, connected: Project) -> None:
        connected.models.delete(1)
        with pytest.raises(NotFound):
            connected.models.delete(1)

    def test_passwords_are_never_shown(self, connected: Project, client: Client) -> None:
        connected.models.update(1, {"basic_auth_user": "me", "basic_auth_pass": "secret"})
        assert b"secret" not in client.get("/api/project").data
        assert "secret" not in str(connected.models.get(1).public())
        assert "secret" in str(connected.settings.stored())

    def test_state(self, connected: Project, backend: Scripted) -> None:
        assert connected.models.check(1).public() == {
            "name": "m",
            "url": backend.url,
            "id": 1,
            "state": "CO",
            "generation": "0.8",
            "model_version": "v1",
            "error": None,
            "failed_at": None,
        }
        backend.answers["/setup"] = 500, {"detail": "no"}
        shown = connected.models.check(1).public()
        assert (shown["state"], shown["error"]) == (
            "ER",
            "ML backend m: POST /setup answered 500: no",
        )

    def test_a_backend_that_is_away(self, make_project: MakeProject) -> None:
        project = make_project(ml_backends=[{"name": "m", "url": scripted.nobody()}])
        assert project.models.check(1).state == "DI"
        with pytest.raises(BackendFailed):
            project.models.versions(1)

    def test_versions(self, connected: Project) -> None:
        assert connected.models.versions(1) == ["v1"]


class TestRoutes:
    def test_list_and_remove(self, client: Client) -> None:
        assert client.get("/api/models").json == {"models": ["m"]}
        assert client.delete("/api/models", json={"name": "m"}).status_code == 204
        assert client.get("/api/models/").json == {"models": []}
        assert client.delete("/api/models", json={"name": "m"}).status_code == 404
        assert client.delete("/api/models", json={}).status_code == 400
        assert client.post("/api/models").status_code == 405

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/models/train"),
            ("POST", "/api/train"),
            ("POST", "/api/models/predictions"),
            ("GET", "/api/models/predictions"),
            ("POST", "/api/models/predictions?mode=all_tasks"),
            ("POST", "/api/models/predictions?mode=specific_tasks&task_ids=0"),
            ("POST", "/api/models/predictions?mode=nonsense"),
        ],
    )
    def test_no_backend(self, project: Project, method: str, path: str) -> None:
        answer = Client(app_of(project)).open(path, method=method)
        assert (answer.status_code, answer.json) == (400, "No ML backend")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/models/predictions"),
            ("POST", "/api/models/predictions"),
            ("POST", "/predict"),
        ],
    )
    def test_predict_data(self, client: Client, path: str, method: str) -> None:
        answer = client.open(path, method=method, json={"text": "x"})
        assert answer.status_code == 200
        assert answer.json["data"] == {"text": "x"}
        assert [p["created_by"] for p in answer.json["predictions"]] == ["m"]

    def test_predict_a_whole_task(self, client: Client) -> None:
        task = {"data": {"text": "x"}, "id": 5}
        answer = client.post("/api/models/predictions?mode=data", json=task)
        assert answer.json.items() >= task.items()

    def test_predict_without_data(self, client: Client) -> None:
        for request in ({}, {"json": None}):
            answer = client.post("/api/models/predictions", **request)
            assert answer.status_code == 422
            assert answer.json == {"detail": "no task data found in request json"}

    def test_predict_in_an_unknown_mode(self, client: Client) -> None:
        answer = client.post("/api/models/predictions?mode=bogus", json={})
        assert (answer.status_code, answer.json) == (422, {"detail": "unknown mode"})

    def test_a_failure_is_told_in_a_header(self, client: Client, backend: Scripted) -> None:
        backend.answers["/predict"] = 500, {"detail": "boom"}
        answer = client.post("/api/models/predictions", json={"text": "x"})
        assert (answer.status_code, answer.json["predictions"]) == (200, [])
        assert answer.headers["X-ML-Error"] == "ML backend m: POST /predict answered 500: boom"

    @pytest.mark.parametrize(
        "request_", [{"query_string": "task_ids=0,2"}, {"json": {"task_ids": [0, 2]}}]
    )
    def test_specific_tasks(
        self, client: Client, connected: Project, request_: dict[str, Any]
    ) -> None:
        query = "mode=specific_tasks&" + request_.pop("query_string", "")
        answer = client.post(f"/api/models/predictions?{query}", **request_)
        assert answer.status_code == 200
        assert answer.json["details"] == answer.json["detail"] == "predictions are ready"
        counts = [len(connected.predictions.of_task(task_id)) for task_id in (0, 1, 2)]
        assert counts == [1, 0, 1]

    @pytest.mark.parametrize(
        ("query", "body", "status"),
        [
            ("", None, 422),
            ("", {"task_ids": []}, 422),
            ("&task_ids=x", None, 400),
            ("&task_ids=99", None, 404),
            ("", {"task_ids": "0"}, 400),
            ("", {"task_ids": [True]}, 400),
            ("", {"task_ids": [0, 99]}, 404),
        ],
    )
    def test_bad_specific_tasks(
        self, client: Client, connected: Project, query: str, body: Any, status: int
    ) -> None:
        path = f"/api/models/predictions?mode=specific_tasks{query}"
        answer = client.post(path, **({} if body is None else {"json": body}))
        assert answer.status_code == status
        assert answer.json["detail"]
        assert connected.predictions.of_task(0) == []

    def test_specific_tasks_that_a_backend_fails_on(
        self, client: Client, backend: Scripted, connected: Project
    ) -> None:
        backend.answers["/predict"] = 500, {"detail": "boom"}
        answer = client.post("/api/models/predictions?mode=specific_tasks&task_ids=0")
        assert (answer.status_code, answer.json["details"]) == (200, "predictions are ready")
        assert "boom" in answer.json["errors"][0]
        assert connected.predictions.of_task(0) == []

    def test_all_tasks(self, client: Client) -> None:
        answer = client.get("/api/models/predictions?mode=all_tasks")
        assert answer.json == {"details": "predictions are ready"}
        for task in client.get("/api/tasks").json:
            assert [p["created_by"] for p in task["predictions"]] == ["m"]

    def test_all_tasks_with_a_dead_backend(self, make_project: MakeProject) -> None:
        project = make_project(ml_backends=[{"name": "m", "url": scripted.nobody()}])
        add_tasks(project, "a")
        answer = Client(app_of(project)).post("/api/models/predictions?mode=all_tasks")
        assert (answer.status_code, answer.json["details"]) == (200, "predictions are ready")
        [error] = answer.json["errors"]
        assert "nobody answers" in error
        assert answer.headers["X-ML-Error"] == error

    def test_the_first_request_after_a_label_config(
        self, client: Client, backend: Scripted, connected: Project
    ) -> None:
        xml = connected.label_config.current.xml.replace("good", "great")
        assert client.post("/api/project/config", json={"label_config": xml}).status_code == 201
        client.get("/api/tasks/0")
        assert backend.bodies("/setup")[-1]["schema"] == xml


def test_projects_of_many_know_where_they_are_served(tmp_path: Path) -> None:
    workspace = ManyProjects(tmp_path)
    try:
        first = workspace.create(NewProject(settings={"title": "One"}))
        workspace.announce(Served("http://localhost:8080", token="t"))
        second = workspace.create(NewProject(settings={"title": "Two"}))
        prefixes = [project.served.prefix for project in (first, second)]
        assert prefixes == ["/projects/1", "/projects/2"]
        assert second.served.token == "t"
    finally:
        workspace.close()


def test_threads_that_connect_at_once(project: Project, backend: Scripted) -> None:
    threads = [
        threading.Thread(target=project.models.connect, args=(f"m{n}={backend.url}",))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(project.models.names()) == [f"m{n}" for n in range(8)]
    assert len({made.id for made in project.models.all()}) == 8
