"""``GET /api/project/export``."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import choice

URL = "/api/project/export"
OPEN = "it is not completed, or not found by the filter"


@pytest.fixture
def labeled(client: Client) -> Client:
    """Task 2 and then task 0 completed, task 1 not."""
    client.post("/api/project/import", json=[{"text": f"t{n}"} for n in range(3)])
    for task_id in (2, 0):
        client.post(f"/api/tasks/{task_id}/completions", json={"result": [choice()]})
    return client


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_zip_with_the_completion_files_in_id_order(labeled: Client, project: Project) -> None:
    answer = labeled.get(f"{URL}?format=JSON", buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    name = answer.headers["filename"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.zip", name)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    ((member, content),) = members(answer.data).items()
    assert member == "result.json"
    files = [json.loads((project.folder / f"completions/{n}.json").read_text()) for n in (0, 2)]
    assert json.loads(content) == files
    assert (project.folder / "export" / name).read_bytes() == answer.data


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("JSON", "result.json"),
        ("JSON_MIN", "result.json"),
        ("CSV", "result.csv"),
        ("TSV", "result.tsv"),  # which 0.8.2 called .csv
    ],
)
def test_member_names_are_those_of_0_8(labeled: Client, name: str, member: str) -> None:
    assert list(members(labeled.get(f"{URL}?format={name}", buffered=True).data)) == [member]


def test_raw_is_the_bare_file(labeled: Client) -> None:
    answer = labeled.get(f"{URL}?format=JSON_MIN&raw=1", buffered=True)
    assert answer.json == [
        {"text": "t0", "id": 0, "mood": "good"},
        {"text": "t2", "id": 2, "mood": "good"},
    ]


def test_all_tasks(labeled: Client) -> None:
    url = f"{URL}?format=JSON&raw=1&download_all_tasks=1"
    rows = labeled.get(url, buffered=True).json
    assert [row["id"] for row in rows] == [0, 1, 2]
    assert [len(row["completions"]) for row in rows] == [1, 0, 1]


def test_exports_of_one_second_do_not_mix(labeled: Client, project: Project) -> None:
    names = {
        labeled.get(f"{URL}?format=JSON", buffered=True).headers["filename"] for _ in range(5)
    }
    assert len(names) == 5
    assert sorted(project.export_files.names()) == sorted(names)


@pytest.mark.parametrize("query", ["", "format=", "format=json", "format=NOPE"])
def test_unknown_formats_leave_nothing_behind(
    labeled: Client, project: Project, query: str
) -> None:
    answer = labeled.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert "JSON_MIN" in answer.json["detail"]  # what there is
    assert project.export_files.names() == []


def test_completions_whose_task_is_gone_are_exported(client: Client) -> None:
    client.post("/api/project/import", json={"text": "a"})
    assert client.get(f"{URL}?format=JSON&raw=1", buffered=True).json == []


def test_formats(labeled: Client) -> None:
    listed = {each["name"]: each for each in labeled.get("/api/project/export/formats").json}
    assert listed["JSON"]["available"] is True
    assert listed["COCO"]["available"] is False
    assert listed["SPACY"]["holds"] and listed["SPACY"]["cannot"]


def test_a_format_that_does_not_fit_says_so(labeled: Client) -> None:
    answer = labeled.get(f"{URL}?format=COCO", buffered=True)
    files = members(answer.data)
    assert json.loads(files["result.json"])["images"] == []
    assert answer.headers["X-Export-Skipped"] == "2"
    report = json.loads(files["export_report.json"])
    assert report["tasks"] == {"read": 2, "written": 0, "left_out": 2}
    assert [item["task"] for item in report["items"]] == [0, 2]
    assert json.loads(answer.headers["X-Export-Report"])["summary"] == [
        {"kind": "task", "reason": "it has no image", "count": 2}
    ]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ids=2", [2]),
        ("ids=0,1&ids[]=2", [0, 2]),
        ("ids=1&download_all_tasks=1", [1]),
        ("completions=all", [0, 2, 2]),
        ("completions=all&skipped=1", [0, 2, 2, 2]),
        ("ground_truth=1", [2]),
        ("filter=data.text equal t2", [2]),
        ("filter=data.text regex t[02]&filter=total_annotations less 2", [0]),
        ("filter=data.text not_equal t0&download_all_tasks=1", [1, 2]),
        ("filter=cancelled_annotations empty", [0]),
        ("filter=id in_list 1,2&ids=0,2", [2]),
        (
            'filter={"items":[{"filter":"filter:tasks:data.text","operator":"contains",'
            '"type":"String","value":"2"}]}',
            [2],
        ),
    ],
)
def test_selection(labeled: Client, query: str, ids: list[int]) -> None:
    url = "/api/tasks/2/completions"
    labeled.post(url, json={"result": [choice("bad")], "honeypot": True})
    labeled.post(f"{url}?was_cancelled=1", json={"result": []})
    rows = labeled.get(f"{URL}?format=JSON_MIN&raw=1&{query}", buffered=True).json
    assert [row["id"] for row in rows] == ids


def test_tasks_of_a_saved_view(labeled: Client, project: Project) -> None:
    item = {"filter": "filter:tasks:id", "operator": "equal", "type": "Number", "value": 2}
    view = project.views.add({"filters": {"conjunction": "and", "items": [item]}})
    rows = labeled.get(f"{URL}?format=JSON_MIN&raw=1&view={view.id}", buffered=True).json
    assert [row["id"] for row in rows] == [2]


def test_a_task_that_is_asked_for_and_not_completed_is_told(labeled: Client) -> None:
    answer = labeled.get(f"{URL}?format=CSV&ids=1,2", buffered=True)
    (item,) = json.loads(members(answer.data)["export_report.json"])["items"]
    assert item == {"kind": "task", "task": 1, "reason": OPEN}


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("ids=x", 400, "ids"),
        ("ids=99", 404, "99"),
        ("completions=some", 400, "some"),
        ("filter=text", 400, "a column, an operator and a value"),
        ("filter=nothing equal 1", 400, "nothing"),
        ("filter=id like 1", 400, "like"),
        ("filter=id equal x", 400, "not a number"),
        ("filter={", 400, "not valid JSON"),
        ("view=7", 404, "7"),
        ("skipped=maybe", 400, "maybe"),
        ("format=CONLL2003&tokenizer=none", 400, "whitespace"),
        ("format=VOC&raw=1", 400, "several files"),
    ],
)
def test_what_cannot_be_asked_for(
    labeled: Client, project: Project, query: str, status: int, said: str
) -> None:
    query = query if "format" in query else f"format=JSON&{query}"
    answer = labeled.get(f"{URL}?{query}")
    assert (answer.status_code, said in answer.json["detail"]) == (status, True)
    assert list(project.export_files.folder.glob("*")) == []


def test_finished_exports(labeled: Client) -> None:
    assert labeled.get("/api/project/exports").json == []
    made = [labeled.get(f"{URL}?format=JSON", buffered=True) for _ in range(2)]
    names = [answer.headers["filename"] for answer in made]
    listed = labeled.get("/api/project/exports").json
    assert [file["name"] for file in listed] == names[::-1]
    assert listed[0]["size"] == len(made[1].data)
    again = labeled.get(f"/api/project/exports/{names[0]}", buffered=True)
    assert again.data == made[0].data
    assert labeled.delete(f"/api/project/exports/{names[0]}").status_code == 204
    assert labeled.get(f"/api/project/exports/{names[0]}").status_code == 404
    assert [file["name"] for file in labeled.get("/api/project/exports").json] == names[1:]
