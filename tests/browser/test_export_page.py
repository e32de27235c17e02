"""The Export page: a format, what goes in, the file, and the report of what could not."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import MakeVisit, Serve
from tests.conftest import BOXES, CHOICES, choice

TASKS: list[dict[str, Any]] = [
    {"data": {"text": "one"}, "completions": [{"result": [choice("good")]}]},
    {"data": {"text": "two"}, "completions": [{"result": [], "was_cancelled": True}]},
    {"data": {"text": "three"}},
    {"data": {"text": "four"}, "completions": [{"result": [choice("bad")]}]},
]


def export(page: Page) -> Download:
    with page.expect_download() as download:
        page.locator("#go").click()
    return download.value


def members(download: Download, folder: Path) -> dict[str, bytes]:
    path = folder / download.suggested_filename
    download.save_as(path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def texts(content: bytes) -> list[str]:
    return [task["data"]["text"] for task in json.loads(content)]


def test_an_export_is_downloaded_with_its_report(
    serve: Serve, visit: MakeVisit, tmp_path: Path
) -> None:
    page = visit(serve(CHOICES, TASKS)).go("export").page
    expect(page.locator("#go")).to_have_text("Export JSON")
    page.get_by_role("radio", name="CSV A table").check()
    expect(page.locator("#go")).to_have_text("Export CSV")
    found = members(export(page), tmp_path)
    assert found["result.csv"].decode().splitlines()[1].startswith("one")
    assert json.loads(found["export_report.json"])["tasks"]["left_out"] == 1
    result = page.locator("#result")
    expect(result).to_contain_text("3 tasks: 2 written, 1 left out")
    expect(result.get_by_role("row", name="tasks left out only skipped 1")).to_be_visible()
    expect(page.locator("#earlier")).to_contain_text("CSV – 3 tasks: 2 written, 1 left out")
    assert faults(page) == []


def test_what_goes_in_is_chosen(serve: Serve, visit: MakeVisit, tmp_path: Path) -> None:
    page = visit(serve(CHOICES, TASKS)).go("export").page
    page.get_by_role("radio", name="All, also those without work (4)").check()
    assert texts(members(export(page), tmp_path)["result.json"]) == ["one", "two", "three", "four"]
    page.get_by_role("radio", name="Only the newest of each task").check()
    page.get_by_role("checkbox", name="The bare file, without a ZIP around it").check()
    bare = export(page)
    assert bare.suggested_filename.endswith(".json")
    page.get_by_role("button", name="As curl").click()
    curl = page.get_by_role("dialog")
    expect(curl).to_contain_text('{"format":"JSON","all_tasks":true,"newest":true,"raw":true}')


def test_what_was_chosen_on_the_tasks_page(serve: Serve, visit: MakeVisit, tmp_path: Path) -> None:
    page = visit(serve(CHOICES, TASKS)).go("tasks?state=done").page
    expect(page.locator("#count")).to_have_text("2 of 4 tasks")
    page.get_by_role("checkbox", name="Select task 3", exact=True).click()
    page.get_by_role("button", name="Export…").click()
    expect(page.get_by_role("radio", name="1 task chosen on the Tasks page")).to_be_checked()
    assert texts(members(export(page), tmp_path)["result.json"]) == ["four"]


def test_options_follow_the_format(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(BOXES)).go("export").page
    expect(page.locator("#formats")).to_contain_text("COCO")
    expect(page.locator("#formats")).not_to_contain_text("CoNLL")
    page.get_by_role("radio", name="COCO with images").check()
    expect(page.get_by_text("Fetch files from other servers, too")).to_be_visible()
    expect(page.get_by_text("The bare file")).to_be_hidden()
    page.get_by_text("Formats for other kinds of data").click()
    page.get_by_role("radio", name="CoNLL 2003").check()
    expect(page.get_by_label("Texts are cut into")).to_be_visible()
    page.reload()
    expect(page.get_by_role("radio", name="CoNLL 2003")).to_be_checked()


def test_earlier_exports_are_kept_and_deleted(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, TASKS)
    page = visit(server).go("export").page
    expect(page.locator("#earlier")).to_contain_text("None yet.")
    name = export(page).suggested_filename
    page.reload()
    with page.expect_download() as again:
        page.get_by_role("link", name=name).click()
    assert again.value.suggested_filename == name
    page.get_by_role("button", name=f"Delete {name}").click()
    expect(page.get_by_role("dialog")).to_contain_text("Tasks and completions stay.")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#earlier")).to_contain_text("None yet.")
    assert server.get("api/project/exports") == []


def test_an_export_is_watched_and_cancelled(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES, [{"data": {"text": "word " * 40}} for _ in range(60_000)])
    page = visit(server).go("export").page
    page.get_by_role("radio", name="CSV A table").check()
    page.get_by_role("radio", name="All, also those without work (60,000)").check()
    page.locator("#go").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#result")).to_contain_text("The export was cancelled.")
    assert server.get("api/project/exports") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_looks_right(serve: Serve, visit: MakeVisit, theme: str) -> None:
    tab = visit(serve(CHOICES, TASKS), color_scheme=theme).go("export")
    expect(tab.page.locator("#go")).to_have_text("Export JSON")
    assert faults(tab.page) == []
    tab.picture(f"pages/export-{theme}")
