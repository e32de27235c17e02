"""A bucket as the source of a project of 0.8.x."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from label_studio_lite.core.model import Json
from label_studio_lite.service.project import Project, open_project
from label_studio_lite.service.served import Served
from label_studio_lite.service.storage.storages import SYNC
from tests.client import Client
from tests.clouds.proxy import Proxy
from tests.clouds.servers import ACCESS_KEY, SECRET_KEY, S3Server
from tests.conftest import BOXES, MakeProject, app_of

URL = "/api/project/storage-settings?storage_for=source&type=s3"
SYNC_URL = "/api/project/storage-sync?storage_for=source"


def form(server: S3Server, bucket: str, **more: object) -> dict[str, object]:
    values = server.values(bucket)
    del values["bucket"], values["region_name"]
    region = {"region": "us-east-1"}
    return {"type": "s3", "path": bucket, "data_key": "image", **region, **values, **more}


@pytest.fixture
def images(make_project: MakeProject) -> Project:
    return make_project(BOXES)


@pytest.fixture
def client(images: Project) -> Client:
    return Client(app_of(images))


Post = Callable[..., dict[str, object]]


def select(client: Client, values: dict[str, object]) -> None:
    answer = client.post(URL, json=values)
    assert (answer.status_code, answer.json) == (201, {"result": "ok"}), answer.json


def sync(client: Client) -> Json:
    answer = client.post(SYNC_URL)
    assert answer.status_code == 200
    assert isinstance(answer.json, dict)
    return answer.json


def data_of(client: Client) -> list[str]:
    return [task["data"]["image"] for task in client.get("/api/tasks?page_size=100").json]


def test_objects_become_tasks(client: Client, images: Project, s3_server: S3Server) -> None:
    bucket = s3_server.bucket()
    for key in ("p/1.jpg", "p/2.jpg", "p/a b+c%20é.jpg", "p/sub/d.jpg", "pother.jpg", "p/x.txt"):
        s3_server.put(bucket, key, key)
    select(client, form(s3_server, bucket, prefix="p", regex=".*jpg", use_blob_urls=True))
    shown = data_of(client)
    assert [requests.get(url, timeout=10).text for url in shown] == [
        "p/1.jpg",
        "p/2.jpg",
        "p/a b+c%20é.jpg",
    ]
    assert all("X-Amz-Expires=3600" in url for url in shown)
    # as 0.8.2 keeps it, but for the version
    stored = (images.folder / "source.json").read_text("ascii")
    assert f'"key":"s3:\\/\\/{bucket}\\/p\\/1.jpg"' in stored
    assert {k: (v["key"], v["exists"]) for k, v in json.loads(stored).items()} == {
        "0": (f"s3://{bucket}/p/1.jpg", True),
        "1": (f"s3://{bucket}/p/2.jpg", True),
        "2": (f"s3://{bucket}/p/a b+c%20é.jpg", True),
    }
    raw = [task.data["image"] for task in images.store.read_tasks([0, 1])]
    assert raw == [f"s3://{bucket}/p/1.jpg", f"s3://{bucket}/p/2.jpg"]
    project = client.get("/api/project").json
    assert project["config"]["source"]["path"] == bucket
    assert project["source_storage"]["readable_path"] == f"s3://{bucket}/p/"


def test_again_changes_nothing(client: Client, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(**{"1.jpg": "1", "2.jpg": "2"})
    select(client, form(s3_server, bucket))
    assert sync(client)["counts"] == {
        "added": 0, "changed": 0, "gone": 0, "back": 0, "failed": 0
    }  # fmt: skip
    assert len(data_of(client)) == 2


def test_new_and_missing_objects(client: Client, images: Project, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(**{"1.jpg": "1", "2.jpg": "2"})
    select(client, form(s3_server, bucket))
    (s3_server.folder / bucket / "1.jpg").unlink()
    s3_server.put(bucket, "0.jpg", "0")
    done = sync(client)
    assert done["counts"] == {"added": 1, "changed": 0, "gone": 1, "back": 0, "failed": 0}
    assert images.store.read_task(0).fields["meta"] == {"storage": {"missing": True}}
    assert images.store.read_task(2).data == {"image": f"s3://{bucket}/0.jpg"}
    s3_server.put(bucket, "1.jpg", "1")
    assert sync(client)["counts"]["back"] == 1
    assert "meta" not in images.store.read_task(0).fields


def test_deleted_tasks_stay_deleted(client: Client, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(**{"1.jpg": "1", "2.jpg": "2"})
    select(client, form(s3_server, bucket))
    client.delete("/api/tasks/0")
    sync(client)
    assert len(data_of(client)) == 1
    client.delete("/api/tasks")  # to begin anew
    sync(client)
    assert [task["id"] for task in client.get("/api/tasks").json] == [0, 1]


def test_json_objects(make_project: MakeProject, s3_server: S3Server) -> None:
    project = make_project()
    client = Client(app_of(project))
    bucket = s3_server.bucket(
        **{
            "a.json": '{"text": "bare"}',
            "b.json": '[{"text": "one"}, {"data": {"text": "two"}, "meta": {"k": 1}}]',
            "c.json": '{"no": "text"}',
            "d.json": "{broken",
            "e.json": '{"data": {"text": "with"}, "predictions": [{"result": [], "score": 0.5}]}',
        }
    )
    select(client, form(s3_server, bucket, use_blob_urls=False))
    texts = [task["data"]["text"] for task in client.get("/api/tasks").json]
    assert texts == ["bare", "one", "two", "with"]
    state = client.get(SYNC_URL).json
    assert state["counts"] == {"added": 4, "changed": 0, "gone": 0, "back": 0, "failed": 2}
    assert "c.json" in state["error"]
    assert "d.json" in state["error"]
    # two objects change: one is longer, one has a task that is labeled
    client.post("/api/tasks/0/completions", json={"result": []})
    s3_server.put(bucket, "a.json", '{"text": "bare, changed"}')
    s3_server.put(bucket, "b.json", '[{"text": "ONE"}, {"text": "two"}, {"text": "three"}]')
    s3_server.put(bucket, "d.json", '{"text": "mended"}')
    counts = sync(client)["counts"]
    assert counts == {"added": 2, "changed": 1, "gone": 0, "back": 0, "failed": 1}
    texts = [task["data"]["text"] for task in client.get("/api/tasks").json]
    assert texts == ["bare", "ONE", "two", "with", "three", "mended"]
    s3_server.put(bucket, "b.json", '[{"text": "ONE"}]')
    assert sync(client)["counts"]["gone"] == 2


def test_ten_thousand_objects(client: Client, images: Project, s3_server: S3Server) -> None:
    bucket = s3_server.bucket()
    for number in range(10_000):
        (s3_server.folder / bucket / f"{number:05}.jpg").touch()
    select(client, form(s3_server, bucket))
    while (job := images.storages.last_job("source")) and job.status == "running":
        images.jobs.wait(job.id, 60)
    assert images.store.counts().tasks == 10_000
    assert images.store.read_task(9_999).data == {"image": f"s3://{bucket}/09999.jpg"}
    assert sync(client)["counts"]["added"] == 0


def test_network_fails_in_the_middle(
    client: Client, images: Project, s3_server: S3Server, proxy: Proxy
) -> None:
    bucket = s3_server.bucket()
    for number in range(2_500):
        (s3_server.folder / bucket / f"{number:05}.jpg").touch()
    values = form(s3_server, bucket, s3_endpoint=proxy.url)
    assert client.post(URL, json={**values, "regex": "none"}).status_code == 201
    proxy.bytes_left = 400_000  # the first page of the listing, and a part of the second
    assert client.post(URL, json=values).status_code == 201
    state = client.get(SYNC_URL).json
    assert state["status"] == "failed"
    assert state["error"]
    assert 0 < images.store.counts().tasks < 2_500
    assert not any("meta" in t.fields for t in images.store.read_tasks(images.store.task_ids()))
    proxy.mend()
    assert sync(client)["status"] == "completed"
    found = [t.data["image"] for t in images.store.read_tasks(images.store.task_ids())]
    assert found == [f"s3://{bucket}/{number:05}.jpg" for number in range(2_500)]


def test_unreachable_storage_is_not_selected(
    client: Client, images: Project, s3_server: S3Server, proxy: Proxy
) -> None:
    proxy.cut()
    answer = client.post(URL, json=form(s3_server, s3_server.bucket(), s3_endpoint=proxy.url))
    assert answer.status_code == 400
    assert answer.json["detail"].startswith("Error while storage update: ")
    assert images.storages.kind("source") == "tasks-json"
    assert not (images.folder / ".secrets.json").exists()


def test_secrets_are_apart(
    client: Client, images: Project, s3_server: S3Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="label_studio_lite")
    bucket = s3_server.bucket(**{"1.jpg": "1"})
    select(client, form(s3_server, bucket))
    secrets = images.folder / ".secrets.json"
    assert SECRET_KEY in secrets.read_text()
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    images.store.checkpoint()
    for path in images.folder.rglob("*"):
        if path.is_file() and path != secrets:
            assert SECRET_KEY.encode() not in path.read_bytes(), path
    said = [client.get(url).get_data(as_text=True) for url in (URL, SYNC_URL, "/api/project")]
    said += [client.get("/api/jobs").get_data(as_text=True), caplog.text]
    client.post("/api/tasks/0/completions", json={"result": []})
    with client.get("/api/project/export?format=JSON&raw=1") as export:
        said.append(export.get_data(as_text=True))
    assert not any(SECRET_KEY in text for text in said)
    # a form that leaves them out keeps them
    values = form(s3_server, bucket)
    del values["aws_secret_access_key"], values["aws_access_key_id"]
    select(client, values)
    assert SECRET_KEY in secrets.read_text()


def test_secrets_in_config_are_moved(tmp_path: Path, s3_server: S3Server) -> None:
    """As ``init --source-params`` and people write them."""
    bucket = s3_server.bucket(**{"1.jpg": "1"})
    folder = tmp_path / "by_hand"
    folder.mkdir()
    values = s3_server.values(bucket)
    del values["bucket"]
    source = {"name": "source", "type": "s3", "path": bucket, "params": values}
    (folder / "config.json").write_text(json.dumps({"source": source}))
    (folder / "config.xml").write_text(BOXES)
    project = open_project(folder)
    try:
        assert SECRET_KEY not in (folder / "config.json").read_text()
        assert ACCESS_KEY not in (folder / "config.json").read_text()
        project.announce(Served())
        job = project.storages.last_job("source")
        assert job is not None
        assert project.jobs.wait(job.id, 30).status == "completed"
        assert project.store.counts().tasks == 1
    finally:
        project.close()


def test_sync_goes_on_after_a_restart(tmp_path: Path, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(**{"1.jpg": "1"})
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "config.xml").write_text(BOXES)
    for _ in range(2):
        project = open_project(folder)
        values = form(s3_server, bucket)
        del values["type"]
        project.storages.select("source", "s3", values)
        project.jobs.start(SYNC, {"storage": "source"})
        project.close()
    project = open_project(folder)
    project.announce(Served())
    for job in project.jobs.all(SYNC):
        project.jobs.wait(job.id, 30)
    assert project.store.counts().tasks == 1
    project.close()


def test_a_project_of_0_8_2_is_taken_up(tmp_path: Path, s3_server: S3Server) -> None:
    """It keeps no tasks of a cloud source: only which id is which object, and the work."""
    bucket = s3_server.bucket(**{"1.jpg": "1", "2.jpg": "2", "3.jpg": "3"})
    folder = tmp_path / "of_082"
    (folder / "completions").mkdir(parents=True)
    values = s3_server.values(bucket)
    del values["bucket"]
    params = {"prefix": None, "regex": ".*", "data_key": "image", "use_blob_urls": True, **values}
    source = {"name": "source", "type": "s3", "path": bucket, "params": params}
    (folder / "config.json").write_text(json.dumps({"source": source}))
    (folder / "config.xml").write_text(BOXES)
    known = {"4": f"s3://{bucket}/3.jpg", "7": f"s3://{bucket}/1.jpg"}
    entries = {number: {"key": key, "exists": True} for number, key in known.items()}
    (folder / "source.json").write_text(json.dumps(entries))
    work = {"completions": [{"id": 7001, "result": [], "created_at": 1}], "id": 7}
    data = {"image": f"s3://{bucket}/1.jpg"}
    (folder / "completions" / "7.json").write_text(json.dumps({**work, "data": data}))
    project = open_project(folder)
    try:
        project.announce(Served())
        job = project.storages.last_job("source")
        assert job is not None
        assert project.jobs.wait(job.id, 30).error is None
        tasks = list(project.store.read_tasks(project.store.task_ids()))
        assert {task.id: task.data["image"][-5:] for task in tasks} == {
            4: "3.jpg", 7: "1.jpg", 8: "2.jpg"
        }  # fmt: skip
        assert [task.id for task in tasks if task.completed] == [7]
    finally:
        project.close()


def test_exports_fetch_objects(client: Client, images: Project, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(**{"1.jpg": "the content"})
    select(client, form(s3_server, bucket))
    stream = images.cloud_media.download(f"s3://{bucket}/1.jpg")
    assert stream is not None
    with stream:
        assert stream.read() == b"the content"
    assert images.cloud_media.download("s3://another/1.jpg") is None


def test_init_leaves_no_secret_in_config(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from label_studio_lite.cli.init import init

    params = json.dumps({"aws_secret_access_key": SECRET_KEY, "prefix": "p"})
    args = [str(tmp_path / "new"), "--source", "s3", "--source-path", "bucket"]
    done = CliRunner().invoke(init, [*args, "--source-params", params])
    assert done.exit_code == 0, done.output
    config = (tmp_path / "new" / "config.json").read_text()
    assert json.loads(config)["source"]["params"] == {"prefix": "p"}
    assert SECRET_KEY in (tmp_path / "new" / ".secrets.json").read_text()
