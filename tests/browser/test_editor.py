"""What the editors are known to stumble over, and what they must not change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from label_studio_lite import resources
from label_studio_lite.service.editors import settings_for
from tests.browser.configs import BOXES, ENTITIES, IMAGE, MOOD, PICTURE, TEXTS
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.kinds import KINDS
from tests.browser.serving import Server
from tests.browser.visiting import Visit

FACE = "\N{GRINNING FACE}"
BUILDS = ("classic", "modern")
MARKS = "[class*=htx-highlight]"


def write_work(server: Server, data: dict[str, Any], result: list[dict[str, Any]]) -> None:
    """Completions as another program, such as 0.8.2, left them in the folder."""
    server.stop()
    completion = {"id": 1, "created_at": 1600000000, "lead_time": 4.5, "result": result}
    work = {"id": 0, "data": data, "completions": [completion]}
    (server.folder / "completions/0.json").write_text(json.dumps(work, indent=2))
    server.start()


def forget_text(server: Server, task_id: int) -> None:
    server.stop()
    path = server.folder / "tasks.json"
    tasks = json.loads(path.read_text())
    tasks[str(task_id)]["data"]["text"] = None
    path.write_text(json.dumps(tasks))
    server.start()


def span(start: Any, end: Any, text: str, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": ["Place"]}
    names = {"from_name": "ner", "to_name": "text", "type": "labels"}
    return {"id": f"r{start}", **names, "value": value, **more}


def box(x: float, label: str, **more: Any) -> dict[str, Any]:
    place = {"x": x, "y": 20, "width": 10.125, "height": 20, "rotation": 0}
    value = {**place, "rectanglelabels": [label]}
    names = {"from_name": "box", "to_name": "img", "type": "rectanglelabels"}
    sizes = {"original_width": 900, "original_height": 600, "image_rotation": 0}
    return {
        "id": f"b{x}",
        **names,
        **sizes,
        "value": {**value, "rectanglelabels": [label]},
        **more,
    }


def add_box(tab: Visit) -> None:
    place = tab.page.locator("#label-studio img[src*=sample]").first.bounding_box()
    assert place is not None
    left, bottom = place["x"], place["y"] + place["height"]
    tab.press("1")
    tab.drag((left + 40, bottom - 90), (left + 120, bottom - 30))


@pytest.mark.parametrize("build", BUILDS)
def test_results_of_0_8_are_shown_and_stay_as_they_are(
    serve: Serve, visit: MakeVisit, build: str
) -> None:
    server = serve(BOXES, [PICTURE], settings_for(build))
    kept = [box(10.5, "Cat"), box(50.25, "Dog", score=0.5, custom={"a": [1]})]
    write_work(server, PICTURE, deepcopy(kept))
    tab = visit(server).label("?task_id=0")
    tab.wait_idle()
    if build == "classic":
        expect(tab.page.locator("#label-studio")).to_contain_text("Regions (2)")
    add_box(tab)
    tab.submit()
    first, second, added = server.result(0)
    assert [first, second] == kept
    assert added["value"]["rectanglelabels"] == ["Cat"]
    [completion] = server.completions(0)
    assert (completion["id"], completion["created_at"]) == (1, 1600000000)


@pytest.mark.parametrize("build", BUILDS)
def test_an_update_that_changes_nothing_changes_nothing(
    serve: Serve, visit: MakeVisit, build: str
) -> None:
    server = serve(BOXES, [PICTURE], settings_for(build))
    write_work(server, PICTURE, [box(10.5, "Cat")])
    before = (server.folder / "completions/0.json").read_bytes()
    tab = visit(server).label("?task_id=0")
    tab.wait_idle()
    tab.press("Control+Enter")
    expect(tab.page.get_by_text("Nothing was changed.")).to_be_visible()
    server.stop()
    assert (server.folder / "completions/0.json").read_bytes() == before


def test_offsets_after_an_emoji_are_right_in_both_editors(serve: Serve, visit: MakeVisit) -> None:
    data = {"text": f"{FACE} Berlin and Rome"}
    server = serve(ENTITIES, [data], settings_for("classic"))
    write_work(server, data, [span(3, 9, "Berlin")])
    tab = visit(server).label("?task_id=0")
    expect(tab.page.locator(MARKS).first).to_contain_text("Berlin")
    report = server.post("api/editor", {"build": "modern"})
    assert (report["offsets"], report["unknown"]) == (1, 0)
    assert server.values(0)[0]["start"] == 2
    tab.label("?task_id=0")
    expect(tab.page.locator(MARKS).first).to_contain_text("Berlin")
    tab.press("2")
    tab.select_text("Rome", "[class*=htx-richtext]")
    tab.submit()
    assert [(v["start"], v["end"]) for v in server.values(0)] == [(2, 8), (13, 17)]


def test_labels_of_html_survive_a_change_of_the_editor(serve: Serve, visit: MakeVisit) -> None:
    config, data, _ = KINDS["html"]
    server = serve(config, [data], settings_for("classic"))
    tab = visit(server).label()
    tab.press("1")
    tab.select_html("Rome")
    tab.submit()
    assert server.values(0)[0]["htmllabels"] == ["Place"]
    assert server.post("api/editor", {"build": "modern"})["labels"] == 1
    tab.label("?task_id=0")
    tab.wait_idle()
    tab.press("1")
    tab.select_html("Lisbon")
    tab.submit()
    first, second = server.values(0)
    assert (first["hypertextlabels"], first["text"]) == (["Place"], "Rome")
    assert (second["hypertextlabels"], second["text"]) == (["Place"], "Lisbon")


@pytest.mark.parametrize("build", BUILDS)
def test_odd_results_and_data_never_blank_the_page(
    serve: Serve, visit: MakeVisit, build: str
) -> None:
    """Offsets in words, relations to nothing, names that are gone, text that is missing."""
    data = {"text": "Anna went to Rome."}
    server = serve(ENTITIES, [data, {"text": "b"}], settings_for(build))
    odd = [
        span("13", "17", "Rome"),
        {"type": "relation", "from_id": "gone", "to_id": "r13", "direction": "right"},
        {**span(0, 4, "Anna"), "id": "odd", "value": {"note": "no offsets"}, "to_name": "x"},
    ]
    write_work(server, data, deepcopy(odd))
    forget_text(server, 1)
    tab = visit(server).label("?task_id=0")
    expect(tab.page.locator(MARKS).first).to_contain_text("Rome")
    tab.press("1")
    tab.select_text("Anna", ".htx-text, [class*=htx-richtext]")
    tab.submit()
    assert server.result(0)[:3] == odd
    assert server.result(0)[3]["value"]["text"] == "Anna"
    tab.label("?task_id=1")
    expect(tab.page.locator("#label-studio")).to_contain_text("Person")


@pytest.mark.parametrize("build", BUILDS)
def test_html_of_a_task_cannot_run(serve: Serve, visit: MakeVisit, build: str) -> None:
    config = KINDS["html"].config
    attack = "<b onmouseover=\"parent.hacked=1\">x</b><img src=data: onerror='parent.hacked=2'>"
    server = serve(config, [{"page": f"{attack}<script>parent.hacked=3</script>Rome"}])
    server.post("api/editor", {"build": build})
    tab = visit(server)
    tab.excuse("Content Security Policy|Blocked script|ERR_INVALID_URL")
    tab.label()
    tab.wait_idle()
    assert tab.page.evaluate("() => window.hacked") is None


def test_a_server_that_stumbles_is_asked_again(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).label()
    tab.excuse("500")

    def stumble(route: Route) -> None:
        route.fulfill(status=500, body='{"detail": "the disk is tired"}')

    tab.page.route("**/api/tasks/0/completions", stumble)
    tab.press("1", "Control+Enter")
    tab.wait_for_task(1)
    expect(tab.page.locator("#state[data-state=retrying]")).to_be_attached()
    tab.page.unroute("**/api/tasks/0/completions")
    tab.wait_saved()
    assert server.values(0) == [{"choices": ["good"]}]


@pytest.fixture
def other_site() -> Iterator[str]:
    """A web server that has the sample files."""
    folder = str(resources.folder("static") / "samples")
    handler = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.mark.parametrize("build", BUILDS)
def test_media_of_another_site_are_allowed_when_a_task_names_it(
    serve: Serve, visit: MakeVisit, other_site: str, build: str
) -> None:
    """The policy of a page names the sites; for a new one the page is loaded anew by itself."""
    tasks = [PICTURE, {"image": f"http://{other_site}/sample.jpg"}]
    server = serve(BOXES, tasks, settings_for(build))
    tab = visit(server)
    tab.allowed.add(other_site)
    tab.label()
    tab.wait_idle()
    assert not [url for url in tab.requests if other_site in url]
    add_box(tab)
    tab.submit()
    tab.wait_for_task(1)
    image = tab.page.locator("#label-studio img[src^='http://127']").first
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0


def test_two_images_are_compared(serve: Serve, visit: MakeVisit) -> None:
    """Two tags of one kind in a config keep apart."""
    config = (
        f'<View>{IMAGE}<Image name="two" value="$image"/><Choices name="same" toName="img">'
        '<Choice value="yes"/></Choices></View>'
    )
    server = serve(config, [PICTURE])
    tab = visit(server).label()
    tab.wait_idle()
    assert tab.page.locator("#label-studio img[src*=sample]").count() >= 2
    tab.press("1")
    tab.submit()
    assert server.values(0) == [{"choices": ["yes"]}]


@pytest.mark.parametrize("build", BUILDS)
def test_the_name_of_a_label_stands_in_the_line(
    serve: Serve, visit: MakeVisit, build: str
) -> None:
    tab = visit(serve(ENTITIES, TEXTS, settings_for(build))).label()
    tab.press("1")
    tab.select_text("Anna", ".htx-text, [class*=htx-richtext]")
    mark = tab.page.locator(MARKS).first
    expect(mark).to_be_visible()
    box = mark.bounding_box()
    assert box is not None and box["width"] < 150
