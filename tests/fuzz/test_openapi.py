"""schemathesis on the documents of both dialects, with bad requests, too: never a 5xx.

What answers look like is held to the document by ``tests/http/test_schema.py``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from label_studio_lite.app import Server, create_app
from label_studio_lite.service.project import Project
from label_studio_lite.service.workspace import OneProject
from tests.client import Client
from tests.conftest import choice
from tests.fuzz.mutations import NIGHTLY

schemathesis = pytest.importorskip("schemathesis")

CASES = 100 if NIGHTLY else 2  # requests of each operation


@pytest.mark.timeout(7200 if NIGHTLY else 600)
# schemathesis leaves the files of downloads open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("dialect", ["legacy", "v1"])
def test_no_request_fails_unforeseen(project: Project, dialect: str) -> None:
    app = create_app(Server(OneProject(project)))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = Client(app)
    client.post("/api/project/import", json=[{"text": "a"}, {"text": "b"}])
    client.post("/api/tasks/0/completions", json={"result": [choice()]})
    schema = schemathesis.openapi.from_wsgi(f"/docs/api/schema/json?dialect={dialect}", app)
    asked = 0
    for result in schema.get_all_operations():
        asked += 1
        ask(result.ok(), {"X-Label-Studio-API": "1"} if dialect == "v1" else {})
    assert asked > 40
    assert client.get("/").status_code in (200, 302)
    assert client.get("/api/tasks").status_code == 200


def ask(operation: Any, headers: dict[str, str]) -> None:
    """Good requests, and bad ones where the document leaves room for them."""
    for mode in schemathesis.GenerationMode:

        @settings(
            max_examples=CASES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code not in (500, 502), (case.as_curl_command(), answer.text)

        with suppress(Unsatisfiable):
            send()
