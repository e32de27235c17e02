"""``python -m tests.coverage`` writes docs/COVERAGE.md: every endpoint, and a test that calls it.

The tests of ``tests/http`` are run; while they run, every request is noted with the test that made
it (:func:`note`). ``tests/unit/test_documents.py`` holds the document against the route table.

The operations of 1.x's API reference come from the reference notes beside this repository, or from
the document itself where those are not there.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from label_studio_lite.http import cloud_files, files, legacy, pages, reference, v1
from label_studio_lite.http.routes import Route
from label_studio_lite.http.v1 import enterprise

PROJECT = Path(__file__).parents[1]
DOCUMENT = PROJECT / "docs" / "COVERAGE.md"
FOLDER = "LSL_COVERAGE"  # environment variable: where notes are left
NOT_YET = "not yet"
NOT_OFFERED = "not offered: Enterprise only, 404 says so"
_BESIDE = PROJECT.parent / "shared" / "reference"
_OPERATIONS = Path(os.environ.get("LSL_REFERENCE", _BESIDE)) / "modern" / "operations.csv"
_VALUES = {"filename": "1/a.png"}  # for the parameters of a path; others are the number 7
_WORDS = ("entity_name", "indicator_key", "model_version", "permission", "version_id")

Tests = dict[tuple[str, str, str], str]  # (dialect, method, rule) → the first test


class Operation(NamedTuple):
    """One of 1.x's reference; ``kind`` is community or ✨."""

    method: str
    path: str
    kind: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def routes() -> list[Route]:
    """Everything but the 1.x layer."""
    return [*legacy.ROUTES, *files.ROUTES, *cloud_files.ROUTES, *reference.ROUTES, *pages.ROUTES]


def v1_routes() -> list[Route]:
    """The 1.x layer without what it does not offer."""
    missing = {route.name for route in enterprise.ROUTES}
    return [route for route in v1.ROUTES if route.name not in missing]


def operations() -> list[Operation]:
    """Those of 1.x's reference, in its order."""
    if _OPERATIONS.exists():
        with _OPERATIONS.open(newline="") as file:
            return [
                Operation(
                    row["method"], row["path"], "✨" if row["community"] == "no" else "community"
                )
                for row in csv.DictReader(file)
            ]
    text = DOCUMENT.read_text("utf-8")
    found = re.findall(r"^\| `(\w+) (/\S+)` \| (community|✨) \|", text, re.MULTILINE)
    return [Operation(*row) for row in found]


def route_of(operation: Operation) -> Route | None:
    """What answers an operation, if it is offered."""
    table = Map(merge_slashes=False)
    known = {route.rule for route in v1_routes() if route.method == operation.method}
    for rule in known:
        table.add(Rule(rule, endpoint=rule, strict_slashes=False))
    adapter = table.bind("localhost")
    path = re.sub(r"\{(\w+)\}", lambda match: _value(match[1]), operation.path)
    try:
        rule = adapter.match(path)[0]
    except HTTPException:
        return None
    return next(r for r in v1_routes() if (r.method, r.rule) == (operation.method, rule))


def _value(name: str) -> str:
    return _VALUES.get(name, "x" if name in _WORDS else "7")


def note(app: Flask) -> None:
    """Leave a note of each request, when asked to."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return

    @app.after_request
    def leave(response: Response) -> Response:
        # what 1.x has and a single user does not is refused by endpoints of its own
        most = 500 if g.dialect == "v1" else 400
        if request.url_rule is not None and response.status_code < most:
            test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
            refused = response.status_code >= 400
            line = json.dumps([g.dialect, request.method, request.url_rule.rule, refused, test])
            with (Path(folder) / f"{os.getpid()}.jsonl").open("a") as file:
                file.write(line + "\n")
        return response


def called(folder: Path) -> Tests:
    """The first test, by name, that called each endpoint: with success, if one did."""
    found: dict[tuple[str, str, str], tuple[bool, str]] = {}
    for path in folder.glob("*.jsonl"):
        for line in path.read_text().splitlines():
            dialect, method, rule, refused, test = json.loads(line)
            made = refused, re.sub(r"\[.*", "", test)
            key = (dialect, method, rule)
            found[key] = min(found.get(key, made), made)
    return {key: test for key, (_, test) in found.items()}


def _test_of(route: Route, tests: Tests) -> str:
    dialects = ["legacy", "v1"] if route.dialect == "page" else [route.dialect]
    found = [tests.get((dialect, route.method, route.rule)) for dialect in dialects]
    return next((test for test in found if test), NOT_YET)


def document(tests: Tests) -> str:
    return "\n".join([*_endpoints(tests), "", *_reference(tests), "", *_more(tests), ""])


def _endpoints(tests: Tests) -> list[str]:
    listed = sorted(routes(), key=lambda route: (route.dialect, route.rule, route.method))
    return [
        "# Coverage",
        "",
        "Every endpoint and a test that calls it with success; written by `python -m"
        " tests.coverage`.",
        "",
        "| endpoint | test |",
        "| --- | --- |",
        *(f"| `{route.name}` | {_test_of(route, tests)} |" for route in listed),
    ]


def _reference(tests: Tests) -> list[str]:
    rows = []
    for operation in operations():
        route = route_of(operation)
        if route is None:
            test = NOT_YET if operation.kind == "community" else NOT_OFFERED
            rows.append(f"| `{operation.name}` | {operation.kind} | – | {test} |")
        else:
            test = _test_of(route, tests)
            rows.append(f"| `{operation.name}` | {operation.kind} | `{route.name}` | {test} |")
    return [
        "## The API reference of Label Studio 1.x",
        "",
        "Its 397 operations; those marked ✨ are Enterprise's, some of which one person can use.",
        "",
        "| operation | of | endpoint | test |",
        "| --- | --- | --- | --- |",
        *rows,
    ]


def _more(tests: Tests) -> list[str]:
    known = {route.name for one in operations() if (route := route_of(one)) is not None}
    listed = [route for route in v1_routes() if route.name not in known]
    return [
        "## Beyond that reference",
        "",
        "What clients of 1.x use besides.",
        "",
        "| endpoint of 1.x | test |",
        "| --- | --- |",
        *(f"| `{r.name}` | {_test_of(r, tests)} |" for r in sorted(listed, key=lambda r: r.rule)),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-n",
                "2",
                "tests/http",
                "tests/ml",
                "tests/clouds",
            ],
            cwd=PROJECT,
            env={**os.environ, FOLDER: folder},
            check=False,
        )
        DOCUMENT.write_text(document(called(Path(folder))), "utf-8")


if __name__ == "__main__":
    main()
