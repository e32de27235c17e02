"""Mixed work, with kills: nothing is lost, nothing grows. Run with LSL_NIGHTLY=1.

``LSL_SOAK_SECONDS`` says how long, ten minutes unless it is set: a third with a kill every few
seconds, the rest in one process, whose memory and descriptors are watched.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from label_studio_lite.cli.main import cli
from label_studio_lite.store import doctor
from tests.cli.conftest import RunningServer
from tests.soak.workers import Reader, Target, Worker, Writer

SECONDS = float(os.environ.get("LSL_SOAK_SECONDS", "600"))
BETWEEN_KILLS = 6.0
PATIENCE = 120.0
MEGABYTE = 1 << 20

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(os.environ.get("LSL_NIGHTLY") != "1", reason="run with LSL_NIGHTLY=1"),
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="measured in /proc"),
    pytest.mark.timeout(SECONDS * 2 + 600),
]


class Soak:
    """A server, its clients, and what is known of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = Target()
        self.stop = threading.Event()
        self.writers = [Writer(self.target, self.stop, f"w{number}") for number in range(3)]
        readers = [Reader(self.target, self.stop, f"r{number}") for number in range(3)]
        self.workers: Sequence[Worker] = [*self.writers, *readers]
        self.server: RunningServer | None = None

    def start(self) -> RunningServer:
        self.server = RunningServer(["start", "p", "-p", "0", "-b"], self.folder)
        self.target.url = self.server.url
        return self.server

    def end(self, number: signal.Signals) -> None:
        assert self.server is not None
        self.target.url = None
        self.server.stop(number)

    def rest(self) -> None:
        """Wait until no request is under way."""
        for worker in self.workers:
            worker.pause.set()
        for worker in self.workers:
            assert worker.idle.wait(PATIENCE), f"{worker.name} hangs"
        self.check_workers()

    def go_on(self) -> None:
        for worker in self.workers:
            worker.idle.clear()
            worker.pause.clear()

    def check_workers(self) -> None:
        for worker in self.workers:
            if worker.failure is not None:
                raise AssertionError(worker.name) from worker.failure

    def compare(self) -> None:
        """Everything that was acknowledged is there, and nothing that nobody asked for."""
        marks = set().union(*(writer.books.imports for writer in self.writers))
        status, answer = self.target.call("GET", "/api/tasks?page=1&page_size=1000000")
        assert status == 200
        present = {task["id"]: task for task in json.loads(answer)}
        owned: set[int] = set()
        for writer in self.writers:
            for task_id, states in writer.books.tasks.items():
                owned.add(task_id)
                state = self._state(task_id) if task_id in present else None
                assert state in states, (writer.name, task_id, state, states)
                writer.books.tasks[task_id] = {state}
        strangers = [task for i, task in present.items() if i not in owned]
        assert {task["data"]["mark"] for task in strangers} <= marks

    def _state(self, task_id: int) -> tuple[int, ...]:
        status, answer = self.target.call("GET", f"/api/tasks/{task_id}")
        assert status == 200
        return tuple(c["lead_time"] for c in json.loads(answer).get("completions", []))

    def usage(self) -> tuple[int, int]:
        """Resident bytes and open descriptors of the server."""
        assert self.server is not None
        process = Path(f"/proc/{self.server.process.pid}")
        pages = int((process / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE"), len(list((process / "fd").iterdir()))


@pytest.fixture
def soak(tmp_path: Path) -> Iterator[Soak]:
    where = ["--root-dir", str(tmp_path)]
    made = CliRunner().invoke(cli, ["init", "p", "--template", "text_classification", *where])
    assert made.exit_code == 0, made.output
    running = Soak(tmp_path)
    try:
        yield running
    finally:
        running.stop.set()
        if running.server is not None:
            running.server.stop(signal.SIGKILL)


def test_soak(soak: Soak) -> None:
    soak.start()
    for worker in soak.workers:
        worker.start()
    kills = killing(soak, SECONDS / 3)
    samples = watching(soak, SECONDS * 2 / 3)
    soak.stop.set()
    for worker in soak.workers:
        worker.join(PATIENCE)
    soak.check_workers()
    soak.compare()
    soak.end(signal.SIGTERM)
    assert doctor.check(soak.folder / "p").is_sound
    third = len(samples) // 3
    parts = (samples[:third], samples[-third:])
    memory = [statistics.median(resident for resident, _ in part) for part in parts]
    files = [max(descriptors for _, descriptors in part) for part in parts]
    done = sum(writer.books.acknowledged for writer in soak.writers)
    print(f"{done} changes acknowledged, {kills} kills")
    course = [resident // MEGABYTE for resident, _ in samples[:: max(len(samples) // 20, 1)]]
    print(f"memory {memory[0] / MEGABYTE:.0f} → {memory[1] / MEGABYTE:.0f} MB, files {files}")
    print(f"memory in its course: {course}")
    assert memory[1] < memory[0] * 1.15 + 8 * MEGABYTE
    assert files[1] <= files[0] + 4


def killing(soak: Soak, seconds: float) -> int:
    """Kill and start again, and look each time; returns how often."""
    end = time.monotonic() + seconds
    kills = 0
    while time.monotonic() < end:
        soak.stop.wait(BETWEEN_KILLS)
        soak.check_workers()
        soak.end(signal.SIGKILL)
        soak.rest()
        soak.start()
        soak.compare()
        soak.go_on()
        kills += 1
    return kills


def watching(soak: Soak, seconds: float) -> list[tuple[int, int]]:
    """One process from now on; its memory and descriptors, once a second."""
    samples = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        soak.stop.wait(1.0)
        soak.check_workers()
        samples.append(soak.usage())
    soak.rest()
    return samples
