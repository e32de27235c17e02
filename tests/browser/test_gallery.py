"""Every example of the gallery is shown by the editor that it gets, without a complaint.

One server of many projects, so all of it is under a path prefix, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from label_studio_lite.service.gallery import gallery
from tests.browser.serving import Server, make_project
from tests.browser.visiting import Visit

NAMES = sorted(gallery())
PARTS = 4


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("gallery")
    for name in NAMES:
        example = gallery()[name]
        make_project(folder / name, example.config, [example.task])
    running = Server(folder, many=True)
    yield running
    running.stop()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_example_is_shown(browser: Browser, server: Server, part: int) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    troubled: dict[str, list[str]] = {}
    tab = Visit(context, server)
    for name in NAMES[part::PARTS]:
        tab.label(f"projects/{number_of(server, name)}/")
        tab.wait_idle()
        tab.picture(f"gallery/{name}")
        content = tab.page.locator("#label-studio").inner_text()
        if tab.complaints or not content.strip():
            troubled[name] = tab.complaints or ["nothing is shown"]
            tab.complaints = []
    assert troubled == {}
    tab.check()
    context.close()


def number_of(server: Server, name: str) -> int:
    """Projects are numbered as they are found: by the names of their folders."""
    folders = sorted(path.name for path in Path(server.folder).iterdir() if path.is_dir())
    return folders.index(name) + 1
