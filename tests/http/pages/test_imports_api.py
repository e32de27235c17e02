"""Imports in steps, and folders that are served in place."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.app import Server, create_app
from label_studio_lite.http.auth import Access
from label_studio_lite.service.project import Project
from label_studio_lite.service.workspace import OneProject
from tests.client import Client
from tests.conftest import BOXES, ENTITIES, MakeProject, app_of

TABLE = b"text,source\nTo be,Hamlet\nOut damned spot,Macbeth\n"


def stage(client: Client, *files: tuple[str, bytes]) -> list[dict[str, Any]]:
    form = {"file": [(io.BytesIO(content), name) for name, content in files]}
    response = client.post("/api/imports/files", data=form)
    assert response.status_code == 201, response.text
    found: list[dict[str, Any]] = response.get_json()
    return found


def ids(files: list[dict[str, Any]]) -> dict[str, Any]:
    return {"files": [file["id"] for file in files]}


def finished(client: Client, project: Project, job: dict[str, Any]) -> dict[str, Any]:
    project.jobs.wait(job["id"], 10)
    found: dict[str, Any] = client.get(f"/api/jobs/{job['id']}").get_json()
    return found


def test_files_wait_until_they_are_imported(client: Client, project: Project) -> None:
    files = stage(client, ("deep/plays.csv", TABLE), ("more.json", b'[{"text": "So"}]'))
    assert [(f["name"], f["size"]) for f in files] == [
        ("deep/plays.csv", len(TABLE)),
        ("more.json", 16),
    ]
    assert client.get("/api/imports/files").get_json() == files
    assert project.store.counts().tasks == 0

    started = client.post("/api/imports", json=ids(files))
    assert started.status_code == 202
    job = finished(client, project, started.get_json())
    assert job["status"] == "completed"
    assert (job["done"], job["total"]) == (len(TABLE) + 16,) * 2
    assert job["counts"]["tasks"] == 3 and job["counts"]["first_id"] == 0
    assert project.tasks.get_task(1).data == {"text": "Out damned spot", "source": "Macbeth"}
    assert client.get("/api/imports/files").get_json() == []


def test_a_preview_says_what_was_understood(client: Client, project: Project) -> None:
    bad = b'[{"text": "one", "data2": 1}, {"txt": "two"}, {"text": ["three"]}]'
    files = stage(client, ("plays.csv", TABLE), ("bad.json", bad))
    found = client.post("/api/imports/preview", json=ids(files)).get_json()
    assert (found["tasks"], found["bad"], found["complete"]) == (3, 2, True)
    assert [(f["kind"], f["items"], f["bad"]) for f in found["files"]] == [
        ("csv", 2, 0),
        ("json", 3, 2),
    ]
    columns = {column["name"]: column for column in found["columns"]}
    assert columns["text"] == {"name": "text", "count": 3, "kinds": ["text"], "tag": "Text"}
    assert columns["source"]["tag"] is None
    assert found["rows"][0]["data"] == {"text": "To be", "source": "Hamlet"}
    assert [(p["item"], p["reason"]) for p in found["problems"]] == [
        ("bad.json item 1", '"text" is missing'),
        ("bad.json item 2", '"text" is a list, but text or a number is expected'),
    ]
    assert project.store.counts().tasks == 0


def test_a_preview_of_files_that_are_not_kept(client: Client) -> None:
    form = {"file": (io.BytesIO(b"One line\nAnother\n"), "lines.txt")}
    found = client.post("/api/imports/preview", data=form).get_json()
    assert (found["tasks"], found["missing"]) == (2, {})
    assert client.get("/api/imports/files").get_json() == []


def test_a_long_list_is_counted_without_a_look_at_each(client: Client) -> None:
    many = b"[" + b",".join(b'{"text":"%d"}' % n for n in range(25_000)) + b"]"
    found = client.post("/api/imports/preview", json=ids(stage(client, ("many.json", many))))
    assert found.get_json()["tasks"] == 25_000
    assert found.get_json()["complete"]
    lines = b"".join(b'{"text":"%d"}\n' % n for n in range(25_000))
    found = client.post("/api/imports/preview", json=ids(stage(client, ("many.jsonl", lines))))
    assert found.get_json()["tasks"] == 20_000
    assert not found.get_json()["complete"]


def test_a_file_that_cannot_be_read_says_why(client: Client, project: Project) -> None:
    files = stage(client, ("broken.json", b'[{"text": '), ("plays.csv", TABLE))
    found = client.post("/api/imports/preview", json=ids(files)).get_json()
    assert "broken.json" in found["files"][0]["problem"]
    assert found["files"][1]["problem"] is None
    job = finished(client, project, client.post("/api/imports", json=ids(files)).get_json())
    assert job["status"] == "failed" and "broken.json" in job["error"]
    assert project.store.counts().tasks == 0
    assert len(client.get("/api/imports/files").get_json()) == 2


def test_bad_items_fail_an_import_unless_they_may_be_skipped(
    client: Client, project: Project
) -> None:
    files = stage(client, ("mixed.json", b'[{"text": "one"}, {"txt": "two"}, {"text": "three"}]'))
    job = finished(client, project, client.post("/api/imports", json=ids(files)).get_json())
    assert job["status"] == "failed" and "mixed.json item 1" in job["error"]
    body = ids(files) | {"skip_bad": True}
    job = finished(client, project, client.post("/api/imports", json=body).get_json())
    assert job["status"] == "completed"
    assert (job["counts"]["tasks"], job["counts"]["left_out"]) == (2, 1)
    assert [project.tasks.get_task(n).data["text"] for n in (0, 1)] == ["one", "three"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a/b c/ü%20.txt", "a/b c/ü%20.txt"),
        ("..\\..\\up.txt", "up.txt"),
        ("x/" * 150 + "deep.txt", "deep.txt"),
        ("語" * 100 + ".txt", "語" * 58 + ".txt"),
    ],
)
def test_names_are_kept_as_far_as_file_systems_can(client: Client, name: str, kept: str) -> None:
    (file,) = stage(client, (name, b"line"))
    assert file["name"] == kept
    assert client.post("/api/imports/preview", json=ids([file])).get_json()["tasks"] == 1


def test_many_clients_may_send_at_once(project: Project) -> None:
    app = app_of(project)

    def send(number: int) -> int:
        return len(stage(Client(app), *((f"{number}-{n}.txt", b"line") for n in range(10))))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(24))) == 240
    assert len(project.staging.all()) == 240


def test_staged_files_can_be_dropped(client: Client) -> None:
    (file,) = stage(client, ("plays.csv", TABLE))
    assert client.delete(f"/api/imports/files/{file['id']}").status_code == 204
    assert client.delete(f"/api/imports/files/{file['id']}").status_code == 404
    assert client.post("/api/imports/preview", json=ids([file])).status_code == 404
    assert client.delete("/api/imports/files/config.json").status_code == 404


@pytest.mark.parametrize("body", [{}, {"files": []}, {"files": "a"}, {"files": [1]}])
def test_an_import_of_no_files_is_refused(client: Client, body: Any) -> None:
    assert client.post("/api/imports", json=body).status_code == 400


def test_media_are_previewed_by_name(make_project: MakeProject) -> None:
    project = make_project(BOXES)
    client = Client(app_of(project))
    files = stage(client, ("cat.png", b"\x89PNG"), ("dog.png", b"\x89PNG2"))
    found = client.post("/api/imports/preview", json=ids(files)).get_json()
    assert [f["kind"] for f in found["files"]] == ["media", "media"]
    assert found["columns"] == [{"name": "image", "count": 2, "kinds": ["media"], "tag": "Image"}]
    job = finished(client, project, client.post("/api/imports", json=ids(files)).get_json())
    assert job["counts"]["tasks"] == 2
    assert project.tasks.get_task(0).data["image"].endswith("-cat.png")


def test_a_cancelled_import_brings_nothing(client: Client, project: Project) -> None:
    files = stage(client, ("plays.csv", TABLE))
    with project.store.adding():  # it has to wait for its turn, so it is there to be cancelled
        job = client.post("/api/imports", json=ids(files)).get_json()
        assert client.delete(f"/api/jobs/{job['id']}").status_code == 200
    assert finished(client, project, job)["status"] == "cancelled"
    assert project.store.counts().tasks == 0
    assert client.get("/api/jobs?kind=import").get_json()[0]["id"] == job["id"]


def test_an_import_that_was_done_is_not_done_again(client: Client, project: Project) -> None:
    """As after a stop of the server between the import and the note that it is done."""
    files = stage(client, ("plays.csv", TABLE))
    content = [(project.folder / ".staged" / f["id"], TABLE) for f in files]
    job = client.post("/api/imports", json=ids(files)).get_json()
    assert finished(client, project, job)["status"] == "completed"
    for path, text in content:
        path.write_bytes(text)
    row = project.jobs.get(job["id"])
    row.status = "failed"
    project.documents.put("jobs", row.id, row.row())
    project.jobs.resume(row.id)
    assert finished(client, project, job)["counts"]["tasks"] == 2
    assert project.store.counts().tasks == 2


# -- folders ----------------------------------------------------------------------------------


def test_a_folder_is_served_in_place(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project(BOXES)
    client = Client(app_of(project))
    photos = tmp_path / "photos" / "deep"
    photos.mkdir(parents=True)
    (photos / "a cat.png").write_bytes(b"\x89PNG")
    (photos.parent / "notes.txt").write_text("no image")

    look = client.get(f"/api/folders/look?path={photos.parent}").get_json()
    assert look["media"] == {"images": 1, "sounds": 0, "videos": 0}
    assert (look["folders"], look["served"]) == (["deep"], False)

    started = client.post("/api/folders", json={"path": str(photos.parent)})
    assert started.status_code == 202
    job = finished(client, project, started.get_json())
    assert job["counts"] == {"added": 1, "changed": 0, "gone": 0, "back": 0}
    assert client.get("/api/folders").get_json() == [str(photos.parent)]
    with client.get(project.tasks.get_task(0).data["image"]) as image:
        assert image.data == b"\x89PNG"

    (photos / "dog.png").write_bytes(b"\x89PNG")
    job = finished(client, project, client.post("/api/folders/rescan").get_json())
    assert job["counts"]["added"] == 1


def test_a_folder_that_is_none_is_refused(client: Client, tmp_path: Path) -> None:
    for body in ({"path": str(tmp_path / "nowhere")}, {"path": ""}, {}):
        assert client.post("/api/folders", json=body).status_code == 400
    assert client.get(f"/api/folders/look?path={tmp_path / 'nowhere'}").status_code == 400


def test_a_server_that_is_open_to_others_shows_no_folders(project: Project) -> None:
    access = Access(loopback=False, no_auth=True)
    client = Client(create_app(Server(OneProject(project), access)))
    assert client.get("/api/folders/look?path=/").status_code == 422
    assert client.post("/api/folders", json={"path": "/"}).status_code == 422


def test_the_page_is_strict_and_relative(client: Client) -> None:
    response = client.get("/import")
    assert response.status_code == 200
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert 'href="./import" aria-current="page"' in response.text
    assert "<script>" not in response.text and "style=" not in response.text


# -- finished work ----------------------------------------------------------------------------

CONLL = b"-DOCSTART- -X- O\nAda -X- _ B-PER\nwent -X- _ O\nto -X- _ O\nParis -X- _ B-LOC\n\n"


def test_finished_work_is_previewed_and_imported(make_project: MakeProject) -> None:
    project = make_project(ENTITIES)
    client = Client(app_of(project))
    assert "CONLL2003" in [each["name"] for each in client.get("/api/imports/formats").get_json()]
    body = ids(stage(client, ("a/ner.conll", CONLL))) | {"finished": {"format": "CONLL2003"}}
    found = client.post("/api/imports/preview", json=body).get_json()
    assert found == {"tasks": 1, "regions": 2, "label_config": "", "missing": []}
    job = finished(client, project, client.post("/api/imports", json=body).get_json())
    assert (job["counts"]["tasks"], job["counts"]["completions"]) == (1, 1)
    labels = [r["value"]["labels"] for r in project.tasks.get_task(0).completions[0].result]
    assert labels == [["PER"], ["LOC"]]


def test_finished_work_that_the_label_config_has_no_place_for(make_project: MakeProject) -> None:
    project = make_project(BOXES)
    client = Client(app_of(project))
    body = ids(stage(client, ("ner.conll", CONLL))) | {"finished": {"format": "CONLL2003"}}
    found = client.post("/api/imports/preview", json=body).get_json()
    assert found["missing"] and "<Labels" in found["label_config"]
    job = finished(client, project, client.post("/api/imports", json=body).get_json())
    assert job["status"] == "failed" and "The label config lacks" in job["error"]
    body["finished"] |= {"set_label_config": True, "as": "predictions"}
    job = finished(client, project, client.post("/api/imports", json=body).get_json())
    assert (job["status"], job["counts"]["predictions"]) == ("completed", 1)
    assert "Labels" in project.label_config.current.xml


@pytest.mark.parametrize("wanted", [1, {}, {"format": "COCO", "as": "ideas"}])
def test_bad_wishes_for_finished_work(client: Client, wanted: Any) -> None:
    body = ids(stage(client, ("ner.conll", CONLL))) | {"finished": wanted}
    assert client.post("/api/imports", json=body).status_code == 400
    assert client.post("/api/imports/preview", json=body).status_code == 400
