"""Serving uploads, local folders and packaged files."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import quote

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import BOXES, MakeProject, app_of


@pytest.fixture
def images(make_project: MakeProject) -> Project:
    return make_project(BOXES, name="images")


def upload(project: Project, name: str, content: bytes = b"0123456789") -> str:
    return project.uploads.save(name, io.BytesIO(content)).name


class TestUploads:
    @pytest.mark.parametrize("prefix", ["/data/upload", "/upload"])
    def test_content_and_type(self, images: Project, prefix: str) -> None:
        client, name = Client(app_of(images)), upload(images, "cat.jpg")
        answer = client.get(f"{prefix}/{name}", buffered=True)
        assert (answer.status_code, answer.data) == (200, b"0123456789")
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("猫" * 200 + ".jpg", "猫" * 58 + ".jpg"),
            ("x" * 500, "x" * 180),
            ("a." + "y" * 500, "a." + "y" * 178),
            ("../../a\r\nb.jpg", "ab.jpg"),
            ("C:\\photos\\cat.jpg", "cat.jpg"),
            ("\ud800.jpg", "jpg"),
            ("...", "file"),
            ("Room #7, 50% off?.jpg", "Room _7, 50_ off_.jpg"),
            ("a%2fb.jpg", "a_2fb.jpg"),
            ('"<*|a:b>.jpg', "____a_b_.jpg"),
        ],
    )
    def test_names_that_file_systems_do_not_take(
        self, images: Project, name: str, kept: str
    ) -> None:
        stored = upload(images, name)
        assert stored.partition("-")[2] == kept
        client = Client(app_of(images))
        for shown in (quote(stored), stored):  # browsers take the one in task data as it stands
            assert client.get(f"/data/upload/{shown}", buffered=True).data == b"0123456789"

    def test_ranges(self, images: Project) -> None:
        client, name = Client(app_of(images)), upload(images, "sound.wav")
        headers = {"Range": "bytes=2-4"}
        answer = client.get(f"/data/upload/{name}", headers=headers, buffered=True)
        assert (answer.status_code, answer.data) == (206, b"234")
        assert answer.headers["Content-Range"] == "bytes 2-4/10"

    @pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "foo", "bytes=a-b"])
    def test_odd_ranges_are_passed_over(self, images: Project, asked: str) -> None:
        client, name = Client(app_of(images)), upload(images, "sound.wav")
        answer = client.get(f"/data/upload/{name}", headers={"Range": asked}, buffered=True)
        assert (answer.status_code, answer.data) == (200, b"0123456789")

    def test_not_modified(self, images: Project) -> None:
        client, name = Client(app_of(images)), upload(images, "cat.jpg")
        tag = client.get(f"/data/upload/{name}", buffered=True).headers["ETag"]
        again = client.get(f"/data/upload/{name}", headers={"If-None-Match": tag}, buffered=True)
        assert again.status_code == 304

    @pytest.mark.parametrize("name", ["x.html", "x.svg", "x.xml"])
    def test_what_could_run_is_an_attachment_in_a_sandbox(
        self, images: Project, name: str
    ) -> None:
        client, stored = Client(app_of(images)), upload(images, name, b"<script/>")
        answer = client.get(f"/data/upload/{stored}", buffered=True)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize(
        "path",
        [
            "../config.json",
            "..%2Fconfig.json",
            "..%5Cconfig.json",
            "%2e%2e/config.json",
            "nope",
            ".hidden",
            "/etc/hostname",
            "a/../../config.json",
        ],
    )
    def test_nothing_else_comes_out(self, images: Project, path: str) -> None:
        answer = Client(app_of(images)).get(f"/data/upload/{path}", buffered=True)
        assert answer.status_code in (404, 422)
        assert b"label_config" not in answer.data


class TestLocalFolders:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "my photos"
        (folder / "deep").mkdir(parents=True)
        (folder / "a b.jpg").write_bytes(b"a")
        (folder / "deep" / "c.PNG").write_bytes(b"c")
        (folder / "notes.md").write_text("no picture")
        return folder

    def test_every_task_of_a_served_folder_shows_its_file(
        self, images: Project, folder: Path
    ) -> None:
        assert images.folders.serve(folder).added == 2
        client = Client(app_of(images))
        urls = [task["data"]["image"] for task in client.get("/api/tasks").json]
        assert [client.get(url, buffered=True).data for url in urls] == [b"a", b"c"]

    def test_nothing_outside_of_it(self, images: Project, folder: Path) -> None:
        images.folders.serve(folder)
        client = Client(app_of(images))
        secret = folder.parent / "secret.jpg"
        secret.write_bytes(b"s")
        (folder / "link.jpg").symlink_to(secret)
        for name, where in (
            ("secret.jpg", folder.parent),
            ("link.jpg", folder),
            ("hostname", "/etc"),
            ("secret.jpg", f"{folder}/.."),
        ):
            answer = client.get(f"/data/{name}?d={quote(str(where))}", buffered=True)
            assert answer.status_code == 422, (name, where)

    def test_old_projects_serve_only_folders_that_tasks_name(
        self, make_project: MakeProject, folder: Path
    ) -> None:
        old = make_project(BOXES, name="old", allow_serving_local_files=True)
        client = Client(app_of(old))
        url = f"/data/a b.jpg?d={quote(str(folder), safe='')}"
        client.post("/api/project/import", json={"image": url})
        assert client.get(url, buffered=True).data == b"a"
        assert client.get("/data/hostname?d=/etc", buffered=True).status_code == 422

    def test_rescan(self, images: Project, folder: Path) -> None:
        images.folders.serve(folder)
        assert images.folders.rescan().added == 0
        (folder / "a b.jpg").unlink()
        (folder / "new.jpg").write_bytes(b"n")
        (folder / "deep" / "c.PNG").write_bytes(b"changed")
        scan = images.folders.rescan()
        assert (scan.added, scan.gone, scan.changed, scan.back) == (1, 1, 1, 0)
        scan = images.folders.rescan()
        assert (scan.added, scan.gone, scan.changed, scan.back) == (0, 0, 0, 0)
        (folder / "a b.jpg").write_bytes(b"again")
        assert images.folders.rescan().back == 1
        assert images.store.counts().tasks == 3


class TestPackagedFiles:
    def test_the_icon_is_where_browsers_look_for_it(self, client: Client) -> None:
        answer = client.get("/favicon.ico", buffered=True)
        assert answer.status_code == 200
        assert answer.data.startswith(b"\0\0\1\0")

    def test_static(self, client: Client) -> None:
        answer = client.get("/static/js/editor.js", buffered=True)
        assert answer.status_code == 200
        assert "javascript" in answer.headers["Content-Type"]

    def test_at_the_root_as_in_0_8(self, client: Client) -> None:
        assert client.get("/favicon.svg", buffered=True).mimetype == "image/svg+xml"
        assert client.get("/nope.svg").status_code == 404

    @pytest.mark.parametrize("path", ["../setup.py", "%2e%2e/setup.py", "nope.js", "js"])
    def test_nothing_else(self, client: Client, path: str) -> None:
        assert client.get(f"/static/{path}", buffered=True).status_code == 404
