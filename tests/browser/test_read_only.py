"""A project that cannot be written to: everything is shown and exported, nothing is promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.configs import MOOD, TEXTS
from tests.browser.conftest import MakeVisit
from tests.browser.serving import Server, make_project
from tests.browser.test_pages import complaints_of_axe, paths

DONE = {
    "data": TEXTS[0],
    "completions": [
        {
            "result": [
                {
                    "from_name": "mood",
                    "to_name": "text",
                    "type": "choices",
                    "value": {"choices": ["good"]},
                }
            ]
        }
    ],
}


@pytest.fixture
def server(tmp_path: Path, launcher: Sequence[str]) -> Iterator[Server]:
    folder = make_project(tmp_path / "archive", MOOD, [DONE, *TEXTS[1:]])
    below = [folder, *folder.rglob("*")]
    for path in below:
        path.chmod(0o555 if path.is_dir() else 0o444)
    made = Server(folder, launcher=launcher)
    yield made
    made.stop()
    for path in below:
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_shown(server: Server, visit: MakeVisit, theme: str) -> None:
    tab = visit(server, color_scheme=theme)
    found = {}
    for path in paths():
        tab.go(path)
        tab.wait_idle()
        tab.picture(f"pages/{path or 'label'}-read-only-{theme}")
        found[path] = [*complaints_of_axe(tab), *tab.complaints]
        tab.complaints = []
    assert {path: said for path, said in found.items() if said} == {}


def test_a_task_can_be_looked_at_and_not_submitted(server: Server, visit: MakeVisit) -> None:
    tab = visit(server).label("?task_id=0")
    expect(tab.page.get_by_text("Nothing can be changed: ")).to_be_visible()
    expect(tab.page.locator("#label-studio")).to_contain_text("Anna")
    expect(tab.button("submit")).to_be_disabled()
    expect(tab.button("skip")).to_be_disabled()
    tab.press("2", "Control+Enter")
    tab.wait_idle()
    assert server.values(0) == [{"choices": ["good"]}]


def test_work_is_exported(server: Server, visit: MakeVisit) -> None:
    page = visit(server).go("export").page
    with page.expect_download() as coming:
        page.locator("#go").click()
    assert coming.value.suggested_filename.endswith(".zip")
    expect(page.locator("#earlier")).to_contain_text(coming.value.suggested_filename)
