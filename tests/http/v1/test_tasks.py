"""Tasks, annotations, drafts and predictions of 1.x."""

from __future__ import annotations

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.service.workspace import ManyProjects
from tests.conftest import choice
from tests.http.v1.conftest import Api


@pytest.fixture
def task(api: Api) -> int:
    """A task in a project with the label config ``CHOICES``."""
    return api.tasks(api.project(), {"text": "a"})[0]


# -- tasks ----------------------------------------------------------------------------------------


def test_a_task_is_made_changed_and_deleted(api: Api) -> None:
    project = api.project()
    made = api.post("/api/tasks/", {"project": project, "data": {"text": "a"}, "meta": {"b": 1}})
    assert (made["data"], made["meta"], made["inner_id"]) == ({"text": "a"}, {"b": 1}, 1)
    assert (made["is_labeled"], made["overlap"], made["total_annotations"]) == (False, 1, 0)
    path = f"/api/tasks/{made['id']}/"
    assert api.get(path)["annotations"] == []
    changed = api.patch(path, {"data": {"text": "b"}})
    assert (changed["data"], changed["meta"]) == ({"text": "b"}, {"b": 1})
    assert api.patch(path, {"meta": {"c": 2}})["meta"] == {"c": 2}
    api.delete(path)
    api.get(path, 404)
    api.delete(path, status=404)


def test_work_outlives_a_change_of_the_data(api: Api, task: int) -> None:
    made = api.annotated(task)
    changed = api.patch(f"/api/tasks/{task}/", {"data": {"text": "b"}})
    assert [a["id"] for a in changed["annotations"]] == [made["id"]]
    assert api.get(f"/api/tasks/{task}/")["data"] == {"text": "b"}


@pytest.mark.parametrize("data", ["text", None, 5, {"other": 1}])
def test_bad_data_change_nothing(api: Api, task: int, data: object) -> None:
    """1.23.2 answers 500 to a text and stores it."""
    api.patch(f"/api/tasks/{task}/", {"data": data}, 400)
    assert api.get(f"/api/tasks/{task}/")["data"] == {"text": "a"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"data": {"text": "a"}}, "project"),
        ({"project": 99, "data": {"text": "a"}}, "project"),
        ({"project": 1}, "data"),
        ({"project": 1, "data": "text"}, "data"),
        ({"project": 1, "data": {"other": "a"}}, "non_field_errors"),
    ],
)
def test_what_a_new_task_lacks_is_named(api: Api, body: object, named: str) -> None:
    api.project()
    assert list(api.post("/api/tasks/", body, 400)["validation_errors"]) == [named]


def test_the_old_route_of_a_project(api: Api) -> None:
    project = api.project()
    path = f"/api/projects/{project}/tasks/"
    api.get(path, 404)  # as in 1.x
    first = api.post(path, {"data": {"text": "a"}})["id"]
    second = api.post(path, {"data": {"text": "b"}})["id"]
    assert [task["id"] for task in api.get(path)] == [second, first]
    assert [task["id"] for task in api.get(f"{path}?page_size=1&page=2")] == [first]
    api.delete(path)
    assert api.get(f"/api/projects/{project}/")["task_number"] == 0


def test_a_labeled_task(api: Api, task: int) -> None:
    api.annotated(task)
    found = api.get(f"/api/tasks/{task}/")
    assert found["is_labeled"] is True and found["annotators"] == [1]
    assert found["updated_by"] == [{"user_id": 1}] and found["completed_at"]
    (annotation,) = found["annotations"]
    assert annotation["completed_by"]["email"] and annotation["result"] == [choice()]
    assert found["annotations_ids"] == str(annotation["id"])


def test_events_are_taken(api: Api, task: int) -> None:
    body = {"event_key": "annotation_loaded", "event_time": "2026-01-01T00:00:00Z"}
    assert api.post(f"/api/tasks/{task}/events/", body) == body
    api.post("/api/tasks/99/events/", body, 404)


def test_any_text_survives(api: Api, task: int) -> None:
    """Also one that no encoding can hold, which old projects have."""
    text = '{"data": {"text": "a\\ud800b"}}'
    api("PATCH", f"/api/tasks/{task}/", data=text, content_type="application/json")
    assert "\\ud800" in api.raw("GET", f"/api/tasks/{task}/").text


# -- annotations ----------------------------------------------------------------------------------


def test_an_annotation(api: Api, task: int) -> None:
    body = {"result": [choice()], "lead_time": 1.5, "ground_truth": True, "mine": {"kept": 1}}
    made = api.post(f"/api/tasks/{task}/annotations/", body)
    assert made["result"] == [choice()] and made["lead_time"] == 1.5
    assert made["ground_truth"] is True and made["mine"] == {"kept": 1}
    assert (made["task"], made["completed_by"], made["was_cancelled"]) == (task, 1, False)
    path = f"/api/annotations/{made['id']}/"
    assert api.get(path)["id"] == made["id"]
    changed = api.patch(path, {"result": [choice("bad")], "ground_truth": False})
    assert changed["result"] == [choice("bad")] and changed["ground_truth"] is False
    assert changed["lead_time"] == 1.5
    assert api.get(f"/api/tasks/{task}/annotations") == [changed]
    api.delete(path)
    api.get(path, 404)
    assert api.get(f"/api/tasks/{task}/annotations/") == []


def test_it_is_a_completion_on_disk(api: Api, workspace: ManyProjects, task: int) -> None:
    made = api.annotated(task)
    (completion,) = workspace.get(1).tasks.get_task(task).completions
    assert completion.id == made["id"] == task * 1000 + 1
    assert set(completion.fields) == {"id", "result", "created_at"}


@pytest.mark.parametrize("where", ["query", "body"])
def test_a_skip(api: Api, task: int, where: str) -> None:
    query = "?was_cancelled=true" if where == "query" else ""
    body: Json = {"result": []} | ({} if query else {"was_cancelled": True})
    made = api.post(f"/api/tasks/{task}/annotations/{query}", body)
    assert made["was_cancelled"] is True
    assert api.get(f"/api/tasks/{task}/annotations/") == []  # skips are not listed
    found = api.get(f"/api/tasks/{task}/")
    assert (found["total_annotations"], found["cancelled_annotations"]) == (0, 1)
    assert found["is_labeled"] is False


@pytest.mark.parametrize("result", ["zzz", {"a": 1}, [1], ["x"]])
def test_bad_results_are_refused(api: Api, task: int, result: object) -> None:
    """1.23.2 answers 500, on PATCH after part of it was done."""
    api.post(f"/api/tasks/{task}/annotations/", {"result": result}, 400)
    made = api.annotated(task)
    api.patch(f"/api/annotations/{made['id']}/", {"result": result, "lead_time": 9}, 400)
    assert api.get(f"/api/annotations/{made['id']}/") == made


def test_a_missing_result_is_empty(api: Api, task: int) -> None:
    assert api.post(f"/api/tasks/{task}/annotations/", {})["result"] == []


def test_forms_annotate_too(api: Api, task: int) -> None:
    path = f"/api/tasks/{task}/annotations/"
    made = api("POST", path, 201, data={"lead_time": "2.5", "was_cancelled": "1"})
    assert made["lead_time"] == 2.5 and made["was_cancelled"] is True


def test_many_at_once(api: Api) -> None:
    project = api.project()
    ids = api.tasks(project, {"text": "a"}, {"text": "b"}, {"text": "c"})
    made = api.post("/api/annotations/bulk/", {"tasks": ids[:2], "result": [choice()]})
    assert len(made) == 2
    assert api.get(f"/api/annotations/{made[0]['id']}/")["bulk_created"] is True
    rest = {"project": project, "selected_items": {"all": True, "excluded": ids[:2]}}
    assert len(api.post("/api/annotations/bulk", {**rest, "result": []})) == 1
    some = {"project": project, "selected_items": {"all": False, "included": ids[:1]}}
    more = api.post("/api/annotations/bulk", {**some, "result": []})
    one = api.post("/api/annotations/bulk", {"task": ids[0], "result": []})
    wanted = [item["id"] for item in (*made, *more, *one)]
    body = {"ids": [*wanted, 999], "project": project}
    api.post("/api/annotations/bulk-delete/", body, 404)
    assert api.get(f"/api/annotations/{wanted[0]}/")  # all or none
    body = {"ids": wanted, "project": project}
    assert api.post("/api/annotations/bulk-delete/", body, 200) == {"deleted_count": 4}
    api.get(f"/api/annotations/{wanted[0]}/", 404)
    api.post("/api/annotations/bulk/", {"tasks": [ids[0], 999], "result": []}, 404)
    api.post("/api/annotations/bulk/", {"result": []}, 400)
    assert api.get(f"/api/projects/{project}/")["total_annotations_number"] == 1


# -- drafts ---------------------------------------------------------------------------------------


def test_a_draft_becomes_an_annotation(api: Api, task: int) -> None:
    made = api.post(f"/api/tasks/{task}/drafts", {"result": [choice()], "lead_time": 2})
    assert made["result"] == [choice()] and made["annotation"] is None
    assert api.get(f"/api/tasks/{task}/drafts") == [made]
    assert api.get(f"/api/tasks/{task}/")["drafts"][0]["id"] == made["id"]
    changed = api.patch(f"/api/drafts/{made['id']}/", {"result": [choice("bad")]})
    assert changed["result"] == [choice("bad")] and changed["lead_time"] == 2
    assert api.get(f"/api/drafts/{made['id']}/") == changed
    body = {"result": changed["result"], "draft_id": made["id"]}
    api.post(f"/api/tasks/{task}/annotations/", body)
    assert api.get(f"/api/tasks/{task}/drafts") == []
    api.get(f"/api/drafts/{made['id']}/", 404)


def test_drafts_of_an_annotation(api: Api, task: int) -> None:
    made = api.annotated(task)
    path = f"/api/tasks/{task}/annotations/{made['id']}/drafts"
    assert api.get(path) == []
    draft = api.post(path, {"result": []})
    assert draft["annotation"] == made["id"]
    assert api.get(path) == [draft]
    api.delete(f"/api/drafts/{draft['id']}/")
    assert api.get(path) == []
    api.post(f"/api/tasks/99/annotations/{made['id']}/drafts", {"result": []}, 404)


def test_a_draft_of_another_task_is_refused(api: Api) -> None:
    first, second = api.tasks(api.project(), {"text": "a"}, {"text": "b"})
    draft = api.post(f"/api/tasks/{first}/drafts", {"result": []})
    body = {"result": [], "draft_id": draft["id"]}
    api.post(f"/api/tasks/{second}/annotations/", body, 400)
    assert api.get(f"/api/drafts/{draft['id']}/")


def test_an_annotation_becomes_a_draft(api: Api, task: int) -> None:
    made = api.annotated(task)
    draft = api.post(f"/api/annotations/{made['id']}/convert-to-draft")
    assert draft["result"] == [choice()]
    assert api.get(f"/api/tasks/{task}/annotations/") == []


# -- predictions ----------------------------------------------------------------------------------


def test_a_prediction(api: Api, task: int) -> None:
    body = {"task": task, "result": [choice()], "score": 0.5, "model_version": "v1"}
    made = api.post("/api/predictions/", body)
    assert (made["task"], made["score"], made["model_version"]) == (task, 0.5, "v1")
    path = f"/api/predictions/{made['id']}/"
    assert api.get(path)["id"] == made["id"]
    assert api.patch(path, {"score": 0.75})["score"] == 0.75
    assert api("PUT", path, json={"model_version": "v2"})["model_version"] == "v2"
    assert api.get(f"/api/predictions/?task={task}")[0]["score"] == 0.75
    assert len(api.get("/api/predictions/?project=1")) == len(api.get("/api/predictions/")) == 1
    api.delete(path)
    api.get(path, 404)


def test_ids_of_predictions_outlive_deletions(api: Api, task: int) -> None:
    first, second, third = (
        api.post("/api/predictions/", {"task": task, "result": [], "model_version": name})["id"]
        for name in "abc"
    )
    api.delete(f"/api/predictions/{first}/")
    assert api.get(f"/api/predictions/{third}/")["model_version"] == "c"
    api.delete(f"/api/predictions/{second}/")
    assert [p["id"] for p in api.get(f"/api/predictions/?task={task}")] == [third]
    fresh = api.post("/api/predictions/", {"task": task, "result": []})["id"]
    assert fresh != third


@pytest.mark.parametrize("result", ["good", {"mood": "good"}])
def test_a_bare_value_is_expanded(api: Api, task: int, result: object) -> None:
    made = api.post("/api/predictions/", {"task": task, "result": result})
    assert made["result"] == [choice()]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"result": []}, "task"),
        ({"task": 99, "result": []}, "task"),
        ({"task": 1}, "result"),
        ({"task": 1, "result": [], "score": "high"}, "score"),
        ({"task": 1, "result": [1]}, "result"),
        ({"task": 1, "result": {"other": "x"}}, "non_field_errors"),
    ],
)
def test_bad_predictions_are_refused(api: Api, task: int, body: object, named: str) -> None:
    assert list(api.post("/api/predictions/", body, 400)["validation_errors"]) == [named]
    assert api.get("/api/predictions/") == []


# -- comments and history -------------------------------------------------------------------------


def test_comments(api: Api, task: int) -> None:
    annotation = api.annotated(task)["id"]
    made = api.post("/api/comments/", {"annotation": annotation, "text": "Sure?"})
    assert (made["text"], made["task"], made["annotation"]) == ("Sure?", task, annotation)
    found = api.get(f"/api/tasks/{task}/")
    assert (found["comment_count"], found["unresolved_comment_count"]) == (1, 1)
    path = f"/api/comments/{made['id']}/"
    resolved = api.patch(path, {"is_resolved": True})
    assert resolved["resolved_at"] and api.get(path) == resolved
    assert api.get(f"/api/tasks/{task}/")["unresolved_comment_count"] == 0
    assert api.get(f"/api/comments/?annotation={annotation}") == [resolved]
    assert api.get("/api/comments/?projects=1&expand_created_by=true")[0]["created_by"]["id"] == 1
    assert "Sure?" in api.raw("GET", "/api/comments/export/").text
    draft = api.post(f"/api/tasks/{task}/drafts", {"result": []})["id"]
    assert api.post("/api/comments/", {"draft": draft, "text": "x"})["draft"] == draft
    assert len(api.get(f"/api/comments/?draft={draft}")) == 1
    api.post("/api/comments/", {"text": "on nothing"}, 400)
    api.delete(path)
    api.get(path, 404)


def test_history_is_what_an_annotation_tells(api: Api, task: int) -> None:
    annotation = api.annotated(task)["id"]
    (item,) = api.get(f"/api/annotation-history/?annotation={annotation}")
    assert (item["action"], item["result"]) == ("submitted", [choice()])
    assert api.get(f"/api/annotation-history/{item['id']}/") == item
    assert api.get("/api/projects/1/annotation-history/")["results"] == [item]
    api.get("/api/annotation-history/", 400)
    api.get(f"/api/annotation-history/{item['id'] + 5}/", 404)


@pytest.mark.parametrize(
    ("body", "action"),
    [
        ({"was_cancelled": True}, "skipped"),
        ({"parent_prediction": 7}, "prediction"),
        ({"parent_annotation": 7}, "propagated_annotation"),
    ],
)
def test_history_tells_how_an_annotation_was_made(
    api: Api, task: int, body: dict[str, object], action: str
) -> None:
    made = api.post(f"/api/tasks/{task}/annotations/", {"result": [choice()], **body})
    (item,) = api.get(f"/api/annotation-history/?annotation={made['id']}")
    assert (item["action"], item["annotation_id"]) == (action, made["id"])


def test_history_of_a_prediction_that_was_accepted(api: Api, task: int) -> None:
    foreseen = {"task": task, "result": [choice()], "model_version": "m", "score": 0.5}
    api.post("/api/predictions/", foreseen)
    action = "/api/dm/actions/?project=1&id=predictions_to_annotations"
    api.post(action, {"selectedItems": {"all": True, "excluded": []}}, 200)
    (made,) = api.get(f"/api/tasks/{task}/annotations/")
    (item,) = api.get(f"/api/annotation-history/?annotation={made['id']}")
    assert item["action"] == "prediction"
