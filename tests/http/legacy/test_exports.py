"""``GET /api/project/export``."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from flask.testing import FlaskClient

from label_studio_lite.service.project import Project
from tests.conftest import choice

URL = "/api/project/export"


@pytest.fixture
def labeled(client: FlaskClient) -> FlaskClient:
    """Task 2 and then task 0 completed, task 1 not."""
    client.post("/api/project/import", json=[{"text": f"t{n}"} for n in range(3)])
    for task_id in (2, 0):
        client.post(f"/api/tasks/{task_id}/completions", json={"result": [choice()]})
    return client


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_zip_with_the_completion_files_in_id_order(
    labeled: FlaskClient, project: Project
) -> None:
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
def test_member_names_are_those_of_0_8(labeled: FlaskClient, name: str, member: str) -> None:
    assert list(members(labeled.get(f"{URL}?format={name}", buffered=True).data)) == [member]


def test_raw_is_the_bare_file(labeled: FlaskClient) -> None:
    answer = labeled.get(f"{URL}?format=JSON_MIN&raw=1", buffered=True)
    assert answer.json == [
        {"text": "t0", "id": 0, "mood": "good"},
        {"text": "t2", "id": 2, "mood": "good"},
    ]


def test_all_tasks(labeled: FlaskClient) -> None:
    url = f"{URL}?format=JSON&raw=1&download_all_tasks=1"
    rows = labeled.get(url, buffered=True).json
    assert [row["id"] for row in rows] == [0, 1, 2]
    assert [len(row["completions"]) for row in rows] == [1, 0, 1]


def test_exports_of_one_second_do_not_mix(labeled: FlaskClient, project: Project) -> None:
    names = {
        labeled.get(f"{URL}?format=JSON", buffered=True).headers["filename"] for _ in range(5)
    }
    assert len(names) == 5
    assert sorted(project.export_files.names()) == sorted(names)


@pytest.mark.parametrize("query", ["", "format=", "format=json", "format=NOPE"])
def test_unknown_formats_leave_nothing_behind(
    labeled: FlaskClient, project: Project, query: str
) -> None:
    answer = labeled.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert "JSON_MIN" in answer.json["detail"]  # what there is
    assert project.export_files.names() == []


def test_completions_whose_task_is_gone_are_exported(client: FlaskClient) -> None:
    client.post("/api/project/import", json={"text": "a"})
    assert client.get(f"{URL}?format=JSON&raw=1", buffered=True).json == []
