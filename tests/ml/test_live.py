"""Predictions for the task at hand: never in the way of labeling."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from label_studio_lite.service.ml.breaker import Breaker
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import MakeProject, app_of, choice
from tests.ml import scripted
from tests.ml.conftest import add_tasks, eventually
from tests.ml.scripted import Scripted, raw_backend

BUDGET = 0.3  # seconds, in these tests
STUCK = 10.0  # far more than the budget, far less than a hostile backend takes
STORED = {"result": [choice("bad")], "score": 0.1, "model_version": "imported"}


def of_backend(project: Project, name: str) -> dict[str, Any]:
    """What a task shows of the scripted backend's prediction."""
    moment = "2023-11-14T"
    shown = project.tasks.get_task(0)
    live = project.predicting.live(shown)
    assert live is not None
    found = next(item for item in live.predictions if item.get("created_by") == name)
    assert found["created_date"].startswith(moment)
    return found


class TestAnswered:
    def test_what_a_prediction_has(self, connected: Project) -> None:
        found = of_backend(connected, "m")
        del found["created_date"]
        assert found == {
            "result": [scripted.mood()],
            "score": 0.77,
            "model_version": "v1",
            "created_by": "m",
        }

    @pytest.mark.parametrize("path", ["/api/tasks/0", "/api/project/next", "/api/projects/1/next"])
    def test_routes(self, connected: Project, path: str) -> None:
        answer = Client(app_of(connected)).get(path)
        assert [p["created_by"] for p in answer.json["predictions"]] == ["m"]
        assert "X-ML-Error" not in answer.headers

    def test_it_takes_the_place_of_stored_ones_and_is_not_stored(self, connected: Project) -> None:
        connected.predictions.add(0, STORED)
        assert [p["created_by"] for p in live(connected).predictions] == ["m"]
        assert [p.fields for p in connected.predictions.of_task(0)] == [STORED]

    def test_several_backends_in_order(
        self, connected: Project, backend: Scripted, other_backend: Scripted
    ) -> None:
        connected.models.connect(f"n={other_backend.url}")
        assert [p["created_by"] for p in live(connected).predictions] == ["m", "n"]

    def test_one_of_several_fails(
        self, connected: Project, backend: Scripted, other_backend: Scripted
    ) -> None:
        connected.models.connect(f"n={other_backend.url}")
        connected.predictions.add(0, {**STORED, "created_by": "m"})
        connected.predictions.add(0, {**STORED, "created_by": "somebody"})
        backend.answers["/predict"] = 500, {"detail": "boom"}
        shown = live(connected)
        assert [p["created_by"] for p in shown.predictions] == ["m", "n"]
        assert shown.predictions[0]["model_version"] == "imported"
        assert shown.problems == ["ML backend m: POST /predict answered 500: boom"]

    def test_nothing_to_say(self, connected: Project, backend: Scripted) -> None:
        connected.predictions.add(0, STORED)
        backend.answers["/predict"] = 200, {"results": [{}]}
        assert live(connected).predictions == [STORED]

    def test_turned_off(self, make_project: MakeProject, backend: Scripted) -> None:
        entry = {"name": "m", "url": backend.url}
        project = make_project(name="off", ml_backends=[entry], ml_live_timeout=0)
        add_tasks(project, "a")
        assert project.predicting.live(project.tasks.get_task(0)) is None
        assert backend.calls == []

    def test_without_backends_nothing_is_added(self, project: Project) -> None:
        add_tasks(project, "a")
        assert Client(app_of(project)).get("/api/tasks/0").json == {
            "id": 0,
            "data": {"text": "a"},
        }


def live(project: Project) -> Any:
    return project.predicting.live(project.tasks.get_task(0))


def project_with(make: MakeProject, url: str) -> Project:
    project = make(name="hostile", ml_backends=[{"name": "m", "url": url}], ml_live_timeout=BUDGET)
    add_tasks(project, "a", "b")
    project.predictions.add(0, STORED)
    return project


HOSTILE: list[Callable[[socket.socket], None]] = [
    scripted.refuses_to_speak,
    scripted.drips_headers,
    scripted.drips_the_body,
    scripted.never_ends,
    scripted.hangs_up,
    scripted.speaks_another_language,
    scripted.promises_more,
    scripted.redirects,
]


class TestHostile:
    """Whatever the backend does, the next task comes in time with what is stored."""

    def label(self, project: Project, caplog: pytest.LogCaptureFixture) -> None:
        client = Client(app_of(project))
        for path in ("/api/tasks/0", "/api/project/next"):
            started = time.monotonic()
            answer = client.get(path)
            assert time.monotonic() - started < STUCK
            assert answer.status_code == 200
            assert answer.json["predictions"] == [STORED]
            assert answer.headers["X-ML-Error"].startswith(("ML backend m", "m rests"))
        saved = client.post("/api/tasks/0/completions", json={"result": [choice()]})
        assert saved.status_code == 201
        assert client.get("/api/project/next").json["id"] == 1
        assert project.models.all()[0].failure is not None
        eventually(lambda: any("ML backend m" in r.getMessage() for r in caplog.records))

    @pytest.mark.parametrize("behaviour", HOSTILE, ids=lambda behaviour: behaviour.__name__)
    def test_raw(
        self,
        make_project: MakeProject,
        caplog: pytest.LogCaptureFixture,
        behaviour: Callable[[socket.socket], None],
    ) -> None:
        with raw_backend(behaviour) as url:
            self.label(project_with(make_project, url), caplog)

    def test_nobody(self, make_project: MakeProject, caplog: pytest.LogCaptureFixture) -> None:
        self.label(project_with(make_project, scripted.nobody()), caplog)

    @pytest.mark.parametrize(
        ("path", "answer"),
        [
            ("/health", (500, {})),
            ("/health", (200, b"UP")),
            ("/setup", (500, {"detail": "no model"})),
            ("/setup", (200, {})),
            ("/predict", (500, b"\x00\xff")),
            ("/predict", (200, {"results": []})),
            ("/predict", (200, {"results": [{"result": [None]}]})),
            ("/predict", (200, b"[" * 200_000)),
            ("/predict", (200, b'{"results": "' + b"x" * 5_000_000 + b'"}')),
        ],
    )
    def test_answers(
        self,
        make_project: MakeProject,
        caplog: pytest.LogCaptureFixture,
        backend: Scripted,
        path: str,
        answer: tuple[int, Any],
    ) -> None:
        backend.answers[path] = answer
        self.label(project_with(make_project, backend.url), caplog)

    def test_the_header_is_one_short_line_of_ascii(
        self, connected: Project, backend: Scripted
    ) -> None:
        backend.answers["/predict"] = 500, {"detail": "käse\r\nSet-Cookie: a=b " + "x" * 2000}
        header = Client(app_of(connected)).get("/api/tasks/0").headers["X-ML-Error"]
        assert "\n" not in header
        assert header.isascii()
        assert len(header) <= 500

    def test_a_slow_backend_is_left_alone_for_a_while(self, make_project: MakeProject) -> None:
        asked = threading.Event()

        def stuck(peer: socket.socket) -> None:
            asked.set()
            scripted.refuses_to_speak(peer)

        with raw_backend(stuck) as url:
            project = project_with(make_project, url)
            live(project)
            asked.clear()
            shown = live(project)
            assert not asked.is_set()
            assert shown.problems[0].startswith("m rests after a failure: ML backend m:")

    def test_quick_failures_do_not_stop_the_asking(
        self, connected: Project, backend: Scripted
    ) -> None:
        backend.answers["/predict"] = 500, {}
        for _ in range(5):
            live(connected)
        assert backend.lines.count("POST /predict") == 5
        backend.answers["/predict"] = scripted.one_each
        assert live(connected).problems == []
        assert connected.models.all()[0].failure is None

    def test_the_log_does_not_repeat_itself(
        self, connected: Project, backend: Scripted, caplog: pytest.LogCaptureFixture
    ) -> None:
        backend.answers["/predict"] = 500, {}
        with caplog.at_level(logging.WARNING):
            for _ in range(5):
                live(connected)
        assert len([r for r in caplog.records if "answered 500" in r.getMessage()]) == 1

    def test_a_stuck_backend_does_not_collect_threads(
        self, make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As where a name server does not answer, which no timeout of ours ends."""
        project = project_with(make_project, scripted.nobody())
        released = threading.Event()
        backend = project.models.all()[0]
        monkeypatch.setattr(backend.client, "health", lambda within: released.wait(20))
        monkeypatch.setattr(backend.breaker, "allows", lambda: True)
        before = threading.active_count()
        try:
            for _ in range(10):
                shown = live(project)
            assert shown.problems == ["m is busy with earlier requests"]
            assert threading.active_count() <= before + 4
        finally:
            released.set()


class TestBreaker:
    def test_it_rests_longer_and_longer(self) -> None:
        now = 0.0
        breaker = Breaker(lambda: now)
        rests = []
        breaker.failed(costly=True)
        for _ in range(6):
            begun = now
            while not breaker.allows():
                now += 1
            rests.append(now - begun)
            breaker.failed(costly=False)  # of the one that was let through to try
        assert rests == [5, 10, 20, 40, 60, 60]

    def test_one_tries_at_a_time(self) -> None:
        now = 0.0
        breaker = Breaker(lambda: now)
        breaker.failed(costly=True)
        now = 5.0
        assert breaker.allows()
        assert not breaker.allows()
        breaker.succeeded()
        assert breaker.allows()
        assert breaker.allows()
        assert not breaker.is_open

    def test_quick_failures_do_not_open_it(self) -> None:
        breaker = Breaker()
        for _ in range(10):
            breaker.failed(costly=False)
        assert breaker.allows()
