"""A model in the loop, with real ML backend servers of both generations.

``label-studio-ml`` 1.0.9 runs our examples; the server of 0.8.2 a model of these tests.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.ml.backend import Backend
from label_studio_lite.ml.base import Generation, Options, Subject
from tests.compat.real_082 import Unavailable
from tests.compat.servers import OurServer
from tests.conftest import CHOICES, ENTITIES, choice
from tests.http.v1.test_clients import WorkspaceServer
from tests.ml import environments
from tests.ml.environments import EXAMPLES, MLServer

pytestmark = pytest.mark.timeout(900)  # seconds; the first run of all installs the backends

TRAINED = 60.0  # seconds within which a training is over
GOOD = ["lovely", "wonderful", "great", "charming", "brilliant"]
BAD = ["awful", "boring", "terrible", "dull", "poor"]
WORDS = [word for pair in zip(GOOD, BAD, strict=True) for word in pair]
TEXTS = [f"a {word} film number {n}" for n in range(3) for word in WORDS]


def label_of(text: str) -> str:
    return "good" if any(word in text for word in GOOD) else "bad"


@dataclass
class Kind:
    """A generation of backends: its Python, and the script of a text classifier for it."""

    generation: Generation
    python: Callable[[], Path]
    script: Path


KINDS = [
    Kind("0.8", environments.python_082, Path(__file__).with_name("word_counts_082.py")),
    Kind("1.x", environments.python_109, EXAMPLES / "text_classifier" / "model.py"),
]


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=KINDS, ids=["0.8.2", "1.0.9"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    try:
        found.python()
    except Unavailable as reason:
        pytest.skip(str(reason))
    return found


@pytest.fixture
def backend(kind: Kind, servers: ExitStack, tmp_path: Path) -> MLServer:
    server = MLServer(kind.python(), kind.script, tmp_path / "backend")
    servers.enter_context(server)
    return server


def serve(servers: ExitStack, folder: Path, config: str, texts: list[str]) -> OurServer:
    """Our server with a new project."""
    (folder / "config.xml").write_text(config)
    (folder / "texts.json").write_text(json.dumps([{"text": text} for text in texts]))
    # a busy machine is no reason to pass over a backend that works
    (folder / "base.json").write_text(json.dumps({"ml_live_timeout": 60}))
    options = ("--init", "-l", "config.xml", "-i", "texts.json", "-c", "base.json")
    server = OurServer(folder / "project", *options)
    servers.enter_context(server)
    return server


@pytest.fixture
def ours(servers: ExitStack, tmp_path: Path) -> OurServer:
    return serve(servers, tmp_path, CHOICES, TEXTS)


def ask(server: OurServer, method: str, path: str, status: int = 200, **more: Any) -> Any:
    reply = server.request(method, path, **more)
    assert reply.status_code == status, reply.text
    return reply.json() if reply.content and "json" in reply.headers["Content-Type"] else None


def connect(server: OurServer, backend: MLServer) -> None:
    ask(server, "PATCH", "/api/project", 201, json={"ml_backend": f"m={backend.url}"})


def label(server: OurServer, task_ids: range) -> None:
    for task_id in task_ids:
        body = {"result": [{"id": f"r{task_id}", **choice(label_of(TEXTS[task_id]))}]}
        ask(server, "POST", f"/api/tasks/{task_id}/completions", 201, json=body)


def train(server: OurServer) -> None:
    time.sleep(1.1)  # both servers name a version by the second
    assert ask(server, "POST", "/api/models/train") == {"details": "Training started"}


def predicted(server: OurServer, task_id: int) -> dict[str, Any]:
    task = ask(server, "GET", f"/api/tasks/{task_id}")
    assert [p["created_by"] for p in task["predictions"]] == ["m"]
    found: dict[str, Any] = task["predictions"][0]
    return found


def until_version_changes(server: OurServer, old: str) -> str:
    deadline = time.monotonic() + TRAINED
    while (new := predicted(server, 0)["model_version"]) == old:
        assert time.monotonic() < deadline, "the training did not end"
        time.sleep(0.2)
    return str(new)


def chosen(prediction: dict[str, Any]) -> list[str]:
    return [word for region in prediction["result"] for word in region["value"]["choices"]]


def test_model_in_the_loop(kind: Kind, backend: MLServer, ours: OurServer) -> None:
    connect(ours, backend)
    assert ask(ours, "GET", "/api/models") == {"models": ["m"]}
    untrained = predicted(ours, 0)
    assert chosen(untrained) == []

    label(ours, range(20))
    train(ours)
    first = until_version_changes(ours, untrained["model_version"])
    upcoming = ask(ours, "GET", "/api/project/next")
    assert upcoming["id"] == 20
    assert chosen(upcoming["predictions"][0]) == [label_of(TEXTS[20])]
    assert 0.5 < upcoming["predictions"][0]["score"] <= 1

    ask(ours, "POST", "/api/models/predictions?mode=all_tasks")
    tasks = ask(ours, "GET", "/api/tasks?page_size=100")
    for task in tasks:
        assert [p["model_version"] for p in task["predictions"]] == [first]
        assert chosen(task["predictions"][0]) == [label_of(task["data"]["text"])]

    label(ours, range(20, 25))
    train(ours)
    second = until_version_changes(ours, first)

    asked = Backend(Options(backend.url, "m"))
    subject = Subject(CHOICES, CHOICES)
    asked.health()
    assert asked.generation == kind.generation
    assert second in asked.versions(subject)
    asked.close()

    ask(ours, "DELETE", "/api/tasks", 204)
    ask(ours, "DELETE", "/api/models", 204, json={"name": "m"})
    assert ask(ours, "GET", "/api/models") == {"models": []}


def test_a_backend_that_dies_and_comes_back(
    kind: Kind, backend: MLServer, ours: OurServer, servers: ExitStack, tmp_path: Path
) -> None:
    connect(ours, backend)
    ask(ours, "POST", "/api/models/predictions?mode=all_tasks")
    stored = ask(ours, "GET", "/api/tasks?page_size=1")[0]["predictions"]
    backend.stop(kill=True)
    started = time.monotonic()
    reply = ours.request("GET", "/api/project/next")
    assert time.monotonic() - started < 3
    assert reply.json()["predictions"] == stored
    assert "nobody answers" in reply.headers["X-ML-Error"]
    label(ours, range(3))
    answer = ask(ours, "POST", "/api/models/train", 400)
    assert answer == "Training is not started: seems that you don't have any ML backend connected"
    backend.start()
    ask(ours, "PATCH", "/api/project", 201, json={"ml_backend": f"m={backend.url}"})
    assert "m" in {p["created_by"] for p in ask(ours, "GET", "/api/tasks/4")["predictions"]}


def test_entities_by_a_gazetteer(servers: ExitStack, tmp_path: Path) -> None:
    try:
        python = environments.python_109()
    except Unavailable as reason:
        pytest.skip(str(reason))
    script = EXAMPLES / "entity_gazetteer" / "model.py"
    backend = MLServer(python, script, tmp_path / "backend")
    servers.enter_context(backend)
    texts = ["Ada Lovelace met Babbage.", "In London, Ada stayed.", "ada lovelace left London"]
    ours = serve(servers, tmp_path, ENTITIES, texts)
    connect(ours, backend)
    assert predicted(ours, 2)["result"] == []
    spans = {0: [("Ada Lovelace", "PER"), ("Babbage", "PER")], 1: [("London", "LOC")]}
    for task_id, marked in spans.items():
        result = [entity(texts[task_id], words, kind) for words, kind in marked]
        path = f"/api/tasks/{task_id}/completions"
        ask(ours, "POST", path, 201, json={"result": result})
    before = predicted(ours, 0)["model_version"]
    train(ours)
    until_version_changes(ours, before)
    found = predicted(ours, 2)
    assert found["score"] == 1.0
    values = [region["value"] for region in found["result"]]
    assert values == [
        {"start": 0, "end": 12, "text": "ada lovelace", "labels": ["PER"]},
        {"start": 18, "end": 24, "text": "London", "labels": ["LOC"]},
    ]


def entity(text: str, words: str, kind: str) -> dict[str, Any]:
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [kind]}
    return {"id": words, "from_name": "ner", "to_name": "text", "type": "labels", "value": value}


def test_a_second_project_is_known_by_public_ids(servers: ExitStack, tmp_path: Path) -> None:
    """What a backend is sent, it can ask our server for; what it predicts, finds its task."""
    try:
        python = environments.python_109()
    except Unavailable as reason:
        pytest.skip(str(reason))
    script = Path(__file__).with_name("echo_109.py")
    backend = MLServer(python, script, tmp_path / "backend")
    servers.enter_context(backend)
    folder = tmp_path / "projects"
    folder.mkdir()
    ours = WorkspaceServer(folder)
    servers.enter_context(ours)

    def api(method: str, path: str, status: int = 200, **more: Any) -> Any:
        return ask(ours, method, path, status, headers={"Authorization": "Token any"}, **more)

    for title in ("first", "second"):
        made = api("POST", "/api/projects/", 201, json={"title": title, "label_config": CHOICES})
    project = made["id"]
    path = f"/api/projects/{project}/import?return_task_ids=1"
    tasks = api("POST", path, 201, json=[{"text": text} for text in "abc"])["task_ids"]
    assert tasks[0] > 10**8
    connection = {"url": backend.url, "project": project, "title": "echo"}
    api("POST", "/api/ml/", 201, json=connection)
    body = {"result": [choice()]}
    annotation = api("POST", f"/api/tasks/{tasks[1]}/annotations/", 201, json=body)["id"]
    assert annotation > 10**11

    heard = tmp_path / "backend" / "heard.jsonl"
    deadline = time.monotonic() + TRAINED
    while not heard.exists() or not heard.read_text().endswith("\n"):
        assert time.monotonic() < deadline, backend.log
        time.sleep(0.2)
    event, told = json.loads(heard.read_text().splitlines()[0])
    assert event == "ANNOTATION_CREATED"
    assert (told["task"]["id"], told["annotation"]["id"]) == (tasks[1], annotation)
    assert told["annotation"]["task"] == tasks[1]
    assert api("GET", f"/api/annotations/{annotation}/")["task"] == tasks[1]
    assert told["project"]["id"] == project

    select = {"selectedItems": {"all": True, "excluded": []}}
    action = f"/api/dm/actions?project={project}&id=retrieve_tasks_predictions"
    api("POST", action, json=select)
    for task in tasks:
        (prediction,) = api("GET", f"/api/predictions/?task={task}")
        known = [task] if task != tasks[1] else [task, annotation, task]
        assert prediction["result"][0]["meta"]["text"] == [str(number) for number in known]
        assert prediction["task"] == task and prediction["id"] > 10**11
