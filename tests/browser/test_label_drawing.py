"""What was drawn a moment ago is part of the work, whatever is done next.

The modern editor ends a stroke of the brush, and a polygon, only after the mouse was released. A
busy machine takes the key that is pressed next before that; here it comes with the release itself.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from label_studio_lite.service.editors import settings_for
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.kinds import KINDS
from tests.browser.serving import Server
from tests.browser.visiting import Visit

AT_RELEASE = """key => addEventListener("mouseup", () => document.body.dispatchEvent(
  new KeyboardEvent("keydown", {...key, bubbles: true, cancelable: true})), {once: true})"""
SUBMIT = {"key": "Enter", "ctrlKey": True}
NEXT = {"key": "ArrowRight", "altKey": True, "shiftKey": True}


def ready(serve: Serve, visit: MakeVisit, kind: str, build: str) -> tuple[Server, Visit]:
    """The first of two tasks, with a label chosen."""
    config, data, _ = KINDS[kind]
    server = serve(config, [data] * 2, settings_for(build))
    tab = visit(server).label()
    tab.wait_idle()
    tab.press("1")
    return server, tab


def corner(tab: Visit) -> tuple[float, float]:
    """A place in the picture."""
    image = tab.page.locator("#label-studio img[src*=sample]").first
    expect(image).to_be_visible()
    box = image.bounding_box()
    assert box is not None
    return box["x"] + 100, box["y"] + 60


def stroke(tab: Visit) -> None:
    left, top = corner(tab)
    tab.drag((left, top), (left + 120, top + 40))


@pytest.mark.parametrize("build", ["classic", "modern"])
@pytest.mark.parametrize("kind", ["boxes", "brush"])
def test_a_stroke_is_in_what_is_submitted_at_once(
    serve: Serve, visit: MakeVisit, kind: str, build: str
) -> None:
    server, tab = ready(serve, visit, kind, build)
    tab.page.evaluate(AT_RELEASE, SUBMIT)
    stroke(tab)
    tab.wait_for_task(1)
    tab.wait_saved()
    assert len(server.result(0)) == 1


@pytest.mark.parametrize("build", ["classic", "modern"])
def test_a_box_that_is_being_drawn_is_submitted_when_it_is_done(
    serve: Serve, visit: MakeVisit, build: str
) -> None:
    server, tab = ready(serve, visit, "boxes", build)
    left, top = corner(tab)
    mouse = tab.page.mouse
    mouse.move(left, top)
    mouse.down()
    mouse.move(left + 60, top + 20, steps=6)
    tab.press("Control+Enter")
    tab.wait_idle()
    expect(tab.page.locator("#task-name")).to_have_text("Task 0")
    mouse.move(left + 120, top + 40, steps=6)
    mouse.up()
    tab.wait_for_task(1)
    tab.wait_saved()
    [box] = server.values(0)
    assert box["width"] > 0


def test_a_polygon_that_is_submitted_at_once_leaves_nothing_behind(
    serve: Serve, visit: MakeVisit
) -> None:
    server, tab = ready(serve, visit, "polygons", "modern")
    left, top = corner(tab)
    for x, y in [(0, 0), (160, 0), (160, 140)]:
        tab.click(left + x, top + y)
    tab.page.evaluate(AT_RELEASE, SUBMIT)
    tab.click(left, top)
    tab.wait_for_task(1)
    tab.wait_saved()
    assert len(server.values(0)[0]["points"]) == 3


def test_a_stroke_is_in_the_draft_of_a_task_that_is_left_at_once(
    serve: Serve, visit: MakeVisit
) -> None:
    server, tab = ready(serve, visit, "brush", "modern")
    tab.page.evaluate(AT_RELEASE, NEXT)
    stroke(tab)
    tab.wait_for_task(1)
    tab.press("Alt+Shift+ArrowLeft")
    tab.wait_for_task(0)
    expect(tab.page.locator("#notices")).to_contain_text("Unfinished work")
    assert len(server.get("api/tasks/0/draft")["result"]) == 1


def test_a_stroke_is_kept_as_a_draft_though_nothing_is_done_after_it(
    serve: Serve, visit: MakeVisit
) -> None:
    server, tab = ready(serve, visit, "brush", "modern")
    stroke(tab)
    expect(tab.page.locator("#state")).to_contain_text("Draft saved")
    assert len(server.get("api/tasks/0/draft")["result"]) == 1
