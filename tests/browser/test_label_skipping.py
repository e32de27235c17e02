"""Skipping a task, and saying why, without being held up."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.configs import MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve


def test_a_reason_is_written_by_keys_and_insights_has_it(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    page = tab.page
    tab.press("Control+Space")
    tab.wait_for_task(1)
    field = page.get_by_label("Why task 0 was skipped")
    expect(field).to_be_visible()
    expect(field).not_to_be_focused()
    tab.press("Alt+Shift+S")
    expect(field).to_be_focused()
    assert faults(page) == []
    page.keyboard.type("1 is cut off")
    tab.press("Control+Enter")  # saves the reason, and submits nothing
    expect(field).to_have_count(0)
    tab.wait_saved()
    [completion] = server.completions(0)
    assert (completion["skip_reason"], completion["was_cancelled"]) == ("1 is cut off", True)
    tab.wait_for_task(1)
    tab.press("1", "Control+Enter")
    tab.wait_for_task(2)
    tab.press("Escape", "Control+Space")
    tab.wait_for_task(3)
    options = page.locator("#skip-reasons option")
    expect(options).to_have_count(1)
    expect(options).to_have_attribute("value", "1 is cut off")
    tab.wait_saved()
    assert server.values(1) == [{"choices": ["good"]}]
    assert "skip_reason" not in server.completions(2)[0]
    tab.press("Alt+Shift+ArrowLeft", "Alt+Shift+ArrowLeft", "Alt+Shift+ArrowLeft")
    expect(page.locator("#chips")).to_contain_text("skipped: 1 is cut off")
    found = server.get("api/insights/skipped")
    assert {row["reason"]: row["completions"] for row in found} == {"": 1, "1 is cut off": 1}


def test_skipping_is_never_held_up(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    for number in range(4):
        tab.wait_for_task(number)
        tab.press("Escape", "Control+Space")
    tab.wait_for_task(4)
    # at once, though the server was asked for tasks before it had all of this
    assert tab.page.locator("#progress-text").inner_text().startswith("4 of 5 · 4 skipped")
    expect(tab.page.locator(".toast")).to_have_count(1)
    tab.wait_saved()
    assert all(server.completions(number)[0]["was_cancelled"] for number in range(4))


def test_a_reason_before_the_server_has_the_skip_goes_with_it(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.page.wait_for_load_state("networkidle")
    tab.excuse("Failed to load resource")
    server.stop()
    tab.press("Control+Space")
    tab.wait_for_task(1)
    tab.press("Alt+Shift+S")
    tab.page.keyboard.type("blurred")
    tab.press("Enter")
    expect(tab.page.locator("#state[data-state=retrying]")).to_be_attached()
    server.start()
    tab.wait_saved()
    [completion] = server.completions(0)
    assert (completion["skip_reason"], completion["was_cancelled"]) == ("blurred", True)


def test_a_skip_that_is_taken_back_takes_its_question_along(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("Control+Space")
    tab.wait_for_task(1)
    tab.press("Alt+Shift+Z")
    tab.wait_for_task(0)
    expect(tab.page.get_by_label("Why task 0 was skipped")).to_have_count(0)
    tab.wait_saved()
    assert server.completions(0) == []
