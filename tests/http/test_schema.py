"""schemathesis on our own OpenAPI document: whatever a client sends, the answer is as documented.

Operations that reach other servers are left out. Half of the requests name things that exist.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from label_studio_lite.app import Server, create_app
from label_studio_lite.http.reference import examples
from label_studio_lite.service.workspace import ManyProjects
from tests.http.test_reference import client_of, fill

schemathesis = pytest.importorskip("schemathesis")

_CASES = 8  # requests of each operation; all of them take about half a minute
_ELSEWHERE = ("/api/ml", "/api/storages")
_LAST = "DELETE /api/projects/{project_id}"  # nothing would be left to ask for
_CHECKS = ("not_a_server_error", "response_schema_conformance", "status_code_conformance")


@pytest.mark.timeout(300)
# schemathesis leaves the files of downloads open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_answers_are_as_documented(tmp_path: Path) -> None:
    from schemathesis import checks

    checks.load_all_checks()
    rules = [checks.CHECKS.get_one(name) for name in _CHECKS]
    workspace = ManyProjects(tmp_path / "projects")
    asked = 0
    try:
        app = create_app(Server(workspace))
        fill(client_of(app))
        schema = schemathesis.openapi.from_wsgi("/docs/api/schema/json", app)
        for result in schema.get_all_operations():
            operation = result.ok()
            if operation.label != _LAST and not operation.path.startswith(_ELSEWHERE):
                asked += 1
                ask(operation, rules)
    finally:
        workspace.close()
    assert asked > 100


def ask(operation: Any, rules: list[Any]) -> None:
    """Send what the document allows; anything else than a documented answer fails."""

    @settings(
        max_examples=_CASES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def send(case: Any, real: bool) -> None:
        if real:
            known = {key: examples.PATH.get(key, 1) for key in case.path_parameters or {}}
            case.path_parameters.update(known)
        (case.query or {}).pop("include", None)  # which leaves fields out
        answer = case.call(headers={"X-Label-Studio-API": "1"})
        case.validate_response(answer, checks=rules)

    send()
