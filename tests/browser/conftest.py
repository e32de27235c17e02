"""Fixtures: a real server on a free port, and a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.serving import Server, make_project
from tests.browser.visiting import Visit

CHROMIUM = "/usr/bin/chromium"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield launched
        launched.close()


Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """``serve(config, tasks, settings)``: a server of a new project; it is stopped afterwards."""
    started: list[Server] = []

    def make(
        config: str,
        tasks: Sequence[Any] = (),
        settings: Mapping[str, Any] | None = None,
        *,
        name: str = "project",
        options: Sequence[str] = (),
    ) -> Server:
        folder = make_project(tmp_path / name, config, tasks, settings)
        started.append(Server(folder, options=options))
        return started[-1]

    yield make
    for server in started:
        server.stop()


MakeVisit = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[MakeVisit]:
    """``visit(server, …)``: a tab; two of them share a browser's memory unless ``apart``.

    After the test every tab is pictured, and has to have been without complaint.
    """
    visits: list[Visit] = []
    contexts: list[Any] = []

    def make(server: Server, *, apart: bool = False, **options: Any) -> Visit:
        if apart or not contexts:
            size = {"width": 1280, "height": 720}
            contexts.append(browser.new_context(**{"viewport": size, **options}))
        visits.append(Visit(contexts[-1], server))
        return visits[-1]

    yield make
    name = re.sub(r"[^\w-]+", "-", request.node.nodeid.partition("browser/")[2]).strip("-")
    for number, made in enumerate(visits):
        if not made.page.is_closed():
            made.picture(f"tests/{name}{f'-{number + 1}' if number else ''}")
    for context in contexts:
        context.close()
    for made in visits:
        made.check()
