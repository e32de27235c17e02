"""Nothing that was submitted is lost, counted twice, or shown as saved when it is not."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.configs import MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve

AWAY = r"ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_EMPTY_RESPONSE|50[37]"


def test_a_double_click_on_submit_is_one_completion(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    tab.button("submit").dblclick()
    tab.wait_for_task(1)
    tab.wait_idle()
    tab.wait_saved()
    assert len(server.completions(0)) == 1
    assert server.completions(1) == []


def test_a_double_click_while_the_next_task_is_on_its_way(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server)
    with tab.held("**/api/label/next?*"):
        tab.label()
        tab.press("1")
        tab.button("submit").dblclick()
        tab.wait_saved()
        expect(tab.button("submit")).to_be_disabled()
        expect(tab.page.locator("#task-name")).to_have_text("Task 0")
    tab.wait_for_task(1)
    expect(tab.button("submit")).to_be_enabled()
    assert len(server.completions(0)) == 1
    assert server.completions(1) == []


def test_a_saved_task_stays_when_the_next_one_cannot_be_read(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1", "Control+Enter")
    tab.wait_for_task(1)
    tab.button("previous").click()
    tab.wait_for_task(0)
    tab.excuse("ERR_FAILED")
    tab.page.route("**/api/label/tasks/1", lambda route: route.abort())
    tab.press("2", "Control+Enter")
    expect(tab.page.get_by_role("alert")).to_contain_text("cannot be reached")
    tab.wait_saved()
    tab.wait_for_task(0)
    assert server.values(0) == [{"choices": ["bad"]}]
    tab.press("1", "Control+Enter")
    tab.wait_saved()
    assert server.values(0) == [{"choices": ["good"]}]
    assert len(server.completions(0)) == 1


def test_a_held_key_submits_once(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    tab.page.keyboard.down("Control")
    for _ in range(8):
        tab.page.keyboard.down("Enter")  # a second one without a release is a repetition
    tab.page.keyboard.up("Enter")
    tab.page.keyboard.up("Control")
    tab.wait_for_task(1)
    tab.wait_idle()
    tab.wait_saved()
    assert len(server.completions(0)) == 1
    assert server.completions(1) == []


def test_a_slow_network_holds_nobody_up(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()

    held: list[Route] = []
    is_slow = True

    def slowly(route: Route) -> None:
        if is_slow:
            held.append(route)
        else:
            route.continue_()

    tab.page.route(re.compile(r"/api/tasks/\d+/completions"), slowly)
    for number in range(3):
        tab.wait_for_task(number)
        tab.press("1", "Control+Enter")
    tab.wait_for_task(3)
    expect(tab.page.locator("#state")).to_contain_text("Saving")
    is_slow = False
    for route in held:
        route.continue_()
    tab.wait_saved()
    assert [len(server.completions(number)) for number in range(5)] == [1, 1, 1, 0, 0]


def test_an_answer_that_is_lost_is_not_counted_twice(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.excuse(AWAY)
    times = 0

    def lose(route: Route) -> None:
        nonlocal times
        times += 1
        if times == 1:
            route.fetch()  # the server has it, but the page never hears of it
            route.abort()
        else:
            route.continue_()

    tab.page.route(re.compile(r"/api/tasks/0/completions"), lose)
    tab.press("1", "Control+Enter")
    expect(tab.page.locator("#state[data-state=retrying]")).to_be_attached()
    tab.wait_saved()
    assert times == 2
    assert len(server.completions(0)) == 1


def test_a_server_that_is_away_blocks_nothing(serve: Serve, visit: MakeVisit) -> None:
    """It is killed; labeling goes on with what was read ahead; it comes back; all is saved."""
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.excuse(AWAY)
    tab.wait_idle()  # a few tasks are read ahead
    server.kill()
    for number in range(3):
        tab.wait_for_task(number)
        tab.press("1", "Control+Enter")
    tab.wait_for_task(3)
    expect(tab.page.locator("#state")).to_contain_text("3 not sent yet, trying again")
    server.start()
    tab.wait_saved()
    assert [len(server.completions(number)) for number in range(5)] == [1, 1, 1, 0, 0]


def test_work_that_is_not_sent_survives_a_reload_and_a_restart(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.excuse(AWAY)
    tab.page.context.set_offline(True)
    tab.press("2", "Control+Enter")
    expect(tab.page.locator("#state[data-state=retrying]")).to_be_attached()
    tab.page.close()
    tab.context.set_offline(False)
    server.kill()
    server.start()
    again = visit(server).go()  # sends what was kept, and only then asks for the next task
    again.wait_saved()
    assert server.values(0) == [{"choices": ["bad"]}]


def test_another_project_at_the_same_address_gets_nothing(serve: Serve, visit: MakeVisit) -> None:
    first = serve(MOOD, TEXTS)
    tab = visit(first).label()
    tab.excuse(AWAY)
    tab.page.context.set_offline(True)
    tab.press("2", "Control+Enter")
    expect(tab.page.locator("#state[data-state=retrying]")).to_be_attached()
    tab.page.close()
    tab.context.set_offline(False)
    first.stop()
    other = serve(MOOD, TEXTS, name="other", options=["--port", str(first.port)])
    visit(other).label().wait_idle()
    assert other.completions(0) == []
    other.stop()
    first.start()
    visit(first).go().wait_saved()
    assert first.values(0) == [{"choices": ["bad"]}]


def test_what_the_server_refuses_is_kept_and_told(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.excuse("404")
    server.delete("api/tasks/0")
    tab.press("1", "Control+Enter")
    tab.wait_for_task(1)
    expect(tab.page.get_by_role("alert")).to_contain_text("there is no task 0")
    tab.page.reload()
    tab.wait_for_task(1)
    expect(tab.page.locator("#state")).to_have_text("1 not saved")
    tab.page.locator("#state").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Task 0")
    expect(dialog).to_contain_text("curl")
    dialog.get_by_role("button", name="Throw it away").click()
    expect(tab.page.locator("#state")).not_to_contain_text("not saved")


def test_undo_of_a_submit_takes_the_completion_back(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    tab.submit()
    tab.wait_for_task(1)
    assert len(server.completions(0)) == 1
    tab.press("Alt+Shift+Z")
    tab.wait_for_task(0)
    tab.wait_saved()
    assert server.completions(0) == []
    expect(tab.page.locator("#progress-text")).to_have_text("0 of 5")
    tab.press("2")
    tab.submit()
    assert server.values(0) == [{"choices": ["bad"]}]
    tab.wait_for_task(1)


def test_undo_of_an_update_brings_the_old_result_back(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    tab.submit()
    tab.wait_for_task(1)
    tab.press("Alt+Shift+ArrowLeft")
    tab.wait_for_task(0)
    tab.press("2")
    tab.submit()
    assert server.values(0) == [{"choices": ["bad"]}]
    tab.press("Alt+Shift+Z")
    tab.wait_for_task(0)
    tab.wait_saved()
    assert server.values(0) == [{"choices": ["good"]}]
    tab.submit()
    assert server.values(0) == [{"choices": ["bad"]}]


def test_two_tabs_get_different_tasks(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    one = visit(server).label()
    one.wait_for_task(0)
    two = visit(server).go()
    expect(two.page.locator("#task-name")).to_have_text(re.compile("Task"))
    for tab in (one, two):
        tab.press("1")
        tab.submit()
        tab.press("1")
        tab.submit()
    done = [len(server.completions(number)) for number in range(5)]
    assert sum(done) == 4


def test_two_tabs_on_one_task_tell_of_each_other(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    one = visit(server).label("?task_id=2")
    two = visit(server).label("?task_id=2")
    for tab in (one, two):
        expect(tab.page.locator("#notices")).to_contain_text("open in another tab")
    one.press("1")
    one.submit()
    expect(two.page.locator("#notices")).to_contain_text("saved in another tab")
    two.press("2")
    two.submit()
    assert [c["result"][0]["value"]["choices"] for c in server.completions(2)] == [
        ["good"],
        ["bad"],
    ]


def test_the_older_of_two_changes_does_not_win_silently(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    first = visit(server).label("?task_id=0")
    first.press("1")
    first.submit()
    one = visit(server).label("?task_id=0")
    two = visit(server, apart=True).label("?task_id=0")
    two.excuse("409")
    one.press("2")
    one.submit()
    two.press("2")  # the same choice again takes it away
    two.press("2")
    two.press("1")
    two.press("2")
    two.press("Control+Enter")
    expect(two.page.locator("#state")).to_have_text("1 not saved")
    assert server.values(0) == [{"choices": ["bad"]}]
