"""From the key that submits to the next task, ready for the next key: text and images.

    python -m bench.labeling                  our server, with each of its two editors
    python -m bench.labeling --peer COMMAND   the real 0.8.2, too, in the same browser
    python -m bench.labeling --rounds 5       fewer, to see whether it works; nothing is written

Some tasks are labeled with two keys each, as a person would: the label, then Ctrl+Enter. A task
is ready when the editor shows its text (and its image is drawn) and one more frame has been
painted. What the pages ask of other hosts is refused at once. Printed, and written to
``bench/LABELING.md``: medians, in milliseconds, with page weight and requests.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

from bench.legacy import make_project
from bench.server import OURS, Server
from label_studio_lite.core.model import Json
from label_studio_lite.editor_build import BUILDS
from label_studio_lite.service.editors import settings_for

RESULTS = Path(__file__).parent / "LABELING.md"
SAMPLE = Path(__file__).parents[1] / "static" / "samples" / "sample.jpg"
CHROMIUM = "/usr/bin/chromium"
MEASURED = 30
WARMING = 3
CHOICES = '<Choices name="mood" toName="it"><Choice value="good"/><Choice value="bad"/></Choices>'
CONFIGS = {
    "text": f'<View><Text name="it" value="$text"/>{CHOICES}</View>',
    "image": f'<View><Header value="$text"/><Image name="it" value="$image"/>{CHOICES}</View>',
}
WATCH = """(() => {
  const ready = (n) => {
    const stage = document.querySelector("#label-studio");
    if (!stage || !stage.textContent.includes(`number ${n}.`)) return false;
    const image = [...stage.querySelectorAll("img")].find((i) => i.src.includes("/img-"));
    return !image || (image.src.includes(`img-${n}.`) && image.complete);
  };
  window.isReady = ready;
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey && event.key === "Enter")) return;
    const [start, n] = [performance.now(), window.next];
    window.took = null;
    const look = () => {
      if (!ready(n)) return requestAnimationFrame(look);
      requestAnimationFrame(() => { window.took = performance.now() - start; });
    };
    requestAnimationFrame(look);
  }, true);
})()"""

Row = dict[str, float]
Servers = dict[str, tuple[str, Json]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.labeling", description=__doc__)
    parser.add_argument("--peer", help="a command that starts 0.8.2, with {folder} and {port}")
    parser.add_argument("--rounds", type=int, default=MEASURED, help="tasks that are measured")
    given = parser.parse_args()
    servers: Servers = {f"ours {build}": (OURS, settings_for(build)) for build in reversed(BUILDS)}
    if given.peer:
        servers["0.8.2"] = given.peer, {}
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        rows = {
            (kind, name): measure(browser, command, kind, settings, given.rounds)
            for kind in CONFIGS
            for name, (command, settings) in servers.items()
        }
    text = _document(rows)
    print(text)
    if given.rounds >= MEASURED:
        RESULTS.write_text(text)


def measure(browser: Browser, command: str, kind: str, settings: Json, rounds: int) -> Row:
    """``settings`` are added to config.json."""
    count = rounds + WARMING + 4  # the page reads some ahead
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary) / "project"
        make_project(folder)
        (folder / "config.xml").write_text(CONFIGS[kind])
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | settings))
        (folder / "upload").mkdir()
        if kind == "image":
            for number in range(count):
                shutil.copy(SAMPLE, folder / "upload" / f"img-{number}.jpg")
        server = Server(command, folder)
        try:
            tasks = [_task(number, kind) for number in range(count)]
            server.ask("POST", "/api/project/import", json.dumps(tasks).encode())
            return _label(browser, f"http://localhost:{server.port}/", rounds)
        finally:
            server.stop()


def _task(number: int, kind: str) -> dict[str, Any]:
    task = {"text": f"This is number {number}."}
    return task | ({"image": f"/data/upload/img-{number}.jpg"} if kind == "image" else {})


def _label(browser: Browser, address: str, rounds: int) -> Row:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    seen: list[Request] = []
    context.add_init_script(WATCH)  # before the pages', so that it sees the key first
    context.route("**/*", lambda route: _only_ours(route, address))

    def finished(request: Request) -> None:
        seen.append(request)

    page.on("requestfinished", finished)
    page.goto(address)
    page.wait_for_function("() => isReady(0)")
    page.remove_listener("requestfinished", finished)
    row: Row = {
        "first page, requests": len(seen),
        "first page, KB": sum(map(_length, seen)) / 1e3,
    }
    row |= _submit_all(page, rounds)
    context.close()
    return row


def _length(request: Request) -> int:
    answer = request.response()
    return int((answer.header_value("content-length") if answer else None) or 0)


def _submit_all(page: Page, rounds: int) -> Row:
    times = []
    for number in range(rounds + WARMING):
        page.keyboard.press("1")
        page.evaluate(f"next = {number + 1}; took = null")
        page.keyboard.press("Control+Enter")
        page.wait_for_function("() => took !== null")
        times.append(page.evaluate("took"))
    times = sorted(times[-rounds:])
    return {"submit to next, median": statistics.median(times), f"slowest of {rounds}": times[-1]}


def _only_ours(route: Route, address: str) -> None:
    if route.request.url.startswith((address, "data:", "blob:")):
        route.continue_()
    else:
        route.abort()


def _document(rows: dict[tuple[str, str], Row]) -> str:
    lines = [
        "# Labeling, measured in Chromium\n",
        f"Made by `python -m bench.labeling` on {platform.system()} {platform.machine()}; the"
        " machine was shared, so compare rows, not days. Times are in milliseconds.\n",
    ]
    names = list(next(iter(rows.values())))
    lines += [f"| | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    for (kind, who), row in rows.items():
        lines.append(f"| {kind}, {who} | {' | '.join(f'{row[name]:,.0f}' for name in names)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
