"""The storage operations of 1.x, each kind on a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from label_studio_lite.clouds.base import Storage, Values
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.project import Project
from label_studio_lite.service.served import Served
from label_studio_lite.service.storage.records import StorageRecord
from tests.client import Client
from tests.clouds.servers import AZURE_KEY, SECRET_KEY, folder_of
from tests.conftest import app_of, choice
from tests.http.v1.conftest import Api

Settings = tuple[str, Values]


@pytest.fixture
def api(project: Project) -> Api:
    return Api(Client(app_of(project)))


def settled(project: Project, storage_id: int) -> None:
    assert project.storages.writer.wait(str(storage_id), 60)
    assert project.storages.writer.problem(str(storage_id)) is None


def test_from_tasks_to_annotations(
    project: Project, api: Api, settings: Settings, storage: Storage
) -> None:
    kind, values = settings
    storage.write("a.json", b'{"text": "one"}')
    storage.write("list.json", b'[{"text": "two"}, {"data": {"text": "three"}}]')
    storage.write("skipped.txt", b"no task")
    storage.write("sub/b.json", b'{"text": "deep"}')
    body = {**values, "project": 1, "title": "in", "regex_filter": ".*json"}
    api.post(f"/api/storages/{kind}/validate", body, 200)
    made = api.post(f"/api/storages/{kind}/", body)
    assert (made["type"], made["status"], made["title"]) == (kind, "initialized", "in")
    item = f"/api/storages/{kind}/{made['id']}"
    done = api.post(f"{item}/sync", {}, 200)
    assert (done["status"], done["last_sync_count"], done["traceback"]) == ("completed", 3, None)
    tasks = api.get("/api/tasks?project=1")["tasks"]
    assert [task["data"]["text"] for task in tasks] == ["one", "two", "three"]
    assert tasks[1]["storage_filename"] == "list.json"
    # again, with subfolders
    api.patch(item, {"recursive_scan": True})
    done = api.post(f"{item}/sync", {}, 200)
    assert (done["last_sync_count"], done["meta"]["tasks_existed"]) == (1, 2)
    # and out
    out = {**folder_of(kind, values, "results"), "project": 1, "can_delete_objects": True}
    api.post(f"/api/storages/export/{kind}/validate", out, 200)
    target = api.post(f"/api/storages/export/{kind}", out)
    goal = f"/api/storages/export/{kind}/{target['id']}"
    assert api.patch(goal, {"title": "out"})["title"] == "out"
    assert [one["id"] for one in api.get(f"/api/storages/export/{kind}?project=1")] == [
        target["id"]
    ]
    where = KINDS[kind].open(out, Outgoing())
    annotation = api.post(f"/api/tasks/{tasks[0]['id']}/annotations/", {"result": [choice()]})
    settled(project, target["id"])
    folder = "" if kind == "localfiles" else "results/"
    written = [entry.key for entry in where.list(folder)]
    assert written == [f"{folder}{annotation['id']}"]
    with where.read(written[0]) as found:
        stored = json.loads(found.read(1 << 20))
    assert (stored["id"], stored["task"]["data"]) == (annotation["id"], {"text": "one"})
    assert stored["result"] == [choice()]
    api.delete(f"/api/annotations/{annotation['id']}/")
    assert api.post(f"{goal}/sync", {}, 200)["status"] == "completed"
    assert api.get(goal)["meta"]["pending"] == 0
    assert list(where.list(folder)) == []
    where.close()
    assert len(api.get("/api/storages/export?project=1")) == 1
    api.delete(goal)
    api.delete(item)
    api.get(item, 404)
    assert len(api.get("/api/tasks?project=1")["tasks"]) == 4


def test_media(project: Project, api: Api, settings: Settings, storage: Storage) -> None:
    """Each object is a file to label; it can be opened by the address in the task."""
    import requests

    kind, values = settings
    storage.write("a b+c.txt", b"to be read", "text/plain")
    body = {**values, "project": 1, "use_blob_urls": True}
    made = api.post(f"/api/storages/{kind}/", body)
    assert api.post(f"/api/storages/{kind}/{made['id']}/sync", {}, 200)["status"] == "completed"
    (task,) = api.get("/api/tasks?project=1")["tasks"]
    address = task["data"]["text"]
    if address.startswith("http"):
        assert requests.get(address, timeout=10).content == b"to be read"
    else:
        with api.client.get(address) as found:
            assert found.data == b"to be read"
    raw = project.store.read_task(0).data["text"]
    scheme = KINDS[kind].scheme
    assert raw.startswith(f"{scheme}://" if scheme else "/data/")


def test_links_are_resolved_where_wanted(
    project: Project, api: Api, settings: Settings, storage: Storage
) -> None:
    """``resolve_uri`` of 1.x: links as they are stored, or as they can be opened (the default)."""
    kind, values = settings
    storage.write("a.txt", b"to be read", "text/plain")
    made = api.post(f"/api/storages/{kind}/", {**values, "project": 1, "use_blob_urls": True})
    api.post(f"/api/storages/{kind}/{made['id']}/sync", {}, 200)
    stored = project.store.read_task(0).data["text"]
    shown = {}
    for wish in ("", "true", "false"):
        asked = f"resolve_uri={wish}" if wish else ""
        (listed,) = api.get(f"/api/tasks?project=1&fields=all&{asked}")["tasks"]
        alone = api.get(f"/api/tasks/0?{asked}")
        shown[wish] = listed["data"]["text"].partition("?")[0]  # signatures differ by the second
        assert alone["data"]["text"].partition("?")[0] == shown[wish]
    assert shown["false"] == stored.partition("?")[0]
    assert shown[""] == shown["true"]
    has_scheme = bool(KINDS[kind].scheme)  # files of folders are at an address already
    assert (shown["true"] != shown["false"]) is has_scheme
    assert shown["true"].startswith(("http://", "/data/"))


def test_secrets_are_not_answered(
    project: Project, api: Api, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="label_studio_lite")
    kind, values = settings
    made = api.post(f"/api/storages/{kind}/", {**values, "project": 1})
    item = f"/api/storages/{kind}/{made['id']}"
    said = [made, api.get(item), api.patch(item, {"title": "renamed"})]
    said += [api.post(f"{item}/sync", {}, 200), api.get(f"/api/storages/{kind}/?project=1")]
    said += [api.get("/api/storages/?project=1"), caplog.text]
    text = json.dumps(said) + (project.folder / ".documents.json").read_text()
    assert SECRET_KEY not in text
    assert AZURE_KEY not in text
    assert not KINDS[kind].secrets() & made.keys()
    assert api.get(item)["title"] == "renamed"  # it could connect: the secrets were kept


class TestRules:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        made = tmp_path / "place"
        made.mkdir()
        return made

    def test_types(self, api: Api) -> None:
        names = [kind["name"] for kind in api.get("/api/storages/types")]
        assert names == ["s3", "gcs", "azure", "redis", "localfiles"]
        assert api.get("/api/storages/export/types") == api.get("/api/storages/types")

    def test_forms(self, api: Api) -> None:
        forms = api.get("/api/storages/forms")
        assert {form["name"] for form in forms["import"]} == set(KINDS)
        fields = {field["name"]: field for field in forms["export"][0]["fields"]}
        assert fields["aws_secret_access_key"]["type"] == "secret"
        assert "can_delete_objects" in fields

    @pytest.mark.parametrize("path", ["s3/", "export/s3", "", "export"])
    def test_project_is_required(self, api: Api, path: str) -> None:
        errors = api.get(f"/api/storages/{path}", 400)["validation_errors"]
        assert errors == {"non_field_errors": ['query parameter "project" is required']}

    @pytest.mark.parametrize("path", ["s3/", "export/azure", "redis/validate"])
    def test_project_is_required_in_bodies(self, api: Api, path: str) -> None:
        errors = api.post(f"/api/storages/{path}", {}, 400)["validation_errors"]
        assert errors == {"project": ["This field is required."]}

    def test_a_folder_that_is_not_there(self, api: Api) -> None:
        body = {"project": 1, "path": "/nonexistent"}
        errors = api.post("/api/storages/localfiles/", body, 400)["validation_errors"]
        said = 'Absolute local path "/nonexistent" does not exist'
        assert errors == {"non_field_errors": [said]}

    def test_a_bad_pattern(self, api: Api, place: Path) -> None:
        body = {"project": 1, "path": str(place), "regex_filter": "("}
        errors = api.post("/api/storages/localfiles/", body, 400)["validation_errors"]
        assert list(errors) == ["regex_filter"]

    @pytest.mark.parametrize("number", [-1, 32_768, 1e300, "x", [1]])
    def test_a_bad_number(self, api: Api, number: object) -> None:
        body = {"project": 1, "bucket": "b", "presign_ttl": number}
        assert "presign_ttl" in str(api.post("/api/storages/gcs/", body, 400))

    @pytest.mark.parametrize(
        ("minutes", "seconds"), [(0, 60), (5, 300), (32_767, 604_800), ("x", 3600), (None, 3600)]
    )
    def test_how_long_addresses_are_good(self, minutes: object, seconds: int) -> None:
        """Never longer than storages sign for, whatever somebody wrote into ``config.json``."""
        values = {"presign_ttl": minutes}
        record = StorageRecord("source", "import", KINDS["gcs"], values, 0.0, {})
        assert record.signed_for == seconds

    def test_the_project_itself_is_no_storage(self, api: Api, project: Project) -> None:
        for path in (project.folder, project.folder.parent, project.folder / "upload"):
            body = {"project": 1, "path": str(path)}
            api.post("/api/storages/localfiles/", body, 400)

    def test_folders_of_an_open_server(self, api: Api, project: Project, place: Path) -> None:
        project.served = Served(outgoing=Outgoing(allow_private=False))
        body = {"project": 1, "path": str(place)}
        api.post("/api/storages/localfiles/", body, 400)
        project.settings.change({"local_files_roots": [str(place.parent)]})
        if not project.folder.is_relative_to(place):
            api.post("/api/storages/localfiles/", body)

    def test_the_other_side_and_other_kinds(self, api: Api, place: Path) -> None:
        made = api.post("/api/storages/localfiles/", {"project": 1, "path": str(place)})
        for other in ("s3", "export/localfiles"):
            api.get(f"/api/storages/{other}/{made['id']}", 404)
            api.post(f"/api/storages/{other}/{made['id']}/sync", {}, 404)

    def test_a_failed_sync_says_why(self, api: Api, place: Path) -> None:
        made = api.post("/api/storages/localfiles/", {"project": 1, "path": str(place)})
        place.rmdir()
        done = api.post(f"/api/storages/localfiles/{made['id']}/sync", {}, 200)
        assert done["status"] == "failed"
        assert str(place) in done["traceback"]

    def test_trying_changes_of_a_storage(self, api: Api, place: Path) -> None:
        made = api.post("/api/storages/localfiles/", {"project": 1, "path": str(place)})
        url = "/api/storages/localfiles/validate"
        api.post(url, {"id": made["id"], "title": "x"}, 200)
        api.post(url, {"id": made["id"], "path": "/nonexistent"}, 400)
        assert api.get(f"/api/storages/localfiles/{made['id']}")["title"] is None
