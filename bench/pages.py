"""The pages in Chromium, with a thousand, a hundred thousand and a million tasks.

    python -m bench.pages                      all three; written to bench/PAGES.md
    python -m bench.pages --sizes 1000,100000  some of them; written all the same

Every tenth task is labeled. Each measurement is made in a browser that knows nothing yet, against
a server that has answered one request, in the order of the table: what is measured once for the
first time is marked so. Times are in milliseconds, from the press of a key, or from the wish for
a page, to one frame after what was wanted is drawn.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, Request, sync_playwright

from bench.labeling import CHROMIUM
from bench.legacy import RESULT, make_project
from bench.server import OURS, Server
from label_studio_lite.service.editors import settings_for

RESULTS = Path(__file__).parent / "PAGES.md"
PATIENCE = 600_000.0  # ms
ROUNDS = 5
BATCH = 100_000  # tasks that are sent at once
TEXT = "a text of the length that a short message or the caption of a picture has, number"
DONE = f'"completions":[{RESULT.decode()}]'
PAGES = ("", "tasks", "setup", "import", "export", "model", "storage", "insights", "settings")
# what is to be seen, as an expression of the page
TABLE = "document.querySelectorAll('.grid-row .cell a').length > 5"
LABEL = "document.querySelector('#label-studio')?.textContent.includes('number')"
HEADINGS = "[...document.querySelectorAll('.grid-head button')]"
COUNTED = (
    "document.querySelector('#tiles')?.childElementCount > 0"
    " && document.querySelector('#counting').textContent === ''"
)
WAIT = """(seen) => new Promise((resolve) => {
  const is = new Function(`return ${seen}`);
  const look = () => (is() ? requestAnimationFrame(() => resolve()) : requestAnimationFrame(look));
  look();
})"""

Row = dict[str, float]


class Weight(NamedTuple):
    requests: int
    bytes: int


class Tab:
    """A page of a browser without memory."""

    def __init__(self, browser: Browser, address: str) -> None:
        # what is to be seen is told as text, which the pages' own policy would not run
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 720}, bypass_csp=True
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self._address = address
        self._requests: list[Request] = []
        self.page.on("requestfinished", self._finished)

    def _finished(self, request: Request) -> None:
        self._requests.append(request)

    def open(self, path: str, seen: str) -> float:
        """Milliseconds from the wish to what is to be seen."""
        self.page.goto(self._address + path, wait_until="commit")
        self.page.wait_for_function(seen)
        return self._since("0")

    def after(self, do: str, seen: str) -> float:
        """The same from a piece of script, which does what a key or a click would."""
        took: float = self.page.evaluate(
            f"async () => {{ const start = performance.now(); {do};"
            f" await ({WAIT})({json.dumps(seen)}); return performance.now() - start; }}"
        )
        return took

    def _since(self, start: str) -> float:
        took: float = self.page.evaluate(f"performance.now() - {start}")
        return took

    def weight(self) -> Weight:
        self.page.wait_for_load_state("networkidle")
        sizes = [request.sizes()["responseBodySize"] for request in self._requests]
        return Weight(len(sizes), sum(sizes))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--sizes", default="1000,100000,1000000", help="numbers of tasks")
    given = parser.parse_args()
    rows: dict[int, Row] = {}
    weights: dict[str, Weight] = {}
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        for size in map(int, given.sizes.split(",")):
            with served(size) as address:
                rows[size] = measure(browser, address, size)
                weights = weights or {path: weigh(browser, address, path) for path in PAGES}
            print(size, rows[size], flush=True)
    text = document(rows, weights)
    print(text)
    RESULTS.write_text(text)


@contextmanager
def served(size: int) -> Iterator[str]:
    """A server with that many tasks, started anew after they were imported."""
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary) / "project"
        make_project(folder)
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | settings_for("modern")))
        with Server(OURS, folder) as server:
            for start in range(0, size, BATCH):
                body = tasks_body(range(start, min(start + BATCH, size)))
                server.ask("POST", "/api/project/import", body)
            server.stop()
        with Server(OURS, folder) as server:
            yield f"http://localhost:{server.port}/"


def tasks_body(numbers: range) -> bytes:
    def task(number: int) -> str:
        data = f'{{"text":"{TEXT} {number}.","n":{number}}}'
        return f'{{"data":{data}{"," + DONE if number % 10 == 0 else ""}}}'

    return f"[{','.join(map(task, numbers))}]".encode()


def measure(browser: Browser, address: str, size: int) -> Row:
    row: Row = {}
    tab = Tab(browser, address)
    row["Tasks, first view"] = tab.open("tasks", TABLE)
    row["Tasks, again"] = statistics.median(tab.open("tasks", TABLE) for _ in range(ROUNDS))
    row |= table(tab, size)
    row["Label, first task"] = tab.open("", LABEL)
    row["Label, again"] = statistics.median(tab.open("", LABEL) for _ in range(ROUNDS))
    row["Label, submit to next"] = statistics.median(submitted(tab) for _ in range(ROUNDS))
    row["Insights, first numbers"] = tab.open(
        "insights", "document.querySelector('#tiles')?.childElementCount > 0"
    )
    row["Insights, all is counted"] = tab.open("insights", COUNTED)
    row["Insights, again"] = statistics.median(
        tab.open("insights", COUNTED) for _ in range(ROUNDS)
    )
    tab.context.close()
    return row


def table(tab: Tab, size: int) -> Row:
    """What is done with the table of tasks, once for the first time and then again."""
    row: Row = {}
    end = "const g = document.querySelector('#grid'); g.scrollTop = g.scrollHeight"
    row["scroll to the end"] = tab.after(end, f"{shows(size - 1)}")
    open_ = "document.querySelector('[data-state=open]').click()"
    everything = "document.querySelector('[data-state=all]').click()"
    counted = f"{size - size // 10:,} of {size:,} tasks"
    row["only open ones, first"] = tab.after(open_, said(counted))
    tab.after(everything, said(f"{size:,} tasks"))
    row["only open ones, again"] = tab.after(open_, said(counted))
    tab.after(everything, said(f"{size:,} tasks"))
    for column, first in (("Task", size - 1), ("text", last_text(size))):
        click = f"{HEADINGS}.find((b) => b.textContent === '{column}').click()"
        for turn in ("first", "again"):
            row[f"order by {column}, {turn}"] = tab.after(f"{click}; {click}", shows(first))
            tab.after(click, shows(0))
    for turn in ("first", "again"):
        one = said(f"1 of {size:,} tasks")
        row[f"search the data, {turn}"] = tab.after(typed(f"number {size // 2 + 1}."), one)
        tab.after(typed(""), said(f"{size:,} tasks"))
    return row


def typed(words: str) -> str:
    """Writing into the field for searching."""
    return (
        "const field = document.querySelector('#search');"
        f" field.value = {json.dumps(words)}; field.dispatchEvent(new Event('input'))"
    )


def shows(task_id: int) -> str:
    """Whether the table has this task in it."""
    return (
        f"[...document.querySelectorAll('.grid-row')].some((r) => r.row && r.row.id === {task_id})"
    )


def said(words: str) -> str:
    return f"document.querySelector('#count').textContent === {json.dumps(words)}"


def last_text(size: int) -> int:
    """The task whose text comes last in the order of the alphabet."""
    return max(range(size), key=lambda number: f"{number}.")


def submitted(tab: Tab) -> float:
    before = tab.page.inner_text("#task-name")
    tab.page.keyboard.press("1")
    start = tab.page.evaluate("performance.now()")
    tab.page.keyboard.press("Control+Enter")
    changed = f"document.querySelector('#task-name').textContent !== {json.dumps(before)}"
    tab.page.wait_for_function(f"{changed} && {LABEL}")
    took: float = tab.page.evaluate(f"performance.now() - {start}")
    return took


def weigh(browser: Browser, address: str, path: str) -> Weight:
    tab = Tab(browser, address)
    tab.open(path, "document.readyState === 'complete'")
    weight = tab.weight()
    tab.context.close()
    return weight


def document(rows: dict[int, Row], weights: dict[str, Weight]) -> str:
    sizes = list(rows)
    lines = [
        "# The pages, measured in Chromium\n",
        f"Made by `python -m bench.pages` on {platform.system()} {platform.machine()}; the machine"
        " was shared, so compare columns, not days. Milliseconds until it is drawn; one task in"
        " ten is labeled.\n",
        f"| | {' | '.join(f'{size:,} tasks' for size in sizes)} |",
        "| --- |" + " --- |" * len(sizes),
    ]
    for name in rows[sizes[0]]:
        lines.append(f"| {name} | {' | '.join(f'{rows[size][name]:,.0f}' for size in sizes)} |")
    lines += [
        "\n## What a page asks for\n",
        "With nothing kept by the browser; bytes as they are sent.\n",
        "| page | requests | KB |",
        "| --- | --- | --- |",
    ]
    for path, weight in weights.items():
        lines.append(f"| `/{path}` | {weight.requests} | {weight.bytes / 1e3:,.0f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
