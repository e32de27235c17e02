"""A process to be killed: changes a project from many threads and tells what was acknowledged.

Lines on the standard output: ``opening``, ``open``, ``work <task> <n>`` (a completion numbered n
was saved for the task) and ``import <first id>`` (a batch of ``BATCH`` tasks, each completed).
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from label_studio_lite.errors import Conflict
from label_studio_lite.store.changes import PutFile, put_work
from label_studio_lite.store.directory import DirectoryStore
from tests.store import build

TASKS = 40  # that are worked on
THREADS = 4
BATCH = 6


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def label(store: DirectoryStore, thread: int) -> None:
    """Save one completion after the other, each in place of the one before."""
    task_id = thread
    while True:
        with store.holding(task_id):
            number = store.last_completion_id(task_id) + 1
            fields = {"id": number, "created_at": number, "result": ["x" * (number % 900)]}
            store.commit(put_work(task_id, {"id": task_id, "completions": [fields]}))
        say("work", task_id, number)
        task_id = (task_id + THREADS) % TASKS


def bring_in(store: DirectoryStore) -> None:
    while True:
        with store.adding() as first_id, store.batch() as batch:
            for task_id in range(first_id, first_id + BATCH):
                batch.add(build.add(task_id, 1), build.work(task_id, 1))
            batch.commit(PutFile("config.json", b'{"last": %d}' % first_id))
        say("import", first_id)


def fold(store: DirectoryStore) -> None:
    while True:
        try:
            store.checkpoint()
        except Conflict:  # a backup is being made
            continue


def main() -> None:
    say("opening")
    store = DirectoryStore(Path(sys.argv[1]))
    if not store.has_task(0):
        store.commit(build.add(0, TASKS))
    say("open")
    jobs: list[Callable[[], None]] = [lambda: bring_in(store), lambda: fold(store)]
    jobs += [partial(label, store, thread) for thread in range(THREADS)]
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main()
