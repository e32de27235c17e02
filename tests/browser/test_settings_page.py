"""The Settings page."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from label_studio_lite.service.editors import settings_for
from tests.browser.axe import faults
from tests.browser.configs import ENTITIES, MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve

PIZZA = "\N{SLICE OF PIZZA}"


def test_what_is_changed_is_saved_at_once(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).go("settings")
    page = tab.page
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_disabled()
    page.get_by_label("Title").fill("Moods of travellers")
    page.get_by_label("any that is open").check()
    page.get_by_label("Instructions").fill("Read to the end.")
    expect(page.locator("#state")).to_have_text("Not saved yet")
    page.keyboard.press("Control+S")
    expect(page.locator("#state")).to_have_text("Saved")
    expect(save).to_be_disabled()
    shown = server.get("api/settings")
    assert (shown["title"], shown["sampling"]) == ("Moods of travellers", "uniform")
    assert server.get("api/project")["instruction"] == "Read to the end."
    tab.picture("settings")


def test_a_bad_value_is_told_at_its_field(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS)).go("settings")
    tab.excuse("status of 400")
    tab.page.get_by_label("Seconds for a live prediction").fill("99999")
    tab.page.get_by_role("button", name="Save", exact=True).click()
    expect(tab.page.get_by_text("must be a number of seconds, 0 to 3600")).to_be_visible()
    expect(tab.page.get_by_label("Seconds for a live prediction")).to_be_focused()


def test_the_editor_is_switched_and_offsets_converted(serve: Serve, visit: MakeVisit) -> None:
    server = serve(ENTITIES, [{"text": f"{PIZZA} in Rome"}], settings_for("classic"))
    region = {"from_name": "ner", "to_name": "text", "type": "labels"}
    value = {"start": 6, "end": 10, "text": "Rome", "labels": ["Place"]}
    server.post("api/tasks/0/completions", {"result": [{**region, "value": value}]})
    page = visit(server).go("settings").page
    modern = page.locator('[data-build="modern"]')
    modern.get_by_role("button", name="Switch to it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 completion and 0 predictions will be written anew")
    assert faults(page) == []
    dialog.get_by_role("button", name="Switch", exact=True).click()
    expect(modern.get_by_text("In use")).to_be_visible()
    assert server.get("api/editor")["build"] == "modern"
    assert server.get("api/tasks/0")["completions"][0]["result"][0]["value"]["start"] == 5


def test_licences_are_shown(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(MOOD)).go("settings").page
    page.get_by_text("Label Studio Frontend, classic").click()
    expect(page.locator(".licence[open] pre").first).to_contain_text("Apache License")


def test_a_choice_of_the_command_line_is_told(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS, options=["--sampling", "uniform"])
    page = visit(server).go("settings").page
    expect(page.get_by_label("any that is open")).to_be_checked()
    expect(page.get_by_role("status").filter(has_text="command line")).to_be_visible()
    config = json.loads((server.folder / "config.json").read_text())
    assert config["sampling"] == "sequential"


def test_dark_and_on_a_tablet(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD), viewport={"width": 820, "height": 1180}, color_scheme="dark")
    tab.go("settings")
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 820
    tab.picture("settings-dark-tablet")
