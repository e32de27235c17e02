"""Every route, with whatever a client may send: an answer, in time, and never "internal error"."""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from label_studio_lite.app import Server, create_app
from label_studio_lite.http import v1
from label_studio_lite.http.routes import Route
from label_studio_lite.service.project import Project
from label_studio_lite.service.workspace import OneProject
from tests.client import Client
from tests.conftest import choice
from tests.coverage import routes
from tests.fuzz.mutations import ODD, count, damaged

SECONDS = 10.0  # of processor time for one request
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND")
WORDS = (
    *("0", "1", "2", "-1", "1.5", "01", "9" * 30, "1e3", "", "a", "é", "\ud83d\ude00", "null"),
    *("true", "../x", "a/b", "%00", "\0", "\n", "<b>", "'", '"', "$", "{}", "[]", "[1,2]", "*"),
    *("JSON", "CSV", "id", "-id", "tasks:id", "filter:tasks:id", "data.text", "x" * 3000),
)
KEYS = (
    *("page", "page_size", "order", "fields", "format", "exportType", "export_type", "q", "d"),
    *("id", "ids", "ids[]", "project", "view", "task", "query", "include", "ordering", "filters"),
    *("label_config", "was_cancelled", "mode", "new", "uuid", "raw", "pretty", "next", "token"),
    *("title", "result", "completions", "annotations", "predictions", "data", "meta", "url"),
    *("ml_backend", "name", "selectedItems", "lead_time", "ground_truth", "score", "refresh"),
    *("sampling", "preannotated_from_fields", "return_task_ids", "resolve_uri", "text", "path"),
    *("model_version", "type", "prefix", "regex", "regex_filter", "custom_hotkeys", "username"),
)


def body(chance: random.Random, depth: int = 0) -> Any:
    """A JSON value of the kind that clients send, more or less."""
    kind = chance.randrange(9 if depth < 4 else 5)
    match kind:
        case 0:
            return chance.choice((None, True, False, 0, -1, 1, 10**18, 10**25, 1.5, -0.0, 1e308))
        case 1 | 2:
            return chance.choice(WORDS)
        case 3:
            return [choice(), {"from_name": "x"}, choice(chance.choice(WORDS))]
        case 4:
            return {"text": chance.choice(WORDS)}
        case 5:
            return [body(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            keys = [chance.choice(KEYS) for _ in range(chance.randrange(6))]
            return {key: body(chance, depth + 1) for key in keys}


def request_of(route: Route, chance: random.Random) -> dict[str, Any]:
    """What to send; the path fits the route more often than not."""
    path = ""
    for part in route.rule.split("/")[1:]:
        word = chance.choice(WORDS) if chance.random() < 0.4 else chance.choice(("0", "1", "2"))
        path += "/" + (word.replace("/", "") if part.startswith("<") else part)
    query = {chance.choice(KEYS): chance.choice(WORDS) for _ in range(chance.randrange(4))}
    method = route.method if chance.random() < 0.8 else chance.choice(METHODS)
    headers = {"X-Label-Studio-API": "1"} if route.dialect == "v1" else {}
    if chance.random() < 0.1:
        odd = ("If-Match", "Range", "Accept", "X-Request-Id", "Accept-Encoding", "Content-Type")
        headers[chance.choice(odd)] = chance.choice(("x", '"', "*", "bytes=9-1", "a" * 5000))
    made = {"method": method, "path": path or "/", "query_string": query, "headers": headers}
    return made | payload(chance)


def payload(chance: random.Random) -> dict[str, Any]:
    text = json.dumps(body(chance)).encode()
    match chance.randrange(8):
        case 0:
            return {}
        case 1:
            broken = damaged(text, [text, *ODD], chance)
            return {"data": broken, "content_type": "application/json"}
        case 2:
            fields = {chance.choice(KEYS): chance.choice(WORDS) for _ in range(3)}
            return {"data": fields}
        case 3:
            name = chance.choice(("a.json", "a.csv", "a.txt", "a.zip", "a.jpg", "", "../x", "\0"))
            return {"data": {"file": (io.BytesIO(text), name), chance.choice(KEYS): "x"}}
        case 4:
            kind = chance.choice(("text/plain", "application/xml", "multipart/form-data", "x"))
            return {"data": text, "content_type": kind}
        case _:
            return {"data": text, "content_type": "application/json"}


@pytest.fixture
def app(project: Project) -> Iterator[Flask]:
    app = create_app(Server(OneProject(project)))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app


def groups() -> dict[str, list[Route]]:
    """Routes by the first words of their path: one project for all of a group."""
    found: dict[str, list[Route]] = {}
    for route in dict.fromkeys([*routes(), *v1.ROUTES]):
        name = f"{route.dialect} {'/'.join(route.rule.split('/')[:3])}"
        found.setdefault(name, []).append(route)
    return found


GROUPS = groups()


def cases(route: Route) -> int:
    """Fewer for the many that only say that they are not here."""
    return count(1 if route.view.__module__.endswith("enterprise") else 12)


@pytest.mark.parametrize("name", GROUPS)
def test_routes(app: Flask, name: str) -> None:
    client = Client(app)
    tasks = [{"text": "a"}, {"data": {"text": "b"}, "predictions": [{"result": [choice()]}]}]
    client.post("/api/project/import", json=tasks)
    client.post("/api/tasks/0/completions", json={"result": [choice()]})
    for route in GROUPS[name]:
        for number in range(cases(route)):
            chance = random.Random(f"{route.dialect} {route.name}/{number}")
            made = request_of(route, chance)
            shown = f"{route.name}, case {number}: {made}"
            started = time.process_time()
            try:
                answer = client.open(**made, buffered=True)
            except (ValueError, UnicodeError):  # the test client cannot send it
                continue
            assert time.process_time() - started < SECONDS, shown
            assert answer.status_code not in (500, 502), f"{shown}\n{answer.text[:500]}"
    assert client.get("/api/tasks").status_code == 200
    assert client.get("/").status_code in (200, 302)
    assert client.get("/api/project/export?format=JSON", buffered=True).status_code == 200


def test_a_way_of_sampling_that_there_is_not(app: Flask) -> None:
    """Found here: it was taken, and then there was no next task, and no Label page."""
    client = Client(app)
    client.post("/api/project/import", json={"text": "a"})
    answer = client.patch("/api/projects/1/", json={"sampling": "x"})
    assert answer.status_code == 400
    assert answer.json["validation_errors"] == {"sampling": ['"x" is not a valid choice.']}
    assert client.get("/").status_code == 200
