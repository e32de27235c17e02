"""Project directories that a real Label Studio 0.8.2 wrote: opened, changed, closed, opened."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.store.changes import put_work
from label_studio_lite.store.directory import DirectoryStore
from tests.store import build
from tests.store.reference import look
from tests.store.sessions import abandon

SAMPLES = Path(__file__).parents[3] / "shared/reference/legacy/sample_project"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded projects are not here")


@pytest.fixture(params=["bbox", "ner"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def legacy(name: str, project: Path) -> Path:
    shutil.copytree(SAMPLES / name, project, dirs_exist_ok=True)
    for path in [project, *project.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return project


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def files(folder: Path) -> dict[str, bytes]:
    """What 0.8 knows of a project."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def test_opening_and_closing_changes_nothing(legacy: Path) -> None:
    before = files(legacy)
    store = DirectoryStore(legacy)
    assert not [note for note in store.notes if note.kind != "orphan"]
    store.close()
    assert files(legacy) == before


def test_all_is_read_as_0_8_wrote_it(legacy: Path, name: str) -> None:
    tasks = read(legacy / "tasks.json")
    works = {int(p.stem): read(p) for p in (legacy / "completions").iterdir()}
    listed = {task["id"]: task for task in read(SAMPLES / f"{name}_GET_api_tasks.json")}
    store = DirectoryStore(legacy, keeper=False)
    found = {str(task.id): task for task in store.read_tasks(store.task_ids())}
    assert {key: task.fields for key, task in found.items()} == tasks
    for key, task in found.items():
        assert task.work == works.get(task.id)
        answered = listed[task.id]
        assert task.data == answered["data"]
        ids = [c["id"] for c in answered.get("completions", ())]
        assert [c.id for c in task.completions] == ids
        assert task.completed == ("completed_at" in answered)
        assert key == str(answered["id"])
    assert set(store.orphan_ids()) == works.keys() - {int(key) for key in tasks}
    store.close()


@pytest.mark.parametrize("crash", [False, True])
def test_changed_and_opened_again(legacy: Path, crash: bool) -> None:
    tasks = read(legacy / "tasks.json")
    kept = {p: c for p, c in files(legacy).items() if not p.startswith(("completions", "tasks"))}
    first, second = sorted(map(int, tasks))[:2]
    store = DirectoryStore(legacy, keeper=False)
    before = store.read_task(first)
    work = before.work or {"id": first, "data": before.data, "completions": []}
    number = max(store.last_completion_id(first), first * 1000) + 1
    work["completions"].append(build.completion(number))
    with store.adding() as next_id:
        store.commit(put_work(first, work), build.put(second, "changed"), build.add(next_id, 1))
    seen = look(store)
    if crash:
        abandon(store)
    else:
        store.close()
    store = DirectoryStore(legacy, keeper=False)
    assert look(store) == seen
    store.close()
    after = read(legacy / "tasks.json")
    assert after.pop(str(next_id))["id"] == next_id
    assert after.pop(str(second))["data"] == {"text": "changed"}
    tasks.pop(str(second))
    assert after == tasks
    path = legacy / f"completions/{first}.json"
    assert path.read_text() == json.dumps(work, indent=2, sort_keys=True)
    assert {p: files(legacy)[p] for p in kept} == kept
