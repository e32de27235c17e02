"""The project object, its label config, and storage settings."""

from __future__ import annotations

from typing import Any

import pytest

from label_studio_lite.cli.options import CLOUDS
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import BOXES, CHOICES, MakeProject, app_of, choice

CONFIG = "/api/project/config"


def test_project(client: Client, project: Project) -> None:
    client.post("/api/project/import", json=[{"text": "a"}, {"text": "b"}])
    client.post("/api/tasks/0/completions", json={"result": []})
    shown = client.get("/api/project").json
    assert sorted(shown) == [
        "available_storages",
        "can_delete_tasks",
        "can_manage_completions",
        "can_manage_tasks",
        "completion_count",
        "config",
        "data_types",
        "instruction",
        "label_config_line",
        "multi_session_mode",
        "project_name",
        "source_storage",
        "source_syncing",
        "target_storage",
        "target_syncing",
        "task_count",
    ]
    assert (shown["task_count"], shown["completion_count"]) == (2, 1)
    assert shown["data_types"] == {"text": "Text"}
    assert shown["label_config_line"] == CHOICES
    assert shown["multi_session_mode"] is False
    assert shown["config"]["source"]["type"] == "tasks-json"
    assert ["tasks-json", 'Local [loading tasks from "tasks.json" file]'] in shown[
        "available_storages"
    ]
    assert client.post("/api/project").json == shown
    assert client.get("/api/project?fields=instruction").json == shown


def test_the_password_is_never_shown(make_project: MakeProject) -> None:
    project = make_project(name="secret", password="hunter2", username="me")
    assert b"hunter2" not in Client(app_of(project)).get("/api/project").data


def test_new_projects_need_multi_session_mode(client: Client) -> None:
    answer = client.post("/api/project?new=1&desc=x")
    assert answer.status_code == 400
    assert "start-multi-session" in answer.json["detail"]


def test_patch_reads_only_the_backend(client: Client) -> None:
    answer = client.patch("/api/project", json={"title": "other"})
    assert answer.status_code == 201
    assert answer.json["config"]["title"] == "Label Studio"


class TestLabelConfig:
    @pytest.mark.parametrize(
        "how",
        [
            {"json": {"label_config": BOXES}},
            {"data": {"label_config": BOXES}},
            {"data": BOXES, "content_type": "application/xml"},
            {"data": BOXES, "content_type": "text/xml; charset=utf-8"},
            {"data": f'<?xml version="1.0"?>{BOXES}', "content_type": "application/xml"},
        ],
    )
    def test_every_way_to_send_it(
        self, client: Client, project: Project, how: dict[str, Any]
    ) -> None:
        answer = client.post(CONFIG, **how)
        assert (answer.status_code, answer.data) == (201, b"")
        assert client.get("/api/project").json["data_types"] == {"image": "Image"}
        assert (project.folder / "config.xml").read_text().endswith(BOXES)
        assert client.get("/api/project").json["config"]["label_config_updated"] is True

    def test_line_breaks_are_unix(self, client: Client, project: Project) -> None:
        client.post(CONFIG, data={"label_config": "<View>\r\n</View>"})
        assert (project.folder / "config.xml").read_bytes() == b"<View>\n</View>"

    @pytest.mark.parametrize(
        ("xml", "words"),
        [
            (None, "can only parse strings"),
            (7, "can only parse strings"),
            ("", "Document is empty"),
            ("<View>", "line 1"),
            ('<View><Text name="t" value="$t"/><Text name="t" value="$u"/></View>', "non-unique"),
            (
                '<View><Text name="t" value="$t"/><Choices name="c" toName="nope">'
                '<Choice value="a"/></Choices></View>',
                'toName="nope" not found',
            ),
            ('<!DOCTYPE a [<!ENTITY x "y">]><View>&x;</View>', ""),
        ],
    )
    def test_bad_ones_change_nothing(
        self, client: Client, project: Project, xml: object, words: str
    ) -> None:
        before = (project.folder / "config.xml").read_bytes()
        answer = client.post(CONFIG, json={"label_config": xml})
        assert answer.status_code == 400
        assert list(answer.json) == ["label_config"]
        assert words in answer.json["label_config"][0]
        assert (project.folder / "config.xml").read_bytes() == before
        assert client.get("/api/project").json["data_types"] == {"text": "Text"}

    def test_not_without_a_body(self, client: Client) -> None:
        assert client.post(CONFIG).status_code == 400
        answer = client.post(CONFIG, data=b"{", content_type="application/json")
        assert (answer.status_code, "not valid JSON" in answer.json["detail"]) == (400, True)

    def test_tasks_must_fit(self, client: Client) -> None:
        client.post("/api/project/import", json={"text": "a"})
        answer = client.post(CONFIG, json={"label_config": BOXES})
        assert answer.status_code == 400
        assert "imported tasks contain only keys: ['text']" in answer.json["label_config"][0]

    def test_used_labels_must_stay(self, client: Client) -> None:
        client.post("/api/project/import", json={"text": "a"})
        client.post("/api/tasks/0/completions", json={"result": [choice("good")]})
        renamed = CHOICES.replace("good", "fine")
        answer = client.post(CONFIG, json={"label_config": renamed})
        assert answer.status_code == 400
        assert "good" in answer.json["label_config"][0]
        unused = CHOICES.replace('"bad"', '"awful"')
        assert client.post(CONFIG, json={"label_config": unused}).status_code == 201
        client.delete("/api/tasks/0/completions")
        assert client.post(CONFIG, json={"label_config": renamed}).status_code == 201

    def test_used_controls_must_stay(self, client: Client) -> None:
        client.post("/api/project/import", json={"text": "a"})
        client.post("/api/tasks/0/completions", json={"result": [choice()]})
        answer = client.post(CONFIG, json={"label_config": CHOICES.replace('"mood"', '"tone"')})
        assert answer.status_code == 400
        assert "name=mood, toName=text, type=choices" in answer.json["label_config"][0]

    def test_validate(self, client: Client) -> None:
        url = "/api/validate-config"
        assert client.post(url, data={"label_config": BOXES}).status_code == 204
        bad = client.post(url, data={"label_config": "<View>"})
        assert (bad.status_code, list(bad.json)) == (400, ["label_config"])
        nothing = client.post(url)
        assert (nothing.status_code, nothing.text) == (417, "No label_config in POST")
        assert client.get("/api/project").json["data_types"] == {"text": "Text"}


class TestStorageSettings:
    URL = "/api/project/storage-settings"

    def test_forms(self, client: Client) -> None:
        shown = client.get(self.URL).json
        assert {role: sorted(forms) for role, forms in shown.items()} == {
            "source": sorted(["tasks-json", *CLOUDS]),
            "target": sorted(["completions-dir", *(f"{name}-completions" for name in CLOUDS)]),
        }
        assert shown["source"]["tasks-json"]["current"] is True
        names = [field["name"] for field in shown["source"]["s3"]["fields"]]
        assert names[:6] == ["path", "prefix", "regex", "data_key", "use_blob_urls", "region"]

    def test_the_local_one_can_be_chosen_again(self, client: Client) -> None:
        answer = client.post(f"{self.URL}?storage_for=source", json={"type": "tasks-json"})
        assert (answer.status_code, answer.json) == (201, {"result": "ok"})
        assert client.get("/api/project").json["config"]["source"] == {
            "name": "source",
            "type": "tasks-json",
            "path": None,
            "params": {},
        }

    @pytest.mark.parametrize(
        ("values", "errors"),
        [
            ({}, {"path": ["This field is required."]}),
            ({"path": "b", "regex": "("}, {"regex": ["( is not a valid regular expression"]}),
        ],
    )
    def test_bad_forms(
        self, client: Client, values: dict[str, str], errors: dict[str, list[str]]
    ) -> None:
        url = f"{self.URL}?storage_for=source&type=s3"
        answer = client.post(url, json={"type": "s3", **values})
        assert (answer.status_code, answer.json) == (400, {"errors": errors})

    @pytest.mark.parametrize("query", ["storage_for=source&type=ftp", "storage_for=x", ""])
    def test_unknown_ones(self, client: Client, query: str) -> None:
        assert client.post(f"{self.URL}?{query}", json={}).status_code == 400
