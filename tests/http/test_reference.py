"""The OpenAPI documents: each is whole, and every example in them does what it says."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask

from label_studio_lite.app import Server, create_app
from label_studio_lite.core.model import Json
from label_studio_lite.http import legacy, v1
from label_studio_lite.http.reference import examples
from label_studio_lite.http.reference.document import document, id_of, yaml
from label_studio_lite.http.routes import Route
from label_studio_lite.service.workspace import ManyProjects
from tests import coverage
from tests.client import Client
from tests.conftest import choice

ROUTES = {route.name: route for route in v1.ROUTES if route.operation}
DOCUMENT = document(v1.ROUTES, "v1", "1.0", "http://localhost:8080")

# operations that no example can call: what they need is not of this server
WITHOUT_EXAMPLE = {
    name for name in ROUTES if "/api/ml" in name or "/api/storages" in name or "<name>" in name
} | {
    "GET /api/projects/<int:project_id>/imports/<int:import_id>",
    "GET /api/projects/<int:project_id>/reimports/<int:import_id>",
}

# operations of 1.x that a server of one person refuses, whatever is asked
REFUSED = {
    "POST /api/users": 403,
    "DELETE /api/users/<int:user_id>": 403,
    "DELETE /api/organizations/<int:organization_id>/memberships/<int:user_id>": 405,
    "POST /api/project-templates": 403,
    "PATCH /api/project-templates/<int:template_id>": 403,
    "DELETE /api/project-templates/<int:template_id>": 403,
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one project that has something of everything."""
    folder = tmp_path_factory.mktemp("filled") / "projects"
    workspace = ManyProjects(folder)
    try:
        fill(client_of(create_app(Server(workspace))))
    finally:
        workspace.close()
    return folder


@pytest.fixture
def workspace(tmp_path: Path, filled: Path) -> Iterator[ManyProjects]:
    """A copy of it."""
    shutil.copytree(filled, tmp_path / "projects")
    workspace = ManyProjects(tmp_path / "projects")
    yield workspace
    workspace.close()


@pytest.fixture
def app(workspace: ManyProjects) -> Flask:
    app = create_app(Server(workspace))
    coverage.note(app)
    return app


@pytest.fixture
def client(app: Flask) -> Client:
    return client_of(app)


def client_of(app: Flask) -> Client:
    """A client that speaks 1.x."""
    client = Client(app)
    client.environ_base["HTTP_X_LABEL_STUDIO_API"] = "1"
    return client


def send(client: Client, path: str, body: Any) -> Json:
    answer = client.post(path, json=body)
    assert answer.status_code in (200, 201), (path, answer.json)
    found: Json = answer.json
    return found


def fill(client: Client) -> None:
    send(client, "/api/projects", {"title": "Moods", "label_config": examples.LABEL_CONFIG})
    texts = [{"text": "some words"}, {"text": "more words"}, {"text": "x"}]
    send(client, "/api/projects/1/import", texts)
    send(client, "/api/tasks/1/annotations", {"result": [choice()]})
    send(client, "/api/tasks/1/drafts", {"result": [choice("bad")]})
    foreseen = {"task": 2, "result": [choice()], "model_version": "m1", "score": 0.5}
    send(client, "/api/predictions", foreseen)
    send(client, "/api/dm/views", {"project": 1, "data": {"title": "First"}})
    send(client, "/api/webhooks", {"url": "http://127.0.0.1:9/", "is_active": False})
    send(client, "/api/comments", {"annotation": 1001, "text": "Hm"})
    send(client, "/api/projects/1/exports", {})
    client.post(
        "/api/projects/1/import?commit_to_project=false",
        data={"file": (io.BytesIO(b'[{"text": "from a file"}]'), "tasks.json")},
    )


def written(route: Route) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)


def documented() -> Iterator[tuple[str, str, Json]]:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


def route_of(method: str, path: str) -> Route:
    return next(
        route
        for route in ROUTES.values()
        if route.method.lower() == method
        and re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule) == path
    )


CALLS = [
    pytest.param(method, path, operation, id=f"{method.upper()} {path}")
    for method, path, operation in documented()
    if route_of(method, path).name not in WITHOUT_EXAMPLE | REFUSED.keys()
]


@pytest.mark.parametrize(("method", "path", "operation"), CALLS)
def test_every_example_does_what_it_says(
    client: Client, method: str, path: str, operation: Json
) -> None:
    name = operation["operationId"]
    query = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        elif "example" in parameter:
            query[parameter["name"]] = parameter["example"]
        else:
            assert not parameter["required"], parameter
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    sent: dict[str, Any] = {"json": content["example"]} if "example" in content else {}
    if path.startswith("/api/token/"):
        sent = {"json": {"refresh": send(client, "/api/token", {})["token"]}}
    answer = client.open(path, method=method.upper(), query_string=query, buffered=True, **sent)
    answer.close()
    (status, said), _ = operation["responses"].items()
    assert answer.status_code == int(status), answer.get_data(as_text=True)
    if "content" in said:
        kind = next(route.operation for route in ROUTES.values() if id_of(route) == name)
        assert kind is not None
        msgspec.convert(json.loads(answer.data), kind.answer)


@pytest.mark.parametrize("name", REFUSED)
def test_what_one_person_cannot_do_is_refused(client: Client, name: str) -> None:
    route = ROUTES[name]
    path = re.sub(r"<.*?>", "1", route.rule)
    assert client.open(path, method=route.method, json={}).status_code == REFUSED[name]


def test_examples_are_of_operations_that_exist() -> None:
    for name in [*examples.BODIES, *examples.QUERIES]:
        assert name in ROUTES, name
    for name, route in ROUTES.items():
        if (
            route.operation
            and route.operation.body
            and name not in WITHOUT_EXAMPLE | REFUSED.keys()
        ):
            assert name in examples.BODIES or "/api/token" in name, f"{name} has no example"


def test_the_document_is_whole() -> None:
    text = json.dumps(DOCUMENT)
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in DOCUMENT["components"]["schemas"], name
    ids = [operation["operationId"] for _, _, operation in documented()]
    assert len(ids) == len(set(ids)) == len(ROUTES)
    assert all(operation["summary"] for _, _, operation in documented())


def test_both_dialects_are_documented(client: Client) -> None:
    shown = client.get("/docs/api/schema/?format=json&dialect=legacy").json
    assert shown["openapi"] == "3.1.0"
    assert set(shown["paths"]) >= {written(route) for route in legacy.ROUTES}
    tasks = shown["paths"]["/api/tasks"]["get"]
    content = tasks["responses"]["200"]["content"]["application/json"]
    assert content["schema"]["items"] == {"$ref": "#/components/schemas/Task"}
    completion = shown["paths"]["/api/tasks/{task_id}/completions"]["post"]["requestBody"]
    schema = completion["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Completion"}
    assert shown["components"]["schemas"]["Completion"]["required"] == ["result"]
    assert client.get("/docs/api/schema/json/").json["info"]["title"] == "Label Studio API 1.x"


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "yaml"),
        ("", "application/json", "json"),
        ("?format=json", "application/yaml", "json"),
        ("?format=yaml", "application/json", "yaml"),
    ],
)
def test_json_or_yaml(client: Client, query: str, accept: str, kind: str) -> None:
    answer = client.get(f"/docs/api/schema/{query}", headers={"Accept": accept})
    assert answer.status_code == 200
    if kind == "json":
        assert answer.json["openapi"] == "3.1.0"
    else:
        assert answer.mimetype == "application/vnd.oai.openapi"
        assert answer.get_data(as_text=True).startswith('"openapi": "3.1.0"\n"info":\n')


@pytest.mark.parametrize("query", ["?format=xml", "?dialect=2"])
def test_unknown_formats_are_refused(client: Client, query: str) -> None:
    assert client.get(f"/docs/api/schema{query}").status_code == 400


def test_yaml_says_the_same() -> None:
    value: Json = {
        "a b": [1, -2.5, None, True, [], {}, "x: #y\n", ["é", {"k": [[1], "2"]}]],
        "empty": {},
    }
    assert yaml(value) == (
        '"a b":\n  - 1\n  - -2.5\n  - null\n  - true\n  - []\n  - {}\n  - "x: #y\\n"\n  -\n'
        '    - "é"\n    -\n      "k":\n        -\n          - 1\n        - "2"\n"empty": {}\n'
    )


@pytest.mark.parametrize("dialect", ["v1", "legacy"])
def test_the_page_needs_nothing_from_elsewhere(client: Client, dialect: str) -> None:
    answer = client.get(f"/docs/api/?dialect={dialect}", headers={"X-Label-Studio-API": ""})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "/api/tasks" in html
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert " style=" not in html
