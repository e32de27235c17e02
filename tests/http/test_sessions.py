"""Servers of many projects: a folder of them, and one for each visitor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from label_studio_lite.app import Server, create_app
from label_studio_lite.service.creating import NewProject, create_project
from label_studio_lite.service.workspace import ManyProjects, Sessions
from tests import coverage
from tests.client import Client
from tests.conftest import BOXES, CHOICES


class TestMany:
    @pytest.fixture
    def workspace(self, tmp_path: Path) -> Iterator[ManyProjects]:
        workspace = ManyProjects(tmp_path / "projects")
        yield workspace
        workspace.close()

    @pytest.fixture
    def app(self, workspace: ManyProjects) -> Flask:
        app = create_app(Server(workspace))
        coverage.note(app)
        return app

    def test_each_is_served_below_its_prefix(self, workspace: ManyProjects, app: Flask) -> None:
        workspace.create(NewProject(CHOICES, {"title": "Moods of texts"}))
        workspace.create(NewProject(BOXES, {"title": "Cats"}))
        client = Client(app)
        client.post("/projects/1/api/project/import", json={"text": "a"})
        client.post("/projects/2/api/project/import", json=[{"image": "x"}, {"image": "y"}])
        assert client.get("/projects/1/api/project").json["task_count"] == 1
        assert client.get("/projects/2/api/project/").json["task_count"] == 2
        assert client.get("/projects/2/api/tasks/1").json["data"] == {"image": "y"}
        assert client.get("/projects/3/api/project").status_code == 404
        redirect = client.get("/projects/1/welcome")
        assert redirect.status_code == 200

    def test_a_single_one_needs_no_prefix(self, workspace: ManyProjects, app: Flask) -> None:
        client = Client(app)
        assert client.get("/api/project").status_code == 404
        workspace.create(NewProject(CHOICES))
        assert client.get("/api/project").status_code == 200
        workspace.create(NewProject(CHOICES))
        answer = client.get("/api/project")
        assert answer.status_code == 404
        assert "/projects/<id>" in answer.json["detail"]

    def test_folders_put_there_by_hand_are_found(
        self, workspace: ManyProjects, app: Flask, tmp_path: Path
    ) -> None:
        create_project(tmp_path / "projects" / "by hand", NewProject(CHOICES))
        (tmp_path / "projects" / "no project").mkdir()
        assert workspace.ids() == [1]
        assert Client(app).get("/projects/1/api/project").json["project_name"] == "by hand"

    def test_ids_stay(self, workspace: ManyProjects, tmp_path: Path) -> None:
        for title in ("b", "a", "a"):
            workspace.create(NewProject(CHOICES, {"title": title}))
        workspace.close()
        again = ManyProjects(tmp_path / "projects")
        assert [again.get(i).name for i in again.ids()] == ["b", "a", "a-2"]
        again.close()

    def test_a_deleted_one_is_kept_in_the_trash(
        self, workspace: ManyProjects, tmp_path: Path
    ) -> None:
        workspace.create(NewProject(CHOICES, {"title": "old"}))
        workspace.delete(1)
        assert workspace.ids() == []
        (kept,) = (tmp_path / "projects" / ".trash").iterdir()
        assert (kept / "config.json").is_file()
        assert workspace.create(NewProject(CHOICES, {"title": "new"})).id == 2


class TestSessions:
    @pytest.fixture
    def app(self, tmp_path: Path) -> Iterator[Flask]:
        workspace = Sessions(tmp_path / "root", NewProject(CHOICES))
        app = create_app(Server(workspace))
        coverage.note(app)
        yield app
        workspace.close()

    @staticmethod
    def folders(tmp_path: Path) -> int:
        return len(list((tmp_path / "root").glob("*/*/config.json")))

    def test_a_visit_of_a_page_makes_a_project(self, app: Flask, tmp_path: Path) -> None:
        client = Client(app)
        assert client.get("/welcome").status_code == 200
        assert self.folders(tmp_path) == 1
        shown = client.get("/api/project").json
        assert shown["multi_session_mode"] is True
        client.post("/api/project/import", json={"text": "mine"})
        other = Client(app)
        other.get("/")
        assert other.get("/api/tasks").json == []
        assert self.folders(tmp_path) == 2

    @pytest.mark.parametrize("path", ["/api/health", "/api/project", "/api/tasks", "/version"])
    def test_a_script_without_a_cookie_makes_none(
        self, app: Flask, tmp_path: Path, path: str
    ) -> None:
        answer = Client(app).get(path)
        assert self.folders(tmp_path) == 0
        if path.startswith("/api/") and path != "/api/health":
            assert answer.status_code == 404
            assert "POST /api/project?new=1" in answer.json["detail"]

    def test_new_projects_and_switching(self, app: Flask, tmp_path: Path) -> None:
        client = Client(app)
        first = client.post("/api/project?new=1&desc=One")
        assert first.status_code == 201
        client.post("/api/project/import", json={"text": "one"})
        second = client.post("/api/project?new=1&desc=Two").json
        assert second["config"]["description"] == "Two"
        assert second["task_count"] == 0
        third = client.post("/api/project?new=1").json
        assert third["config"]["description"] == "default"  # nothing left of the one before
        answer = client.post(f"/api/project-switch?uuid={first.json['project_name']}")
        assert (answer.status_code, answer.json["task_count"]) == (200, 1)
        assert client.get("/api/project").json["task_count"] == 1
        page = client.get(f"/api/project-switch?uuid={second['project_name']}")
        assert (page.status_code, page.headers["Location"]) == (302, "/setup")
        assert client.get("/api/project").json["config"]["description"] == "Two"

    def test_a_project_can_be_shared(self, app: Flask) -> None:
        mine, theirs = Client(app), Client(app)
        name = mine.post("/api/project?new=1").json["project_name"]
        mine.post("/api/project/import", json={"text": "shared"})
        assert theirs.post(f"/api/project-switch?uuid={name}").json["task_count"] == 1

    @pytest.mark.parametrize("uuid", ["11111111-2222-3333-4444-555555555555", "../x", "*"])
    def test_switching_to_nothing_changes_nothing(self, app: Flask, uuid: str) -> None:
        client = Client(app)
        client.post("/api/project?new=1")
        answer = client.post("/api/project-switch", query_string={"uuid": uuid})
        assert answer.status_code == 404
        assert "No such shared project found" in answer.json["detail"]
        assert client.get("/api/project").status_code == 200

    def test_switching_without_a_uuid(self, app: Flask) -> None:
        answer = Client(app).post("/api/project-switch")
        assert (answer.status_code, answer.text) == (400, "Not a valid UUID")

    def test_a_forged_cookie_is_nobody(self, app: Flask) -> None:
        client: Client = Client(app)
        client.set_cookie("session", "eyJ1c2VyIjoieCJ9.Zm9v.YmFy")
        assert client.get("/api/project").status_code == 404
