"""Imports, uploaded files, exports and snapshots of 1.x."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from label_studio_lite.service.workspace import ManyProjects
from tests.conftest import BOXES, choice
from tests.http.v1.conftest import Api

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
ANNOTATION = {
    "id": 77,
    "result": [choice()],
    "created_at": "2024-01-02T03:04:05.000000Z",
    "completed_by": {"id": 5, "email": "x@example.org"},
    "lead_time": 3.5,
    "task": 12,
    "created_username": "x",
    "was_cancelled": False,
}


def upload(api: Api, path: str, name: str, content: bytes, status: int = 201) -> Any:
    return api("POST", path, status, data={"file": (io.BytesIO(content), name)})


# -- imports --------------------------------------------------------------------------------------


def test_an_import_of_every_kind_of_item(api: Api) -> None:
    project = api.project()
    items = [
        {"text": "one"},
        {"data": {"text": "two"}, "meta": {"a": 1}},
        {"data": {"text": "three"}, "annotations": [ANNOTATION], "predictions": [{"result": []}]},
    ]
    found = api.post(f"/api/projects/{project}/import?return_task_ids=true", items)
    assert (found["task_count"], found["annotation_count"], found["prediction_count"]) == (3, 1, 1)
    assert found["task_ids"] == [1, 2, 3] and found["found_formats"] == []
    (annotation,) = api.get("/api/tasks/3/annotations/")
    assert annotation["created_at"] == "2024-01-02T03:04:05.000000Z"
    assert (annotation["id"], annotation["completed_by"]) == (3001, 5)
    assert annotation["lead_time"] == 3.5


def test_one_object_is_one_task(api: Api) -> None:
    project = api.project()
    assert api.post(f"/api/projects/{project}/import", {"text": "one"})["task_count"] == 1
    assert api.post(f"/api/projects/{project}/tasks/bulk/", [{"text": "x"}])["task_count"] == 1


def test_all_or_nothing(api: Api) -> None:
    project = api.project()
    found = api.post(f"/api/projects/{project}/import", [{"text": "one"}, {"other": 1}], 400)
    (message,) = found["validation_errors"]["non_field_errors"]
    assert "item 1" in message and '"text" key is expected' in message
    assert api.get(f"/api/projects/{project}/")["task_number"] == 0
    nothing = api.post(f"/api/projects/{project}/import", [], 400)
    assert nothing["validation_errors"]["non_field_errors"] == ["load_tasks: No tasks added"]


def test_predictions_among_the_data(api: Api) -> None:
    project = api.project()
    path = f"/api/projects/{project}/import?preannotated_from_fields=mood"
    assert api.post(path, [{"text": "one", "mood": "good"}])["prediction_count"] == 1
    found = api.get("/api/tasks/1/")
    assert found["data"] == {"text": "one", "mood": "good"}
    (prediction,) = found["predictions"]
    assert prediction["result"] == [choice()]
    assert (prediction["model_version"], prediction["score"]) == ("preannotated", 1.0)
    api.post(path, [{"text": "two"}], 400)


def test_files(api: Api) -> None:
    project = api.project()
    path = f"/api/projects/{project}/import"
    found = upload(api, path, "some.csv", b"text,page\none,1\ntwo,2\n")
    assert found["found_formats"] == {".csv": 1} and found["could_be_tasks_list"] is True
    assert found["data_columns"] == ["text", "page"]
    assert upload(api, path, "some.txt", b"three\nfour\n")["task_count"] == 2
    text = json.dumps([{"text": "five"}]).encode()
    assert upload(api, path, "some.json", text)["could_be_tasks_list"] is False
    assert upload(api, path, "bad.json", b"{", 400)["validation_errors"]
    api("POST", path, 400, data={})


def test_an_image_is_a_task_and_a_file(api: Api) -> None:
    api.project()  # so that the one that is looked at is not the first
    project = api.project(label_config=BOXES)
    found = upload(api, f"/api/projects/{project}/import", "cat.png", PNG)
    (number,) = found["file_upload_ids"]
    (task,) = api.get(f"/api/tasks/?project={project}")["tasks"]
    url = task["data"]["image"]
    assert url.startswith(f"/data/upload/{project}/") and url.endswith("-cat.png")
    answer = api.raw("GET", url)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PNG, "image/png")
    part = api.raw("GET", url, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.data) == (206, b"PNG")
    assert api.raw("GET", f"/data/upload/{project}/none.png").status_code == 404
    one = api.get(f"/api/import/file-upload/{number}")
    assert one == {"id": number, "file": url.removeprefix("/data/"), "size": len(PNG)}
    assert api.patch(f"/api/import/file-upload/{number}", {}) == one
    assert api.get(f"/api/projects/{project}/file-uploads?all=true") == [one]
    assert api.get(f"/api/projects/{project}/file-uploads?ids=[{number}]") == [one]
    assert api.get(f"/api/projects/{project}/file-uploads?ids=[999]") == []
    assert api.get(f"/api/projects/{project}/file-uploads?ids=9&ids={number}") == [one]
    api.get(f"/api/projects/{project}/file-uploads?ids=x", 400)
    api.delete(f"/api/import/file-upload/{number}")
    api.get(f"/api/import/file-upload/{number}", 404)


def test_files_can_be_kept_and_imported_later(api: Api) -> None:
    project = api.project()
    path = f"/api/projects/{project}"
    table = b"text,n\none,1\ntwo,2\n"
    kept = upload(api, f"{path}/import?commit_to_project=false", "some.csv", table)
    assert kept["annotation_count"] is None
    assert (kept["task_count"], kept["data_columns"]) == (2, ["text", "n"])
    assert kept["found_formats"] == {".csv": 1}
    plain = api.post(f"{path}/import?commit_to_project=false", [{"text": "one"}])
    assert (plain["task_count"], plain["found_formats"]) == (1, [])  # a list, for SDKs of 1.0
    api.delete(f"{path}/file-uploads", {"file_upload_ids": plain["file_upload_ids"]}, 200)
    assert api.get(f"{path}/")["task_number"] == 0
    body = {"file_upload_ids": kept["file_upload_ids"], "files_as_tasks_list": False}
    assert api.post(f"{path}/reimport", body)["task_count"] == 2
    api.post(f"{path}/reimport", {"file_upload_ids": [999]}, 404)
    gone = {"file_upload_ids": kept["file_upload_ids"]}
    assert api.delete(f"{path}/file-uploads", gone, 200) == {"deleted": 1}
    assert api.get(f"{path}/file-uploads") == []


def test_all_files_are_not_deleted_by_accident(api: Api) -> None:
    """1.23.2 deletes all when the body is empty."""
    project = api.project(label_config=BOXES)
    upload(api, f"/api/projects/{project}/import", "cat.png", PNG)
    api.delete(f"/api/projects/{project}/file-uploads", {}, 400)
    assert len(api.get(f"/api/projects/{project}/file-uploads")) == 1


def test_imports_are_done_when_they_are_answered(api: Api) -> None:
    project = api.project()
    api.get(f"/api/projects/{project}/imports/1/", 404)
    api.get(f"/api/projects/{project}/reimports/1/", 404)


def test_predictions_are_imported_all_or_none(api: Api) -> None:
    api.project()
    project = api.project()
    first, second = api.tasks(project, {"text": "a"}, {"text": "b"})
    path = f"/api/projects/{project}/import/predictions"
    items = [
        {"task": task, "result": [choice()], "model_version": "v"} for task in (first, second)
    ]
    assert api.post(path, items) == {"created": 2}
    assert len(api.get(f"/api/predictions/?task={second}")) == 1
    api.post(path, [*items, {"task": 1, "result": []}], 404)  # of another project
    api.post(path, [*items, {"task": first, "result": "x"}], 400)
    assert len(api.get(f"/api/predictions/?project={project}")) == 2
    versions = api.get(f"/api/projects/{project}/model-versions/")
    assert versions == {"v": 2}
    extended = api.get(f"/api/projects/{project}/model-versions/?extended=true")
    assert extended["static"][0]["count"] == 2 and extended["live"] == []


# -- exports --------------------------------------------------------------------------------------


@pytest.fixture
def project(api: Api) -> int:
    """Three tasks: annotated, skipped, and untouched but predicted."""
    made = api.project()
    first, second, _ = api.tasks(
        made,
        {"text": "one"},
        {"text": "two"},
        {"data": {"text": "three"}, "predictions": [{"result": []}]},
    )
    api.annotated(first)
    api.post(f"/api/tasks/{second}/annotations/", {"result": [], "was_cancelled": True})
    return made


def texts(items: Any) -> list[str]:
    return [item["data"]["text"] for item in items]


def test_an_export(api: Api, project: int) -> None:
    path = f"/api/projects/{project}/export"
    answer = api.raw("GET", f"{path}?exportType=JSON")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["filename"].startswith(f"project-{project}-at-")
    found = answer.json
    assert texts(found) == ["one", "two"]
    annotation = found[0]["annotations"][0]
    assert annotation["completed_by"] == 1 and annotation["result"] == [choice()]
    assert annotation["result_count"] == 1 and "created_ago" not in annotation
    assert api.raw("GET", path).json[0]["annotations"][0]["unique_id"] == annotation["unique_id"]
    everything = api.get(f"{path}?export_type=JSON&download_all_tasks=true")
    assert texts(everything) == ["one", "two", "three"]
    assert everything[2]["predictions"] == [3001]
    assert texts(api.get(f"{path}?ids[]=2")) == ["two"]
    assert api.get(f"{path}/files") == {"export_files": []}  # nothing of it stays
    api.get(f"{path}?ids[]=99", 404)


def test_exports_come_back_in(api: Api, project: int) -> None:
    items = api.get(f"/api/projects/{project}/export?download_all_tasks=true")
    again = api.project()
    found = api.post(f"/api/projects/{again}/import", items)
    assert (found["task_count"], found["annotation_count"]) == (3, 2)
    counts = api.get(f"/api/projects/counts/?ids={again}")["results"][0]
    assert (counts["total_annotations_number"], counts["skipped_annotations_number"]) == (1, 1)


def test_other_formats(api: Api, project: int) -> None:
    path = f"/api/projects/{project}/export?exportType="
    table = csv.DictReader(io.StringIO(api.raw("GET", f"{path}CSV").text))
    (row,) = table
    assert (row["text"], row["mood"], row["id"]) == ("one", "good", "1")
    (item,) = api.get(f"{path}JSON_MIN")
    assert (item["mood"], item["annotation_id"], item["annotator"]) == ("good", 1001, 1)
    assert "NOPE" in api.get(f"{path}NOPE", 400)["validation_errors"]["non_field_errors"][0]
    formats = api.get(f"/api/projects/{project}/export/formats")
    assert {"name": "JSON"}.items() <= formats[0].items()
    assert [one["name"] for one in formats if one.get("disabled")]


def test_a_snapshot_stays_as_it_was(api: Api, project: int) -> None:
    path = f"/api/projects/{project}/exports"
    made = api.post(f"{path}/", {"title": "Snap"})
    assert made["status"] == "completed" and made["counters"] == {"task_number": 3}
    assert len(api.get(f"/api/projects/{project}/export/files")["export_files"]) == 1
    api.delete("/api/annotations/1001/")
    item = f"{path}/{made['id']}"
    content = api.raw("GET", f"{item}/download?exportType=JSON").json
    assert texts(content) == ["one", "two", "three"]
    assert content[0]["annotations"][0]["result"] == [choice()]
    assert api.post(f"{item}/convert", {"export_type": "CSV"}, 200)["converted_format"] == 1
    api.post(f"{item}/convert", {"export_type": "CSV"}, 400)
    api.post(f"{item}/convert", {"export_type": "NOPE"}, 400)
    found = api.get(item)
    assert found["converted_formats"][0]["export_type"] == "CSV"
    assert [one["id"] for one in api.get(f"{path}/")] == [made["id"]]
    assert "good" in api.raw("GET", f"{item}/download?exportType=CSV").text
    api.delete(item)
    api.get(item, 404)
    assert api.raw("GET", f"{item}/download").status_code == 404


# -- parts of a project in a snapshot; the answers are those of 1.23.2


@pytest.fixture
def kinds(api: Api) -> int:
    """A project whose tasks are named by the annotations that they have."""
    made = api.project()
    names = ("usual", "skipped", "true", "both", "none", "mixed")
    tasks = dict(zip(names, api.tasks(made, *({"text": name} for name in names)), strict=True))
    skip, truth = {"was_cancelled": True}, {"ground_truth": True}
    for name, body in (
        *(("usual", {}), ("skipped", skip), ("true", truth), ("both", {}), ("both", truth)),
        *(("mixed", {}), ("mixed", skip), ("mixed", skip | truth)),
    ):
        api.post(f"/api/tasks/{tasks[name]}/annotations/", {"result": [choice()], **body})
    return made


def snapshot(api: Api, project: int, **options: Any) -> Any:
    """Its content as JSON."""
    path = f"/api/projects/{project}/exports"
    made = api.post(f"{path}/", options)
    assert made | options == made
    return api.raw("GET", f"{path}/{made['id']}/download").json


def said(items: Any) -> dict[str, str]:
    """Which annotations each task has: usual ones, skips (S), the truth (G)."""
    return {
        item["data"]["text"]: " ".join(
            "S" * one["was_cancelled"] + "G" * one["ground_truth"] or "u"
            for one in item["annotations"]
        )
        for item in items
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"skipped": "only"}, "skipped mixed"),
        ({"skipped": "exclude"}, "usual true both none"),
        ({"finished": "only"}, "usual true both mixed"),
        ({"finished": "exclude"}, "skipped none"),
        ({"finished": None}, "usual skipped true both none mixed"),
        ({"annotated": "only"}, "usual true both mixed"),
        ({"annotated": "exclude"}, "skipped none"),
        ({"only_with_annotations": True}, "usual skipped true both mixed"),
        ({}, "usual skipped true both none mixed"),
    ],
)
def test_a_snapshot_of_some_tasks(
    api: Api, kinds: int, options: dict[str, object], expected: str
) -> None:
    path = f"/api/projects/{kinds}/exports"
    made = api.post(f"{path}/", {"task_filter_options": options})
    found = api.raw("GET", f"{path}/{made['id']}/download").json
    assert texts(found) == expected.split()


def test_a_snapshot_of_a_view(api: Api, kinds: int) -> None:
    condition = {"operator": "contains", "type": "String", "value": "u"}
    items = [{"filter": "filter:tasks:data.text", **condition}]
    filters = {"conjunction": "and", "items": items}
    view = api.post("/api/dm/views/", {"project": kinds, "data": {"filters": filters}})["id"]
    assert texts(snapshot(api, kinds, task_filter_options={"view": view})) == ["usual", "true"]
    other = api.project()
    for project, number in ((kinds, 99), (other, view)):  # 1.23.2 takes all tasks then
        body = {"task_filter_options": {"view": number}}
        found = api.post(f"/api/projects/{project}/exports/", body, 400)
        assert list(found["validation_errors"]) == ["task_filter_options"]


_NONE = dict.fromkeys(("usual", "skipped", "true", "both", "none", "mixed"), "")
_ALL = {"usual": "u", "skipped": "S", "true": "G", "both": "u G", "none": "", "mixed": "u S SG"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"usual": True}, {"usual": "u", "both": "u", "mixed": "u"}),
        ({"usual": False}, _ALL),
        (
            {"ground_truth": True},
            {"usual": "u", "true": "G", "both": "u G", "mixed": "u SG"},
        ),
        ({"skipped": True}, {"usual": "u", "skipped": "S", "both": "u", "mixed": "u S SG"}),
        ({"usual": False, "skipped": True}, {"skipped": "S", "mixed": "S SG"}),
        ({"usual": False, "ground_truth": True}, {"true": "G", "both": "G", "mixed": "SG"}),
        (
            {"usual": False, "ground_truth": True, "skipped": True},
            {"skipped": "S", "true": "G", "both": "G", "mixed": "S SG"},
        ),
        ({"usual": True, "ground_truth": True, "skipped": True}, _ALL),
        ({"usual": None}, _ALL),
    ],
)
def test_a_snapshot_of_some_annotations(
    api: Api, kinds: int, options: dict[str, object], expected: dict[str, str]
) -> None:
    path = f"/api/projects/{kinds}/exports"
    made = api.post(f"{path}/", {"annotation_filter_options": options})
    found = api.raw("GET", f"{path}/{made['id']}/download").json
    assert said(found) == _NONE | expected


def test_tasks_without_an_annotation_that_is_taken_are_left_out(api: Api, kinds: int) -> None:
    found = snapshot(
        api,
        kinds,
        task_filter_options={"only_with_annotations": True},
        annotation_filter_options={"usual": False, "ground_truth": True},
    )
    assert said(found) == {"true": "G", "both": "G", "mixed": "SG"}


def test_how_a_snapshot_is_written(api: Api) -> None:
    project = api.project()
    (task,) = api.tasks(project, {"data": {"text": "a"}, "predictions": [{"result": [choice()]}]})
    annotation = api.annotated(task)
    api.post(f"/api/tasks/{task}/drafts", {"result": [choice("bad")]})

    def item(**options: Any) -> Any:
        (found,) = snapshot(api, project, serialization_options=options)
        return found

    plain = item()
    assert (plain["drafts"], plain["predictions"]) == ([task], [task * 1000 + 1])
    assert plain["annotations"][0]["completed_by"] == 1
    assert "history" not in plain["annotations"][0]
    only_ids = {"only_id": True}
    assert item(drafts=only_ids, predictions=only_ids, annotations__completed_by=only_ids) == plain
    assert item(drafts={"only_id": False})["drafts"][0]["result"] == [choice("bad")]
    (prediction,) = item(predictions={"only_id": False})["predictions"]
    assert (prediction["result"], prediction["task"]) == ([choice()], task)
    (whole,) = item(annotations__completed_by={"only_id": False})["annotations"]
    assert whole["completed_by"]["id"] == 1 and "email" in whole["completed_by"]
    (told,) = item(include_annotation_history=True)["annotations"]
    assert [one["annotation_id"] for one in told["history"]] == [annotation["id"]]


VIDEO = (
    '<View><Labels name="l" toName="v"><Label value="Car"/></Labels>'
    '<Video name="v" value="$video"/><VideoRectangle name="b" toName="v"/></View>'
)


def frame(number: int, x: float, rotation: float = 0, **more: Any) -> dict[str, Any]:
    box = {"x": x, "y": 3, "width": 13, "height": 10, "rotation": rotation}
    return {"frame": number, "enabled": True, **box, "time": pytest.approx(number * 0.04), **more}


def test_frames_between_are_filled_in(api: Api) -> None:
    """What 1.23.2 makes of the same sequence."""
    drawn = [frame(1, 0), frame(4, 30, 30), frame(6, 40, enabled=False), frame(8, 10)]
    value = {
        "framesCount": 10,
        "duration": 0.4,
        "labels": ["Car"],
        "sequence": [{**one, "time": one["frame"] * 0.04} for one in drawn],
    }
    region = {"from_name": "b", "to_name": "v", "type": "videorectangle", "value": value}
    project = api.project(label_config=VIDEO)
    (task,) = api.tasks(project, {"video": "https://x.test/a.mp4"})
    api.post(f"/api/tasks/{task}/annotations/", {"result": [region]})
    one, four, six, eight = drawn
    auto = {"auto": True}
    expected = [
        *(one, frame(2, 10, 10, **auto), frame(3, 20, 20, **auto), four),
        *(frame(5, 35, 15, **auto), six, eight, frame(9, 10, **auto), frame(10, 10, **auto)),
    ]
    options = {"interpolate_key_frames": True}
    export = f"/api/projects/{project}/export"
    for (item,) in (
        snapshot(api, project, serialization_options=options),
        api.get(f"{export}?interpolate_key_frames=true"),
    ):
        assert item["annotations"][0]["result"][0]["value"]["sequence"] == expected
    assert api.get(export)[0]["annotations"][0]["result"] == [region]


def test_bad_options_are_named(api: Api, project: int) -> None:
    for name, value in (
        ("task_filter_options", {"finished": "perhaps"}),
        ("annotation_filter_options", {"usual": "perhaps"}),
        ("serialization_options", {"drafts": 1}),
    ):
        found = api.post(f"/api/projects/{project}/exports/", {name: value}, 400)
        assert list(found["validation_errors"]) == [name]


def test_formats_of_several_files_are_zips(api: Api, workspace: ManyProjects) -> None:
    project = api.project(label_config=BOXES)
    upload(api, f"/api/projects/{project}/import", "cat.png", PNG)
    answer = api.raw("GET", f"/api/projects/{project}/export?exportType=YOLO&download_all_tasks=1")
    assert answer.status_code == 200
    assert "classes.txt" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
