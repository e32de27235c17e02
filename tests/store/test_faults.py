"""Every single call fails once: nothing acknowledged is lost, and memory is what the disk is."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Conflict, ReadOnly, StorageFull
from label_studio_lite.store.changes import Change
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.fs import FileSystem
from tests.store import build
from tests.store.faults import FaultyFileSystem, FlushHook, ShortWrites
from tests.store.reference import look
from tests.store.sessions import SESSIONS, Player, abandon

KINDS = {
    "full": {"code": errno.ENOSPC, "torn": True},
    "full_for_a_while": {"code": errno.ENOSPC, "torn": True, "count": 25},
    "io": {"code": errno.EIO, "torn": True},
}
MORE_KINDS = {
    "full_whole": {"code": errno.ENOSPC},
    "io_whole": {"code": errno.EIO},
    "interrupted": {"code": errno.EINTR},
    "quota_for_long": {"code": errno.EDQUOT, "torn": True, "count": 60},
}


class Tolerant(Player):
    """Goes on after a failure, and looks each time whether memory is as it should be."""

    def look(self) -> None:
        if self.images:
            assert look(self.store, self.keys) == self.reference.image()

    def open(self) -> None:
        super().open()
        if self.images:
            self.look()

    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        try:
            super().commit(*changes, answer=answer)
        except (StorageFull, ReadOnly) as error:
            assert error.detail
        self.look()

    def batch(self, parts: Sequence[Sequence[Change]], last: Sequence[Change] = ()) -> None:
        try:
            super().batch(parts, last)
        except (StorageFull, ReadOnly) as error:
            assert error.detail
        self.look()

    def abandon(self, *parts: Sequence[Change]) -> None:
        try:
            super().abandon(*parts)
        except (StorageFull, ReadOnly) as error:
            assert error.detail
        self.look()

    def checkpoint(self) -> None:
        try:
            super().checkpoint()
        except (StorageFull, ReadOnly, Conflict) as error:
            assert error.detail
        self.look()


def play_with(fs: FaultyFileSystem, folder: Path, name: str) -> None:
    play = Tolerant(folder, fs)
    SESSIONS[name](play)
    after = DirectoryStore(folder, keeper=False)
    assert look(after, play.keys) == play.reference.image()
    after.commit(build.add(100, 1))
    after.checkpoint()
    after.close()
    assert "100" in (folder / "tasks.json").read_text()
    if (folder / "quarantine").exists():
        assert not list((folder / "quarantine").iterdir())


def fail_each_call(name: str, scratch: Path, **kind: Any) -> None:
    number, failed = 0, True
    while failed:
        number += 1
        folder = scratch / str(number)
        folder.mkdir()
        fs = FaultyFileSystem(number, **kind)
        try:
            play_with(fs, folder, name)
        except BaseException:
            print(f"call {number} failed: {fs.failed}")
            raise
        failed = fs.calls >= number
        shutil.rmtree(folder)
    assert number > 90


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SESSIONS)
def test_every_call_fails_once(name: str, kind: str, scratch: Path) -> None:
    fail_each_call(name, scratch, **KINDS[kind])


@pytest.mark.nightly
@pytest.mark.parametrize("kind", MORE_KINDS)
@pytest.mark.parametrize("name", SESSIONS)
def test_every_call_fails_in_more_ways(name: str, kind: str, scratch: Path) -> None:
    fail_each_call(name, scratch, **MORE_KINDS[kind])


# -- what a failure means -----------------------------------------------------------------------


class Failing(FileSystem):
    """Fails calls of one name while ``code`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.code: int | None = None

    def _check(self, name: str) -> None:
        if self.code is not None and name == self.name:
            raise OSError(self.code, os.strerror(self.code))

    def write(self, fd: int, data: bytes | memoryview) -> int:
        if self.name == "write" and self.code is not None:
            super().write(fd, data[:7])
        self._check("write")
        return super().write(fd, data)

    def flush(self, fd: int) -> None:
        self._check("flush")
        super().flush(fd)

    def flush_files(self, paths: list[Path]) -> None:
        self._check("flush_files")
        super().flush_files(paths)


def opened(project: Path) -> tuple[DirectoryStore, Failing]:
    fs = Failing()
    store = DirectoryStore(project, fs=fs, keeper=False)
    store.commit(build.add(0, 2))
    return store, fs


def test_a_full_disk_refuses_one_change_and_takes_the_next(project: Path) -> None:
    store, fs = opened(project)
    fs.name, fs.code = "write", errno.ENOSPC
    with pytest.raises(StorageFull, match="no space left"):
        store.commit(build.work(0, 1))
    assert store.counts().completed == 0
    assert store.read_only is None
    fs.code = None
    store.commit(build.work(1, 1))
    abandon(store)
    again = DirectoryStore(project, keeper=False)
    assert look(again)["work"].keys() == {1}
    again.close()


def test_a_failed_flush_stops_all_writing_and_says_why(project: Path) -> None:
    store, fs = opened(project)
    fs.name, fs.code = "flush", errno.EIO
    with pytest.raises(ReadOnly, match="cannot be made durable"):
        store.commit(build.work(0, 1))
    fs.code = None  # a flush that succeeds now proves nothing
    with pytest.raises(ReadOnly, match="until the server is restarted"):
        store.commit(build.work(1, 1))
    with pytest.raises(ReadOnly):
        store.checkpoint()
    assert "cannot be made durable" in (store.read_only or "")
    assert store.counts().completed == 0
    assert store.read_task(0).data == {"text": "text 0"}
    store.close()
    again = DirectoryStore(project, keeper=False)
    assert look(again)["work"] == {}
    again.commit(build.work(0, 1))
    again.close()


def test_an_error_of_the_disk_while_writing_stops_all_writing(project: Path) -> None:
    store, fs = opened(project)
    fs.name, fs.code = "write", errno.EIO
    with pytest.raises(ReadOnly, match="cannot be written"):
        store.commit(build.work(0, 1))
    fs.code = None
    with pytest.raises(ReadOnly):
        store.commit(build.work(0, 1))
    store.close()
    again = DirectoryStore(project, keeper=False)
    assert look(again)["work"] == {}
    assert not again.read_only
    again.close()


def test_short_writes_are_continued(project: Path) -> None:
    store = DirectoryStore(project, fs=ShortWrites(), keeper=False)
    store.commit(build.add(0, 3), build.work(1, 1))
    store.checkpoint()
    store.commit(build.put(2))
    seen = look(store)
    store.close()
    again = DirectoryStore(project, keeper=False)
    assert look(again) == seen
    again.close()


def test_a_batch_with_a_part_that_failed_can_never_count(project: Path) -> None:
    store, fs = opened(project)
    with store.batch() as batch:
        batch.add(build.work(0, 1))
        fs.name, fs.code = "write", errno.ENOSPC
        with pytest.raises(StorageFull):
            batch.add(build.work(1, 1))
        fs.code = None
        with pytest.raises(Conflict):
            batch.commit()
    assert store.counts().completed == 0
    store.close()


def test_an_unforeseen_error_is_not_taken_for_success(project: Path) -> None:
    """The leader of a group dies in the middle: those who wait behind it are told."""
    entered, go_on = threading.Event(), threading.Event()

    def hook() -> None:
        if threading.current_thread().name == "leader":
            entered.set()
            go_on.wait(10)
            raise KeyboardInterrupt

    store = DirectoryStore(project, fs=FlushHook(hook), keeper=False)
    store.commit(build.add(0, 2))
    answers: dict[str, BaseException | None] = {}

    def commit(name: str, task_id: int) -> None:
        try:
            store.commit(build.work(task_id, 1))
            answers[name] = None
        except BaseException as error:
            answers[name] = error

    leader = threading.Thread(target=commit, args=("leader", 0), name="leader")
    leader.start()
    assert entered.wait(10)
    follower = threading.Thread(target=commit, args=("follower", 1))
    follower.start()
    go_on.set()
    leader.join(10)
    follower.join(10)
    assert isinstance(answers["leader"], KeyboardInterrupt)
    assert isinstance(answers["follower"], ReadOnly)
    assert store.counts().completed == 0
    store.close()


def test_a_fold_on_a_full_disk_leaves_all_as_it_was(project: Path) -> None:
    store, fs = opened(project)
    store.commit(build.work(0, 1))
    before = look(store)
    fs.name, fs.code = "write", errno.ENOSPC
    for _ in range(3):
        with pytest.raises(StorageFull, match="no space left"):
            store.checkpoint()
        assert look(store) == before
    assert len(list((project / ".journal").glob("*.log"))) <= 2
    fs.code = None
    store.checkpoint()
    assert look(store) == before
    assert json.loads((project / "tasks.json").read_bytes()).keys() == {"0", "1"}
    store.close()


def test_a_start_on_a_full_disk_can_be_read(project: Path) -> None:
    store, _ = opened(project)
    abandon(store)
    full = FaultyFileSystem(1, errno.ENOSPC, count=10_000)
    again = DirectoryStore(project, fs=full, keeper=False)
    assert again.read_only
    assert again.counts().tasks == 2
    with pytest.raises(ReadOnly):
        again.commit(build.work(0, 1))
    again.close()


def test_nothing_can_be_written_after_closing(project: Path) -> None:
    store, _ = opened(project)
    store.close()
    store.close()
    with pytest.raises(ReadOnly, match="closed"):
        store.commit(build.work(0, 1))


def test_a_file_whose_flush_failed_is_put_anew(project: Path) -> None:
    """After a failed flush a second one may succeed although the bytes are lost."""
    store, fs = opened(project)
    store.commit(build.work(0, 1))
    path = project / "completions/0.json"
    inode = path.stat().st_ino
    fs.name, fs.code = "flush_files", errno.EIO
    with pytest.raises(ReadOnly, match="Input/output"):
        store.checkpoint()
    fs.code = None
    keep = path.open("rb")  # so that its inode is not given again
    store.checkpoint()
    keep.close()
    assert path.stat().st_ino != inode
    store.close()
