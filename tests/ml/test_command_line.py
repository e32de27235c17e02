"""Backends that the command line names, of new projects and of old ones."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import RunningServer
from tests.ml.conftest import eventually
from tests.ml.scripted import Call, Scripted, nobody


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(servers: ExitStack, folder: Path, *args: str) -> RunningServer:
    server = RunningServer(["start", "p", "-b", "-p", "0", *args], folder)
    servers.callback(server.stop)
    return server


def test_new_and_old_projects(servers: ExitStack, tmp_path: Path, backend: Scripted) -> None:
    ours = start(servers, tmp_path, "--init", "--ml-backends", f"m={backend.url}")
    assert ours.json("/api/models") == {"models": ["m"]}
    eventually(lambda: backend.lines == ["GET /health"])  # it is greeted when it is served
    ours.stop()
    again = start(
        servers, tmp_path, "--ml-backends", f"n={nobody()}", "--ml-backends", backend.url
    )
    assert again.json("/api/models") == {"models": ["m", "n"]}
    again.stop()
    assert start(servers, tmp_path).json("/api/models") == {"models": ["m", "n"]}


def test_a_predict_job_goes_on_after_a_kill(
    servers: ExitStack, tmp_path: Path, backend: Scripted
) -> None:
    gate = threading.Event()

    def predict(call: Call) -> tuple[int, Any]:
        if call.body["tasks"][0]["id"] >= 64:
            gate.wait(20)
        results = [{"result": [], "score": 0.5} for _ in call.body["tasks"]]
        return 200, {"results": results}

    backend.answers["/predict"] = predict
    ours = start(servers, tmp_path, "--init", "--ml-backends", f"m={backend.url}")
    tasks = [{"image": f"http://localhost/{n}.jpg"} for n in range(100)]
    assert ours.request("/api/project/import", tasks)[0] == 201

    def ask() -> None:
        with suppress(OSError, HTTPException):  # the server is killed meanwhile
            ours.request("/api/models/predictions?mode=all_tasks", method="POST")

    waiting = threading.Thread(target=ask)
    waiting.start()
    eventually(lambda: len(backend.bodies("/predict")) == 3)
    ours.stop(signal.SIGKILL)
    gate.set()
    waiting.join()
    again = start(servers, tmp_path)
    eventually(lambda: all("predictions" in t for t in again.json("/api/tasks?page_size=100")))
