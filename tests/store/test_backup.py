"""Copies of a project, made while nobody works on it, and while many do."""

from __future__ import annotations

import errno
import json
import shutil
import threading
import time
import zipfile
from pathlib import Path

import pytest

from label_studio_lite.errors import Conflict, Damaged, Invalid, NotFound, ReadOnly, StorageFull
from label_studio_lite.store.backup import backup
from label_studio_lite.store.changes import PutFile, put_work
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.fs import FileSystem
from tests.store import build
from tests.store.faults import FaultyFileSystem
from tests.store.reference import Image, look
from tests.store.sessions import abandon


@pytest.fixture
def store(project: Path) -> DirectoryStore:
    """An open project with files of every kind, some changes still in the journal."""
    (project / "upload").mkdir()
    (project / "upload/a.jpg").write_bytes(b"jpg" * 1000)
    (project / ".secrets.json").write_text("{}")
    (project / ".secrets.json").chmod(0o600)
    (project / ".accounts.json").write_text("{}")
    (project / "notes.txt").write_text("of a person")
    store = DirectoryStore(project, keeper=False)
    store.commit(build.add(0, 4), build.work(1, 1, 2), PutFile("config.json", b"{}"))
    store.documents.add("views", {"title": "one"})
    store.checkpoint()
    store.commit(build.work(1, 1), build.put(2, "newer"), answer=("key", {"n": 1}))
    return store


def seen(folder: Path) -> Image:
    store = DirectoryStore(folder, keeper=False)
    assert [note for note in store.notes if note.kind != "orphan"] == []
    image = look(store, ["key"])
    store.close()
    return image


@pytest.mark.parametrize("is_open", [True, False])
def test_a_folder(store: DirectoryStore, scratch: Path, is_open: bool) -> None:
    image = look(store, ["key"])
    if not is_open:
        store.close()
    counts: list[int] = []
    target = scratch / "copy"
    assert backup(store.folder, target, progress=counts.append) == []
    assert counts == list(range(1, len(counts) + 1)) and len(counts) > 5
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert names == {
        "tasks.json", "config.json", "completions/1.json", "upload/a.jpg", "notes.txt",
        ".documents.json", ".journal/manifest.json",
    }  # fmt: skip
    assert json.loads((target / "tasks.json").read_bytes())["2"]["data"] == {"text": "newer"}
    assert not [path for path in scratch.iterdir() if path.name.startswith(".copy")]
    assert seen(target) == image
    store.close()


def test_an_archive(store: DirectoryStore, scratch: Path) -> None:
    image = look(store, ["key"])
    target = scratch / "copy.zip"
    backup(store.folder, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert {name.partition("/")[0] for name in archive.namelist()} == {"project"}
        archive.extractall(scratch / "out")
    assert seen(scratch / "out/project") == image
    assert sorted(path.name for path in scratch.iterdir()) == ["copy.zip", "out", "project"]
    store.close()


def test_secrets_when_asked(store: DirectoryStore, scratch: Path) -> None:
    store.close()
    backup(store.folder, scratch / "copy", secrets=True)
    assert (scratch / "copy/.secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_project_of_0_8(project: Path, scratch: Path) -> None:
    tasks = '{"0": {"id": 0, "data": {"a": 1}}}'
    (project / "tasks.json").write_text(tasks)
    backup(project, scratch / "copy")
    assert (scratch / "copy/tasks.json").read_text() == tasks
    assert [path.name for path in project.iterdir()] == ["tasks.json"]


def test_what_links_lead_to_is_copied(store: DirectoryStore, scratch: Path) -> None:
    store.close()
    media = scratch / "media"
    media.mkdir()
    (media / "b.jpg").write_bytes(b"b")
    (media / "round").symlink_to(store.folder)
    (store.folder / "images").symlink_to(media)
    (store.folder / "nowhere").symlink_to("/nowhere/at/all")
    backup(store.folder, scratch / "copy")
    assert (scratch / "copy/images/b.jpg").read_bytes() == b"b"
    assert not (scratch / "copy/images/round").exists()
    assert not (scratch / "copy/nowhere").exists()


def test_what_is_refused(store: DirectoryStore, scratch: Path) -> None:
    store.close()
    (scratch / "there").mkdir()
    with pytest.raises(Conflict, match="exists already"):
        backup(store.folder, scratch / "there")
    with pytest.raises(Invalid, match="is not a folder"):
        backup(store.folder, scratch / "missing/copy")
    with pytest.raises(NotFound):
        backup(scratch / "there", scratch / "copy")
    assert list((scratch / "there").iterdir()) == []


def test_a_damaged_journal_is_not_copied_as_if_it_were_whole(
    store: DirectoryStore, scratch: Path
) -> None:
    store.commit(build.put(3, "last"))
    abandon(store)
    (path,) = (path for path in store.folder.glob(".journal/*.log") if path.stat().st_size)
    path.write_bytes(path.read_bytes().replace(b'"newer"', b'"newre"'))
    with pytest.raises(Damaged):
        backup(store.folder, scratch / "copy")
    assert sorted(path.name for path in scratch.iterdir()) == ["project"]


@pytest.mark.parametrize("name", ["copy", "copy.zip"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_half_made_copy_is_removed(
    store: DirectoryStore, scratch: Path, name: str, code: int
) -> None:
    before = look(store, ["key"])
    number, failed = 0, ["the lock, without which it goes on"]
    while failed:
        number += 1
        fs = FaultyFileSystem(number, code)
        try:
            backup(store.folder, scratch / name, fs=fs)
        except (StorageFull, ReadOnly):
            assert sorted(path.name for path in scratch.iterdir()) == ["project"]
            assert look(store, ["key"]) == before
        else:
            (scratch / name).rename(scratch.with_name(f"{scratch.name}-{number}"))
        failed = fs.failed
    for path in scratch.parent.glob(f"{scratch.name}-*"):
        path.unlink() if path.is_file() else shutil.rmtree(path)
    assert number > 30
    store.checkpoint()
    store.close()


def test_files_are_not_exchanged_meanwhile(store: DirectoryStore, scratch: Path) -> None:
    def step(count: int) -> None:
        with pytest.raises(Conflict, match="a backup is being made"):
            store.checkpoint()

    backup(store.folder, scratch / "copy", progress=step)
    store.checkpoint()
    store.close()


def test_closing_meanwhile_leaves_the_rest_to_the_next_start(
    store: DirectoryStore, scratch: Path
) -> None:
    image = look(store, ["key"])
    backup(store.folder, scratch / "copy", progress=lambda count: store.close())
    assert seen(scratch / "copy") == image
    again = DirectoryStore(store.folder, keeper=False)
    assert look(again, ["key"]) == image
    again.close()


def test_it_waits_for_a_fold(project: Path, scratch: Path) -> None:
    inside, go_on = threading.Event(), threading.Event()

    class Slow(FileSystem):
        def replace(self, source: Path, target: Path) -> None:
            if target == project / "tasks.json":
                inside.set()
                go_on.wait(10)
            super().replace(source, target)

    store = DirectoryStore(project, fs=Slow(), keeper=False)
    store.commit(build.add(0, 3), PutFile("config.json", b"{}"))
    fold = threading.Thread(target=store.checkpoint)
    fold.start()
    assert inside.wait(10)
    copy = threading.Thread(target=backup, args=(project, scratch / "copy"))
    copy.start()
    time.sleep(0.2)
    assert not (scratch / "copy").exists()
    go_on.set()
    fold.join(10)
    copy.join(10)
    assert seen(scratch / "copy")["counts"][0] == 3
    store.close()


def test_while_many_threads_write(project: Path, scratch: Path) -> None:
    """Every change that was acknowledged before it began is there, and nothing is half."""
    store = DirectoryStore(project)
    store.commit(build.add(0, 40), PutFile("config.json", b"{}"))
    stop = threading.Event()
    numbers = dict.fromkeys(range(40), 0)
    firsts: list[int] = []

    def label(me: int) -> None:
        task_id = me
        while not stop.is_set():
            number = numbers[task_id] + 1
            listed = [build.completion(number, result=[{"x": "y" * 700}])]
            store.commit(
                put_work(task_id, {"id": task_id, "completions": listed}),
                build.put(task_id, f"{number}"),
            )
            numbers[task_id] = number
            task_id = (task_id + 4) % 40

    def bring_in() -> None:
        while not stop.is_set():
            with store.adding() as first, store.batch() as batch:
                batch.add(build.add(first, 2))
                batch.add(build.work(first, 1), build.work(first + 1, 1))
                batch.commit()
            firsts.append(first)
            time.sleep(0.02)

    threads = [threading.Thread(target=label, args=(me,)) for me in range(4)]
    threads.append(threading.Thread(target=bring_in))
    for thread in threads:
        thread.start()
    try:
        for round_ in range(5):
            time.sleep(0.1)
            before, imported = dict(numbers), list(firsts)
            backup(project, scratch / f"copy-{round_}")
            image = seen(scratch / f"copy-{round_}")
            for task_id, number in before.items():
                work = image["work"].get(task_id, {"completions": []})
                found = max((item["id"] for item in work["completions"]), default=0)
                assert found >= number
                text = image["tasks"][task_id]["data"]["text"]
                assert text == (f"{found}" if found else f"text {task_id}")
            ids = [task_id for task_id in image["tasks"] if task_id >= 40]
            assert len(ids) % 2 == 0 and set(imported) <= set(ids)
            assert set(ids) <= image["work"].keys()
            assert image["orphans"] == []
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
        store.close()
