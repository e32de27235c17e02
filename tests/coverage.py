"""``python -m tests.coverage`` writes docs/COVERAGE.md: every endpoint, and a test that calls it.

The tests of ``tests/http`` are run; while they run, every request is noted with the test that made
it (:func:`note`). ``tests/unit/test_documents.py`` holds the document against the route table.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from flask import Flask, Response, request

from label_studio_lite.http import files, legacy, pages
from label_studio_lite.http.routes import Route

PROJECT = Path(__file__).parents[1]
DOCUMENT = PROJECT / "docs" / "COVERAGE.md"
FOLDER = "LSL_COVERAGE"  # environment variable: where notes are left
NOT_YET = "not yet"


def routes() -> list[Route]:
    return [*legacy.ROUTES, *files.ROUTES, *pages.ROUTES]


def note(app: Flask) -> None:
    """Leave a note of each request, when asked to."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return

    @app.after_request
    def leave(response: Response) -> Response:
        if request.url_rule is not None and response.status_code < 400:
            test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
            line = json.dumps([request.method, request.url_rule.rule, test])
            with (Path(folder) / f"{os.getpid()}.jsonl").open("a") as file:
                file.write(line + "\n")
        return response


def called(folder: Path) -> dict[tuple[str, str], str]:
    """(method, rule) → the first test, by name, that called it with success."""
    found: dict[tuple[str, str], str] = {}
    for path in folder.glob("*.jsonl"):
        for line in path.read_text().splitlines():
            method, rule, test = json.loads(line)
            name = re.sub(r"\[.*", "", test)
            key = (method, rule)
            found[key] = min(found.get(key, name), name)
    return found


def document(tests: dict[tuple[str, str], str]) -> str:
    lines = [
        "# Coverage",
        "",
        "Every endpoint and a test that calls it with success; written by `python -m"
        " tests.coverage`.",
        "",
        "| endpoint | test |",
        "| --- | --- |",
    ]
    for route in sorted(routes(), key=lambda route: (route.dialect, route.rule, route.method)):
        test = tests.get((route.method, route.rule), NOT_YET)
        lines.append(f"| `{route.name}` | {test} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/http", "tests/ml"],
            cwd=PROJECT,
            env={**os.environ, FOLDER: folder},
            check=False,
        )
        DOCUMENT.write_text(document(called(Path(folder))))


if __name__ == "__main__":
    main()
