"""Every kind of work is done with keys and mouse in both editors, and lands in completions/.

One server of many projects, so all of it is under a path prefix, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from label_studio_lite.service.editors import settings_for
from tests.browser.conftest import MakeVisit
from tests.browser.kinds import KINDS
from tests.browser.serving import Many
from tests.browser.visiting import Visit

Value = dict[str, Any]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    running = Many(tmp_path_factory.mktemp("kinds"))
    for name, kind in KINDS.items():
        for build in kind.editors:
            running.add(f"{name}-{build}", kind.config, [kind.data] * 2, settings_for(build))
    running.start()
    yield running
    running.stop()


Work = Callable[[str], tuple[Visit, Callable[[], list[dict[str, Any]]]]]


@pytest.fixture
def work(many: Many, visit: MakeVisit) -> Work:
    """``work("boxes-classic")``: the tab, and what submits and returns the stored result."""

    def begin(name: str) -> tuple[Visit, Callable[[], list[dict[str, Any]]]]:
        tab = visit(many).label(f"{many.path(name)}/")
        tab.wait_idle()

        def submitted() -> list[dict[str, Any]]:
            tab.submit()
            [completion] = many.completions_of(name, 0)
            tab.wait_for_task(1)
            result: list[dict[str, Any]] = completion["result"]
            return result

        return tab, submitted

    return begin


def both(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", [f"{kind}-{build}" for build in KINDS[kind].editors])


def box_of(locator: Locator) -> tuple[float, float, float, float]:
    """Left, top, width, height of an element that is there and still."""
    expect(locator).to_be_visible()
    box = locator.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def picture(tab: Visit) -> tuple[float, float, float, float]:
    return box_of(tab.page.locator("#label-studio img[src*=sample]").first)


def canvas(tab: Visit) -> tuple[float, float, float, float]:
    return box_of(tab.page.locator(".konvajs-content canvas").first)


@both("text")
def test_text(work: Work, name: str) -> None:
    tab, submitted = work(name)
    tab.press("1")
    tab.select_text("Anna", ".htx-text, [class*=htx-richtext]")
    tab.press("2")
    tab.select_text("Rome", ".htx-text, [class*=htx-richtext]")
    one, two = (region["value"] for region in submitted())
    assert (one["start"], one["end"], one["text"], one["labels"]) == (0, 4, "Anna", ["Person"])
    assert (two["start"], two["end"], two["text"], two["labels"]) == (19, 23, "Rome", ["Place"])


@both("boxes")
def test_boxes(work: Work, name: str) -> None:
    tab, submitted = work(name)
    left, top, width, height = picture(tab)
    tab.press("2")
    tab.drag((left + 100, top + 50), (left + 300, top + 200))
    [region] = submitted()
    value = region["value"]
    assert value["rectanglelabels"] == ["Dog"]
    assert value["x"] == pytest.approx(100 / width * 100, abs=1)
    assert value["y"] == pytest.approx(50 / height * 100, abs=1)
    assert value["width"] == pytest.approx(200 / width * 100, abs=1)
    assert (region["original_width"], region["original_height"]) > (0, 0)


@both("polygons")
def test_polygons(work: Work, name: str) -> None:
    tab, submitted = work(name)
    left, top, width, _ = picture(tab)
    corners = [(100, 60), (260, 60), (260, 200), (100, 200)]
    tab.press("1")
    for x, y in [*corners, corners[0]]:
        tab.click(left + x, top + y)
    [region] = submitted()
    points = region["value"]["points"]
    assert len(points) == 4
    assert points[1][0] == pytest.approx(260 / width * 100, abs=1)
    assert region["value"]["polygonlabels"] == ["Cat"]


@both("keypoints")
def test_keypoints(work: Work, name: str) -> None:
    tab, submitted = work(name)
    left, top, width, _ = picture(tab)
    tab.press("1")
    tab.click(left + 150, top + 90)
    [region] = submitted()
    assert region["value"]["keypointlabels"] == ["Cat"]
    assert region["value"]["x"] == pytest.approx(150 / width * 100, abs=1)


@both("ellipses")
def test_ellipses(work: Work, name: str) -> None:
    tab, submitted = work(name)
    left, top, _, _ = picture(tab)
    tab.press("1")
    tab.drag((left + 200, top + 150), (left + 280, top + 190))
    [region] = submitted()
    assert region["value"]["ellipselabels"] == ["Cat"]
    assert region["value"]["radiusX"] > 1


@both("brush")
def test_brush(work: Work, name: str) -> None:
    tab, submitted = work(name)
    left, top, _, _ = picture(tab)
    tab.press("1")
    tab.drag((left + 100, top + 100), (left + 220, top + 140))
    [region] = submitted()
    assert region["value"]["brushlabels"] == ["Cat"]
    assert region["value"]["format"] == "rle" and len(region["value"]["rle"]) > 10


@both("audio")
def test_audio_regions(work: Work, name: str) -> None:
    tab, submitted = work(name)
    wave = tab.page.locator("wave canvas, .lsf-audio-tag canvas, [class*=waveform] canvas").first
    left, top, width, height = box_of(wave)
    tab.press("1")
    tab.drag((left + width * 0.2, top + height / 2), (left + width * 0.5, top + height / 2))
    [region] = submitted()
    value = region["value"]
    assert value["labels"] == ["Speech"]
    length = region["original_length"]
    assert value["start"] == pytest.approx(length * 0.2, abs=length * 0.05)
    assert value["end"] == pytest.approx(length * 0.5, abs=length * 0.05)


@both("video")
def test_video(work: Work, name: str) -> None:
    tab, submitted = work(name)
    left, top, width, height = canvas(tab)
    tab.press("1")
    middle = (left + width / 2, top + height / 2)
    tab.drag((middle[0] - 60, middle[1] - 30), (middle[0] + 40, middle[1] + 30))
    region = next(r for r in submitted() if r["type"] == "videorectangle")
    assert region["value"]["labels"] == ["Car"]
    assert region["value"]["sequence"][0]["frame"] == 1


@both("series")
def test_time_series(work: Work, name: str) -> None:
    tab, submitted = work(name)
    plot = tab.page.locator(".htx-timeseries-channel svg, svg.overlay, .htx-timeseries svg").first
    left, top, width, height = box_of(plot)
    tab.press("1")
    tab.drag((left + width * 0.3, top + height / 2), (left + width * 0.6, top + height / 2))
    [region] = submitted()
    assert region["value"]["timeserieslabels"] == ["Run"]
    assert 0 <= region["value"]["start"] < region["value"]["end"] < 100


@both("paragraphs")
def test_paragraphs(work: Work, name: str) -> None:
    tab, submitted = work(name)
    tab.press("1")
    tab.select_text("Is it free?", "#label-studio")
    [region] = submitted()
    value = region["value"]
    assert value["paragraphlabels"] == ["Question"]
    assert (value["start"], value["startOffset"], value["endOffset"]) == ("0", 0, 11)


@both("html")
def test_html(work: Work, name: str) -> None:
    tab, submitted = work(name)
    tab.press("1")
    tab.select_html("Rome")
    [region] = submitted()
    key = "htmllabels" if "classic" in name else "hypertextlabels"
    assert region["value"][key] == ["Place"]
    assert region["value"]["text"] == "Rome"


@both("taxonomy")
def test_taxonomy(work: Work, name: str) -> None:
    tab, submitted = work(name)
    closed = ".ant-select-selector" if "modern" in name else "text=Click to add..."
    tab.page.locator(closed).click()
    tab.page.get_by_text("Plant", exact=True).click()
    [region] = submitted()
    assert region["value"]["taxonomy"] == [["Plant"]]


@both("pairwise")
def test_pairwise(work: Work, name: str) -> None:
    tab, submitted = work(name)
    tab.page.get_by_text("The second").click()
    [region] = submitted()
    assert region["type"] == "pairwise" and region["value"]["selected"] == "right"


@both("ranker")
def test_ranker(work: Work, name: str) -> None:
    tab, submitted = work(name)
    rows = tab.page.locator("[data-rbd-draggable-id]")
    expect(rows).to_have_count(3)
    rows.nth(0).focus()
    for key in ("Space", "ArrowDown", "Space"):
        tab.press(key)
        tab.wait_idle()
    [region] = submitted()
    assert region["type"] == "ranker"
    assert list(region["value"]["ranker"].values()) == [["b", "a", "c"]]


@both("table")
def test_table(work: Work, name: str) -> None:
    tab, submitted = work(name)
    expect(tab.page.get_by_text("Keller")).to_be_visible()
    tab.press("1")
    [region] = submitted()
    assert region["value"]["choices"] == ["Complete"]


@both("rating")
def test_rating(work: Work, name: str) -> None:
    tab, submitted = work(name)
    tab.page.locator(".ant-rate-star, [class*=rating__star]").nth(3).click()
    [region] = submitted()
    assert region["value"]["rating"] == 4


@both("answer")
def test_an_answer_in_words(work: Work, name: str) -> None:
    tab, submitted = work(name)
    field = tab.page.locator("#label-studio").get_by_role("textbox").first
    field.fill("1 is fine? yes")
    field.press("Enter")
    expect(tab.page.get_by_text("1 is fine? yes").first).to_be_visible()
    [region] = submitted()
    assert region["value"]["text"] == ["1 is fine? yes"]


@both("number")
def test_number(work: Work, name: str) -> None:
    tab, submitted = work(name)
    tab.page.locator("input[type=number]").fill("15")
    tab.press("Tab")
    [region] = submitted()
    assert region["value"]["number"] == 15
