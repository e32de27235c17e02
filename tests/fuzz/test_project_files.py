"""Whatever a project's files hold: it opens, or a reason is given and nothing is overwritten."""

from __future__ import annotations

import json
import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from label_studio_lite.errors import Damaged, LabelStudioError
from label_studio_lite.service.project import open_project
from label_studio_lite.store import doctor
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.records import Recovered, frame, recover
from tests.client import Client
from tests.conftest import CHOICES, app_of
from tests.fuzz.mutations import ODD, count, damaged
from tests.store import build
from tests.store.reference import Image, look
from tests.store.sessions import abandon

_SHM = Path("/dev/shm")
CONFIG = {"title": "x", "description": "", "ml_backends": [], "local_files_roots": []}
PAGES = (
    "/api/tasks",
    "/api/project",
    "/api/project/next",
    "/",
    "/api/completions",
    "/api/tasks/0",
)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder whose flushes cost nothing."""
    folder = tempfile.mkdtemp(prefix="lsl-fuzz-", dir=_SHM if _SHM.is_dir() else None)
    yield Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def source(scratch: Path) -> Path:
    """A project as a killed server leaves it, with something of everything in its files."""
    folder = scratch / "source"
    (folder / "completions").mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "config.xml").write_text(CHOICES)
    (folder / "tasks.json").write_text(
        json.dumps(
            {str(n): build.task(n, predictions=[{"result": [], "score": 0.5}]) for n in (0, 1)}
        )
    )
    work = {"id": 0, "data": {"text": "a"}, "completions": [build.completion(1)]}
    (folder / "completions" / "0.json").write_text(json.dumps(work))
    store = DirectoryStore(folder, keeper=False)
    store.documents.add("views", {"title": "one"})
    store.checkpoint()
    store.commit(build.add(2, 3))
    store.commit(build.work(1, 1), build.put(0, "new"))
    store.commit(build.work(2, 1, 2))
    store.commit(build.work(0, 1))
    abandon(store)
    return folder


def journals(folder: Path) -> list[Path]:
    return sorted((folder / ".journal").glob("*.log"))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def opened(folder: Path) -> Image | None:
    """What can be seen of it; None when it was refused, which must not change a byte."""
    before = contents(folder)
    try:
        store = DirectoryStore(folder, keeper=False)
    except Damaged as error:
        assert error.detail
        assert contents(folder) == before
        return None
    try:
        return look(store)
    finally:
        store.close()


def copies(source: Path, cases: int) -> Iterator[tuple[int, random.Random, Path]]:
    for number in range(cases):
        folder = source.parent / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        yield number, random.Random(number), folder


def test_a_damaged_journal(source: Path) -> None:
    """Opened twice, it shows the same; what was repaired opens."""
    samples = [path.read_bytes() for path in journals(source)]
    seen = set()
    for number, chance, folder in copies(source, count(100)):
        path = chance.choice(journals(folder))
        path.write_bytes(damaged(path.read_bytes(), samples, chance))
        image = opened(folder)
        seen.add(image is None)
        if image is None:
            list(doctor.repair(folder))
            assert opened(folder) is not None, number
        else:
            assert opened(folder) == image, number
    assert seen == {True, False}


def test_records_that_are_whole_and_make_no_sense(source: Path) -> None:
    """The checksum is right, so this was written; what it says is checked nevertheless."""
    for number, chance, folder in copies(source, count(100)):
        path = journals(folder)[-1]
        items = [item for item in recover(folder / ".journal") if isinstance(item, Recovered)]
        heads = [json.dumps(item.head).encode() for item in items]
        at = chance.randrange(len(items))
        content = b""
        for place, item in enumerate(items):
            head, body = heads[place], item.body
            if place == at:
                head, body = odd_record(head, heads, body, chance)
            content += frame(item.place.segment, 0, head, body) + body + b"\n"
        path.write_bytes(content)
        try:
            image = opened(folder)
        except Damaged as error:  # a task whose text is none; the others can be seen
            assert "cannot be read" in error.detail or "no JSON object" in error.detail
            continue
        if image is not None:
            assert opened(folder) == image, number


def odd_record(
    head: bytes, heads: list[bytes], body: bytes, chance: random.Random
) -> tuple[bytes, bytes]:
    if chance.random() < 0.5:
        numbers = (b"0", b"-1", b"7", b"1e3", b"99999999999999999999", b'"x"', b"null", b"[]")
        head = re.sub(rb"\d+", lambda match: chance.choice((match[0], *numbers)), head)
    else:
        head = damaged(head, heads, chance)
    return head.replace(b"\n", b""), (damaged(body, [body, *ODD], chance))


@pytest.mark.parametrize(
    "name",
    [
        *("tasks.json", "completions/0.json", "config.json", "config.xml", ".documents.json"),
        *(".journal/manifest.json", ".cache"),
    ],
)
def test_a_damaged_file(source: Path, name: str) -> None:
    """Pages and lists never fail with an error that nobody foresaw."""
    places = [source / name] if (source / name).is_file() else sorted((source / name).rglob("*"))
    if not any(path.is_file() for path in places):
        names = [p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()]
        pytest.skip(f"there is no {name} here, but {names}")
    for number, chance, folder in copies(source, count(25)):
        place = chance.choice([path for path in places if path.is_file()])
        path = folder / place.relative_to(source)
        path.write_bytes(damaged(path.read_bytes(), [place.read_bytes()], chance))
        try:
            project = open_project(folder)
        except LabelStudioError as error:
            assert error.detail
            continue
        try:
            client = Client(app_of(project))
            for page in PAGES:
                answer = client.get(page, buffered=True)
                assert b"internal error" not in answer.data, (number, page, path.read_bytes())
            client.get("/api/project/export?format=JSON", buffered=True)
        finally:
            project.close()
        doctor.check(folder)
