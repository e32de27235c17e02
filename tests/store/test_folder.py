"""Who may open a project folder, and by which name."""

from __future__ import annotations

import errno
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from label_studio_lite.errors import Damaged, Locked, ReadOnly
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.fs import Lock
from tests.store import build
from tests.store.faults import FaultyFileSystem
from tests.store.reference import look
from tests.store.sessions import abandon
from tests.store.test_kill import ROOT


def descriptors() -> int:
    """How many are open; 0 where that cannot be asked."""
    gc.collect()
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


HOLDER = """
import sys
from pathlib import Path
from label_studio_lite.store.directory import DirectoryStore
store = DirectoryStore(Path(sys.argv[1]), keeper=False)
store.announce("http://localhost:8080/")
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(project: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the project open."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(project)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield process
        process.kill()


def test_a_second_server_is_told_who_was_first(
    project: Path, other: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(Locked) as caught:
        DirectoryStore(project)
    assert f"process {other.pid}" in caught.value.detail
    assert "serving http://localhost:8080/" in caught.value.detail
    assert str(project) in caught.value.detail


def test_the_lock_goes_with_its_process(project: Path, other: subprocess.Popen[bytes]) -> None:
    other.kill()
    other.wait(10)
    assert str(other.pid) in (project / ".lock").read_text(), "the note stays behind"
    store = DirectoryStore(project)
    assert json.loads((project / ".lock").read_text())["pid"] == os.getpid()
    store.close()


@pytest.mark.parametrize("note", [b"", b"{", b"[1]", b"\xff"])
def test_a_lock_without_a_note_that_can_be_read(note: bytes, project: Path) -> None:
    store = DirectoryStore(project)
    (project / ".lock").write_bytes(note)
    with pytest.raises(Locked, match="is already open in"):
        DirectoryStore(project)
    store.close()


def test_one_folder_is_one_project_whatever_it_is_called(
    project: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scratch / "link").symlink_to(project)
    store = DirectoryStore(project)
    monkeypatch.chdir(scratch)
    for name in ("link", "project", "project/../project", "./link/../link"):
        with pytest.raises(Locked):
            DirectoryStore(Path(name))
    store.close()
    through_link = DirectoryStore(Path("link"))
    assert through_link.folder == project
    through_link.close()


def test_a_start_that_fails_lets_go_of_everything(project: Path) -> None:
    store = DirectoryStore(project, keeper=False)
    store.commit(build.add(0, 1))
    store.commit(build.put(0))
    abandon(store)
    del store
    segment = project / ".journal/00000001.log"
    content = segment.read_bytes()
    segment.write_bytes(content[:40] + b"?" + content[41:])
    before = descriptors()
    for _ in range(3):
        with pytest.raises(Damaged):
            DirectoryStore(project, durability="second")
    segment.write_bytes(content)
    store = DirectoryStore(project)
    store.close()
    assert descriptors() == before


def test_a_store_that_is_forgotten_lets_go(project: Path) -> None:
    store = DirectoryStore(project, keeper=False)
    del store
    gc.collect()
    DirectoryStore(project).close()


def test_a_note_that_cannot_be_written_is_no_reason_to_fail(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("label_studio_lite.store.fs.os.ftruncate", full)
    store = DirectoryStore(project, keeper=False)
    assert store.read_only is None
    abandon(store)


# -- read-only ----------------------------------------------------------------------------------


def made(project: Path) -> None:
    store = DirectoryStore(project, keeper=False)
    store.commit(build.add(0, 3), build.work(1, 1))
    store.checkpoint()
    store.commit(build.work(2, 1), build.put(0, "in the journal"))
    abandon(store)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def read_only(project: Path) -> DirectoryStore:
    return DirectoryStore(project, fs=FaultyFileSystem(1, errno.EROFS, count=10**9))


class ReadOnlyFileSystem(FaultyFileSystem):
    """All that changes anything fails."""

    def _step(self, name: str, path: Path | None = None) -> None:
        raise OSError(errno.EROFS, "Read-only file system", path and str(path))


def test_a_folder_that_cannot_be_written_to(project: Path) -> None:
    made(project)
    (project / "completions/1.json").write_text("{")
    path = project / ".journal/00000002.log"
    path.write_bytes(path.read_bytes() + b"torn")
    before = everything(project)
    store = DirectoryStore(project, fs=ReadOnlyFileSystem(0))
    assert "cannot be written to (Read-only file system)" in (store.read_only or "")
    assert store.read_task(0).data == {"text": "in the journal"}
    assert list(store.completed_ids()) == [2]
    assert {(note.kind, note.path) for note in store.notes} == {
        ("damaged", "completions/1.json"),
        ("recovered", ".journal"),
    }
    attempts: list[Callable[[], object]] = [lambda: store.commit(build.put(1)), store.checkpoint]
    for attempt in attempts:
        with pytest.raises(ReadOnly, match="Read-only file system"):
            attempt()
    with pytest.raises(ReadOnly), store.batch() as batch:
        batch.add(build.put(1))
    store.close()
    assert everything(project) == before


def test_a_folder_of_0_8_that_cannot_be_written_to(project: Path) -> None:
    (project / "tasks.json").write_text('{"0": {"id": 0, "data": {"a": 1}}}')
    store = DirectoryStore(project, fs=ReadOnlyFileSystem(0))
    assert store.read_only
    assert store.read_task(0).data == {"a": 1}
    store.close()
    assert [path.name for path in project.iterdir()] == ["tasks.json"]


def test_a_disk_that_becomes_read_only_while_starting(project: Path) -> None:
    made(project)
    seen: list[object] = []
    for number in range(2, 12):
        fs = FaultyFileSystem(number, errno.EROFS, count=1)
        store = DirectoryStore(project, fs=fs, keeper=False)
        seen.append(look(store))
        abandon(store)
    assert all(image == seen[0] for image in seen)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do anything")
def test_permissions_are_enough_to_make_it_read_only(project: Path) -> None:
    made(project)
    for path in [project, *project.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        store = DirectoryStore(project)
        assert store.read_only
        assert store.counts().tasks == 3
        store.close()
    finally:
        for path in [project, *project.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_tasks_file_that_cannot_be_read(project: Path) -> None:
    (project / "tasks.json").mkdir()
    with pytest.raises(Damaged, match="cannot be read"):
        DirectoryStore(project)
    (project / "tasks.json").rmdir()
    DirectoryStore(project).close()


def test_a_lock_may_be_released_twice(project: Path) -> None:
    fd = os.open(project / "some.lock", os.O_RDWR | os.O_CREAT)
    lock = Lock(fd)
    lock.release()
    lock.release()
    lock.note({"pid": 1})


def test_closing_takes_no_longer_than_what_is_to_be_done(project: Path) -> None:
    made(project)
    DirectoryStore(project).close()
    before = {p: p.stat().st_mtime_ns for p in project.rglob("*") if p.is_file()}
    started = time.monotonic()
    DirectoryStore(project).close()
    assert time.monotonic() - started < 5
    after = {p: p.stat().st_mtime_ns for p in project.rglob("*") if p.is_file()}
    changed = [path.name for path in after if before.get(path) != after[path]]
    assert changed == [".lock"], "an open and a close without a change write nothing"
