"""The Models page: connecting, health, training, predictions for all tasks, scores."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.configs import MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve
from tests.ml.scripted import Call, Scripted, mood, one_each, scripted_backend


@pytest.fixture
def backend() -> Iterator[Scripted]:
    with scripted_backend() as backend:
        yield backend


def test_without_a_model_it_says_how_to_get_one(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS)).go("model")
    expect(tab.page.get_by_role("heading", name="No model is connected")).to_be_visible()
    expect(tab.page.get_by_role("button", name="Predict all tasks")).to_have_count(0)
    tab.picture("models-none")


def test_a_model_is_connected_trained_and_removed(
    serve: Serve, visit: MakeVisit, backend: Scripted
) -> None:
    server = serve(MOOD, TEXTS)
    page = visit(server).go("model").page
    page.get_by_role("button", name="Connect a model").click()
    page.get_by_label("Address").fill(backend.url)
    page.get_by_label("Name", exact=True).fill("moods")
    page.get_by_role("button", name="Connect", exact=True).click()
    card = page.get_by_role("region", name="moods")
    expect(card.get_by_text("Connected")).to_be_visible()
    expect(card.get_by_text("v1")).to_be_visible()
    assert server.get("api/models") == {"models": ["moods"]}

    card.get_by_role("button", name="Train").click()
    expect(page.get_by_text("Training started: moods.")).to_be_visible()
    assert "POST /train" in backend.lines

    card.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="No model is connected")).to_be_visible()
    assert server.get("api/models") == {"models": []}


def test_an_address_where_nobody_is_is_told(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS)).go("model")
    tab.excuse("status of 502")
    tab.page.get_by_role("button", name="Connect a model").click()
    tab.page.get_by_label("Address").fill("http://127.0.0.1:9")
    tab.page.get_by_role("button", name="Connect", exact=True).click()
    expect(tab.page.get_by_role("alert")).to_contain_text("is not connected")
    expect(tab.page.get_by_label("Address")).to_have_value("http://127.0.0.1:9")


def test_a_model_that_fails_says_why(serve: Serve, visit: MakeVisit, backend: Scripted) -> None:
    server = serve(MOOD, TEXTS)
    server.post("api/backends", {"url": backend.url, "name": "moods"})
    backend.answers["/health"] = (500, {})
    tab = visit(server).go("model")
    card = tab.page.get_by_role("region", name="moods")
    expect(card.get_by_text("Error")).to_be_visible()
    expect(card.get_by_role("alert")).to_contain_text("500")
    assert faults(tab.page) == []
    tab.picture("models-error")
    backend.answers["/health"] = (200, {"status": "UP", "model_dir": "DIR"})
    card.get_by_role("button", name="Check").click()
    expect(card.get_by_text("Connected")).to_be_visible()


def test_all_tasks_are_predicted_and_scored(
    serve: Serve, visit: MakeVisit, backend: Scripted
) -> None:
    server = serve(MOOD, [{"text": f"number {n}"} for n in range(200)])
    server.post("api/backends", {"url": backend.url, "name": "moods"})
    for task_id in range(4):
        region = {**mood("bad" if task_id % 2 else "good")}
        server.post(f"api/tasks/{task_id}/completions", {"result": [region]})
    tab = visit(server).go("model")
    page = tab.page
    page.get_by_role("button", name="Predict all tasks").click()
    page.get_by_role("button", name="Predict", exact=True).click()
    runs = page.get_by_role("region", name="Predictions for all tasks").first
    expect(runs.get_by_text("Done")).to_be_visible()
    expect(runs.get_by_role("cell", name="200").first).to_be_visible()
    expect(page.locator("#scores")).to_contain_text("F1 50 %")
    assert server.get("api/tasks/9")["predictions"][0]["model_version"] == "v1"
    assert faults(page) == []
    tab.picture("models")


def test_a_long_run_shows_progress_and_is_stopped(
    serve: Serve, visit: MakeVisit, backend: Scripted
) -> None:
    held = threading.Event()

    def slow(call: Call) -> tuple[int, object]:
        if len(backend.bodies("/predict")) > 3:
            held.wait(20)
        return one_each(call)

    backend.answers["/predict"] = slow
    server = serve(MOOD, [{"text": f"number {n}"} for n in range(3000)])
    server.post("api/backends", {"url": backend.url, "name": "moods", "batch_size": 1})
    page = visit(server).go("model").page
    page.get_by_role("button", name="Predict all tasks").click()
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.get_by_role("progressbar", name="Predictions for all tasks")).to_be_visible()
    expect(page.get_by_text("3 of 3,000 tasks")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    held.set()
    expect(page.locator("#runs").get_by_text("Stopped")).to_be_visible()


def test_dark_and_on_a_tablet(serve: Serve, visit: MakeVisit, backend: Scripted) -> None:
    server = serve(MOOD, TEXTS)
    server.post("api/backends", {"url": backend.url, "name": "moods"})
    tab = visit(server, viewport={"width": 820, "height": 1180}, color_scheme="dark").go("model")
    expect(tab.page.get_by_text("Connected")).to_be_visible()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 820
    tab.picture("models-dark-tablet")
