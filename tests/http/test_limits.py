"""Requests that are too large, too deep or too many are refused, and cheaply."""

from __future__ import annotations

import gzip
import io
import json
import time
from typing import Any

import pytest

from label_studio_lite.app import Server, create_app
from label_studio_lite.http import limits
from label_studio_lite.service.project import Project
from label_studio_lite.service.workspace import OneProject
from tests.client import Client
from tests.conftest import CHOICES

NINES = "9" * 5000
PATIENCE = 20.0  # seconds of processor time for a request that is refused

# label configs that a naive reader of XML would choke on, or tell secrets for
LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
EVIL_XML = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "lol">{LOL}]><View>&l11;</View>',
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><View>&e;</View>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/"> %e;]><View/>',
    "external DTD": '<!DOCTYPE View SYSTEM "http://127.0.0.1:9/x.dtd"><View/>',
    "undefined entity": "<View>&nothing;</View>",
    "quadratic blowup": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><View>{"&a;" * 9000}</View>',
    "depth": "<View>" * 100_000 + "</View>" * 100_000,
    "many tags": "<View>" + "<Text/>" * 100_000 + "</View>",
    "many attributes": "<View " + " ".join(f'a{n}="x"' for n in range(100_000)) + "/>",
    "length": "<View>" + "x" * 2_000_000 + "</View>",
    "inclusion": '<View xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd"',
    "encoding": '<?xml version="1.0" encoding="utf-7"?>+ADw-View/+AD4-',
    "nothing": "",
}


@pytest.fixture
def quick() -> Any:
    """The test may use so much processor time and no more."""
    started = time.process_time()
    yield
    assert time.process_time() - started < PATIENCE


@pytest.mark.usefixtures("quick")
class TestXml:
    @pytest.mark.parametrize("name", EVIL_XML)
    def test_is_refused(self, client: Client, project: Project, name: str) -> None:
        xml = EVIL_XML[name]
        before = project.label_config.current.xml
        for answer in (
            client.post("/api/project/config", data={"label_config": xml}),
            client.post("/api/project/config", data=xml.encode(), content_type="application/xml"),
            client.post("/api/validate-config", json={"label_config": xml}),
        ):
            assert 400 <= answer.status_code < 500
            assert "root:" not in answer.text
        assert project.label_config.current.xml == before


@pytest.mark.usefixtures("quick")
class TestJson:
    DEEP = ("[" * 200_000, "[" * 200_000 + "]" * 200_000, '{"a":' * 200_000, '[{"text":' * 50_000)

    @pytest.mark.parametrize("body", DEEP)
    @pytest.mark.parametrize("path", ["/api/project/import", "/api/project/config", "/api/models"])
    def test_of_any_depth(self, client: Client, path: str, body: str) -> None:
        answer = client.post(path, data=body, content_type="application/json")
        assert 400 <= answer.status_code < 500

    @pytest.mark.parametrize(
        "body",
        ['{"a": 1e999}', "[NaN]", '"\\ud800"', "[1" + "0" * 100_000 + "]", "\xff", "{}" * 1000],
    )
    def test_odd_values(self, client: Client, body: str) -> None:
        for path in ("/api/project/import", "/api/project/config"):
            answer = client.post(
                path, data=body.encode("latin-1"), content_type="application/json"
            )
            assert 400 <= answer.status_code < 500

    def test_depth_within_a_task_is_kept_or_refused(self, client: Client) -> None:
        for depth in (10, 400, 900, 5000):
            deep = "[" * depth + "]" * depth
            body = f'[{{"text": "a", "more": {deep}}}]'
            answer = client.post("/api/project/import", data=body, content_type="application/json")
            assert answer.status_code in (201, 400)
        for path in ("/api/tasks", "/api/project/export?format=JSON", "/", "/api/project/next"):
            assert client.get(path, buffered=True).status_code in (200, 302)


class TestSize:
    @pytest.fixture
    def small(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> Client:
        monkeypatch.setattr(limits, "_IN_MEMORY", 1000)
        app = create_app(Server(OneProject(project), max_body=5000))
        return Client(app)

    def test_of_imports_is_the_server_s(self, small: Client) -> None:
        tasks = [{"text": "x" * 100}] * 30
        assert small.post("/api/project/import", json=tasks).status_code == 201
        answer = small.post("/api/project/import/", json=tasks * 2)
        assert answer.status_code == 413
        file = (io.BytesIO(json.dumps(tasks * 2).encode()), "a.json")
        assert small.post("/api/project/import", data={"f": file}).status_code == 413

    def test_of_other_bodies_is_less(self, small: Client) -> None:
        big = CHOICES + "<!--" + "x" * 1000 + "-->"
        for answer in (
            small.post("/api/project/config", json={"label_config": big}),
            small.post("/api/project/config", data={"label_config": big}),
            small.post("/api/project/config", data=big, content_type="application/xml"),
        ):
            assert answer.status_code == 413

    def test_a_folder_of_files_in_one_request(self, client: Client) -> None:
        files = {f"f{n}": (io.BytesIO(b'{"text": "a"}'), f"{n}.json") for n in range(1500)}
        answer = client.post("/api/project/import", data=files)
        assert (answer.status_code, answer.json["task_count"]) == (201, 1500)

    def test_a_label_config_of_a_megabyte_in_a_form(self, client: Client) -> None:
        xml = CHOICES.replace("</View>", f"<!--{'x' * 900_000}--></View>")
        assert client.post("/api/project/config", data={"label_config": xml}).status_code == 201

    def test_long_addresses_and_odd_headers(self, client: Client) -> None:
        for path in (
            "/api/tasks?page=" + "9" * 5000,
            "/api/tasks/" + "9" * 5000,
            "/" + "a" * 9000,
        ):
            assert 400 <= client.get(path).status_code < 500
        for headers in (
            {"Content-Type": "x" * 9000},
            {"Accept": ",".join(["a/b;q=0.1"] * 5000)},
            {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(5000))},
            {"If-None-Match": '"' + "x" * 9000},
            {"Cookie": "; ".join(f"a{n}=b" for n in range(2000))},
            {"Authorization": "Basic " + "A" * 9000},
            {"If-Modified-Since": "x" * 9000},
            {"Content-Length": "-5"},
        ):
            answer = client.get("/static/css/ui.css", headers=headers, buffered=True)
            assert answer.status_code < 500


@pytest.mark.parametrize("path", ["/api/project/import", "/api/projects/1/import"])
def test_compressed_bodies_are_refused_by_that_name(
    client: Client, project: Project, path: str
) -> None:
    packed = gzip.compress(json.dumps([{"text": "a"}]).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = client.post(path, data=packed, headers=headers)
    assert answer.status_code == 415
    assert "Content-Encoding: gzip is not understood" in answer.get_data(as_text=True)
    assert list(project.store.task_ids()) == []
    headers["Content-Encoding"] = "identity"
    assert client.post(path, data=b'[{"text": "a"}]', headers=headers).status_code == 201
