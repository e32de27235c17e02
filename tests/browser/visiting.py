"""A page in Chromium that keeps account of what it asks for and complains about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    expect,
)

from tests.browser.serving import Server

ARTIFACTS = Path(__file__).parents[2] / "test-artifacts"
NETWORK = ("http", "https", "ws", "wss", "ftp")
# what the editors themselves say on valid input, harmless
KNOWN = re.compile(r"\[mobx\.array\]|allow-scripts and allow-same-origin")
IDLE_ROUNDS = 60  # a video may stay half read

expect.set_options(timeout=10_000)


class Visit:
    """A tab on a server. ``complaints`` are errors on its console, and exceptions."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.context = context
        self.server = server
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.excused: list[str] = []
        self.named: set[tuple[str, str]] = set()  # (host, port) of others that the user named
        self.allowed: set[str] = set()  # other hosts, with their ports
        self._pending: set[Request] = set()
        self.page.on("request", self._asked)
        self.page.on("requestfinished", lambda request: self._pending.discard(request))
        self.page.on("requestfailed", lambda request: self._pending.discard(request))
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._failed(error.stack or str(error)))

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        self._pending.add(request)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not KNOWN.search(message.text):
            where = message.location.get("url", "") if message.location else ""
            self.complaints.append(f"{message.text} {where}")

    def _failed(self, text: str) -> None:
        if not KNOWN.search(text):
            self.complaints.append(text)

    def excuse(self, pattern: str) -> None:
        """Complaints that this test provokes."""
        self.excused.append(pattern)

    def check(self) -> None:
        """Nothing went wrong, and nothing was asked of another host."""
        left = [
            text
            for text in self.complaints
            if not any(re.search(pattern, text) for pattern in self.excused)
        ]
        assert not left, left
        own = urlsplit(self.server.url).netloc.rpartition(":")[2]
        for url in self.requests:
            parts = urlsplit(url)
            if parts.scheme not in NETWORK:
                continue
            if parts.netloc in self.allowed:
                continue
            host, _, port = parts.netloc.rpartition(":")
            at_home = host in ("localhost", "127.0.0.1") and port == own
            assert at_home or (host, port) in self.named, url

    # -- going --------------------------------------------------------------------------------

    def go(self, path: str = "") -> Visit:
        self.page.goto(f"{self.server.url}/{path}")
        return self

    def label(self, path: str = "") -> Visit:
        """The Label page, when its first task is there."""
        self.go(path)
        self.wait_for_task()
        return self

    def wait_for_task(self, task_id: int | None = None) -> None:
        name = re.compile(r"^Task ") if task_id is None else f"Task {task_id:,}"
        expect(self.page.locator("#task-name")).to_have_text(name)

    @contextmanager
    def held(self, pattern: str) -> Iterator[None]:
        """What is asked for at such an address meanwhile is answered only afterwards."""
        waiting: list[Route] = []

        def hold(route: Route) -> None:
            waiting.append(route)

        self.page.route(pattern, hold)
        yield
        assert waiting
        self.page.unroute(pattern, hold)  # which also lets those go on that waited

    def wait_saved(self) -> None:
        """Until the server has everything, also what a key just submitted."""
        expect(self.page.locator("#stage[aria-busy=true]")).to_have_count(0)  # see `withAllDrawn`
        expect(self.page.locator("#state[data-state=saved]")).to_be_attached()

    def wait_idle(self) -> None:
        """Until everything that was asked for is there, media too, and it is drawn."""
        quiet = 0
        for _ in range(IDLE_ROUNDS):
            self.page.evaluate(_TWO_FRAMES)
            quiet = 0 if self._pending else quiet + 1
            if quiet == 3:
                return

    # -- doing --------------------------------------------------------------------------------

    def press(self, *chords: str) -> None:
        for chord in chords:
            self.page.keyboard.press(chord)

    def submit(self) -> None:
        """Submit by its key, and wait until the server has it."""
        self.press("Control+Enter")
        self.wait_saved()

    def button(self, action: str) -> Locator:
        return self.page.locator(f'[data-action="{action}"]')

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 6) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=steps)
        self.page.wait_for_timeout(60)  # the editors look at the mouse every 50 ms
        mouse.move(*end)
        mouse.up()

    def click(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(60)  # see drag
        self.page.mouse.click(x, y)

    def select_html(self, words: str) -> None:
        """The same in the HTML that is labeled, which the modern editor keeps in a frame."""
        frame = self.page.locator("#label-studio iframe")
        if frame.count() == 0:
            self.select_text(words, "#label-studio")
            return
        corner = frame.bounding_box()
        assert corner is not None
        inner = frame.element_handle()
        content = inner.content_frame() if inner else None
        assert content is not None
        box: dict[str, Any] = content.evaluate(_PLACE_OF_WORDS, [words, "body"])
        x, y = corner["x"], corner["y"]
        self.drag((x + box["left"], y + box["top"]), (x + box["right"], y + box["bottom"]))

    def select_text(self, words: str, within: str) -> None:
        """Mark ``words`` in an element with the mouse, as a person does."""
        box: dict[str, Any] = self.page.evaluate(_PLACE_OF_WORDS, [words, within])
        self.drag((box["left"], box["top"]), (box["right"], box["bottom"]))

    def picture(self, name: str) -> Path:
        path = ARTIFACTS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path))
        return path


_TWO_FRAMES = """() => new Promise((resolve) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 20))))"""
_PLACE_OF_WORDS = """([words, within]) => {
  const root = document.querySelector(within);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    const boxes = [...range.getClientRects()];
    const first = boxes[0], last = boxes[boxes.length - 1];
    return {left: first.left + 1, top: first.top + first.height / 2,
            right: last.right - 1, bottom: last.top + last.height / 2};
  }
  throw new Error(`${words} is not there`);
}"""
