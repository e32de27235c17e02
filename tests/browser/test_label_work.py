"""Drafts, predictions, stars, deletion, instructions: what is done with one task."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.configs import ENTITIES, MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.visiting import Visit


def choice(value: str) -> dict[str, Any]:
    said = {"choices": [value]}
    return {"from_name": "mood", "to_name": "text", "type": "choices", "value": said, "id": "c1"}


def state(tab: Visit, words: str) -> None:
    expect(tab.page.locator("#state")).to_contain_text(words)


def checked(tab: Visit, value: str) -> None:
    expect(tab.page.get_by_role("checkbox", name=value)).to_be_checked()


# -- drafts -----------------------------------------------------------------------------------


def test_a_closed_tab_loses_nothing(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("2")
    state(tab, "Draft saved")
    assert server.get("api/tasks/0/draft")["result"][0]["value"] == {"choices": ["bad"]}
    assert server.completions(0) == []
    tab.page.close()
    again = visit(server, apart=True).label()  # another browser: only the server has it
    expect(again.page.locator("#notices")).to_contain_text("Unfinished work")
    checked(again, "bad")
    again.submit()
    assert server.values(0) == [{"choices": ["bad"]}]
    assert not list((server.folder / "drafts").glob("*.json"))


def test_a_draft_survives_a_kill_of_the_server(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.excuse(r"ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED")
    tab.press("1")
    state(tab, "Draft saved")
    server.kill()
    server.start()
    tab.page.reload()
    tab.wait_for_task(0)
    checked(tab, "good")


def test_a_draft_is_kept_by_the_browser_while_the_server_is_away(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.excuse(r"ERR_INTERNET_DISCONNECTED")
    tab.context.set_offline(True)
    tab.press("1")
    state(tab, "Draft kept in this browser")
    tab.context.set_offline(False)
    tab.page.reload()
    tab.wait_for_task(0)
    checked(tab, "good")


def test_a_draft_is_thrown_away_when_asked(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    state(tab, "Draft saved")
    tab.page.reload()
    tab.wait_for_task(0)
    tab.page.get_by_role("button", name="Discard it").click()
    expect(tab.page.get_by_role("checkbox", name="good")).not_to_be_checked()
    tab.wait_saved()
    assert not list((server.folder / "drafts").glob("*.json"))


def test_work_on_another_task_is_kept_when_one_leaves_it(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1", "Alt+Shift+ArrowRight")
    tab.wait_for_task(1)
    tab.press("Alt+Shift+ArrowLeft")
    tab.wait_for_task(0)
    checked(tab, "good")
    assert server.completions(0) == []


# -- going back and forth ---------------------------------------------------------------------


def test_a_submitted_task_is_updated(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    tab.submit()
    tab.wait_for_task(1)
    tab.button("previous").click()
    tab.wait_for_task(0)
    expect(tab.page.locator("#submit-name")).to_have_text("Update")
    tab.press("2")
    tab.submit()
    assert server.values(0) == [{"choices": ["bad"]}]
    tab.wait_for_task(1)


def test_one_task_is_opened_by_its_address_and_stays(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label("?task_id=3")
    tab.wait_for_task(3)
    tab.press("1")
    tab.submit()
    tab.wait_for_task(3)
    expect(tab.page.locator("#submit-name")).to_have_text("Update")


def test_a_skipped_task_can_be_labeled_after_all(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("Control+Space")
    tab.wait_for_task(1)
    tab.press("Alt+Shift+ArrowLeft")
    tab.wait_for_task(0)
    expect(tab.page.locator("#chips")).to_contain_text("skipped")
    tab.press("1")
    tab.submit()
    [completion] = server.completions(0)
    assert completion["result"][0]["value"] == {"choices": ["good"]}
    assert not completion.get("was_cancelled")
    expect(tab.page.locator("#progress-text")).not_to_contain_text("skipped")


def test_the_forecast_comes_from_real_lead_times(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, [{"text": f"t{n}"} for n in range(1200)])
    for number in range(3):
        body = {"result": [choice("good")], "lead_time": 6}
        server.post(f"api/tasks/{number}/completions", body)
    tab = visit(server).label()
    text = tab.page.locator("#progress-text")
    expect(text).to_have_text("3 of 1,200 · about 2 h left")


# -- predictions ------------------------------------------------------------------------------


def predicted(text: str, value: str) -> dict[str, Any]:
    prediction = {"result": [choice(value)], "score": 0.87, "model_version": "m1"}
    return {"data": {"text": text}, "predictions": [prediction]}


def test_a_prediction_is_there_at_once_and_accepted_with_one_key(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, [predicted("a", "bad"), predicted("b", "good")])
    tab = visit(server).label()
    checked(tab, "bad")
    expect(tab.page.locator("#chips")).to_contain_text("begun from m1")
    tab.submit()
    assert server.values(0) == [{"choices": ["bad"]}]
    tab.wait_for_task(1)
    checked(tab, "good")
    tab.press("2")
    tab.submit()
    assert server.values(1) == [{"choices": ["bad"]}]
    assert server.get("api/tasks/1")["predictions"][0]["result"][0]["value"] == {
        "choices": ["good"]
    }


def test_a_prediction_is_looked_at_and_worked_on(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, [predicted("a", "bad")])
    server.post("api/tasks/0/completions", {"result": [choice("good")]})
    tab = visit(server).label("?task_id=0")
    checked(tab, "good")
    tab.page.locator("#completion-menu button").click()
    tab.page.get_by_role("menuitemradio", name=re.compile("m1")).click()
    checked(tab, "bad")
    expect(tab.page.locator("#submit-name")).to_have_text("Accept")
    tab.submit()
    results = [c["result"][0]["value"]["choices"] for c in server.completions(0)]
    assert results == [["good"], ["bad"]]


# -- several completions, stars, deletion -----------------------------------------------------


def test_a_second_completion_of_a_task(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    server.post("api/tasks/0/completions", {"result": [choice("good")]})
    tab = visit(server).label("?task_id=0")
    tab.press("Alt+Shift+N", "2")
    tab.submit()
    assert [c["id"] for c in server.completions(0)] == [1, 2]
    assert server.completions(0)[1]["result"][0]["value"] == {"choices": ["bad"]}


def test_ground_truth_is_set_and_taken_away(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    server.post("api/tasks/0/completions", {"result": [choice("good")]})
    tab = visit(server).label("?task_id=0")
    tab.press("Alt+Shift+G")
    expect(tab.page.locator("#chips")).to_contain_text("ground truth")
    tab.wait_saved()
    assert server.completions(0)[0]["honeypot"] is True
    tab.page.reload()
    tab.wait_for_task(0)
    tab.press("Alt+Shift+G")
    expect(tab.page.locator("#chips")).not_to_contain_text("ground truth")
    tab.wait_saved()
    assert server.completions(0)[0]["honeypot"] is False


def test_a_completion_is_deleted_and_brought_back(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    server.post("api/tasks/0/completions", {"result": [choice("good")], "lead_time": 7})
    tab = visit(server).label("?task_id=0")
    tab.press("Alt+Shift+Delete")
    tab.wait_saved()
    assert server.completions(0) == []
    expect(tab.page.locator("#progress-text")).to_have_text("0 of 5")
    tab.page.get_by_role("button", name="Bring it back").click()
    tab.wait_saved()
    [completion] = server.completions(0)
    assert completion["result"][0]["value"] == {"choices": ["good"]}
    assert completion["lead_time"] == 7
    expect(tab.page.locator("#progress-text")).to_have_text("1 of 5")


def test_deleting_is_not_offered_where_the_settings_forbid_it(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, TEXTS, {"allow_delete_completions": False})
    server.post("api/tasks/0/completions", {"result": [choice("good")]})
    tab = visit(server).label("?task_id=0")
    tab.page.locator("#completion-menu button").click()
    expect(tab.page.get_by_role("menuitem", name="Delete this completion")).to_be_disabled()
    tab.press("Escape", "Alt+Shift+Delete")
    tab.wait_idle()
    assert len(server.completions(0)) == 1


# -- instructions, results of others ----------------------------------------------------------


def test_instructions_are_shown_and_can_do_no_harm(serve: Serve, visit: MakeVisit) -> None:
    words = '<b>Look</b> twice.<script>alert(1)</script><img src=x onerror="alert(2)">'
    server = serve(MOOD, TEXTS, {"instruction": words})
    tab = visit(server).label()
    tab.excuse("Executing inline event handler violates")  # the policy, on top of what we do
    tab.press("Alt+Shift+I")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator("b")).to_have_text("Look")
    assert dialog.locator("script, img").count() == 0
    tab.press("Escape")
    expect(dialog).to_have_count(0)


REGION = {"id": "r1", "from_name": "ner", "to_name": "text", "type": "labels"}


@pytest.mark.parametrize("build", ["classic", "modern"])
def test_what_does_not_fit_the_config_is_held_back_and_kept(
    serve: Serve, visit: MakeVisit, build: str
) -> None:
    """A result that 0.8.2's editor would answer with a blank page."""
    fits = {**REGION, "value": {"start": 0, "end": 4, "text": "Anna", "labels": ["Person"]}}
    other = {**REGION, "id": "r2", "from_name": "gone", "value": {"start": 0, "end": 2}}
    beyond = {**REGION, "id": "r3", "value": {"start": 5, "end": 999, "labels": ["Place"]}}
    data = {"text": "Anna Adams went to Rome."}
    server = serve(ENTITIES, [data], {"editor": {"build": build}})
    path = server.folder / "completions/0.json"
    server.stop()
    work = {"id": 0, "data": data, "completions": [{"id": 1, "result": [other, fits, beyond]}]}
    path.write_text(json.dumps(work))
    server.start()
    tab = visit(server).label("?task_id=0")
    expect(tab.page.locator("#notices")).to_contain_text("2 results do not fit")
    tab.press("2")
    tab.select_text("Rome", ".htx-text, [class*=htx-richtext]")
    tab.submit()
    first, second, third, added = server.result(0)
    assert (first, third) == (other, beyond)
    assert second == fits
    assert added["value"]["text"] == "Rome"


def test_the_lead_time_of_an_update_adds_up(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    server.post("api/tasks/0/completions", {"result": [choice("good")], "lead_time": 100})
    tab = visit(server).label("?task_id=0")
    tab.press("2")
    tab.submit()
    assert 100 < server.completions(0)[0]["lead_time"] < 130
