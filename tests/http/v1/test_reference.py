"""The API reference of 1.x as a whole: what it lists is here, or says that it is not."""

from __future__ import annotations

import re

import pytest

from tests import coverage
from tests.coverage import Operation
from tests.http.v1.conftest import Api

MISSING = [one for one in coverage.operations() if coverage.route_of(one) is None]


@pytest.mark.parametrize("slash", ["", "/"])
def test_what_is_not_offered_says_so(api: Api, slash: str) -> None:
    asked = [one for one in MISSING if one.kind == "✨"]
    assert asked
    for operation in asked:
        path = re.sub(r"\{\w+\}", "7", operation.path).rstrip("/") + slash
        found = api(operation.method, path, 404)
        assert "Enterprise" in found["detail"], operation


def test_operations_of_the_community_all_have_an_endpoint() -> None:
    """Those of storages come with the clouds."""
    lacking = [one.name for one in MISSING if one.kind == "community"]
    assert [name for name in lacking if "/api/storages" not in name] == []


def test_an_operation_is_told_from_its_neighbours() -> None:
    def rule(method: str, path: str) -> str:
        route = coverage.route_of(Operation(method, path, "community"))
        assert route is not None
        return route.rule

    assert rule("GET", "/api/projects/counts/") == "/api/projects/counts"
    assert rule("GET", "/api/projects/{id}/") == "/api/projects/<int:project_id>"
    assert rule("GET", "/api/tasks/{id}/") == "/api/tasks/<task_id>"
