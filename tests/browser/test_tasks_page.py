"""The Tasks page: a table that is as fast with many as with few; what can be done with them."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from label_studio_lite.core.model import Json
from tests.browser.axe import faults
from tests.browser.conftest import MakeVisit, Serve
from tests.conftest import BOXES, CHOICES, choice

PLAYS = ["Hamlet", "Macbeth", "Othello", "King Lear", "The Tempest", "Timon"]
SOUND = '<View><Audio name="a" value="$sound"/><TextArea name="t" toName="a"/></View>'
MANY = 10_000


def task(number: int) -> dict[str, Any]:
    """Even ones are done, each third is skipped, all from the fourth on have a prediction."""
    made: dict[str, Any] = {"data": {"text": PLAYS[number % 6], "year": 1600 + number}}
    if number % 2 == 0:
        made["completions"] = [{"result": [choice("good")], "created_at": 1_700_000_000 + number}]
    elif number % 3 == 0:
        made["completions"] = [{"result": [], "was_cancelled": True}]
    if number > 3:
        made["predictions"] = [{"result": [choice("bad")], "score": 0.5}]
    return made


def tasks(count: int) -> list[dict[str, Any]]:
    return [task(number) for number in range(count)]


def png(shade: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    head = struct.pack(">IIBBBBB", 32, 18, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + bytes((shade, 128, 255 - shade)) * 32 for _ in range(18))
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def rows(page: Page) -> Locator:
    return page.locator(".grid-row")


def row(page: Page, task_id: int) -> Locator:
    return rows(page).filter(
        has=page.get_by_role("checkbox", name=f"Select task {task_id}", exact=True)
    )


def ids(page: Page) -> list[int]:
    """Of the rows that are drawn, from the top."""
    found: list[int] = page.evaluate(
        """() => [...document.querySelectorAll(".grid-row")]
          .sort((a, b) => a.index - b.index).filter((r) => r.row).map((r) => r.row.id)"""
    )
    return found


def until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(200):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to be")


def counted(page: Page, words: str) -> None:
    expect(page.locator("#count")).to_have_text(words)


def given(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose(page: Page, task_ids: Sequence[int]) -> None:
    for task_id in task_ids:
        page.get_by_role("checkbox", name=f"Select task {task_id}", exact=True).click()


def act(page: Page, name: str, go: str) -> Locator:
    """Choose an action for what is selected; gives the dialog."""
    page.locator("#selected").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name=name).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=go)).to_be_visible()
    return dialog


def test_rows_say_what_is_known(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(CHOICES, tasks(6))).go("tasks").page
    counted(page, "6 tasks")
    assert ids(page) == [0, 1, 2, 3, 4, 5]
    expect(row(page, 0)).to_contain_text("done")
    expect(row(page, 0)).to_contain_text("Hamlet")
    expect(row(page, 0)).to_contain_text("good")
    expect(row(page, 1)).to_contain_text("open")
    expect(row(page, 3)).to_contain_text("skipped")
    assert faults(page) == []


def test_ten_thousand_scroll_and_only_a_few_are_there(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(CHOICES, tasks(MANY))).go("tasks").page
    counted(page, "10,000 tasks")
    page.locator("#grid").focus()
    page.keyboard.press("End")
    expect(row(page, MANY - 1)).to_be_visible()
    assert ids(page)[-1] == MANY - 1
    assert rows(page).count() < 60
    expect(page.get_by_role("columnheader", name="text")).to_be_in_viewport()
    page.evaluate("document.getElementById('grid').scrollTop = 200000")
    expect(row(page, 5001)).to_be_visible()
    page.keyboard.press("Home")
    expect(row(page, 0)).to_be_visible()
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "10001")


def test_the_focus_stays_where_it_was_put_while_the_columns_were_on_their_way(
    serve: Serve, visit: MakeVisit
) -> None:
    tab = visit(serve(CHOICES, tasks(6)))
    with tab.held("**/api/table/columns"):
        page = tab.go("tasks").page
        expect(page.get_by_role("button", name="Filter", exact=True)).to_be_disabled()
        tab.press("f", "/")
        page.keyboard.type("ham")
    counted(page, "1 of 6 tasks")
    expect(page.get_by_role("button", name="Filter", exact=True)).to_be_enabled()
    page.keyboard.type("l")  # which would open the Label page
    expect(page.get_by_role("searchbox")).to_have_value("haml")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_more_rows_than_a_browser_can_lay_out(serve: Serve, visit: MakeVisit) -> None:
    """The server says that there are three million; only places are looked at."""
    tab = visit(serve(CHOICES, tasks(6)))

    def many(route: Any) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        start, count = int(query["start"][0]), int(query["count"][0])
        made: list[Json] = [
            {"id": n, "state": "open", "data": {"text": f"text {n}"}, "labels": [],
             "completed_at": None, "total_annotations": 0, "cancelled_annotations": 0,
             "annotators": [], "avg_lead_time": None, "total_predictions": 0,
             "predictions_score": None}
            for n in range(start, min(start + count, 3_000_000))
        ]  # fmt: skip
        answer = {"total": 3_000_000, "all": 3_000_000, "start": start, "version": "1"}
        route.fulfill(json={**answer, "rows": made})

    tab.page.route("**/api/table?*", many)
    page = tab.go("tasks").page
    counted(page, "3,000,000 tasks")
    page.locator("#grid").focus()
    page.keyboard.press("End")
    expect(row(page, 2_999_999)).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(row(page, 2_999_997)).to_have_class("grid-row active")
    page.evaluate("document.getElementById('grid').scrollTop = 4000000")
    until(page, lambda: any(abs(task_id - 1_500_000) < 10_000 for task_id in ids(page)))
    page.mouse.move(600, 400)
    before = ids(page)
    page.mouse.wheel(0, 400)
    until(page, lambda: before[0] not in ids(page))
    assert 0 < ids(page)[0] - before[0] < 60
    page.keyboard.press("Home")
    expect(row(page, 0)).to_be_visible()


def test_search_states_filters_and_order_stay_in_the_address(
    serve: Serve, visit: MakeVisit
) -> None:
    tab = visit(serve(CHOICES, tasks(60))).go("tasks")
    page = tab.page
    page.keyboard.press("/")
    page.keyboard.type("hamlet")
    counted(page, "10 of 60 tasks")
    page.keyboard.press("Enter")
    expect(page.locator("#grid")).to_be_focused()
    page.get_by_role("button", name="Done", exact=True).click()
    counted(page, "10 of 60 tasks")
    page.get_by_role("button", name="Task", exact=True).click()
    page.get_by_role("button", name="Task", exact=True).click()
    expect(page.locator("[aria-sort=descending]")).to_contain_text("Task")
    page.keyboard.press("f")
    page.get_by_label("Column").select_option("year")
    page.get_by_label("Condition").select_option("is more than")
    page.get_by_label("Value").fill("1640")
    page.get_by_role("dialog").get_by_role("button", name="Filter").click()
    counted(page, "3 of 60 tasks")
    assert ids(page) == [54, 48, 42]
    assert given(page)["search"] == ["hamlet"]

    page.reload()
    counted(page, "3 of 60 tasks")
    expect(page.get_by_role("searchbox")).to_have_value("hamlet")
    expect(
        page.get_by_role("button", name="Change the filter: year is more than 1640")
    ).to_be_visible()
    page.go_back()
    counted(page, "10 of 60 tasks")
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_role("searchbox").fill("nobody")
    expect(page.get_by_role("heading", name="No task matches")).to_be_visible()
    page.get_by_role("button", name="Show all tasks").click()
    counted(page, "60 tasks")
    assert given(page) == {"sort": ["-id"]}


def test_filters_are_changed_joined_and_removed(serve: Serve, visit: MakeVisit) -> None:
    filters = [["data.text", "contains", "String", "Ham"], ["data.year", "less", "Number", 1603]]
    page = visit(serve(CHOICES, tasks(12))).go(f"tasks?filters={json.dumps(filters)}").page
    counted(page, "1 of 12 tasks")
    page.get_by_label("Tasks that match").select_option("any of these")
    counted(page, "4 of 12 tasks")
    page.get_by_role("button", name="Change the filter: text contains “Ham”").click()
    expect(page.get_by_label("Value")).to_have_value("Ham")
    page.get_by_label("Value").fill("Timon")
    page.keyboard.press("Enter")
    counted(page, "5 of 12 tasks")
    page.get_by_role("button", name="Remove the filter: year is less than 1603").click()
    counted(page, "2 of 12 tasks")
    page.get_by_role("button", name="Clear").click()
    counted(page, "12 tasks")


def test_the_keyboard_is_enough(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(CHOICES, tasks(6))).go("tasks").page
    counted(page, "6 tasks")
    expect(page.locator("#grid")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#grid")).to_have_attribute("aria-activedescendant", "row-1")
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#selected strong")).to_have_text("3 selected")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Task 3", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", name="Task 4", exact=True)).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("#details")).to_be_hidden()
    page.keyboard.press("Control+a")
    expect(page.locator("#selected strong")).to_have_text("All 6 tasks that match")
    page.keyboard.press("Escape")
    expect(page.locator("#selected")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?task_id=4")


def test_one_task_in_full(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(CHOICES, tasks(6))).go("tasks").page
    row(page, 4).click()
    details = page.locator("#details")
    expect(details).to_contain_text("The Tempest")
    expect(details).to_contain_text("Completion 4001")
    expect(details).to_contain_text("0.50")
    assert faults(page) == []
    details.get_by_role("button", name="JSON").click()
    shown = json.loads(details.locator("code").inner_text())
    assert shown["data"] == {"text": "The Tempest", "year": 1604}
    assert shown["completions"][0]["id"] == 4001
    page.reload()
    details.get_by_role("button", name="Close the details").or_(
        page.locator("#grid")
    ).first.wait_for()


def test_delete_asks_with_numbers(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, tasks(30))
    page = visit(server).go("tasks?state=done").page
    counted(page, "15 of 30 tasks")
    page.get_by_role("checkbox", name="Select all that match").click()
    choose(page, [0])
    expect(page.locator("#selected strong")).to_have_text("14 selected")
    dialog = act(page, "Delete tasks…", "Delete 14 tasks")
    expect(dialog).to_contain_text(
        "14 tasks will be deleted, with 14 completions and 13 predictions."
    )
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    assert faults(page) == []
    dialog.get_by_role("button", name="As curl").click()
    curl = page.get_by_role("dialog").last
    expect(curl).to_contain_text("api/table/actions/delete_tasks")
    expect(curl).to_contain_text('"excluded":[0]')
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Delete 14 tasks").click()
    expect(page.get_by_role("status").filter(has_text="14 tasks deleted.")).to_be_visible()
    counted(page, "1 of 16 tasks")
    assert len(server.get("api/tasks?page_size=100")) == 16


def test_completions_and_predictions_of_many(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, tasks(12))
    page = visit(server).go("tasks").page
    counted(page, "12 tasks")
    page.keyboard.press("Control+a")
    dialog = act(page, "Predictions to completions…", "Accept 3 predictions")
    dialog.get_by_role("button", name="Accept 3 predictions").click()
    expect(page.get_by_text("3 predictions became completions.")).to_be_visible()
    assert server.values(5) == [{"choices": ["bad"]}]
    expect(row(page, 5)).to_contain_text("done")

    page.locator("#grid").focus()
    page.keyboard.press("Control+a")
    dialog = act(page, "Delete completions…", "Delete 11 completions")
    dialog.get_by_role("button", name="Delete 11 completions").click()
    expect(page.get_by_text("11 completions deleted.")).to_be_visible()
    page.get_by_role("button", name="Open", exact=True).click()
    counted(page, "12 tasks")


def test_views_are_kept(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, tasks(12))
    page = visit(server).go("tasks?state=skipped&sort=-id").page
    counted(page, "2 of 12 tasks")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view…").click()
    page.get_by_label("Name of the view").fill("To look at")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="To look at")).to_be_visible()
    (view,) = server.get("api/table/views")
    assert (view["title"], view["state"], view["ordering"]) == (
        "To look at",
        "skipped",
        ["-tasks:id"],
    )

    page.goto(f"{server.url}/tasks")
    counted(page, "12 tasks")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitemradio", name="To look at").click()
    counted(page, "2 of 12 tasks")
    assert ids(page) == [9, 3]
    page.get_by_role("button", name="To look at").click()
    page.get_by_role("menuitem", name="Delete the view “To look at”").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Views")).to_be_visible()
    assert server.get("api/table/views") == []


def test_columns_are_chosen(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(CHOICES, tasks(6))).go("tasks").page
    counted(page, "6 tasks")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("menuitemcheckbox", name="year").click()
    expect(page.get_by_role("columnheader", name="year")).to_be_visible()
    expect(row(page, 5)).to_contain_text("1605")
    assert "data.year" in given(page)["columns"][0]
    page.reload()
    expect(page.get_by_role("columnheader", name="year")).to_be_visible()


def test_pictures_are_thumbnails(serve: Serve, visit: MakeVisit, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.png").write_bytes(png(number * 6))
    server = serve(BOXES, options=["--images", str(folder)])
    tab = visit(server).go("tasks")
    counted(tab.page, "40 tasks")
    thumb = row(tab.page, 0).locator("img.thumb")
    expect(thumb).to_be_visible()
    assert (
        thumb.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }")
        == 32
    )
    expect(row(tab.page, 2)).to_contain_text("02.png")
    row(tab.page, 2).click()
    expect(tab.page.locator("#details img")).to_be_visible()
    assert faults(tab.page) == []
    tab.picture("pages/tasks-images")


def test_a_missing_picture_is_told(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(BOXES, [{"image": "/data/upload/0123456789abcdef0123456789abcdef-no.png"}]))
    tab.excuse("404")
    expect(row(tab.go("tasks").page, 0)).to_contain_text("not found")


def test_sounds_are_played_when_asked(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(SOUND, [{"sound": "/static/samples/sample.wav"}])).go("tasks")
    play = tab.page.get_by_role("button", name="Play sample.wav")
    expect(play).to_be_visible()
    assert not any("sample.wav" in url for url in tab.requests)
    play.click()
    expect(
        tab.page.locator("button[aria-pressed=true][aria-label='Play sample.wav']")
    ).to_be_visible()
    play.click()
    expect(
        tab.page.locator("button[aria-label='Play sample.wav'][aria-pressed=true]")
    ).to_have_count(0)


def test_what_others_do_is_seen(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, tasks(6), {"task_page_auto_update_timer": 300})
    page = visit(server).go("tasks").page
    expect(row(page, 1)).to_contain_text("open")
    server.post("api/tasks/1/completions", {"result": [choice("good")]})
    expect(row(page, 1)).to_contain_text("done")


def width(page: Page, title: str) -> float:
    box = page.get_by_role("columnheader", name=title, exact=True).bounding_box()
    assert box is not None
    return box["width"]


def test_columns_are_made_wider_by_dragging_and_by_keys(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, tasks(6))
    tab = visit(server).go("tasks")
    page = tab.page
    counted(page, "6 tasks")
    handle = page.get_by_role("separator", name="Width of text", exact=True)
    place = handle.bounding_box()
    assert place is not None
    before = width(page, "text")
    edge = (place["x"] + place["width"] / 2, place["y"] + 10)
    tab.drag(edge, (edge[0] - 100, edge[1]))
    assert abs(width(page, "text") - (before - 100)) <= 1
    expect(handle).to_have_attribute("aria-valuenow", str(round(before - 100)))
    page.keyboard.press("Shift+ArrowRight")
    assert abs(width(page, "text") - (before - 20)) <= 1
    page.keyboard.press("Home")
    assert width(page, "text") == 48
    assert faults(page) == []
    page.reload()
    counted(page, "6 tasks")
    assert width(page, "text") == 48
    handle.focus()
    page.keyboard.press("Enter")
    assert abs(width(page, "text") - before) <= 1
    assert "sort=" not in page.url


def test_a_saved_view_has_its_widths(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, tasks(6))
    page = visit(server).go("tasks").page
    counted(page, "6 tasks")
    page.get_by_role("separator", name="Width of text", exact=True).focus()
    page.keyboard.press("Home")
    page.locator("#views").click()
    page.get_by_role("menuitem", name="Save this view…").click()
    page.get_by_label("Name of the view").fill("Narrow")
    page.keyboard.press("Enter")
    expect(page.locator("#views")).to_contain_text("Narrow")
    (view,) = server.get("api/table/views")
    assert view["widths"] == {"data.text": 48}
    page.get_by_role("separator", name="Width of text", exact=True).focus()
    page.keyboard.press("Enter")
    assert width(page, "text") > 48
    page.locator("#views").click()
    page.get_by_role("menuitemradio", name="Narrow").click()
    assert width(page, "text") == 48


def test_below_a_prefix(serve: Serve, visit: MakeVisit) -> None:
    """Every address of the page is relative: nothing is asked for beside its own folder."""
    tab = visit(serve(CHOICES, tasks(6))).go("tasks")
    counted(tab.page, "6 tasks")
    addresses = tab.page.evaluate(
        """() => [...document.querySelectorAll("[href], [src]")]
          .map((e) => e.getAttribute("href") ?? e.getAttribute("src"))"""
    )
    assert addresses and all(not address.startswith(("/", "http")) for address in addresses)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("count", [0, 1, MANY])
def test_it_looks_right(serve: Serve, visit: MakeVisit, theme: str, count: int) -> None:
    tab = visit(serve(CHOICES, tasks(count)), color_scheme=theme).go("tasks")
    if count:
        expect(row(tab.page, 0)).to_be_visible()
    else:
        expect(tab.page.locator("#nothing")).to_be_visible()
    assert faults(tab.page) == []
    tab.picture(f"pages/tasks-{count}-{theme}")
