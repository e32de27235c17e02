"""The Projects page of a server of many, and of a visitor in multi-session mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from label_studio_lite.service.project import open_project
from tests.browser.axe import faults
from tests.browser.configs import BOXES, MOOD, PICTURE, TEXTS
from tests.browser.conftest import MakeVisit
from tests.browser.serving import Many, Server, Sessions


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Many]:
    """Two projects, one with tasks."""
    server = Many(tmp_path / "projects")
    server.add("boxes", BOXES, [PICTURE], {"title": "Cats and dogs"})
    server.add("moods", MOOD, TEXTS)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def ten(tmp_path: Path) -> Iterator[Many]:
    server = Many(tmp_path / "projects")
    for number in range(10):
        server.add(f"project-{number}", MOOD, [])
    server.start()
    yield server
    server.stop()


@pytest.fixture
def none(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "projects").mkdir()
    server = Server(tmp_path / "projects", many=True)
    yield server
    server.stop()


def test_the_root_shows_all_projects(many: Many, visit: MakeVisit) -> None:
    tab = visit(many).go()
    expect(tab.page.get_by_role("link", name="Cats and dogs")).to_be_visible()
    expect(tab.page.get_by_text("0 of 5 tasks labeled")).to_be_visible()
    expect(tab.page.locator(".project .picture")).to_have_count(2)
    assert faults(tab.page) == []
    tab.picture("projects")
    tab.page.get_by_role("link", name="moods").click()
    tab.wait_for_task(0)
    tab.page.get_by_role("link", name="Projects").click()
    expect(tab.page.get_by_role("heading", name="Projects", level=1)).to_be_visible()


def test_a_project_is_made_from_a_template(none: Server, visit: MakeVisit) -> None:
    tab = visit(none).go("projects")
    page = tab.page
    expect(page.get_by_text("No projects yet")).to_be_visible()
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Title").fill("Streets of Lisbon")
    assert faults(page) == []
    cards = page.locator(".pick .picture")
    expect(cards.first).to_be_visible()
    box = cards.first.bounding_box()
    assert box is not None and box["height"] > 60
    page.get_by_label("Find a template").fill("ellipses")
    page.get_by_role("dialog").get_by_role("radio").check()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Three steps, and you are labeling")).to_be_visible()
    [made] = none.get("api/workspace/projects")
    assert (made["title"], made["folder"]) == ("Streets of Lisbon", "streets-of-lisbon")
    assert "EllipseLabels" in none.get("projects/1/api/project")["label_config_line"]


def test_a_project_is_deleted_into_the_trash(many: Many, visit: MakeVisit) -> None:
    tab = visit(many).go("projects")
    page = tab.page
    expect(page.locator(".project .picture")).to_have_count(2)
    tab.wait_idle()
    page.get_by_role("button", name="More about moods").click()
    page.get_by_role("menuitem", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="moods")).to_have_count(0)
    assert not (many.folder / "moods").exists()
    assert len(list((many.folder / ".trash").iterdir())) == 1


def test_a_project_that_cannot_be_opened_is_told(many: Many, visit: MakeVisit) -> None:
    holder = open_project(many.folder / "moods")
    try:
        tab = visit(many)
        tab.excuse("status of")
        tab.go("projects")
        card = tab.page.locator(".project", has_text="moods")
        expect(card.get_by_text("It cannot be opened")).to_be_visible()
    finally:
        holder.close()


def test_ten_projects_are_searched(ten: Many, visit: MakeVisit) -> None:
    page = visit(ten).go("projects").page
    expect(page.locator(".project .picture")).to_have_count(10)
    page.get_by_role("searchbox", name="Find a project").fill("project-7")
    expect(page.locator(".project")).to_have_count(1)
    expect(page.locator(".project .picture")).to_have_count(1)


def test_dark_and_on_a_tablet(many: Many, visit: MakeVisit) -> None:
    tab = visit(many, viewport={"width": 820, "height": 1180}, color_scheme="dark")
    tab.go("projects")
    expect(tab.page.locator(".project .picture")).to_have_count(2)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 820
    tab.picture("projects-dark-tablet")


def test_every_page_of_a_project_works_below_its_prefix(many: Many, visit: MakeVisit) -> None:
    """What a page asks for is found there: nothing answers 404, nothing is said on the console."""
    tab = visit(many)
    missing = []
    tab.page.on("response", lambda r: missing.append(r.url) if r.status == 404 else None)
    for path in ("welcome", "setup", "model", "insights", "storage", "settings"):
        tab.go(f"projects/1/{path}")
        expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
        tab.page.wait_for_load_state("networkidle")
    assert missing == []


def test_a_visitor_goes_from_project_to_project(tmp_path: Path, visit: MakeVisit) -> None:
    server = Sessions(tmp_path / "sessions")
    try:
        page = visit(server).go("projects").page
        expect(page.locator(".project")).to_have_count(1)
        page.get_by_role("button", name="New project").click()
        page.get_by_label("Title").fill("Second")
        page.get_by_role("button", name="Make it").click()
        page.wait_for_url(f"{server.url}/")
        page.get_by_role("link", name="Projects").click()
        expect(page.locator(".project", has_text="Second")).to_contain_text("Open now")
        page.get_by_role("link", name="Untitled project").click()
        page.wait_for_url(f"{server.url}/")
        page.get_by_role("link", name="Projects").click()
        expect(page.locator(".project", has_text="Untitled")).to_contain_text("Open now")
    finally:
        page.goto("about:blank")
        server.stop()
