"""Small documents: whole after any failure, and one at a time for many threads."""

from __future__ import annotations

import errno
import json
import threading
from pathlib import Path

import pytest

from label_studio_lite.errors import Damaged, NotFound, StorageFull
from label_studio_lite.store.documents import Documents
from label_studio_lite.store.fs import FileSystem
from tests.store.faults import FaultyFileSystem
from tests.store.powercut import RecordingFileSystem, build, states


@pytest.fixture
def path(project: Path) -> Path:
    return project / ".documents.json"


def test_documents_come_and_go(path: Path) -> None:
    documents = Documents(FileSystem(), path)
    assert documents.all("views") == {}
    assert documents.add("views", {"title": "é", "x": None}) == 1
    assert documents.add("views", {"title": "two"}) == 2
    assert documents.add("hooks", {"url": "u"}) == 1
    documents.put("views", 1, {"other": [1]})
    assert documents.change("views", 2, lambda view: view.update(n=5)) == {"title": "two", "n": 5}
    documents.remove("views", 2)
    assert documents.add("views", {}) == 3, "ids are not given again"
    again = Documents(FileSystem(), path)
    assert again.all("views") == {1: {"other": [1]}, 3: {}}
    assert again.get("hooks", 1) == {"url": "u"}
    with pytest.raises(NotFound):
        again.get("views", 2)
    with pytest.raises(NotFound):
        again.remove("views", 2)
    json.loads(path.read_bytes())


def test_ids_put_by_others_are_not_given_again(path: Path) -> None:
    documents = Documents(FileSystem(), path)
    documents.put("views", 7, {})
    assert documents.add("views", {}) == 8


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"views": []}', b'{"views": {"1": 5}}'])
def test_a_damaged_file_is_told_of_and_not_overwritten(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    documents = Documents(FileSystem(), path)
    for call in (lambda: documents.all("views"), lambda: documents.add("views", {})):
        with pytest.raises(Damaged, match=r"\.documents\.json cannot be read"):
            call()
    assert path.read_bytes() == content


def test_a_full_disk_changes_nothing(path: Path) -> None:
    Documents(FileSystem(), path).add("views", {"n": 1})
    for number in range(1, 20):
        fs = FaultyFileSystem(number, errno.ENOSPC, torn=True)
        documents = Documents(fs, path)
        before = documents.get("views", 1)
        try:
            documents.put("views", 1, {"n": number})
        except StorageFull:
            assert documents.get("views", 1) in (before, {"n": number})
        assert Documents(FileSystem(), path).get("views", 1) == documents.get("views", 1)


def test_a_power_cut_never_loses_a_document(scratch: Path, project: Path, path: Path) -> None:
    fs = RecordingFileSystem(project)
    documents = Documents(fs, path)
    documents.add("views", {"n": 0})
    fs.mark("begun")
    for number in range(1, 4):
        documents.put("views", 1, {"n": number})
        fs.mark("done")
    for cut in states(fs.log, extra=10):
        if cut.marks.get("begun"):
            build(cut.tree, scratch / str(cut.moment), exist_ok=True)
            found = Documents(FileSystem(), scratch / str(cut.moment) / path.name).get("views", 1)
            done = cut.marks.get("done", 0)
            assert found["n"] in (done, done + 1)


def test_many_threads(path: Path) -> None:
    documents = Documents(FileSystem(), path)
    documents.put("counter", 1, {"n": 0})

    def work() -> None:
        for _ in range(10):
            documents.change("counter", 1, lambda row: row.update(n=row["n"] + 1))
            documents.add("rows", {})

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert documents.get("counter", 1) == {"n": 60}
    assert list(documents.all("rows")) == list(range(1, 61))
