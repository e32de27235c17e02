"""Projects of 1.x: making, finding, changing and deleting them."""

from __future__ import annotations

from pathlib import Path

import pytest

from label_studio_lite.core import jsontext
from label_studio_lite.service.workspace import ManyProjects
from tests.conftest import BOXES, CHOICES
from tests.http.v1.conftest import Api


def test_a_new_project_has_every_field(api: Api) -> None:
    made = api.post("/api/projects/", {"title": "Moods", "label_config": CHOICES})
    assert made["title"] == "Moods" and made["label_config"] == CHOICES
    assert (made["organization"], made["color"], made["sampling"]) == (
        1,
        "#FFFFFF",
        "Sequential sampling",
    )
    assert made["task_number"] == 0 and made["created_by"]["id"] == 1
    assert made["parsed_label_config"]["mood"]["labels"] == ["good", "bad"]
    assert made["control_weights"]["mood"]["labels"] == {"good": 1.0, "bad": 1.0}
    assert api.get(f"/api/projects/{made['id']}/") == made


def test_a_project_needs_nothing(api: Api) -> None:
    made = api.post("/api/projects/", {})
    assert made["title"] == "" and made["label_config"] == "<View></View>"


def test_a_project_is_a_directory_whose_tasks_count_from_one(
    api: Api, workspace: ManyProjects
) -> None:
    project = api.project(title="My moods")
    assert api.tasks(project, {"text": "a"}) == [1]
    folder = workspace.get(project).folder
    assert folder.name == "my-moods"
    assert jsontext.loads((folder / "config.json").read_bytes())["title"] == "My moods"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": "ab"}, "title"),
        ({"title": "a" * 51}, "title"),
        ({"title": None}, "title"),
        ({"maximum_annotations": "many"}, "maximum_annotations"),
        ({"maximum_annotations": 0}, "maximum_annotations"),
        ({"show_instruction": "perhaps"}, "show_instruction"),
        ({"label_config": '<View><Choices name="a" toName="b"/></View>'}, "label_config"),
        ({"label_config": "<View>"}, "label_config"),
    ],
)
def test_bad_fields_are_named(api: Api, fields: dict[str, object], named: str) -> None:
    found = api.post("/api/projects/", fields, 400)
    assert found["detail"] == "Validation error"
    assert list(found["validation_errors"]) == [named]
    assert api.get("/api/projects/")["count"] == 0


def test_forms_switch_off_what_they_leave_out(api: Api) -> None:
    made = api("POST", "/api/projects", 201, data={"title": "Form", "is_published": "true"})
    assert made["is_published"] is True
    assert made["show_skip_button"] is False and made["enable_empty_annotation"] is False


def test_projects_are_listed_newest_first_in_pages(api: Api) -> None:
    first, second, third = (api.project(title=f"Number {n}") for n in range(3))
    page = api.get("/api/projects/?page_size=2")
    assert [p["id"] for p in page["results"]] == [third, second]
    assert (page["count"], page["previous"]) == (3, None)
    rest = api.get(page["next"].removeprefix("http://localhost"))
    assert [p["id"] for p in rest["results"]] == [first]
    assert rest["next"] is None and "page=" not in rest["previous"]
    found = api.get("/api/projects/?page=3&page_size=2", 404)
    assert found["detail"] == "Invalid page." and found["status_code"] == 404


def test_projects_are_found(api: Api) -> None:
    cats, dogs = api.project(title="Cats"), api.project(title="Dogs")
    api.patch(f"/api/projects/{cats}/", {"pinned_at": "2026-01-01T00:00:00Z"})

    def ids(query: str) -> list[int]:
        return [p["id"] for p in api.get(f"/api/projects/?{query}")["results"]]

    assert ids("") == [cats, dogs]  # pinned ones first
    assert ids("title=dog") == [dogs]
    assert ids(f"ids={cats}") == [cats]
    assert ids("filter=pinned_only") == [cats]
    assert ids("filter=exclude_pinned") == [dogs]
    assert ids("ordering=title") == [cats, dogs]
    assert ids("ordering=-title") == [dogs, cats]
    only = api.get("/api/projects/?include=title").get("results")
    assert [set(p) for p in only] == [{"id", "title"}] * 2


def test_counts(api: Api) -> None:
    project = api.project()
    task, other = api.tasks(
        project, {"text": "a"}, {"data": {"text": "b"}, "predictions": [{"result": []}]}
    )
    api.annotated(task)
    api.post(f"/api/tasks/{other}/annotations/?was_cancelled=1", {"result": []})
    api.post(f"/api/tasks/{task}/annotations/", {"result": [], "ground_truth": True})
    counts = api.get(f"/api/projects/counts/?ids={project}")["results"][0]
    assert counts == {
        "id": project,
        "num_tasks_with_annotations": 1,
        "task_number": 2,
        "useful_annotation_number": 2,
        "ground_truth_number": 1,
        "skipped_annotations_number": 1,
        "total_annotations_number": 2,
        "total_predictions_number": 1,
        "finished_task_number": 1,
    }


def test_a_change_keeps_the_rest(api: Api, workspace: ManyProjects) -> None:
    project = api.project(description="old")
    changed = api.patch(
        f"/api/projects/{project}/",
        {"title": "New", "expert_instruction": "Look!", "sampling": "Uniform sampling"},
    )
    assert (changed["title"], changed["description"]) == ("New", "old")
    settings = workspace.get(project).settings
    assert settings.get("instruction") == "Look!" and settings.get("sampling") == "uniform"


def test_a_put_keeps_who_made_it(api: Api) -> None:
    """1.23.2 forgets it, and can export the project no more."""
    project = api.project()
    assert api("PUT", f"/api/projects/{project}/", json={"title": "Put"})["created_by"]["id"] == 1


def test_work_is_not_orphaned_by_a_label_config(api: Api) -> None:
    project = api.project()
    (task,) = api.tasks(project, {"text": "a"})
    api.annotated(task)
    lost = CHOICES.replace("good", "fine")
    path = f"/api/projects/{project}"
    assert (
        "label_config" in api.patch(f"{path}/", {"label_config": lost}, 400)["validation_errors"]
    )
    assert api.post(f"{path}/validate/", {"label_config": BOXES}, 400)
    kept = api.post(f"{path}/validate/", {"label_config": CHOICES}, 200)
    assert kept == {"config_essential_data_has_changed": False}
    assert api.get(f"{path}/")["label_config"] == CHOICES


def test_unknown_model_versions_are_refused(api: Api) -> None:
    project = api.project()
    api.patch(f"/api/projects/{project}/", {"model_version": "none"}, 400)
    api.tasks(
        project,
        {"data": {"text": "a"}, "predictions": [{"result": [], "model_version": "v"}]},
    )
    assert api.patch(f"/api/projects/{project}/", {"model_version": "v"})["model_version"] == "v"


def test_a_label_config_is_checked_without_a_project(api: Api) -> None:
    api.post("/api/projects/validate/", {"label_config": CHOICES}, 204)
    found = api.post("/api/projects/validate/", {"label_config": "x"}, 400)
    assert list(found) == ["label_config"]


def test_deleted_projects_are_thrown_away(api: Api, workspace: ManyProjects) -> None:
    project = api.project(title="Away")
    folder = workspace.get(project).folder
    api.delete(f"/api/projects/{project}/")
    api.get(f"/api/projects/{project}/", 404)
    assert not folder.exists()
    assert list((folder.parent / ".trash").glob("*away*"))


def test_annotators_and_summary(api: Api) -> None:
    project = api.project()
    task, _ = api.tasks(project, {"text": "a"}, {"text": "b", "page": 3})
    path = f"/api/projects/{project}"
    assert api.get(f"{path}/annotators/") == []
    api.annotated(task)
    assert [user["id"] for user in api.get(f"{path}/annotators/")] == [1]
    summary = api.get(f"{path}/summary/")
    assert summary["all_data_columns"] == {"text": 2, "page": 1}
    assert summary["common_data_columns"] == ["text"]
    assert summary["created_annotations"] == {"mood|text|choices": 1}
    assert summary["created_labels"] == {"mood": {"good": 1}}


def test_next_task(api: Api) -> None:
    api.project()  # the first one shares its path with 0.8.x
    project = api.project()
    first, second = api.tasks(project, {"text": "a"}, {"text": "b"})
    found = api.get(f"/api/projects/{project}/next")
    assert found["id"] == first and found["queue"] == "Sequence queue"
    api.annotated(first)
    assert api.get(f"/api/projects/{project}/next/")["id"] == second
    api.annotated(second)
    found = api.get(f"/api/projects/{project}/next", 404)
    assert found["detail"].startswith("There are no tasks for ")


def test_a_copy_of_a_project(api: Api) -> None:
    project = api.project(title="Moods", expert_instruction="Look!")
    (task,) = api.tasks(project, {"text": "a"})
    api.annotated(task)
    body = {"mode": "settings,data", "title": "Again", "workspace": 1}
    copy = api.post(f"/api/projects/{project}/duplicate/", body)["id"]
    found = api.get(f"/api/projects/{copy}/")
    assert (found["title"], found["expert_instruction"]) == ("Again", "Look!")
    assert (found["task_number"], found["total_annotations_number"]) == (1, 0)
    bare = api.post(f"/api/projects/{project}/duplicate/", {"mode": "settings"})["id"]
    assert api.get(f"/api/projects/{bare}/")["task_number"] == 0


def test_templates_are_the_gallery(api: Api) -> None:
    listed = api.get("/api/project-templates/")
    assert len(listed) > 20
    template = api.get(f"/api/project-templates/{listed[0]['id']}")
    assert template == listed[0]
    made = api.post(f"/api/project-templates/{template['id']}/create-project", {"title": "Begun"})
    assert made["label_config"] == template["project_settings"]["label_config"]
    api.get("/api/project-templates/9999", 404)
    api.post("/api/project-templates/", {"name": "x", "project_id": 1}, 403)
    api.delete(f"/api/project-templates/{template['id']}", status=403)
    api.patch(f"/api/project-templates/{template['id']}", {}, 403)


def test_a_server_of_one_project(one: Api) -> None:
    assert [p["id"] for p in one.get("/api/projects/")["results"]] == [1]
    refused = one.post("/api/projects/", {"title": "Another"}, 403)
    assert "label-studio start" in refused["detail"]
    assert one.delete("/api/projects/1/", status=403)["detail"]
    (task,) = one.tasks(1, {"text": "a"})
    assert task == 0  # a directory of 0.8.x counts from 0
    assert one.annotated(task)["task"] == 0
    assert one.patch("/api/projects/1/", {"title": "Mine"})["title"] == "Mine"
    assert one.get("/api/projects/1/next", 404)


def test_ids_that_are_none(api: Api) -> None:
    for path in ("/api/projects/9/", "/api/projects/9/next", "/api/projects/9/summary/"):
        assert api.get(path, 404)["detail"] == "there is no project 9"
    api.get("/api/projects/abc/", 404)


def test_public_ids_say_where_something_lives(api: Api, tmp_path: Path) -> None:
    first, second = api.project(), api.project()
    assert api.tasks(first, {"text": "a"}) == [1]
    assert api.tasks(second, {"text": "b"}) == [100_000_001]
    assert api.annotated(100_000_001)["id"] == 100_000_001_001
    found = api.get("/api/annotations/100000001001/")
    assert (found["task"], found["project"]) == (100_000_001, second)
    assert api.get("/api/tasks/100000001/")["data"] == {"text": "b"}
    api.get("/api/tasks/900000001/", 404)
