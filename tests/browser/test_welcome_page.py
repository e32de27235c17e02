"""The page of a project without tasks."""

from __future__ import annotations

from playwright.sync_api import expect

from label_studio_lite.service.gallery import example
from tests.browser.configs import MOOD
from tests.browser.conftest import MakeVisit, Serve


def test_an_empty_project_welcomes(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD)).go()
    expect(tab.page).to_have_url(f"{tab.server.url}/welcome")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(
        "Three steps, and you are labeling"
    )
    expect(tab.page.get_by_role("button", name="Start labeling")).to_be_disabled()
    tab.picture("welcome")


def test_a_demo_takes_one_click(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD)).go("welcome")
    tab.page.get_by_role("button", name="Named entities").click()
    tab.wait_for_task(0)
    shown = tab.server.get("api/project")
    assert shown["task_count"] == 10
    assert shown["label_config_line"].startswith("<View>  <Labels")
    assert tab.server.get("api/tasks/0")["data"] == example("text_named_entity").demo[0]["data"]


def test_a_demo_does_not_replace_a_config_unasked(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, settings={"label_config_updated": True})
    tab = visit(server).go("welcome")
    tab.page.get_by_role("button", name="Boxes").click()
    tab.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert server.get("api/project")["task_count"] == 0
    tab.page.get_by_role("button", name="Boxes").click()
    tab.page.get_by_role("button", name="Replace it").click()
    tab.wait_for_task(0)
    assert server.get("api/project")["task_count"] == 3


def test_a_sample_task_fits_the_config(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD)).go("welcome")
    tab.page.get_by_role("button", name="Add a sample task").click()
    tab.wait_for_task(0)
    assert set(tab.server.get("api/tasks/0")["data"]) == {"text"}


def test_it_leads_to_the_templates(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD)).go("welcome")
    tab.page.get_by_role("link", name="Choose a template").click()
    expect(tab.page.get_by_role("searchbox", name="Find a template")).to_be_focused()


def test_dark_and_on_a_tablet(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD), viewport={"width": 820, "height": 1180}, color_scheme="dark")
    tab.go("welcome")
    wide = tab.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 820
    tab.picture("welcome-dark-tablet")
