"""What the Label page asks for: the next task, drafts, progress, keys, the editor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from label_studio_lite.service import editors
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import CHOICES, ENTITIES, Clock, MakeProject, app_of, choice


@pytest.fixture
def three(client: Client) -> Client:
    client.post("/api/project/import", json=[{"text": f"t{n}"} for n in range(3)])
    return client


def test_the_next_task_comes_with_all_that_a_page_needs(three: Client) -> None:
    shown = three.get("/api/label/next").json
    assert shown["task"]["id"] == 0 and shown["task"]["data"] == {"text": "t0"}
    assert (shown["draft"], shown["revisions"], shown["sites"]) == (None, {}, [])
    assert shown["progress"]["tasks"] == 3


def test_tasks_that_a_page_has_already_are_passed_over(three: Client) -> None:
    assert three.get("/api/label/next?exclude=0,1").json["task"]["id"] == 2
    nothing = three.get("/api/label/next?exclude=0,1,2").json
    assert nothing["task"] is None
    assert nothing["progress"]["completed"] == 0


def test_any_order_passes_over_them(make_project: MakeProject) -> None:
    project = make_project(sampling="uniform")
    client = Client(app_of(project))
    client.post("/api/project/import", json=[{"text": f"t{n}"} for n in range(6)])
    for _ in range(20):
        assert client.get("/api/label/next?exclude=0,2,3,5").json["task"]["id"] in (1, 4)


def test_one_task_is_opened_with_the_revisions_of_its_completions(three: Client) -> None:
    made = three.post("/api/tasks/1/completions", json={"result": [choice()]})
    shown = three.get("/api/label/tasks/1").json
    assert shown["revisions"] == {"1001": made.headers["ETag"].strip('"')}
    assert three.get("/api/label/tasks/9").status_code == 404


def test_media_of_this_server_are_addressed_relative(make_project: MakeProject) -> None:
    project = make_project('<View><Image name="i" value="$image"/></View>')
    client = Client(app_of(project))
    tasks = [{"image": "/data/upload/a.png"}, {"image": "https://example.org/a.png"}]
    client.post("/api/project/import", json=tasks)
    first, second = (client.get(f"/api/label/tasks/{n}").json for n in range(2))
    assert (first["task"]["data"]["image"], first["sites"]) == ("./data/upload/a.png", [])
    assert second["sites"] == ["https://example.org"]


def test_progress(three: Client) -> None:
    for number, seconds in enumerate((4, 8)):
        body = {"result": [choice()], "lead_time": seconds}
        three.post(f"/api/tasks/{number}/completions", json=body)
    assert three.get("/api/progress").json == {
        "tasks": 3,
        "completed": 2,
        "skipped": 0,
        "lead_time": None,
        "seconds_left": None,
    }
    three.post("/api/tasks/1/completions?was_cancelled=1", json={"result": [], "lead_time": 6})
    state = three.get("/api/progress").json
    assert (state["skipped"], state["lead_time"], state["seconds_left"]) == (1, 6, 6)


# -- drafts -----------------------------------------------------------------------------------


def draft(value: str = "good", **more: Any) -> dict[str, Any]:
    return {"completion_id": None, "unique_id": "u-1", "result": [choice(value)], **more}


def test_a_draft_is_kept_and_does_not_complete_the_task(
    three: Client, project: Project, clock: Clock
) -> None:
    answer = three.put("/api/tasks/0/draft", json=draft(extra="kept"))
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{answer.json["revision"]}"'
    found = three.get("/api/tasks/0/draft").json
    assert found == answer.json
    assert (found["extra"], found["saved_at"]) == ("kept", int(clock.now))
    assert three.get("/api/label/next").json["draft"] == found
    assert three.get("/api/progress").json["completed"] == 0
    assert json.loads((project.folder / "drafts/0.json").read_text())["unique_id"] == "u-1"


def test_a_draft_that_changed_elsewhere_is_not_overwritten(three: Client) -> None:
    first = three.put("/api/tasks/0/draft", json=draft("good")).headers["ETag"]
    based = {"If-Match": first}
    assert three.put("/api/tasks/0/draft", json=draft("bad")).status_code == 409
    assert three.put("/api/tasks/0/draft", json=draft("bad"), headers=based).status_code == 200
    assert three.put("/api/tasks/0/draft", json=draft("good"), headers=based).status_code == 409
    assert three.delete("/api/tasks/0/draft", headers=based).status_code == 204
    assert three.get("/api/tasks/0/draft").json["result"] == [choice("bad")]
    assert three.delete("/api/tasks/0/draft").status_code == 204
    assert three.get("/api/tasks/0/draft").status_code == 404
    assert three.delete("/api/tasks/0/draft").status_code == 204


def test_a_submit_is_the_end_of_its_draft(three: Client) -> None:
    three.put("/api/tasks/0/draft", json=draft())
    three.post("/api/tasks/0/completions", json={"result": [choice()], "unique_id": "u-1"})
    assert three.get("/api/label/tasks/0").json["draft"] is None


@pytest.mark.parametrize("result", [None, "good", [1]])
def test_a_draft_has_to_be_a_result(three: Client, result: Any) -> None:
    assert three.put("/api/tasks/0/draft", json=draft() | {"result": result}).status_code == 400
    assert three.get("/api/tasks/0/draft").status_code == 404


# -- keys -------------------------------------------------------------------------------------


def test_keys_are_kept_in_the_project(client: Client, project: Project) -> None:
    assert client.get("/api/keymap").json == {}
    changed = {"submit": ["F9"], "skip": []}
    assert client.put("/api/keymap", json=changed).json == changed
    assert client.get("/api/keymap").json == changed
    assert json.loads((project.folder / "config.json").read_text())["keymap"] == changed


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"submit": "F9"}, "submit: a list of keys"),
        ({"submit": [""]}, "submit: a list of keys"),
        ({"submit": ["F9"], "skip": ["f9"]}, "F9 is the key of skip and of submit"),
        ([], "a JSON object"),
    ],
)
def test_keys_that_cannot_be_are_refused(client: Client, body: Any, says: str) -> None:
    answer = client.put("/api/keymap", json=body)
    assert answer.status_code == 400
    assert says in answer.json["detail"]
    assert client.get("/api/keymap").json == {}


# -- the editor -------------------------------------------------------------------------------

FACE = "\N{GRINNING FACE}"


def spans(offset: int) -> dict[str, Any]:
    value = {"start": offset, "end": offset + 6, "text": "Berlin", "labels": ["LOC"]}
    return {"id": "a", "from_name": "ner", "to_name": "text", "type": "labels", "value": value}


@pytest.fixture
def entities(make_project: MakeProject) -> tuple[Client, Project]:
    project = make_project(ENTITIES, editor={"build": "classic"})
    client = Client(app_of(project))
    client.post("/api/project/import", json=[{"text": f"{FACE} Berlin"}])
    body = {"result": [spans(3)], "unknown": {"kept": True}}
    assert client.post("/api/tasks/0/completions", json=body).status_code == 201
    return client, project


Entities = tuple[Client, Project]


def test_a_switch_converts_what_is_stored_and_drops_nothing(entities: Entities) -> None:
    client, project = entities
    state = client.get("/api/editor").json
    assert (state["build"], state["offsets"], state["missing"]) == ("classic", "utf16", [])
    body = client.put("/api/tasks/0/draft", json={"unique_id": "d", "result": [spans(3)]})
    assert body.status_code == 200
    planned = client.post("/api/editor", json={"build": "modern", "dry_run": True}).json
    assert client.get("/api/editor").json["build"] == "classic"
    done = client.post("/api/editor", json={"build": "modern"}).json
    assert planned == done
    assert (done["completions"], done["offsets"], done["unknown"]) == (1, 2, 0)
    work = json.loads((project.folder / "completions/0.json").read_text())
    [completion] = work["completions"]
    assert completion["result"] == [spans(2)] and completion["unknown"] == {"kept": True}
    assert client.get("/api/tasks/0/draft").json["result"] == [spans(2)]
    assert client.get("/api/editor").json["offsets"] == "codepoints"
    client.post("/api/editor", json={"build": "classic"})
    [back] = json.loads((project.folder / "completions/0.json").read_text())["completions"]
    assert back["result"] == [spans(3)]


def test_there_are_two_editors(client: Client) -> None:
    answer = client.post("/api/editor", json={"build": "newest"})
    assert answer.status_code == 400
    assert "classic, modern" in answer.json["detail"]


VIDEO = '<View><Video name="v" value="$video"/></View>'
RANKER = '<View><Ranker name="r" value="$items"/></View>'


def test_a_directory_that_says_nothing_is_classic_until_its_config_needs_modern(
    make_project: MakeProject,
) -> None:
    project = make_project(CHOICES)
    project.settings.change({"editor": {"debug": False}, "offsets": None})
    client = Client(app_of(project))
    for config, build in [(CHOICES, "classic"), (ENTITIES, "classic"), (VIDEO, "modern")]:
        answer = client.post("/api/project/config", json={"label_config": config})
        assert answer.status_code == 201
        state = client.get("/api/editor").json
        assert (state["build"], state["missing"]) == (build, [])


def test_an_editor_that_was_chosen_stays(make_project: MakeProject) -> None:
    client = Client(app_of(make_project(CHOICES, editor={"build": "classic"})))
    assert client.post("/api/project/config", json={"label_config": VIDEO}).status_code == 201
    state = client.get("/api/editor").json
    assert (state["build"], state["missing"]) == ("classic", ["Video"])


@pytest.mark.parametrize(
    ("there", "config", "build"),
    [
        ({"classic", "modern"}, CHOICES, "modern"),
        ({"classic", "modern"}, RANKER, "classic"),
        ({"classic"}, CHOICES, "classic"),
        ({"classic"}, VIDEO, "classic"),
        (set(), CHOICES, "modern"),
    ],
)
def test_a_new_project_is_modern_where_that_is_there(
    make_project: MakeProject,
    monkeypatch: pytest.MonkeyPatch,
    there: set[str],
    config: str,
    build: str,
) -> None:
    monkeypatch.setattr(editors, "installed", lambda: {name: {} for name in there})
    project = make_project(config)
    assert project.editors.build == build
    assert ("build" in project.settings.stored()["editor"]) == (build == "modern")


def test_what_0_8_asks_is_answered_without_the_editor(project: Project) -> None:
    answer = Client(app_of(project)).get("/api/project").json["config"]
    assert answer["editor"] == {"debug": False} and "offsets" not in answer
    assert project.settings.stored()["editor"] == {"debug": False, "build": "modern"}


# -- the pages --------------------------------------------------------------------------------

Get = Callable[[str], Any]


def test_a_project_without_tasks_begins_with_welcome(client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "./welcome")
    assert client.get("/welcome").status_code == 200


def test_the_label_page_may_load_only_from_here_and_the_sites_of_its_tasks(
    three: Client,
) -> None:
    answer = three.get("/")
    rules = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in rules
    assert "http:" not in rules and "*" not in rules
    assert "<script>" not in answer.text and "style=" not in answer.text


def test_without_an_editor_the_page_says_what_to_do(
    three: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editors, "installed", dict)
    page = three.get("/")
    assert page.status_code == 200
    assert "The labeling editor is not installed" in page.text
    assert "python -m label_studio_lite.editor_build" in page.text
    assert three.get("/version").json["label-studio-frontend"] == {}
    assert three.get("/api/tasks").status_code == 200


def test_the_version_names_both_editors(client: Client) -> None:
    shown = client.get("/version").json["label-studio-frontend"]
    assert shown == {"classic": "1.0.1", "modern": "1.13.1"}


def test_a_page_that_is_not_there_is_answered_by_a_page(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "text/html" in answer.headers["Content-Type"]
    assert "Status 404" in answer.text
