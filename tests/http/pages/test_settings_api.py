"""The settings that can be changed while a project is served."""

from __future__ import annotations

import json
from typing import Any

import pytest

from label_studio_lite.service.project import Project
from label_studio_lite.service.settings_changes import CHECKS, DEFAULTS
from tests.client import Client
from tests.conftest import MakeProject, app_of


def test_all_are_shown(client: Client) -> None:
    shown = client.get("/api/settings").json
    assert set(shown) == set(CHECKS)
    assert shown["sampling"] == "sequential"
    assert DEFAULTS.items() <= shown.items()


def test_some_are_changed_and_the_rest_of_the_file_stays(client: Client, project: Project) -> None:
    before = json.loads((project.folder / "config.json").read_text())
    response = client.patch("/api/settings", json={"title": "Moods", "ml_live_timeout": 0.5})
    assert response.json["title"] == "Moods" and response.json["ml_live_timeout"] == 0.5
    project.store.checkpoint()
    after = json.loads((project.folder / "config.json").read_text())
    assert after == {**before, "title": "Moods", "ml_live_timeout": 0.5}


def test_what_is_the_same_already_changes_nothing(client: Client, project: Project) -> None:
    before = project.settings.stored()
    client.patch("/api/settings", json=client.get("/api/settings").json)
    assert project.settings.stored() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", 5),
        ("instruction", None),
        ("sampling", "best"),
        ("allow_delete_completions", "yes"),
        ("ml_live_timeout", -1),
        ("ml_live_timeout", True),
        ("min_annotations_to_start_training", 0),
        ("min_annotations_to_start_training", 1.5),
        ("durability", "never"),
        ("port", 80),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_changed(
    client: Client, project: Project, name: str, value: Any
) -> None:
    before = project.settings.stored()
    response = client.patch("/api/settings", json={"description": "new", name: value})
    assert response.status_code == 400 and f"{name}: " in response.json["detail"]
    assert project.settings.stored() == before


def test_1x_names_of_sampling_are_shown_as_ours(make_project: MakeProject) -> None:
    client = Client(app_of(make_project(sampling="Uniform sampling")))
    assert client.get("/api/settings").json["sampling"] == "uniform"


def test_the_page_says_how_one_comes_in_and_what_is_carried(client: Client) -> None:
    page = client.get("/settings").text
    assert "Everybody on this machine may come in" in page
    assert "--set-password" in page
