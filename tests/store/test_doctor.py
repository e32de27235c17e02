"""What is found in a project, and what repairing makes of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.errors import Damaged, Locked, NotFound
from label_studio_lite.store.changes import PutFile
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.doctor import Finding, Report, check, repair
from tests.store import build
from tests.store.reference import look
from tests.store.sessions import abandon
from tests.store.test_hand_edits import SAMPLE, lined

CONFIG = b'<View><Text name="t" value="$text"/></View>'
REGION = {"from_name": "a", "to_name": "t", "type": "choices", "value": {"choices": ["x"]}}


@pytest.fixture
def sound(project: Path) -> Path:
    """A project in which nothing is wrong, closed."""
    store = DirectoryStore(project, keeper=False)
    store.commit(
        build.add(0, 4),
        build.work(1, 1, 2),
        build.work(2, 1, result=[REGION]),
        PutFile("config.json", b"{}"),
        PutFile("config.xml", CONFIG),
    )
    store.close()
    return project


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def looked_at(project: Path) -> Report:
    """Looking changes nothing."""
    before = everything(project)
    report = check(project)
    assert everything(project) == before
    return report


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def mended(project: Path) -> list[str]:
    """Afterwards nothing is wrong any more, and nothing is gone."""
    lines = repair(project)
    report = check(project)
    assert [f for f in report.findings if f.path != "quarantine"] == []
    assert report.is_sound
    return lines


def test_nothing_is_wrong(sound: Path) -> None:
    report = looked_at(sound)
    assert report.findings == []
    assert report.is_sound
    assert report.summary == "4 tasks, 2 of them completed with 3 completions: all is well"
    before = {p: c for p, (c, _) in everything(sound).items()}
    assert repair(sound) == []
    after = {p: c for p, (c, _) in everything(sound).items()}
    changed = {Path(p).name for p in before.keys() | after if before.get(p) != after.get(p)}
    assert changed <= {".lock"}


def test_no_project(scratch: Path) -> None:
    with pytest.raises(NotFound):
        check(scratch)
    with pytest.raises(NotFound):
        check(scratch / "missing")


def test_while_it_is_served(sound: Path) -> None:
    store = DirectoryStore(sound)
    store.commit(build.work(3, 1), build.put(0))
    report = looked_at(sound)
    assert report.is_sound
    assert report.counts.completed == 3
    assert only(report).path == ".journal"
    assert only(report).severity == "note"
    with pytest.raises(Locked, match="is already open in process"):
        repair(sound)
    store.close()


Break = Callable[[Path], Any]


def put(path: str, content: bytes | str) -> Break:
    data = content.encode() if isinstance(content, str) else content
    return lambda project: (project / path).write_bytes(data)


def works(completions: Any, task_id: int = 1, **more: Any) -> Break:
    work = {"id": task_id, "data": {}, "completions": completions, **more}
    return put(f"completions/{task_id}.json", json.dumps(work))


ERRORS: dict[str, tuple[Break, str, str]] = {
    "broken_line": (
        put("tasks.json", lined(SAMPLE).replace(b'"3": {"id"', b'"3": {"i')),
        "tasks.json",
        "no task can be read",
    ),
    "twice": (
        put("tasks.json", lined(SAMPLE).replace(b"\n}\n", b',\n"1": {"id": 1, "data": {}}\n}\n')),
        "tasks.json",
        "task 1 is there twice",
    ),
    "damaged_completions": (
        put("completions/1.json", "{"),
        "completions/1.json",
        "cannot be read",
    ),
    "empty_completions": (put("completions/1.json", ""), "completions/1.json", "cannot be read"),
    "no_result_list": (
        works([build.completion(1001) | {"result": "x"}]),
        "completions/1.json",
        '"result" is no list',
    ),
    "region_without_value": (
        works([build.completion(1001) | {"result": [{"from_name": "a"}, REGION]}]),
        "completions/1.json",
        '"value" must be an object',
    ),
    "no_completion": (works([5, build.completion(1001)]), "completions/1.json", "is no object"),
    "same_id_in_a_file": (
        works([build.completion(1001), build.completion(1001)]),
        "completions/1.json",
        "id 1001 is there twice",
    ),
    "same_id_in_two_files": (
        works([build.completion(1001)], 2),
        "completions/2.json",
        "id 1001 is there twice",
    ),
    "id_that_is_none": (works([build.completion(1) | {"id": "x"}]), "completions/1.json", "'x'"),
    "of_another_task": (works([], id=7), "completions/1.json", "belongs to task 7"),
    "documents": (put(".documents.json", "{"), ".documents.json", "cannot be read"),
    "accounts": (put(".accounts.json", "[]"), ".accounts.json", "cannot be read"),
    "manifest": (put(".journal/manifest.json", "{"), ".journal/manifest.json", "cannot be read"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_found_and_mended(name: str, sound: Path) -> None:
    damage, path, reason = ERRORS[name]
    damage(sound)
    content = (sound / path).read_bytes()
    report = looked_at(sound)
    assert not report.is_sound
    errors = [finding for finding in report.findings if finding.severity == "error"]
    assert {finding.path for finding in errors} == {path}
    assert any(reason in finding.reason for finding in errors)
    assert all(finding.repair for finding in errors)
    assert "error" in report.summary
    lines = mended(sound)
    assert any(line.startswith(f"{path}: ") for line in lines)
    if name != "manifest":  # which is written anew, and of which nothing can be made
        assert content in [path.read_bytes() for path in (sound / "quarantine").iterdir()]


def test_mended_completions_keep_what_can_be_read(sound: Path) -> None:
    works([5, build.completion(1001), {"id": 1001, "result": [REGION, 7], "x": "kept"}])(sound)
    works([build.completion(1002), build.completion(1001)], 2)(sound)
    mended(sound)
    first = json.loads((sound / "completions/1.json").read_bytes())["completions"]
    assert first == [build.completion(1001), {"id": 1003, "result": [REGION], "x": "kept"}]
    second = json.loads((sound / "completions/2.json").read_bytes())["completions"]
    assert [item["id"] for item in second] == [1002, 2002]
    again = DirectoryStore(sound, keeper=False)
    assert again.last_completion_id(2) == 2002
    again.close()


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
def test_settings_that_cannot_be_read_are_for_a_person_to_mend(content: str, sound: Path) -> None:
    put("config.json", content.encode("latin-1"))(sound)
    finding = only(looked_at(sound))
    assert (finding.path, finding.severity, finding.repair) == ("config.json", "error", "")


def test_a_label_config_that_cannot_be_read(sound: Path) -> None:
    put("config.xml", "<View>")(sound)
    assert only(looked_at(sound)).path == "config.xml"
    (sound / "config.xml").unlink()
    assert only(looked_at(sound)).severity == "warning"


def test_what_is_no_error(sound: Path) -> None:
    works([build.completion(77001)], 77)(sound)
    name = "0123456789abcdef0123456789abcdef-dog.jpg"
    other = name.replace("dog", "cat")
    (sound / "upload").mkdir()
    (sound / "upload" / other).write_bytes(b"jpg")
    tasks = {
        "0": {"id": 0, "data": {"a": f"/data/upload/{name}", "b": [f"/data/upload/{other}"]}},
        "1": {"id": 1, "data": {"a": f"http://localhost:8080/data/upload/{name}"}},
    }
    put("tasks.json", json.dumps(tasks))(sound)
    put(".tasks.json.lsl-tmp", "half")(sound)
    os.utime(sound / ".tasks.json.lsl-tmp", (0, 0))
    report = looked_at(sound)
    assert report.is_sound
    found = {finding.path: finding for finding in report.findings}
    assert found["completions/77.json"].severity == "warning"
    assert found["completions/2.json"].severity == "warning"
    assert "2 tasks would show it" in found[f"upload/{name}"].reason or (
        "1 task would show it" in found[f"upload/{name}"].reason
    )
    assert f"upload/{other}" not in found
    assert found[".tasks.json.lsl-tmp"].severity == "note"
    assert not [p for p in found if p.startswith("quarantine")]


def test_a_write_that_is_going_on_is_no_leftover(sound: Path) -> None:
    put(".tasks.json.lsl-tmp", "half")(sound)
    assert looked_at(sound).findings == []


def test_a_tasks_file_of_0_8_is_in_order(sound: Path) -> None:
    tasks = json.loads((sound / "tasks.json").read_bytes())
    put("tasks.json", json.dumps(tasks))(sound)
    report = looked_at(sound)
    assert report.is_sound
    assert {finding.severity for finding in report.findings} == {"note"}
    assert "tasks.json: written with one task per line" in mended(sound)
    assert (sound / "tasks.json").read_bytes().count(b"\n") == len(tasks) + 2


# -- the journal --------------------------------------------------------------------------------


@pytest.fixture
def crashed(sound: Path) -> Path:
    """The same after a crash, with four changes in the journal."""
    store = DirectoryStore(sound, keeper=False)
    store.commit(build.put(0, "first"))
    store.commit(build.put(1, "second"))
    store.commit(build.put(2, "third"))
    store.commit(build.put(3, "fourth"))
    abandon(store)
    return sound


def segment(project: Path) -> Path:
    (path,) = (path for path in project.glob(".journal/*.log") if path.stat().st_size)
    return path


def test_changes_that_wait_are_in_order(crashed: Path) -> None:
    finding = only(looked_at(crashed))
    assert (finding.path, finding.severity) == (".journal", "note")
    assert "holds 4 changes" in finding.reason
    mended(crashed)


def test_a_torn_tail(crashed: Path) -> None:
    path = segment(crashed)
    path.write_bytes(path.read_bytes()[:-3])
    report = looked_at(crashed)
    assert report.is_sound
    assert [finding.severity for finding in report.findings] == ["warning", "note"]
    mended(crashed)
    store = DirectoryStore(crashed, keeper=False)
    assert [t.data["text"] for t in store.read_tasks(range(4))] == ["first", "w", "w", "text 3"]
    store.close()


def test_damage_in_the_middle(crashed: Path) -> None:
    path = segment(crashed)
    content = path.read_bytes()
    damaged = content.replace(b"second", b"secomd")
    path.write_bytes(damaged)
    with pytest.raises(Damaged, match="check --repair"):
        DirectoryStore(crashed)
    report = looked_at(crashed)
    assert not report.is_sound
    assert {f.path for f in report.findings if f.severity == "error"} == {
        ".journal",
        f".journal/{path.name}",
    }
    assert report.counts.tasks == 4
    lines = mended(crashed)
    assert "3 changes stay" in lines[0]
    assert damaged in [p.read_bytes() for p in (crashed / "quarantine").iterdir()]
    store = DirectoryStore(crashed, keeper=False)
    texts = [task.fields["data"]["text"] for task in store.read_tasks(range(4))]
    assert texts == ["first", "text 1", "third", "fourth"]
    store.close()


def test_of_a_batch_nothing_or_all_is_salvaged(sound: Path) -> None:
    store = DirectoryStore(sound, keeper=False)
    before = look(store)
    with store.batch() as batch:
        batch.add(build.put(0, "one"))
        batch.add(build.put(1, "two"))
        batch.commit(build.put(2, "three"))
    with store.batch() as batch:
        batch.add(build.work(3, 1))
        batch.commit()
    abandon(store)
    path = segment(sound)
    path.write_bytes(path.read_bytes().replace(b'"two"', b'"tow"'))
    mended(sound)
    store = DirectoryStore(sound, keeper=False)
    after = look(store)
    assert after["tasks"] == before["tasks"]
    assert list(store.completed_ids()) == [1, 2, 3]
    store.close()


def test_everything_at_once(crashed: Path) -> None:
    for name in ("same_id_in_two_files", "documents", "no_result_list"):
        ERRORS[name][0](crashed)
    path = segment(crashed)
    path.write_bytes(path.read_bytes().replace(b"second", b"secomd"))
    put("tasks.json", (crashed / "tasks.json").read_bytes().replace(b'"3": {"id"', b'"3": {"i'))(
        crashed
    )
    shutil.rmtree(crashed / ".cache")
    assert len(looked_at(crashed).findings) > 4
    mended(crashed)
    mended(crashed)
