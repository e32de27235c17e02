"""Projects of a server of many, and of a visitor, as calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from label_studio_lite.app import Server, create_app
from label_studio_lite.service.creating import NewProject
from label_studio_lite.service.workspace import ManyProjects, Sessions
from tests import coverage
from tests.client import Client
from tests.conftest import CHOICES

PATH = "/api/workspace/projects"


class TestMany:
    @pytest.fixture
    def many(self, tmp_path: Path) -> Iterator[Client]:
        workspace = ManyProjects(tmp_path / "projects")
        app = create_app(Server(workspace))
        coverage.note(app)
        yield Client(app)
        workspace.close()

    def test_they_are_made_from_templates_and_listed(self, many: Client) -> None:
        assert many.get(PATH).json == []
        first = many.post(PATH, json={"title": "Moods", "template": "text_classification"})
        assert (first.status_code, first.json) == (201, {"id": 1})
        second = many.post(PATH, json={"title": "Mine", "label_config": CHOICES})
        assert second.json == {"id": 2}
        titles = {one["id"]: one["title"] for one in many.get(PATH).json}
        assert titles == {1: "Moods", 2: "Mine"}
        assert "Praise" in many.get("/projects/1/api/project").json["label_config_line"]
        tasks = many.post("/projects/2/api/project/import", json=[{"text": "x"}]).json
        assert tasks["new_task_ids"] == [1]

    def test_a_folder_that_was_put_there_is_listed(self, many: Client, tmp_path: Path) -> None:
        folder = tmp_path / "projects" / "old"
        folder.mkdir()
        (folder / "config.json").write_text("not json")
        [one] = many.get(PATH).json
        assert (one["folder"], one["title"]) == ("old", "")

    def test_one_is_deleted_into_the_trash(self, many: Client, tmp_path: Path) -> None:
        many.post(PATH, json={"title": "Moods"})
        assert many.delete(f"{PATH}/1").status_code == 204
        assert many.get(PATH).json == []
        assert len(list((tmp_path / "projects" / ".trash").iterdir())) == 1
        assert many.delete(f"{PATH}/1").status_code == 404

    def test_bad_ones_are_refused(self, many: Client) -> None:
        for body in ({}, {"title": " "}, {"title": "x", "label_config": 5}):
            assert many.post(PATH, json=body).status_code == 400
        assert many.post(PATH, json={"title": "x", "template": "nope"}).status_code == 404
        assert many.get(PATH).json == []

    def test_the_root_shows_them(self, many: Client) -> None:
        many.post(PATH, json={"title": "Moods"})
        assert many.get("/").headers["Location"] == "./projects"
        assert "New project" in many.get("/projects").text


class TestSessions:
    @pytest.fixture
    def visitor(self, tmp_path: Path) -> Iterator[Client]:
        workspace = Sessions(tmp_path, NewProject(CHOICES))
        app = create_app(Server(workspace))
        yield Client(app)
        workspace.close()

    def test_a_visitor_has_projects_of_his_own(self, visitor: Client) -> None:
        visitor.get("/projects")
        [first] = visitor.get(PATH).json
        made = visitor.post(PATH, json={"title": "Boxes", "template": "image_bbox"})
        listed = {one["id"]: one for one in visitor.get(PATH).json}
        assert set(listed) == {first["id"], made.json["id"]}
        assert listed[made.json["id"]]["title"] == "Boxes"
        assert listed[made.json["id"]]["current"] and not listed[first["id"]]["current"]
        visitor.post(f"/api/project-switch?uuid={first['id']}")
        assert "mood" in visitor.get("/api/project").json["label_config_line"]

    def test_others_see_nothing_of_it(self, visitor: Client) -> None:
        visitor.get("/projects")
        other = Client(visitor.application)
        assert other.get(PATH).json == []

    def test_deleting_is_not_offered(self, visitor: Client) -> None:
        assert visitor.delete(f"{PATH}/1").status_code == 422


def test_a_server_of_one_has_no_list(client: Client) -> None:
    assert client.get(PATH).status_code == 404
    assert client.post(PATH, json={"title": "x"}).status_code == 422
