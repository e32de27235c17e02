"""Objects of storages as browsers open them: signed links, and through the server."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
import requests

from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.project import Project
from label_studio_lite.service.served import Served
from tests.client import Client
from tests.clouds.servers import ACCESS_KEY, SECRET_KEY, S3Server
from tests.clouds.test_source import form, select
from tests.conftest import BOXES, MakeProject, app_of

BODY = bytes(range(256)) * 8


@pytest.fixture
def images(make_project: MakeProject) -> Project:
    return make_project(BOXES)


@pytest.fixture
def client(images: Project) -> Client:
    return Client(app_of(images))


def own(of: str, key: str) -> str:
    return f"/data/cloud/{quote(key.rpartition('/')[2])}?of={of}&key={quote(key, safe='')}"


def test_through_the_server(client: Client, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(
        **{"p/a b+%é.png": BODY, "p/page.html": b"<script>", "out.png": b"x"}
    )
    select(client, form(s3_server, bucket, prefix="p", presign=False))
    url = client.get("/api/tasks").json[0]["data"]["image"]
    assert url == "http://localhost" + own("source", "p/a b+%é.png")
    whole = client.get(url)
    assert (whole.status_code, whole.data) == (200, BODY)
    assert whole.headers["Content-Type"] == "image/png"
    part = client.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, BODY[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(BODY)}"
    rest = client.get(url, headers={"Range": f"bytes={len(BODY) - 5}-"})
    assert (rest.status_code, rest.data) == (206, BODY[-5:])
    assert client.get(url, headers={"Range": "bytes=99999-"}).status_code == 416
    page = client.get(own("source", "p/page.html"))
    assert page.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("key", ["out.png", "q/x.png", "p/../out.png", "p/none.png"])
def test_only_objects_of_the_storage(client: Client, s3_server: S3Server, key: str) -> None:
    bucket = s3_server.bucket(**{"p/a.png": BODY, "out.png": b"x"})
    select(client, form(s3_server, bucket, prefix="p", presign=False))
    assert client.get(own("source", key)).status_code in (404, 502)
    assert client.get(own("7", "p/a.png")).status_code == 404


def test_the_label_page_gets_addresses_that_last(client: Client, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(**{"a.png": BODY})
    select(client, form(s3_server, bucket))
    work = client.get("/api/label/next").json
    assert work["task"]["data"]["image"] == "." + own("source", "a.png")
    assert s3_server.url in work["sites"]
    there = client.get(own("source", "a.png"))
    assert there.status_code == 302
    assert requests.get(there.headers["Location"], timeout=10).content == BODY


def test_expired_links_are_made_anew(client: Client, images: Project, s3_server: S3Server) -> None:
    bucket = s3_server.bucket(**{"a.png": BODY})
    select(client, form(s3_server, bucket))
    storage = images.cloud_media.find("source", "a.png").storage
    signed = storage.presign("a.png", 1)
    assert signed is not None
    deadline = time.monotonic() + 20
    while requests.get(signed, timeout=10).status_code == 200:
        assert time.monotonic() < deadline, "the link does not expire"
        time.sleep(0.1)
    fresh = client.get("/api/tasks/0").json["data"]["image"]
    assert requests.get(fresh, timeout=10).content == BODY


def test_links_in_text_and_lists(make_project: MakeProject, s3_server: S3Server) -> None:
    project = make_project('<View><HyperText name="t" value="$text"/></View>')
    client = Client(app_of(project))
    bucket = s3_server.bucket(**{"a.png": BODY})
    values = form(s3_server, bucket, data_key="text")
    select(client, {**values, "regex": "none"})
    text = f'<img src="s3://{bucket}/a.png"> s3://{bucket}/not-an-attribute'
    client.post("/api/project/import", json=[{"text": text, "more": [f"s3://{bucket}/a.png"]}])
    data = client.get("/api/tasks/0").json["data"]
    assert f'<img src="{s3_server.url}/{bucket}/a.png?X-Amz' in data["text"]
    assert f"s3://{bucket}/not-an-attribute" in data["text"]
    assert data["more"][0].startswith(s3_server.url)


def test_keys_of_the_environment(
    client: Client, images: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/api/project/import", json=[{"image": "s3://some-bucket/a b.png"}])
    stored = "s3://some-bucket/a b.png"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert client.get("/api/tasks/0").json["data"]["image"] == stored
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    shown = client.get("/api/tasks/0").json["data"]["image"]
    assert shown.startswith("https://some-bucket.s3.amazonaws.com/a%20b.png?X-Amz-Algorithm")
    images.served = Served(outgoing=Outgoing(allow_private=False))
    assert client.get("/api/tasks/0").json["data"]["image"] == stored
