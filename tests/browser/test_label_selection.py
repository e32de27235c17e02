"""Labeling the tasks that were selected in the table, one after the other."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.configs import MOOD
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.visiting import Visit
from tests.conftest import choice

THROUGH = "You are through with the selection"
FRUITS = ("pear", "apple", "plum", "apple", "fig", "apple")


def tasks() -> list[dict[str, object]]:
    """The last one is labeled."""
    made: list[dict[str, object]] = [{"data": {"text": name}} for name in FRUITS]
    made[-1]["completions"] = [{"result": [choice("bad")]}]
    return made


def progress(tab: Visit, words: str) -> None:
    expect(tab.page.locator("#progress-text")).to_have_text(words)


def test_what_is_selected_is_labeled_in_the_order_of_the_table(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, tasks())
    tab = visit(server).go("tasks?sort=-id")
    page = tab.page
    for task_id in (4, 1, 5):
        page.get_by_role("checkbox", name=f"Select task {task_id}", exact=True).click()
    page.locator("#selected").get_by_role("button", name="As curl").click()
    expect(page.get_by_role("dialog")).to_contain_text("api/label/next?query=")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Label these").click()
    tab.wait_for_task(5)
    progress(tab, "1 of 3 selected")
    assert faults(page) == []
    tab.press("Alt+Shift+ArrowRight")
    tab.wait_for_task(4)
    progress(tab, "2 of 3 selected")
    tab.press("1", "Control+Enter")
    tab.wait_for_task(1)
    tab.press("Alt+Shift+ArrowLeft")
    tab.wait_for_task(4)
    progress(tab, "2 of 3 selected")
    tab.press("Alt+Shift+ArrowRight")
    tab.wait_for_task(1)
    progress(tab, "3 of 3 selected")
    tab.press("Control+Space")
    expect(page.get_by_role("heading", name=THROUGH)).to_be_visible()
    tab.wait_saved()
    assert [len(server.completions(number)) for number in range(6)] == [0, 1, 0, 0, 1, 1]
    assert server.completions(1)[0]["was_cancelled"] is True
    page.get_by_role("main").get_by_role("link", name="Back to the table").click()
    page.wait_for_url("**/tasks?sort=-id")


def test_a_reload_goes_on_where_it_was_and_the_filter_may_find_less_by_then(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, tasks())
    tab = visit(server).go("tasks?search=apple&state=open")
    expect(tab.page.locator("#count")).to_have_text("2 of 6 tasks")
    tab.press("l")
    tab.wait_for_task(1)
    tab.press("1")
    tab.submit()
    tab.wait_for_task(3)
    tab.page.reload()
    tab.wait_for_task(3)
    progress(tab, "2 of 2 selected")
    tab.press("Alt+Shift+ArrowLeft")
    tab.wait_for_task(1)
    tab.press("Alt+Shift+ArrowRight")
    tab.wait_for_task(3)
    tab.press("2")
    tab.submit()
    expect(tab.page.get_by_text("2 tasks were selected.").first).to_be_visible()
    tab.page.get_by_role("button", name="From the first again").click()
    tab.wait_for_task(1)
    assert server.values(1) == [{"choices": ["good"]}]
    assert server.values(3) == [{"choices": ["bad"]}]


def test_it_goes_on_after_a_restart_of_the_server(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, [{"text": f"number {n}"} for n in range(20)])
    tab = visit(server).go("tasks?state=open")
    expect(tab.page.locator("#count")).to_have_text("20 tasks")
    tab.press("l")
    for number in range(8):
        tab.wait_for_task(number)
        tab.press("1")
        tab.submit()
    tab.excuse("Failed to load resource")
    server.stop()
    server.start()
    for number in range(8, 20):
        tab.wait_for_task(number)
        tab.press("1")
        tab.submit()
    expect(tab.page.get_by_role("heading", name=THROUGH)).to_be_visible()
