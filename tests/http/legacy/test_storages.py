"""Storages without a server to talk to; the rest is in ``tests/clouds``."""

from __future__ import annotations

from pathlib import Path

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client

SETTINGS = "/api/project/storage-settings"
SYNC = "/api/project/storage-sync"


def test_no_sync_yet(client: Client) -> None:
    answer = client.get(f"{SYNC}?storage_for=source")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "initialized", "error": None, "counts": {}, "done": 0, "total": 0, "pending": 0
    }  # fmt: skip


def test_local_files_need_no_sync(client: Client) -> None:
    answer = client.post(f"{SYNC}?storage_for=target")
    assert (answer.status_code, answer.json["status"]) == (200, "initialized")


def test_sync_of_what(client: Client) -> None:
    assert client.post(f"{SYNC}?storage_for=both").status_code == 400


def test_fields_say_what_is_secret(client: Client) -> None:
    forms = client.get(SETTINGS).json
    fields = {field["name"]: field for field in forms["target"]["s3-completions"]["fields"]}
    assert fields["aws_secret_access_key"]["secret"] is True
    assert fields["s3_endpoint"]["secret"] is False


def test_numbers_are_read(client: Client) -> None:
    body = {"type": "s3", "path": "b", "presign_ttl": "soon"}
    answer = client.post(f"{SETTINGS}?storage_for=source&type=s3", json=body)
    assert answer.status_code == 400
    assert answer.json == {"errors": {"presign_ttl": ["A valid integer is required."]}}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("s3", ["path", "prefix"]),
        ("azure-blob", ["path", "prefix"]),
        ("redis", ["path", "prefix"]),
        ("local-files", ["path", "regex"]),
    ],
)
def test_what_holds_the_objects_comes_first(client: Client, kind: str, fields: list[str]) -> None:
    shown = client.get(SETTINGS).json["source"][kind]["fields"]
    names = [field["name"] for field in shown]
    assert names[:2] == fields
    assert len(names) == len(set(names))


def test_a_folder_is_a_source_and_a_target(
    client: Client, project: Project, tmp_path: Path
) -> None:
    """Kinds that 0.8.2 does not have are set, kept and shown as its own are."""
    pictures, labels = tmp_path / "pictures", tmp_path / "labels"
    for folder in (pictures, labels):
        folder.mkdir()
    (pictures / "a.txt").write_text("hello")
    source = {"type": "local-files", "path": str(pictures), "data_key": "text"}
    target = {"type": "local-files-completions", "path": str(labels)}
    for role, body in (("source", source), ("target", target)):
        answer = client.post(f"{SETTINGS}?storage_for={role}", json=body)
        assert (answer.status_code, answer.json) == (201, {"result": "ok"})
    assert client.post(f"{SYNC}?storage_for=source").json["status"] == "completed"
    assert project.settings.get("source", {})["path"] == str(pictures)
    shown = client.get(SETTINGS).json["source"]["local-files"]
    assert shown["current"] is True
    assert shown["fields"][0]["data"] == str(pictures)
    assert client.get("/api/tasks/0").json["data"]["text"].startswith("/data/a.txt?")
    client.post("/api/tasks/0/completions", json={"result": []})
    assert client.post(f"{SYNC}?storage_for=target").json["pending"] == 0
    assert [path.name for path in labels.iterdir()] == ["0"]
