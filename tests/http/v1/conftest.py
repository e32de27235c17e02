"""Servers of many projects, and a client that has every answer judged by the real schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.app import Server, create_app
from label_studio_lite.core.model import Json
from label_studio_lite.service.workspace import ManyProjects
from tests import coverage
from tests.client import Client, ClientResponse
from tests.conftest import CHOICES, choice
from tests.http.v1 import schema


class Api:
    """A client of 1.x. Each call says which status it expects and gives the decoded answer."""

    def __init__(self, client: Client, *, judged: bool = True) -> None:
        self.client = client
        self._judged = judged and schema.SCHEMA.exists()

    def __call__(self, method: str, path: str, status: int = 200, **kwargs: Any) -> Any:
        answer = self.raw(method, path, **kwargs)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        body = answer.get_json(silent=True) if answer.is_json else None
        if self._judged and answer.is_json and status < 400:
            bare = path.partition("?")[0]
            assert not list(schema.faults(method, bare, status, body))
        return body

    def raw(self, method: str, path: str, **kwargs: Any) -> ClientResponse:
        headers = {"Authorization": "Token any", **kwargs.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, buffered=True, **kwargs)

    def get(self, path: str, status: int = 200, **kwargs: Any) -> Any:
        return self("GET", path, status, **kwargs)

    def post(self, path: str, body: Any = None, status: int = 201, **kwargs: Any) -> Any:
        return self("POST", path, status, **({"json": body} if body is not None else {}), **kwargs)

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        return self("PATCH", path, status, json=body)

    def delete(self, path: str, body: Any = None, status: int = 204) -> Any:
        return self("DELETE", path, status, **({"json": body} if body is not None else {}))

    # -- shortcuts ----------------------------------------------------------------------------

    def project(self, **fields: Any) -> int:
        fields = {"title": "A project", "label_config": CHOICES, **fields}
        return int(self.post("/api/projects/", fields)["id"])

    def tasks(self, project: int, *items: Json) -> list[int]:
        path = f"/api/projects/{project}/import?return_task_ids=1"
        ids: list[int] = self.post(path, list(items))["task_ids"]
        return ids

    def annotated(self, task: int, value: str = "good") -> Json:
        made: Json = self.post(f"/api/tasks/{task}/annotations/", {"result": [choice(value)]})
        return made


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[ManyProjects]:
    folder = tmp_path / "workspace"
    folder.mkdir()
    made = ManyProjects(folder)
    yield made
    made.close()


@pytest.fixture
def api(workspace: ManyProjects) -> Api:
    """A server of many projects, with none yet."""
    app = create_app(Server(workspace))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    coverage.note(app)
    return Api(Client(app))


@pytest.fixture
def one(client: Client) -> Api:
    """A server of one project with the label config ``CHOICES``."""
    return Api(client)
