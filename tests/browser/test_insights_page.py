"""The Insights page."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.configs import MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve

DAY = 86_400


def work(count: int) -> list[Any]:
    """Tasks of which two thirds are done, over some days, by one or two people."""
    chance = random.Random(1)
    tasks = []
    for number in range(count):
        task: dict[str, Any] = {"data": {"text": f"number {number}"}}
        task["predictions"] = [{"model_version": "v3", "result": answer("good")}]
        if number % 3:
            times = 2 if number % 5 == 0 else 1
            task["completions"] = [
                {
                    "result": answer(chance.choice(["good", "good", "bad"])),
                    "created_at": 1_700_000_000 + number * DAY * 20 // count,
                    "lead_time": chance.lognormvariate(2.5, 0.6),
                }
                for _ in range(times)
            ]
            if number % 17 == 0:
                task["completions"][0] |= {"was_cancelled": True, "skip_reason": "too long"}
        tasks.append(task)
    return tasks


def answer(value: str) -> list[dict[str, Any]]:
    region = {"from_name": "mood", "to_name": "text", "type": "choices"}
    return [{**region, "value": {"choices": [value]}}]


def test_it_draws_what_is_there(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, work(300))
    tab = visit(server).go("insights")
    page = tab.page
    for title in ("Labels per day", "Time for one task", "Labels", "Agreement between people"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.locator("#tiles")).to_contain_text("of 300 tasks")
    drawn = page.evaluate(
        """() => [...document.querySelectorAll("canvas")].map((canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        })"""
    )
    assert len(drawn) >= 8 and min(drawn) > 5
    page.wait_for_timeout(100)
    assert faults(page) == []
    tab.picture("insights")


def test_the_numbers_are_beside_each_plot(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, work(60))
    page = visit(server).go("insights").page
    card = page.get_by_role("region", name="Labels", exact=True)
    card.get_by_text("The numbers").click()
    rows = server.get("api/insights/labels")
    expect(card.get_by_role("cell", name=str(rows[0]["regions"])).first).to_be_visible()


def test_png_and_csv_are_downloaded(serve: Serve, visit: MakeVisit, tmp_path: Path) -> None:
    page = visit(serve(MOOD, work(60))).go("insights").page
    card = page.get_by_role("region", name="Labels per day")
    with page.expect_download() as picture:
        card.get_by_role("button", name="Labels per day, as a PNG picture").click()
    picture.value.save_as(tmp_path / "days.png")
    assert (tmp_path / "days.png").read_bytes().startswith(b"\x89PNG")
    assert picture.value.suggested_filename == "per_day.png"
    with page.expect_download() as table:
        card.get_by_role("link", name="Labels per day, as CSV").click()
    table.value.save_as(tmp_path / "days.csv")
    assert (tmp_path / "days.csv").read_text().startswith("day,labeled,skipped\n")


def test_a_skipped_task_is_one_click_away(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, work(60))).go("insights")
    tab.page.get_by_role("region", name="Skipped last").get_by_role("link").first.click()
    tab.wait_for_task()


def test_without_work_it_says_so(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS)).go("insights")
    expect(tab.page.get_by_role("heading", name="Nothing is labeled yet")).to_be_visible()
    tab.picture("insights-none")


def test_one_task(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, work(2))).go("insights")
    expect(tab.page.locator("#tiles")).to_contain_text("of 2 tasks")
    tab.picture("insights-one")


def test_dark_and_on_a_tablet(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(
        serve(MOOD, work(100)), viewport={"width": 820, "height": 1180}, color_scheme="dark"
    ).go("insights")
    expect(tab.page.locator("canvas").first).to_be_visible()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 820
    tab.page.wait_for_timeout(100)
    tab.picture("insights-dark-tablet")
