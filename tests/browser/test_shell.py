"""What every page has: keys, palette, theme, calls as curl; and room on small screens."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from label_studio_lite.service.editors import settings_for
from tests.browser.configs import BOXES, MOOD, PICTURE, TEXTS
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.serving import Server
from tests.browser.visiting import Visit

GOOD = {"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}}


def dialog(tab: Visit) -> Locator:
    return tab.page.get_by_role("dialog")


def is_good(tab: Visit) -> bool:
    return tab.page.get_by_role("checkbox", name="good").is_checked()


class Keys:
    """For each action of the help: presses its key and sees what it did."""

    def __init__(self, tab: Visit, server: Server) -> None:
        self.tab = tab
        self.server = server
        self.checks: dict[str, Callable[[str], None]] = {
            "Commands…": self.opens_a_dialog,
            "Keys…": self.opens_a_dialog,
            "Instructions": self.opens_a_dialog,
            "Submit": self.submits,
            "Take the last submit back": self.takes_back,
            "Undo": self.undoes,
            "Redo": self.redoes,
            "Skip": self.goes_on,
            "Say why it was skipped": self.asks_why,
            "Next task": self.goes_on,
            "Previous task": self.goes_back,
            "New completion": self.adds,
            "New completion like this one": self.copies,
            "Ground truth, on or off": self.stars,
            "Work on from the prediction": self.accepts,
            "Delete this completion": self.removes,
        }

    def fresh(self, path: str = "?task_id=1") -> None:
        self.tab.label(path)

    def opens_a_dialog(self, chord: str) -> None:
        self.fresh()
        self.tab.press(chord)
        expect(dialog(self.tab)).to_be_visible()
        self.tab.press("Escape")
        expect(dialog(self.tab)).to_have_count(0)

    def submits(self, chord: str) -> None:
        self.fresh("?task_id=0")
        before = len(self.server.completions(0))
        self.tab.press("Alt+Shift+N", "1", chord)
        self.tab.wait_saved()
        assert len(self.server.completions(0)) == before + 1

    def takes_back(self, chord: str) -> None:
        self.fresh("?task_id=0")
        before = len(self.server.completions(0))
        self.tab.press("Alt+Shift+N", "1")
        self.tab.submit()
        self.tab.press(chord)
        self.tab.wait_saved()
        assert len(self.server.completions(0)) == before

    def undoes(self, chord: str) -> None:
        self.fresh("?task_id=2")
        self.tab.press("1")
        assert is_good(self.tab)
        self.tab.press(chord)
        expect(self.tab.page.get_by_role("checkbox", name="good")).not_to_be_checked()

    def redoes(self, chord: str) -> None:
        self.undoes("Control+z")
        self.tab.press(chord)
        expect(self.tab.page.get_by_role("checkbox", name="good")).to_be_checked()

    def goes_on(self, chord: str) -> None:
        self.fresh("")
        name = self.tab.page.locator("#task-name").inner_text()
        self.tab.press(chord)
        expect(self.tab.page.locator("#task-name")).not_to_have_text(name)

    def asks_why(self, chord: str) -> None:
        self.fresh("?task_id=2")
        self.tab.press("Control+Space", chord)
        expect(self.tab.page.locator("[list=skip-reasons]")).to_be_focused()
        self.tab.press("Escape")
        self.tab.wait_saved()
        self.server.delete(f"api/tasks/2/completions/{self.server.completions(2)[-1]['id']}")

    def goes_back(self, chord: str) -> None:
        self.fresh("")
        name = self.tab.page.locator("#task-name").inner_text()
        self.goes_on("Alt+Shift+ArrowRight")
        self.tab.press(chord)
        expect(self.tab.page.locator("#task-name")).to_have_text(name)

    def adds(self, chord: str) -> None:
        self.fresh()
        self.tab.press(chord)
        expect(self.tab.page.locator("#completion-menu")).to_contain_text("New completion")

    def copies(self, chord: str) -> None:
        self.adds(chord)
        assert is_good(self.tab)

    def stars(self, chord: str) -> None:
        self.fresh()
        self.tab.press(chord)
        expect(self.tab.page.locator("#chips")).to_contain_text("ground truth")

    def accepts(self, chord: str) -> None:
        self.fresh("?task_id=4")
        self.tab.press(chord)
        expect(self.tab.page.locator("#chips")).to_contain_text("begun from")

    def removes(self, chord: str) -> None:
        self.server.post("api/tasks/3/completions", {"result": [GOOD]})
        self.fresh("?task_id=3")
        self.tab.press(chord)
        self.tab.wait_saved()
        assert self.server.completions(3) == []


PRESSED = {"Space": " ", "←": "ArrowLeft", "→": "ArrowRight", "↵": "Enter", "Del": "Delete"}


def chord_of(caps: list[str]) -> str:
    *held, key = [PRESSED.get(cap, cap) for cap in caps]
    held = [{"Ctrl": "Control"}.get(name, name) for name in held]
    return "+".join([*held, key.lower() if held and len(key) == 1 and key != "?" else key])


def test_every_key_of_the_help_works(serve: Serve, visit: MakeVisit) -> None:
    prediction = {"result": [GOOD], "model_version": "m"}
    tasks = [*TEXTS[:4], {"data": TEXTS[4], "predictions": [prediction]}]
    server = serve(MOOD, tasks, {"instruction": "Read it."})
    server.post("api/tasks/1/completions", {"result": [GOOD]})
    tab = visit(server).label("?task_id=1")
    tab.press("?")
    rows = dialog(tab).locator(".row:has(button)")
    listed = {
        row.locator("span").first.inner_text(): row.locator("kbd").all_inner_texts()
        for row in rows.all()
    }
    listed = {title: caps for title, caps in listed.items() if caps}
    keys = Keys(tab, server)
    assert sorted(listed) == sorted(keys.checks)
    for title in keys.checks:
        caps = listed[title]
        first = caps[: 1 + next(n for n, cap in enumerate(caps) if cap not in HELD)]
        keys.checks[title](chord_of(first))


HELD = {"Ctrl", "Alt", "Shift"}


@pytest.mark.parametrize("build", ["classic", "modern"])
def test_keys_of_the_editor_work_and_are_listed(
    serve: Serve, visit: MakeVisit, build: str
) -> None:
    tab = visit(serve(BOXES, [PICTURE], settings_for(build))).label()
    tab.wait_idle()
    tab.press("?")
    expect(dialog(tab)).to_contain_text("Delete the selected region")
    expect(dialog(tab)).to_contain_text("Cat")
    tab.press("Escape")
    box = tab.page.locator("#label-studio img[src*=sample]").first.bounding_box()
    assert box is not None
    tab.press("1")
    tab.drag((box["x"] + 50, box["y"] + 50), (box["x"] + 200, box["y"] + 150))
    draft = tab.page.locator("#state")
    expect(draft).to_contain_text("Draft saved")
    tab.click(box["x"] + 120, box["y"] + 100)
    tab.press("Backspace")
    expect(draft).not_to_contain_text("Draft saved")


def test_a_key_is_changed_and_kept_in_the_project(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("?")
    change = dialog(tab).get_by_role("button", name="Change the key of “Submit”")
    change.click()
    tab.press("1")  # a label has it
    expect(tab.page.get_by_role("alert")).to_contain_text("The label “good” has this key")
    change.click()
    tab.press("Control+Space")
    expect(tab.page.get_by_role("alert").last).to_contain_text("“Skip” has this key already")
    change.click()
    tab.press("F9")
    expect(change).to_contain_text("F9")
    tab.press("Escape")
    tab.wait_idle()
    assert json.loads((server.folder / "config.json").read_text())["keymap"] == {"submit": ["F9"]}
    tab.page.reload()
    tab.wait_for_task(0)
    expect(tab.button("submit")).to_contain_text("F9")
    tab.press("1", "Control+Enter")
    tab.wait_idle()
    assert server.completions(0) == []
    tab.press("F9")
    tab.wait_saved()
    assert server.values(0) == [{"choices": ["good"]}]


def test_a_key_of_a_label_is_never_taken(serve: Serve, visit: MakeVisit) -> None:
    """A label with the hotkey F1, which is ours elsewhere."""
    config = MOOD.replace('value="good"', 'value="good" hotkey="f1"')
    tab = visit(serve(config, TEXTS)).label()
    tab.press("F1")
    expect(tab.page.get_by_role("checkbox", name="good")).to_be_checked()
    expect(dialog(tab)).to_have_count(0)
    tab.press("?")
    expect(dialog(tab)).to_be_visible()


def test_the_palette_finds_actions_and_pages(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.press("Control+k")
    found = dialog(tab).get_by_role("option")
    expect(found.first).to_contain_text("Submit")  # what only this page can do is offered first
    tab.page.keyboard.type("ski")
    expect(found).to_contain_text(["Skip", "Say why it was skipped"])
    tab.press("Enter")
    tab.wait_for_task(1)
    tab.press("Control+k")
    tab.page.keyboard.type("xyzzy")
    expect(dialog(tab)).to_contain_text("Nothing like that")


def test_what_was_done_is_shown_as_curl(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS)).label()
    tab.press("1")
    tab.submit()
    tab.press("Control+k")
    tab.page.keyboard.type("curl")
    tab.press("Enter")
    line = dialog(tab).locator("code", has_text="/api/tasks/0/completions")
    expect(line).to_contain_text("curl -X POST -H 'Content-Type: application/json'")
    expect(line).to_contain_text('"choices":["good"]')


def test_the_theme_is_the_systems_until_one_is_chosen(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS), color_scheme="dark").label()
    page = tab.page.locator("html")
    expect(page).to_have_attribute("data-theme", "dark")
    tab.button("theme").click()
    expect(page).to_have_attribute("data-theme", "light")
    tab.page.reload()
    expect(page).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (820, 1180), (700, 900)])
def test_nothing_is_cut_off(serve: Serve, visit: MakeVisit, size: tuple[int, int]) -> None:
    viewport = {"width": size[0], "height": size[1]}
    tab = visit(serve(BOXES, [PICTURE]), viewport=viewport, has_touch=True).label()
    tab.wait_idle()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for action in ("submit", "skip", "previous", "next", "help"):
        expect(tab.button(action)).to_be_in_viewport(ratio=1)
    tab.go("tasks")
    expect(tab.page.get_by_role("button", name="Skipped")).to_be_in_viewport(ratio=1)
    tab.go("settings")  # the last of the pages, its name must not be cut off either
    current = tab.page.get_by_role("navigation", name="Pages").locator("[aria-current]")
    expect(current).to_be_in_viewport(ratio=1)


def test_a_page_that_is_not_there_leads_back(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS))
    tab.excuse("404")
    tab.go("deep/down/nowhere")
    expect(tab.page.get_by_role("heading")).to_have_text("There is no such page")
    tab.page.get_by_role("link", name="To the project").click()
    tab.wait_for_task(0)


def test_a_task_that_is_not_there_is_said_in_words(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS)).go("?task_id=99")
    expect(tab.page.get_by_role("heading", name="there is no task 99")).to_be_visible()
