"""The documents say what is there: endpoints, commands, options, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from label_studio_lite.exporting import registry
from tests import api_v1, command_line
from tests.coverage import DOCUMENT, NOT_OFFERED, NOT_YET, routes, v1_routes

PROJECT = Path(__file__).parents[2]
EXPLAINED = ("api-legacy", "imports-and-exports", "ml", "pages", "tasks-table")
DOCS = sorted(PROJECT.glob("docs/*.md"))


def rows() -> dict[str, str]:
    found = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    return dict(found)


def operations() -> list[tuple[str, str, str, str]]:
    """Of 1.x's reference: name, whose it is, endpoint (– for none), test."""
    pattern = r"^\| `(\w+ /\S+)` \| (community|✨) \| `?([^|`]+)`? \| (.+) \|$"
    return re.findall(pattern, DOCUMENT.read_text("utf-8"), re.MULTILINE)


def test_every_endpoint_is_listed_with_a_test() -> None:
    listed = rows()
    of_reference = {endpoint for _, _, endpoint, _ in operations()}
    assert sorted({*listed, *of_reference} - {"–"}) == sorted(
        {route.name for route in (*routes(), *v1_routes())}
    )
    missing = [name for name, test in listed.items() if test == NOT_YET]
    assert missing == []


def test_every_operation_of_1x_is_listed() -> None:
    listed = operations()
    assert len(listed) == 397
    community = [row for row in listed if row[1] == "community"]
    assert len(community) == 163
    assert [name for name, *_, test in community if test == NOT_OFFERED] == []
    missing = [name for name, *_, test in listed if test == NOT_YET]
    if not any(route.rule == "/api/storages/types" for route in v1_routes()):
        missing = [name for name in missing if "/api/storages" not in name]
    assert missing == []


def test_the_tests_that_are_named_exist() -> None:
    named = {test for *_, test in operations()} | set(rows().values())
    for test in named - {NOT_YET, NOT_OFFERED}:
        path, *_, name = test.split("::")
        assert f"def {name}(" in (PROJECT / path).read_text(), test


def test_every_endpoint_of_the_api_is_explained() -> None:
    text = "".join((PROJECT / f"docs/{name}.md").read_text() for name in EXPLAINED)
    for route in routes():
        if route.dialect == "legacy" and "/projects/1/" not in route.rule:
            rule = route.rule.replace("<task_id>", "<id>").replace("<completion_id>", "<id>")
            assert rule.partition("<path")[0].rstrip("/") in text, route.name


def test_the_operations_of_1x_are_documented_as_they_are() -> None:
    assert api_v1.DOCUMENT.read_text("utf-8").endswith(api_v1.MARK + api_v1.operations())


def test_the_command_line_is_documented_as_it_is() -> None:
    assert command_line.DOCUMENT.read_text() == command_line.document()


@pytest.mark.parametrize("name", sorted({*registry.LEGACY.names(), *registry.V1.names()}))
def test_every_format_is_in_the_document(name: str) -> None:
    assert name in (PROJECT / "docs/formats.md").read_text()


@pytest.mark.parametrize("path", [PROJECT / "README.md", *DOCS], ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_every_promise_of_safety_names_its_tests() -> None:
    text = (PROJECT / "docs/security.md").read_text()
    promises = re.findall(r"^\| ([^|]+) \| (`tests/.+) \|$", text, re.MULTILINE)
    assert len(promises) > 20
    for promise, tests in promises:
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests):
            assert f"def {name}(" in (PROJECT / path).read_text(), (promise, name)
    rows = text.partition("## What is promised")[2].partition("## What is not")[0]
    assert len(promises) == rows.count("\n| ") - 2  # all but the two lines of its head
