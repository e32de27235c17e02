"""Labeling one task after the other."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.configs import BOXES, ENTITIES, MOOD, PICTURE, TEXTS
from tests.browser.conftest import MakeVisit, Serve


def test_twenty_texts_without_the_mouse(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, [{"text": f"number {n}"} for n in range(20)])
    tab = visit(server).label()
    for number in range(20):
        tab.wait_for_task(number)
        tab.press("1" if number % 2 else "2", "Control+Enter")
    expect(tab.page.get_by_role("heading", name="Everything is labeled")).to_be_visible()
    tab.wait_saved()
    for number in range(20):
        assert server.values(number) == [{"choices": ["good" if number % 2 else "bad"]}]


def test_a_completion_says_what_0_8_says_and_a_unique_id(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    tab.page.wait_for_timeout(300)
    tab.submit()
    [completion] = server.completions(0)
    assert set(completion) == {"id", "created_at", "lead_time", "result", "unique_id"}
    assert completion["id"] == 1
    assert 0.2 < completion["lead_time"] < 30
    [region] = completion["result"]
    assert region["from_name"] == "mood" and region["to_name"] == "text"


def test_text_is_marked_with_the_mouse(serve: Serve, visit: MakeVisit) -> None:
    server = serve(ENTITIES, TEXTS)
    tab = visit(server).label()
    tab.press("1")
    tab.select_text("Anna", "#label-studio")
    tab.press("2")
    tab.select_text("Rome", "#label-studio")
    tab.submit()
    assert server.values() == [
        {"start": 0, "end": 4, "text": "Anna", "labels": ["Person"]},
        {"start": 19, "end": 23, "text": "Rome", "labels": ["Place"]},
    ]


def test_a_box_is_drawn(serve: Serve, visit: MakeVisit) -> None:
    server = serve(BOXES, [PICTURE] * 2)
    tab = visit(server).label()
    canvas = tab.page.locator("canvas").first
    box = canvas.bounding_box()
    assert box is not None
    tab.press("2")
    left, top = box["x"], box["y"]
    tab.drag((left + 100, top + 50), (left + 300, top + 200))
    tab.submit()
    [value] = server.values()
    assert value["rectanglelabels"] == ["Dog"]
    assert abs(value["x"] - 100 / box["width"] * 100) < 1
    assert abs(value["width"] - 200 / box["width"] * 100) < 1
    tab.wait_for_task(1)


def test_skip_goes_on_and_counts(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("Control+Space")
    tab.wait_for_task(1)
    tab.wait_saved()
    [completion] = server.completions(0)
    assert completion["was_cancelled"] is True
    expect(tab.page.locator("#progress-text")).to_have_text("1 of 5 · 1 skipped")
