"""A bucket becomes tasks, is labeled in the browser, and its results become objects."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.configs import BOXES
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.serving import PATIENCE, ROOT, Server
from tests.clouds import programs
from tests.clouds.conftest import S3Server

pytestmark = pytest.mark.timeout(600)  # seconds; the first run installs the S3 server
PICTURE = (ROOT / "static" / "samples" / "sample.jpg").read_bytes()


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[S3Server]:
    (tmp_path / "s3").mkdir()
    try:
        server = S3Server(tmp_path / "s3")
    except programs.Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.program.close()


def by_0_8(server: Server, s3: S3Server, bucket: str) -> None:
    given = s3.values(bucket)
    del given["bucket"], given["region_name"]
    for role, kind in (("source", "s3"), ("target", "s3-completions")):
        prefix = {"source": "pictures/", "target": "labels"}[role]
        form = {**given, "type": kind, "path": bucket, "prefix": prefix, "data_key": "image"}
        server.post(f"api/project/storage-settings?storage_for={role}&type={kind}", form)
    server.post("api/project/storage-sync?storage_for=source", {})


def by_1_x(server: Server, s3: S3Server, bucket: str) -> None:
    given = {**s3.values(bucket), "project": 1, "use_blob_urls": True}
    source = server.post("api/storages/s3/?project=1", {**given, "prefix": "pictures/"})
    server.post(f"api/storages/s3/{source['id']}/sync", {})
    target = {**s3.values(bucket), "project": 1, "prefix": "labels"}
    server.post("api/storages/export/s3?project=1", target)


@pytest.mark.parametrize("connect", [by_0_8, by_1_x])
def test_a_bucket(
    connect: Callable[[Server, S3Server, str], None],
    serve: Serve,
    visit: MakeVisit,
    s3: S3Server,
) -> None:
    bucket = s3.bucket()
    for name in ("a.jpg", "b c.jpg"):
        s3.put(bucket, f"pictures/{name}", PICTURE)
    server = serve(BOXES, [])
    connect(server, s3, bucket)
    tab = visit(server)
    host, _, port = urlsplit(s3.url).netloc.partition(":")
    tab.named.add((host, port))
    tab.label()
    for number in range(2):
        tab.wait_for_task(number)
        tab.wait_idle()
        canvas = tab.page.locator("canvas").first.bounding_box()
        assert canvas is not None
        tab.press("1")
        x, y = canvas["x"], canvas["y"]
        tab.drag((x + 100, y + 100), (x + 300, y + 250))
        tab.submit()
    labels = s3.folder / bucket / "labels"
    deadline = time.monotonic() + PATIENCE
    while not labels.is_dir() or len(list(labels.iterdir())) < 2:
        assert time.monotonic() < deadline, "the results did not arrive"
        time.sleep(0.05)
    for path in labels.iterdir():
        assert "rectanglelabels" in json.dumps(json.loads(path.read_text()))
