"""Every example of the gallery is shown by the editor that it gets, without a complaint.

One server of many projects, so all of it is under a path prefix, too.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from label_studio_lite.service.gallery import gallery
from tests.browser.serving import Many
from tests.browser.visiting import Visit

NAMES = sorted(gallery())
PARTS = 4


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    running = Many(tmp_path_factory.mktemp("gallery"))
    for name in NAMES:
        example = gallery()[name]
        editor = {"editor": {"build": example.editor}} if example.editor else {}
        running.add(name, example.config, [example.task], editor)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_example_is_shown(browser: Browser, server: Many, part: int) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    troubled: dict[str, list[str]] = {}
    tab = Visit(context, server)
    for name in NAMES[part::PARTS]:
        tab.label(f"{server.path(name)}/")
        tab.wait_idle()
        tab.picture(f"gallery/{name}")
        content = tab.page.locator("#label-studio").inner_text()
        if tab.complaints or not content.strip():
            troubled[name] = tab.complaints or ["nothing is shown"]
            tab.complaints = []
    assert troubled == {}
    tab.check()
    context.close()
