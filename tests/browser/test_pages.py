"""Every page in the navigation: no complaint, no outside request, accessible, in both themes.

Their pictures, with no task, one task and many, are in test-artifacts/pages.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from label_studio_lite.http.pages.rendering import NAVIGATION
from tests.browser.configs import MOOD
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.visiting import Visit
from tests.coverage import routes

# the editor's own content is its makers'; its frame and all around it is ours
CONTEXT = {"exclude": ["#label-studio"]}
COUNTS = {"none": 0, "one": 1, "many": 3000}


def paths() -> list[str]:
    """Those of the navigation that this version has, and Welcome."""
    rules = {route.rule for route in routes()}
    return ["welcome", *(path for path in NAVIGATION if f"/{path}" in rules)]


def complaints_of_axe(tab: Visit) -> list[str]:
    found = Axe().run(tab.page, context=CONTEXT).response["violations"]
    return [_told(violation) for violation in found]


def _told(violation: dict[str, Any]) -> str:
    places = [f"{node['target']}: {node['failureSummary']}" for node in violation["nodes"]]
    return f"{violation['id']}: {violation['help']} {places}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("count", COUNTS)
def test_every_page(serve: Serve, visit: MakeVisit, count: str, theme: str) -> None:
    tasks = [{"text": f"Anna went to Rome, {n}."} for n in range(COUNTS[count])]
    tab = visit(serve(MOOD, tasks, name="harbour"), color_scheme=theme)
    found: dict[str, list[str]] = {}
    for path in paths():
        tab.go(path)
        tab.wait_idle()
        tab.picture(f"pages/{path or 'label'}-{count}-{theme}")
        assert tab.page.title()
        assert tab.page.get_by_role("heading", level=1).count() == 1, path
        found[path] = [*complaints_of_axe(tab), *tab.complaints]
        tab.complaints = []
    assert {path: said for path, said in found.items() if said} == {}
