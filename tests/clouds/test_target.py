"""Completions go to a bucket as they are saved: the target of 0.8.x."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.service.project import Project, open_project
from label_studio_lite.service.served import Served
from tests.client import Client
from tests.clouds.proxy import Proxy
from tests.clouds.servers import S3Server
from tests.conftest import CHOICES, app_of, choice

URL = "/api/project/storage-settings?storage_for=target&type=s3-completions"
SYNC_URL = "/api/project/storage-sync?storage_for=target"


def form(server: S3Server, bucket: str, **more: object) -> dict[str, object]:
    values = server.values(bucket)
    del values["bucket"]
    return {"type": "s3-completions", "path": bucket, "prefix": "out", **values, **more}


def select(client: Client, values: dict[str, object]) -> None:
    answer = client.post(URL, json=values)
    assert (answer.status_code, answer.json) == (201, {"result": "ok"}), answer.json


def settled(project: Project) -> None:
    assert project.storages.writer.wait("target", 60)
    assert project.storages.writer.problem("target") is None


def objects(server: S3Server, bucket: str) -> dict[str, Json]:
    folder = server.folder / bucket
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): json.loads(path.read_text()) for path in files}


@pytest.fixture
def tasks(project: Project) -> Project:
    client = Client(app_of(project))
    client.post("/api/project/import", json=[{"text": str(n)} for n in range(5)])
    return project


def complete(client: Client, task_id: int) -> int:
    answer = client.post(f"/api/tasks/{task_id}/completions", json={"result": [choice()]})
    assert answer.status_code == 201
    return int(answer.json["id"])


def test_as_they_are_saved(tasks: Project, client: Client, s3_server: S3Server) -> None:
    bucket = s3_server.bucket()
    complete(client, 0)
    select(client, form(s3_server, bucket))
    assert list(objects(s3_server, bucket)) == ["out/0"]  # what there was already
    done = complete(client, 3)
    client.post("/api/tasks/4/completions?was_cancelled=1", json={})
    settled(tasks)
    found = objects(s3_server, bucket)
    assert sorted(found) == ["out/0", "out/3", "out/4"]
    assert list(found["out/3"]) == ["data", "id", "completions"]  # as 0.8.2 writes it
    assert found["out/3"]["completions"][0]["id"] == done
    client.patch(f"/api/tasks/3/completions/{done}", json={"result": []})
    settled(tasks)
    changed = objects(s3_server, bucket)["out/3"]["completions"]
    assert changed[0]["result"] == []


def test_key_map(tasks: Project, client: Client, s3_server: S3Server) -> None:
    bucket = s3_server.bucket()
    select(client, form(s3_server, bucket))
    complete(client, 2)
    settled(tasks)
    tasks.storages.writer.close()
    stored = (tasks.folder / "target.json").read_text("ascii")
    assert stored.startswith(f'{{"2":{{"key":"s3:\\/\\/{bucket}\\/out\\/2","exists":true')


@pytest.mark.parametrize("allowed", [True, False])
def test_deletion(tasks: Project, client: Client, s3_server: S3Server, allowed: bool) -> None:
    bucket = s3_server.bucket()
    select(client, form(s3_server, bucket, can_delete_objects=allowed))
    for task_id in range(3):
        complete(client, task_id)
    settled(tasks)
    client.delete("/api/tasks/0/completions")
    client.delete("/api/tasks/1")
    settled(tasks)
    left = sorted(objects(s3_server, bucket))
    assert left == (["out/2"] if allowed else ["out/0", "out/1", "out/2"])


def test_the_network_is_away(
    tasks: Project, client: Client, s3_server: S3Server, proxy: Proxy
) -> None:
    bucket = s3_server.bucket()
    select(client, form(s3_server, bucket, s3_endpoint=proxy.url))
    proxy.cut()
    for task_id in range(5):
        complete(client, task_id)  # nobody waits, nothing is lost
    assert tasks.store.counts().completed == 5
    failed = client.post(SYNC_URL).json
    assert failed["status"] == "failed"
    assert failed["pending"] > 0
    assert objects(s3_server, bucket) == {}
    assert client.get("/api/project").json["target_syncing"] is True
    proxy.mend()
    assert client.post(SYNC_URL).json["status"] == "completed"
    assert len(objects(s3_server, bucket)) == 5
    assert client.get("/api/project").json["target_syncing"] is False


def test_what_a_stop_left_is_written_after_the_next_start(
    tmp_path: Path, s3_server: S3Server, proxy: Proxy
) -> None:
    bucket = s3_server.bucket()
    folder = tmp_path / "stopped"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "config.xml").write_text(CHOICES)
    project = open_project(folder)
    client = Client(app_of(project))
    client.post("/api/project/import", json=[{"text": str(n)} for n in range(3)])
    select(client, form(s3_server, bucket, s3_endpoint=proxy.url))
    complete(client, 0)
    settled(project)
    proxy.cut()
    complete(client, 1)
    project.close()
    proxy.mend()
    project = open_project(folder)
    project.announce(Served())
    settled(project)
    assert sorted(objects(s3_server, bucket)) == ["out/0", "out/1"]
    project.close()


def test_many(tasks: Project, client: Client, s3_server: S3Server) -> None:
    """What a large import brings is written, too."""
    bucket = s3_server.bucket()
    select(client, form(s3_server, bucket))
    done = {"completions": [{"result": [choice()]}]}
    items = [{"data": {"text": str(n)}, **done} for n in range(300)]
    assert client.post("/api/project/import", json=items).status_code == 201
    settled(tasks)
    assert len(objects(s3_server, bucket)) == 300
