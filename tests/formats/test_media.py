"""Images of an export: ours from the disk, others fetched when they are asked for."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

import pytest

from label_studio_lite.errors import BackendFailed
from label_studio_lite.exporting.media import Media, MissingFile
from label_studio_lite.importing.upload import Upload
from label_studio_lite.service import own_media
from label_studio_lite.service.exports import Exported, Making, Selection
from label_studio_lite.service.project import Project
from tests.conftest import BOXES, MakeProject
from tests.formats.cases import png, task


class Images(ThreadingHTTPServer):
    """Serves ``/good/…``; ``/flaky/…`` from the second time on; nothing else."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = Counter[str]()
        self.lock = threading.Lock()
        self.address = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Images

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.asked[self.path] += 1
            times = self.server.asked[self.path]
        if self.path.startswith("/good") or (self.path.startswith("/flaky") and times > 1):
            content = png(20, 10)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        else:
            self.send_error(503)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def images(monkeypatch: pytest.MonkeyPatch) -> Iterator[Images]:
    monkeypatch.setattr(own_media, "_PAUSES", (0.0, 0.0))
    with Images() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    return make_project(BOXES)


def export(
    project: Project, name: str, *, media: bool | None = None
) -> tuple[dict[str, bytes], Exported]:
    done = project.exports.export(name, Selection(all_tasks=True), Making(media=media))
    with zipfile.ZipFile(done.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, done


def add(project: Project, *addresses: str) -> None:
    tasks = json.dumps([{"image": address} for address in addresses]).encode()
    project.imports.import_files([Upload("t.json", io.BytesIO(tasks))])


def test_remote_ones_are_fetched_where_the_name_says_so(project: Project, images: Images) -> None:
    add(project, *(f"{images.address}/good/{n}.png" for n in range(40)))
    members, done = export(project, "COCO_WITH_IMAGES")
    assert sum(name.startswith("images/") for name in members) == 40
    assert members["images/7.png"] == png(20, 10)
    assert done.skipped == 0
    assert {(i["width"], i["height"]) for i in json.loads(members["result.json"])["images"]} == {
        (20, 10)
    }
    assert set(images.asked.values()) == {1}


@pytest.mark.parametrize("name", ["COCO", "VOC", "YOLO"])
def test_elsewhere_only_when_they_are_asked_for(
    project: Project, images: Images, name: str
) -> None:
    add(project, f"{images.address}/good/a.png")
    members, done = export(project, name)
    assert (done.skipped, images.asked) == (0, {})
    members, _ = export(project, name, media=True)
    assert (name == "YOLO") or members["images/a.png"] == png(20, 10)
    assert sum(images.asked.values()) > 0


def test_a_file_that_does_not_come_at_once_is_asked_for_again(
    project: Project, images: Images
) -> None:
    add(project, f"{images.address}/flaky/a.png")
    members, done = export(project, "COCO_WITH_IMAGES")
    assert members["images/a.png"] == png(20, 10)
    assert (done.skipped, images.asked["/flaky/a.png"]) == (0, 2)


def test_a_host_that_delivers_nothing_is_given_up(project: Project, images: Images) -> None:
    add(project, *(f"{images.address}/bad/{n}.png" for n in range(60)))
    members, done = export(project, "COCO_WITH_IMAGES")
    assert done.skipped == 60
    report = json.loads(members["export_report.json"])
    assert report["summary"][0] == {
        "kind": "media",
        "reason": "its file cannot be fetched",
        "count": 60,
    }
    assert len(json.loads(members["result.json"])["images"]) == 60
    assert sum(images.asked.values()) < 60


def test_ours_come_from_the_disk(project: Project) -> None:
    """Without a server: nobody could be asked."""
    project.imports.import_files([Upload("größe 1.png", io.BytesIO(png(20, 10)))])
    (upload,) = project.uploads.names()
    add(
        project,
        f"http://localhost:8080/data/upload/{upload}",
        "/data/upload/" + "0" * 32 + "-x.png",
    )
    members, done = export(project, "COCO_WITH_IMAGES")
    assert members["images/größe 1.png"] == members["images/größe 1-1.png"] == png(20, 10)
    (item,) = [
        i for i in json.loads(members["export_report.json"])["items"] if i["kind"] == "media"
    ]
    assert (item["task"], item["reason"]) == (2, "its file is not at hand")
    assert done.skipped == 1


# -- the files of one export --------------------------------------------------------------------


def test_a_few_files_are_fetched_ahead_and_each_is_closed() -> None:
    opened: list[io.BytesIO] = []
    most = 0
    lock = threading.Lock()

    def fetch(address: str) -> BinaryIO:
        nonlocal most
        stream = io.BytesIO(address.encode())
        with lock:
            opened.append(stream)
            most = max(most, sum(not one.closed for one in opened))
        return stream

    media = Media(None, fetch)
    tasks = [task(n, {"image": f"http://x/{n}"}) for n in range(200)]
    for one in media.ahead(tasks, lambda t: [t.data["image"]]):
        with media.open(one.data["image"]) as stream:
            assert stream.read() == one.data["image"].encode()
    assert len(opened) == 200
    assert most < 40
    assert all(one.closed for one in opened)


def test_what_is_left_when_an_export_breaks_off_is_closed() -> None:
    opened: list[io.BytesIO] = []

    def fetch(address: str) -> BinaryIO:
        time.sleep(0)
        opened.append(io.BytesIO())
        return opened[-1]

    tasks = [task(n, {"image": f"http://x/{n}"}) for n in range(50)]
    walk = Media(None, fetch).ahead(tasks, lambda t: [t.data["image"]])
    next(walk)
    assert isinstance(walk, Generator)
    walk.close()
    assert all(one.closed for one in opened)


def test_why_a_file_is_missing() -> None:
    def fetch(address: str) -> BinaryIO:
        raise BackendFailed("it is gone")

    with pytest.raises(MissingFile) as caught, Media(None, fetch).open("http://x/a"):
        pass
    assert (caught.value.reason, caught.value.detail) == (
        "its file cannot be fetched",
        "it is gone",
    )
    with pytest.raises(MissingFile) as caught, Media().open("http://x/a"):
        pass
    assert caught.value.asked is False
    with Media().open("data:text/plain;base64,aGk=") as stream:
        assert stream.read() == b"hi"
