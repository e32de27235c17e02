"""The Import page: files, folders, text, addresses; what was understood; all or nothing."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.serving import Server
from tests.conftest import BOXES, CHOICES

PLAYS = b"text,author\nTo be or not to be,Shakespeare\nI can call spirits,Shakespeare\n"
PNG = b"\x89PNG\r\n\x1a\n"


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    kind = "application/octet-stream"
    chosen: list[FilePayload] = [{"name": n, "mimeType": kind, "buffer": b} for n, b in files]
    page.set_input_files("#files-input", chosen)


def go(page: Page) -> Any:
    return page.locator(".import-go .primary")


def drop(page: Page, tree: dict[str, Any]) -> None:
    """Drop files and folders, as a file manager hands them over."""
    page.evaluate(_DROP, tree)


# a DataTransfer cannot hold folders that a script makes, so the entries are stand-ins
_DROP = """(tree) => {
  const entry = (name, what, path) => typeof what === "string"
    ? {name, isFile: true, isDirectory: false, fullPath: path,
       file: (found) => found(new File([what], name))}
    : {name, isFile: false, isDirectory: true, fullPath: path,
       createReader: () => {
         const all = Object.entries(what).map(([n, w]) => entry(n, w, `${path}/${n}`));
         return {readEntries: (found) => found(all.splice(0, 2))};
       }};
  const items = Object.entries(tree).map(([name, what]) => (
    {kind: "file", webkitGetAsEntry: () => entry(name, what, `/${name}`)}));
  const event = new Event("drop", {bubbles: true, cancelable: true});
  event.dataTransfer = {types: ["Files"], items};
  document.body.dispatchEvent(event);
}"""


def test_a_table_is_understood_and_imported(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    choose(page, ("plays.csv", PLAYS))
    understood = page.locator("#understood")
    expect(understood.get_by_role("heading", name="2 tasks")).to_be_visible()
    keys = understood.get_by_role("region", name="Keys of the data")
    expect(keys.get_by_role("row", name="text text every task Text")).to_be_visible()
    expect(keys.get_by_role("row", name="author text every task –")).to_be_visible()
    rows = understood.get_by_role("region", name="The first of them")
    expect(rows).to_contain_text("I can call spirits")
    assert server.get("api/tasks") == []
    assert faults(page) == []

    expect(go(page)).to_have_text("Import 2 tasks")
    go(page).click()
    expect(page.locator("#result")).to_contain_text("2 tasks are in: numbers 0 to 1.")
    assert [task["data"]["author"] for task in server.get("api/tasks")] == ["Shakespeare"] * 2
    expect(page.get_by_role("link", name="Label", exact=True).last).to_be_focused()
    expect(page.locator("#staged")).to_be_hidden()


def test_bad_items_are_named_and_may_be_left_out(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    choose(page, ("mixed.json", b'[{"text": "one"}, {"txt": "two"}, {"text": "three"}]'))
    wrong = page.get_by_role("region", name="What is wrong")
    expect(wrong.get_by_role("row", name='mixed.json item 1 "text" is missing')).to_be_visible()
    expect(page.locator(".file-list")).to_contain_text("1 item cannot become a task")
    expect(page.locator(".import-go")).to_contain_text("1 bad item will be left out.")
    go(page).click()
    expect(page.locator("#result")).to_contain_text("1 bad item left out")
    assert [task["data"]["text"] for task in server.get("api/tasks")] == ["one", "three"]


def test_a_file_that_cannot_be_read_stands_in_the_way(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    choose(page, ("broken.json", b'[{"text": '), ("plays.csv", PLAYS))
    expect(page.locator(".file-list .failed")).to_contain_text("line 1, column")
    expect(go(page)).to_be_disabled()
    page.get_by_role("button", name="Remove broken.json").click()
    expect(go(page)).to_have_text("Import 2 tasks")
    expect(go(page)).to_be_enabled()
    assert [file["name"] for file in server.get("api/imports/files")] == ["plays.csv"]


def test_tasks_that_lack_what_the_config_shows(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(CHOICES)).go("import").page
    choose(page, ("other.json", b'[{"body": "one"}]'))
    expect(page.locator("#understood .notice")).to_contain_text("“text”")
    expect(page.locator("#understood")).to_contain_text("No tasks were found.")
    expect(go(page)).to_be_disabled()


def test_finished_work_is_announced(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    region = {
        "from_name": "mood",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["good"]},
    }
    task = {
        "data": {"text": "one"},
        "completions": [{"result": [region]}],
        "predictions": [{"result": []}],
    }
    choose(page, ("done.json", json.dumps([task]).encode()))
    expect(page.locator("#understood")).to_contain_text("1 completion")
    expect(page.locator("#understood")).to_contain_text("1 prediction")
    go(page).click()
    expect(page.locator("#result")).to_contain_text("1 task is in: number 0. 1 completion, 1 pred")
    assert server.values() == [{"choices": ["good"]}]


def test_dropped_folders_are_walked_through(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    deep = {"b.txt": "second\nthird", ".hidden": "no", "more": {"c.txt": "last"}}
    drop(page, {"a.txt": "first", "folder": deep})
    expect(page.locator("#understood h2")).to_have_text("4 tasks")
    expect(page.locator(".file-list .name")).to_have_text(
        ["a.txt", "folder/b.txt", "folder/more/c.txt"]
    )
    go(page).click()
    expect(page.locator("#result")).to_contain_text("4 tasks are in")
    texts = [task["data"]["text"] for task in server.get("api/tasks")]
    assert texts == ["first", "second", "third", "last"]


def test_a_folder_of_many_pictures(serve: Serve, visit: MakeVisit, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.png").write_bytes(PNG + bytes([number % 256]) * 100)
    server = serve(BOXES)
    page = visit(server).go("import").page
    page.set_input_files("#folder-input", str(folder))
    expect(page.locator("#understood h2")).to_have_text("300 tasks")
    expect(page.locator(".file-list li").last).to_have_text("and 100 more files")
    go(page).click()
    expect(page.locator("#result")).to_contain_text("300 tasks are in")
    assert len(list((server.folder / "upload").iterdir())) == 300


def test_text_is_pasted_onto_the_page(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const init = {clipboardData: data, bubbles: true, cancelable: true};
          document.body.dispatchEvent(new ClipboardEvent("paste", init));
        }""",
        "text\tauthor\nTo be\tShakespeare\nNot to be\tShakespeare",
    )
    expect(page.locator("#text-kind")).to_have_value("tsv")
    expect(page.locator("#text-input")).to_be_focused()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#understood h2")).to_have_text("2 tasks")
    expect(page.locator(".file-list .name")).to_have_text("pasted.tsv")


@pytest.fixture
def remote() -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/plays.csv" else 404)
            self.end_headers()
            self.wfile.write(PLAYS)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_an_address_is_fetched_by_the_server(serve: Serve, visit: MakeVisit, remote: str) -> None:
    tab = visit(serve(CHOICES)).go("import")
    page = tab.page
    page.get_by_role("tab", name="Address").click()
    page.fill("#url-input", f"{remote}/plays.csv")
    page.keyboard.press("Enter")
    expect(page.locator("#understood h2")).to_have_text("2 tasks")
    expect(page.locator(".file-list .name")).to_have_text("plays.csv")

    tab.excuse("502|400|404")
    page.get_by_role("tab", name="Address").click()
    page.fill("#url-input", f"{remote}/nothing.csv")
    page.keyboard.press("Enter")
    expect(page.locator(".file-list .failed")).to_contain_text("404")
    expect(
        page.locator(".file-list .failed").get_by_role("button", name="Try again")
    ).to_be_visible()


def test_files_are_there_again_after_a_reload(serve: Serve, visit: MakeVisit) -> None:
    page = visit(serve(CHOICES)).go("import").page
    choose(page, ("plays.csv", PLAYS), ("more.txt", b"one line"))
    expect(go(page)).to_have_text("Import 3 tasks")
    page.reload()
    expect(page.locator(".file-list .name")).to_have_text(["plays.csv", "more.txt"])
    expect(go(page)).to_have_text("Import 3 tasks")
    page.get_by_role("button", name="Remove all").click()
    expect(page.locator("#staged")).to_be_hidden()
    expect(page.locator("#go")).to_be_hidden()


def test_a_server_that_is_away_and_back(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    tab = visit(server).go("import")
    tab.excuse("ERR_|Failed to load")
    server.stop()
    choose(tab.page, ("plays.csv", PLAYS))
    expect(tab.page.locator(".file-list .failed")).to_contain_text("cannot be reached")
    server.start()
    tab.page.get_by_role("button", name="Try again").click()
    expect(go(tab.page)).to_have_text("Import 2 tasks")


def test_an_import_is_cancelled(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    lines = b"".join(b'{"text": "%d %b"}\n' % (n, b"word " * 20) for n in range(200_000))
    choose(page, ("many.jsonl", lines))
    expect(go(page)).to_have_text("Import")
    expect(page.locator(".import-go")).to_contain_text("Only the beginning was looked at")
    go(page).click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#result")).to_contain_text("The import was cancelled.")
    assert server.get("api/tasks") == []
    expect(go(page)).to_be_enabled()


def test_a_folder_is_served_in_place(serve: Serve, visit: MakeVisit, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    (photos / "deep").mkdir(parents=True)
    for name in ("one.png", "two.jpg", "deep/three.png"):
        (photos / name).write_bytes(PNG)
    server = serve(BOXES)
    page = visit(server).go("import").page
    page.get_by_role("tab", name="Folder, in place").click()
    page.fill("#folder-path", str(tmp_path))
    page.locator(".folder-chips").get_by_role("button", name="photos").click()
    expect(page.locator("#panel-folder")).to_contain_text("3 pictures")
    assert faults(page) == []
    page.get_by_role("button", name="Serve this folder").click()
    expect(page.locator("#panel-folder")).to_contain_text("3 new tasks.")
    expect(page.locator(".served")).to_contain_text(str(photos))
    assert not (server.folder / "upload").exists() or not list(
        (server.folder / "upload").iterdir()
    )
    (photos / "four.png").write_bytes(PNG)
    page.get_by_role("button", name="Look again").click()
    expect(page.locator("#panel-folder")).to_contain_text("1 new task.")
    assert len(server.get("api/tasks?page_size=100")) == 4


def test_the_keyboard_is_enough(serve: Serve, visit: MakeVisit) -> None:
    server: Server = serve(CHOICES)
    page = visit(server).go("import").page
    page.locator("#tab-files").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-text")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type('[{"text": "typed"}]')
    expect(page.locator("#text-kind")).to_have_value("json")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(go(page)).to_have_text("Import 1 task")
    go(page).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("1 task is in")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_calm_without_anything(serve: Serve, visit: MakeVisit, theme: str) -> None:
    tab = visit(serve(CHOICES), color_scheme=theme).go("import")
    expect(tab.page.get_by_role("heading", name="Import", level=1)).to_be_visible()
    assert faults(tab.page) == []
    tab.picture(f"pages/import-{theme}")


def test_finished_work_of_another_program(serve: Serve, visit: MakeVisit) -> None:
    server = serve(CHOICES)
    page = visit(server).go("import").page
    conll = b"-DOCSTART- -X- O\nAda -X- _ B-PER\nis -X- _ O\nin -X- _ O\nParis -X- _ B-LOC\n\n"
    choose(page, ("ner.conll", conll))
    page.locator("#read-as").select_option("CoNLL 2003")
    understood = page.locator("#understood")
    expect(understood.get_by_role("heading", name="1 task with 2 labels")).to_be_visible()
    expect(understood.locator(".notice")).to_contain_text("The label config lacks")
    expect(go(page)).to_be_disabled()
    assert faults(page) == []
    page.get_by_label("Labels become").select_option("predictions")
    understood.get_by_role("checkbox", name="Use this label config instead").check()
    expect(go(page)).to_have_text("Import 1 task with 2 labels")
    go(page).click()
    expect(page.locator("#result")).to_contain_text("1 prediction")
    (task,) = server.get("api/tasks")
    assert len(task["predictions"][0]["result"]) == 2
