"""A process that is killed at any moment has lost nothing that it acknowledged."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import label_studio_lite
from label_studio_lite.store.directory import DirectoryStore
from tests.store.conftest import NIGHTLY
from tests.store.worker import BATCH, TASKS

ROOT = Path(label_studio_lite.__file__).parents[1]


class Books:
    """What was acknowledged so far."""

    def __init__(self) -> None:
        self.numbers = dict.fromkeys(range(TASKS), 0)
        self.imports: set[int] = set()
        self.count = 0
        self.runs = 0  # since they were compared with the files

    def read(self, output: bytes) -> None:
        for line in output.decode().splitlines(keepends=True):
            kind, *words = line.split()
            if kind == "work" and line.endswith("\n"):
                task_id, number = map(int, words)
                self.numbers[task_id] = max(self.numbers[task_id], number)
                self.count += 1
            elif kind == "import" and line.endswith("\n"):
                self.imports.add(int(words[0]))
                self.count += 1


def start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.store.worker", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)


def run_and_kill(folder: Path, books: Books, word: str, delay: float) -> None:
    """Kill ``delay`` seconds after the process said ``word``."""
    books.runs += 1
    process = start(folder)
    assert process.stdout is not None
    with process, process.stdout as output:
        while (line := output.readline().strip()) != word.encode():
            assert line, "the worker failed"
        time.sleep(delay)
        process.kill()
        books.read(output.read())


def verify(folder: Path, books: Books) -> None:
    store = DirectoryStore(folder, keeper=False)
    for task_id, number in books.numbers.items():
        task = store.read_task(task_id) if store.has_task(task_id) else None
        found = [c.id for c in task.completions] if task else []
        last = max(found, default=0)
        assert len(found) <= 1 and number <= last <= number + books.runs, f"task {task_id}"
        assert store.last_completion_id(task_id) == last
        books.numbers[task_id] = last
    ids = [task_id for task_id in store.task_ids() if task_id >= TASKS]
    assert len(ids) % BATCH == 0
    firsts = set(range(TASKS, TASKS + len(ids), BATCH))
    assert books.imports <= firsts
    assert len(firsts - books.imports) <= books.runs
    for task in store.read_tasks(ids):
        assert [c.id for c in task.completions] == [task.id * 1000 + 1]
    last = json.loads(store.read_file("config.json") or b'{"last": null}')["last"]
    assert last == (max(firsts) if firsts else None)
    assert store.counts().tasks == len(store.task_ids())
    books.imports, books.runs = firsts, 0
    assert not [note for note in store.notes if note.kind in ("damaged", "edited", "orphan")]
    store._release()


@pytest.mark.timeout(1200 if NIGHTLY else 240)
def test_killed_at_random_moments(project: Path) -> None:
    dice = random.Random()
    books = Books()
    for number in range(200 if NIGHTLY else 20):
        delay = dice.choice([0.002, 0.02, 0.1, 0.25]) * (0.5 + dice.random())
        run_and_kill(project, books, "open", delay)
        for _ in range(number % 3):  # during recovery, too
            run_and_kill(project, books, "opening", 0.03 * dice.random())
        verify(project, books)
    assert books.count > 100
