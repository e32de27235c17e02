"""Many threads at once, and the moments in which they may get in each other's way."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.errors import NotFound, ReadOnly
from label_studio_lite.store import reading
from label_studio_lite.store.changes import (
    Change,
    Clear,
    DropTasks,
    drop_work,
    put_work,
    work_path,
)
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.fs import FileSystem
from tests.store import build
from tests.store.faults import FlushHook
from tests.store.reference import look
from tests.store.sessions import abandon
from tests.store.test_folder import descriptors

SECONDS = 2.0


def run(jobs: Sequence[Callable[[], None]]) -> None:
    """Each job in a thread of its own; the first error of any of them is raised."""
    errors: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    if errors:
        raise errors[0]


def numbered(task_id: int, number: int) -> Any:
    return put_work(task_id, {"id": task_id, "completions": [build.completion(number)]})


def test_sixteen_threads_commit_read_and_fold(project: Path) -> None:
    store = DirectoryStore(project)
    store.commit(build.add(0, 40))
    end = time.monotonic() + SECONDS
    written: dict[int, int] = {}

    def write(me: int) -> None:
        """Owns every eighth task; reads back what it wrote."""
        dice = random.Random(me)
        while time.monotonic() < end:
            task_id = dice.randrange(5) * 8 + me
            number = written.get(task_id, 0) + 1
            store.commit(numbered(task_id, number), build.put(task_id, f"{number}"))
            written[task_id] = number
            task = store.read_task(task_id)
            assert [c.id for c in task.completions] == [number]
            assert task.fields["data"] == {"text": f"{number}"}

    def read() -> None:
        seen: dict[int, int] = {}
        while time.monotonic() < end:
            for task in store.read_tasks(store.page("-completed_at", 0, 100)):
                found = task.completions
                assert len(found) <= 1
                if found and task.id < 40:
                    assert found[0].id >= seen.get(task.id, 0)
                    seen[task.id] = found[0].id
            counts = store.counts()
            assert counts.completed == counts.completions

    def come_and_go() -> None:
        while time.monotonic() < end:
            with store.adding() as first, store.batch() as batch:
                batch.add(build.add(first, 3), build.work(first, 1))
                batch.commit()
            store.commit(DropTasks([first, first + 1]))

    def fold() -> None:
        while time.monotonic() < end:
            store.checkpoint()

    writers: list[Callable[[], None]] = [partial(write, me) for me in range(8)]
    run([*writers, *[read] * 4, *[come_and_go] * 2, *[fold] * 2])
    seen = look(store)
    assert {i: seen["work"][i]["completions"][0]["id"] for i in written} == written
    abandon(store)
    again = DirectoryStore(project, keeper=False)
    assert look(again) == seen
    assert not [note for note in again.notes if note.kind in ("damaged", "edited")]
    again.close()


def test_concurrent_commits_share_flushes(project: Path) -> None:
    flushes = []

    def slow() -> None:
        flushes.append(1)
        time.sleep(0.01)

    store = DirectoryStore(project, fs=FlushHook(slow), keeper=False)
    store.commit(build.add(0, 16))
    before = len(flushes)

    def write(me: int) -> None:
        for number in range(10):
            store.commit(numbered(me, number + 1))

    run([partial(write, me) for me in range(16)])
    assert len(flushes) - before < 80, "160 commits"
    store.close()


def test_only_what_is_durable_can_be_read(project: Path) -> None:
    seen: list[Any] = []
    stores: list[DirectoryStore] = []

    def peek() -> None:
        def read() -> None:
            seen.append((stores[0].counts().completed, stores[0].read_task(0).work))
            seen.append(stores[0].answered("key"))

        if stores:
            run([read])

    store = DirectoryStore(project, fs=FlushHook(peek), keeper=False)
    store.commit(build.add(0, 1))
    stores.append(store)
    store.commit(build.work(0, 1), answer=("key", {}))
    assert seen == [(0, None), None]
    stores.clear()
    assert store.counts().completed == 1
    store.close()


def test_a_fold_between_a_commit_and_its_file(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fold writes the file; the slow thread must neither be forgotten nor write again."""
    store = DirectoryStore(project, keeper=False)
    store.commit(build.add(0, 1))
    follow = store._mirror.follow
    inodes: list[int] = []

    def slowly(paths: Sequence[str]) -> None:
        store.checkpoint()
        inodes.append((project / work_path(0)).stat().st_ino)
        follow(paths)

    monkeypatch.setattr(store._mirror, "follow", slowly)
    store.commit(build.work(0, 1))
    assert [c.id for c in store.read_task(0).completions] == [1]
    assert (project / work_path(0)).stat().st_ino == inodes[0], "it was durable already"
    store.close()


@pytest.mark.parametrize("change", ["drop_work", "drop_task", "clear", "replace"])
def test_a_task_that_changes_while_it_is_read(
    change: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between finding a task and reading its files they may change, or go."""
    store = DirectoryStore(project, keeper=False)
    store.commit(build.add(0, 2), build.work(0, 1), build.work(1, 1))
    store.checkpoint()
    kinds: dict[str, list[Change]] = {
        "drop_work": [drop_work(0)],
        "drop_task": [DropTasks([0])],
        "clear": [Clear()],
        "replace": [build.work(0, 1, 2), build.put(0, "new")],
    }
    changes = kinds[change]
    original = reading._read
    left = [1]

    def read(spot: Any) -> Any:
        if left:
            left.pop()
            store.commit(*changes)
            store.checkpoint()
        return original(spot)

    monkeypatch.setattr(reading, "_read", read)
    if change in ("drop_task", "clear"):
        with pytest.raises(NotFound):
            store.read_task(0)
    else:
        task = store.read_task(0)
        assert len(task.completions) == (0 if change == "drop_work" else 2)
    left.append(1)
    list(store.read_tasks([0, 1]))
    assert list(store.notes) == []
    store.close()


def test_readers_outlive_folds_and_the_end(project: Path) -> None:
    store = DirectoryStore(project, keeper=False)
    store.commit(build.add(0, 1000, "x" * 200))
    store.checkpoint()
    store.commit(build.put(500, "changed"))
    tasks = store.read_tasks(range(1000))
    assert next(tasks).id == 0
    store.checkpoint()
    store.commit(Clear())
    store.checkpoint()
    assert next(tasks).fields["data"]["text"] == "x" * 200
    store.close()
    assert next(tasks).id == 2


def test_holding_makes_reading_and_writing_one_step(project: Path) -> None:
    store = DirectoryStore(project, keeper=False)
    store.commit(build.add(0, 1))

    def count_up() -> None:
        for _ in range(20):
            with store.holding(0):
                number = len(store.read_task(0).completions)
                store.commit(build.work(0, *range(1, number + 2)))

    run([count_up] * 8)
    assert len(store.read_task(0).completions) == 160
    store.close()


def test_the_background_brings_files_up_to_date(project: Path) -> None:
    store = DirectoryStore(project)
    store.commit(build.add(0, 2))
    deadline = time.monotonic() + 10
    while not (project / "tasks.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (project / "tasks.json").exists()
    store.close()


class Stuck(FileSystem):
    """A fold that fails until it is told to go on."""

    fails = True

    def replace(self, source: Path, target: Path) -> None:
        if self.fails and target.name == "tasks.json":
            raise PermissionError(13, "Permission denied")
        super().replace(source, target)


def test_the_background_goes_on_after_a_failure(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("label_studio_lite.store.directory._PATIENCE", 0.05)
    fs = Stuck()
    store = DirectoryStore(project, fs=fs)
    store.commit(build.add(0, 2))
    time.sleep(1.8)
    assert not (project / "tasks.json").exists()
    fs.fails = False
    deadline = time.monotonic() + 10
    while not (project / "tasks.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (project / "tasks.json").exists()
    store.close()


def test_no_descriptor_stays_open(project: Path) -> None:
    DirectoryStore(project).close()
    before = descriptors()
    for number in range(5):
        store = DirectoryStore(project)
        store.commit(build.add(number, 1), build.work(number, 1))
        for _ in range(5):
            store.commit(build.work(0, 1))
            store.checkpoint()
        store.read_task(0)
        store.close()
    assert descriptors() == before
    fs = Stuck()
    store = DirectoryStore(project, fs=fs, keeper=False)
    store.commit(build.put(0))
    for number in range(20):
        store.commit(build.work(0, number % 5))
        with pytest.raises(ReadOnly, match="denied"):
            store.checkpoint()
    store.close()
    assert descriptors() == before
