"""What people and other programs do to the files of a project, served or not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Conflict
from label_studio_lite.store.changes import PutFile
from label_studio_lite.store.directory import DirectoryStore
from tests.store import build
from tests.store.reference import look
from tests.store.sessions import abandon

SAMPLE: dict[str, Json] = {
    str(i): {"id": i, "data": {"text": f"é {i}", "5": {"data": {"n": i}}}, "x": [1.50, None]}
    for i in range(4)
}


def opened(project: Path) -> DirectoryStore:
    return DirectoryStore(project, keeper=False)


def kinds(store: DirectoryStore) -> list[tuple[str, str]]:
    return [(note.kind, note.path) for note in store.notes]


def kept(project: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((project / "quarantine").glob("*"))]


def tasks_of(store: DirectoryStore) -> dict[str, Json]:
    return {str(task.id): task.fields for task in store.read_tasks(store.task_ids())}


def settled(project: Path, content: bytes) -> dict[str, Json]:
    """Open a project with this tasks.json, change it a little and close it; its tasks before."""
    (project / "tasks.json").write_bytes(content)
    store = opened(project)
    found = tasks_of(store)
    store.commit(build.add(1000, 1, "added"))
    store.close()
    lines = (project / "tasks.json").read_bytes().split(b"\n")
    assert (lines[0], lines[-2:]) == (b"{", [b"}", b""])
    assert len(lines) == len(found) + 4
    after = json.loads(b"\n".join(lines))
    assert after.pop("1000")["data"] == {"text": "added"}
    assert after == found
    again = opened(project)
    assert tasks_of(again) == found | {"1000": build.task(1000, "added")}
    assert not [note for note in again.notes if note.kind != "orphan"]
    again.close()
    return found


def lined(tasks: dict[str, Json]) -> bytes:
    rows = [f'"{key}": {json.dumps(task)}' for key, task in tasks.items()]
    return ("{\n" + ",\n".join(rows) + "\n}\n").encode()


# -- tasks.json in other shapes -----------------------------------------------------------------

SHAPES: dict[str, Callable[[], bytes]] = {
    "one_line": lambda: json.dumps(SAMPLE).encode(),
    "compact": lambda: json.dumps(SAMPLE, separators=(",", ":"), ensure_ascii=False).encode(),
    "indented": lambda: json.dumps(SAMPLE, indent=2).encode(),
    "indented_by_tabs": lambda: json.dumps(SAMPLE, indent="\t").encode(),
    "indented_by_nothing": lambda: json.dumps(SAMPLE, indent=0).encode(),
    "windows": lambda: json.dumps(SAMPLE, indent=2).replace("\n", "\r\n").encode(),
    "byte_order_mark": lambda: b"\xef\xbb\xbf" + json.dumps(SAMPLE).encode(),
    "ours": lambda: lined(SAMPLE),
    "ours_without_the_last_newline": lambda: lined(SAMPLE).rstrip(),
    "ours_with_blank_lines": lambda: lined(SAMPLE).replace(b",\n", b",\n\n \n"),
    "ours_with_windows_newlines": lambda: lined(SAMPLE).replace(b"\n", b"\r\n"),
    "ours_with_spaces": lambda: lined(SAMPLE).replace(b"\n", b"  \n  "),
    "ours_half_indented": lambda: lined(SAMPLE).replace(b'"2": {', b'"2":\n  {\n  '),
    "two_on_a_line": lambda: lined(SAMPLE).replace(b',\n"2"', b', "2"'),
    "reordered": lambda: lined(dict(reversed(SAMPLE.items()))),
    "list": lambda: json.dumps(list(SAMPLE.values())).encode(),
    "list_without_ids": lambda: json.dumps(
        [{k: v for k, v in task.items() if k != "id"} for task in SAMPLE.values()], indent=1
    ).encode(),
    "a_comma_too_few": lambda: lined(SAMPLE).replace(b'}},\n"2"', b'}}\n"2"'),
    "a_comma_too_many": lambda: lined(SAMPLE).replace(b"\n}\n", b",\n}\n"),
    "other_ids_inside": lambda: lined({k: v | {"id": "seven"} for k, v in SAMPLE.items()}),
    "zeros_in_front": lambda: lined({f"0{k}": v for k, v in SAMPLE.items()}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_other_shapes_are_read_and_become_ours(shape: str, project: Path) -> None:
    assert settled(project, SHAPES[shape]()) == SAMPLE
    assert not (project / "quarantine").exists()


def test_a_list_keeps_the_ids_it_brings(project: Path) -> None:
    tasks = [
        {"id": 7, "data": {}},
        {"data": {"n": 1}},
        {"id": 3, "data": {}},
        {"id": 7, "data": {}},
    ]
    found = settled(project, json.dumps(tasks).encode())
    assert list(found) == ["3", "7", "8", "9"]
    assert found["8"]["data"] == {"n": 1}


def test_nothing_is_rewritten_without_a_change(project: Path) -> None:
    content = SHAPES["indented"]()
    (project / "tasks.json").write_bytes(content)
    store = opened(project)
    store.commit(build.work(1, 1))
    store.close()
    opened(project).close()
    assert (project / "tasks.json").read_bytes() == content


def test_numbers_and_unknown_values_are_not_touched(project: Path) -> None:
    """Neither by reading, nor by writing the file anew."""
    odd = b'{"id": 0, "data": {"n": 1.10, "big": 123456789012345678901234567890, "e": 1E2}}'
    (project / "tasks.json").write_bytes(b'{"0": ' + odd + b', "1": {"id": 1, "data": {}}}')
    store = opened(project)
    store.commit(build.put(1))
    store.close()
    assert b'\n"0": ' + odd + b",\n" in (project / "tasks.json").read_bytes()


def test_what_python_writes_beyond_json_is_read(project: Path) -> None:
    content = b'{"0": {"id": 0, "data": {"n": NaN, "s": "\\ud800"}}, "1": {"id": 1, "data": {}}}'
    found = settled(project, content)
    assert found["0"]["data"] == {"n": None, "s": "\ud800"}


# -- damage in tasks.json -----------------------------------------------------------------------


def damaged(project: Path, content: bytes) -> dict[str, Json]:
    found = settled(project, content)
    assert kept(project) == ([content] if content else [])
    return found


def test_a_broken_line_costs_one_task(project: Path) -> None:
    content = lined(SAMPLE).replace(b'"2": {"id"', b'"2": {"i')
    assert damaged(project, content) == {k: v for k, v in SAMPLE.items() if k != "2"}


def test_the_broken_line_is_told_of(project: Path) -> None:
    (project / "tasks.json").write_bytes(lined(SAMPLE).replace(b'"2": {"id"', b'"2": {"i'))
    store = opened(project)
    assert {("damaged", "tasks.json")} == set(kinds(store))
    assert "quarantine/" in store.notes[-1].detail
    store.close()
    again = opened(project)
    assert kinds(again) == []
    again.close()


@pytest.mark.parametrize("shape", ["ours", "one_line", "indented", "list"])
def test_cut_off_anywhere(shape: str, scratch: Path) -> None:
    """Every task that is whole is there."""
    content = SHAPES[shape]()
    for size in range(0, len(content) - 4, 29):
        folder = scratch / str(size)
        folder.mkdir()
        found = damaged(folder, content[:size])
        whole = sum(
            content[:size].count(ending)
            for ending in (b"null]}", b"null\n    ]\n  }", b"null\n   ]\n  }")
        )
        assert len(found) >= whole
        assert found.items() <= SAMPLE.items()
        shutil.rmtree(folder)


@pytest.mark.parametrize("shape", ["ours", "one_line", "list"])
def test_a_flipped_bit_anywhere_costs_one_task_at_most(shape: str, scratch: Path) -> None:
    content = SHAPES[shape]()
    for at in range(0, len(content), 17):
        flipped = bytearray(content)
        flipped[at] ^= 0x80  # no ASCII any more
        folder = scratch / str(at)
        folder.mkdir()
        (folder / "tasks.json").write_bytes(flipped)
        store = opened(folder)
        found = tasks_of(store)
        same = [key for key in SAMPLE if found.get(key) == SAMPLE[key]]
        assert len(same) >= 3 or shape == "list"
        assert len(found) <= 4
        store.close()
        assert kept(folder) in ([bytes(flipped)], [])
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"null", b'"text"', b"\0" * 600, b"\xff\xfe{\0}\0", b"not JSON"]
)
def test_no_tasks_at_all(content: bytes, project: Path) -> None:
    assert damaged(project, content) == {}


def test_zeros_behind_the_end(project: Path) -> None:
    assert damaged(project, lined(SAMPLE) + b"\0" * 4000) == SAMPLE


def test_an_id_twice_counts_once(project: Path) -> None:
    content = lined(SAMPLE).replace(b"\n}\n", b',\n"1": {"id": 1, "data": {"text": "later"}}\n}\n')
    assert damaged(project, content) == SAMPLE | {"1": build.task(1, "later")}


def test_ids_that_are_none(project: Path) -> None:
    content = b'{"0": {"data": {}}, "-1": {"data": {}}, "a": {"data": {}}, "99999999999999999999":'
    content += b' {"data": {}}, "9999999999999999": {"data": {}}, "1": [], "2": {"data": {}}}'
    assert list(damaged(project, content)) == ["0", "2"]


@pytest.mark.parametrize("newline", [b"", b"\n"])
def test_deep_nesting_is_no_reason_to_fail(newline: bytes, project: Path) -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    tasks = [b'"%d": {"id": %d, "data": %b}' % (n, n, deep if n == 1 else b"{}") for n in range(3)]
    content = b"{" + newline + (b"," + newline).join(tasks) + newline + b"}" + newline
    assert list(damaged(project, content)) == ["0", "2"]


@pytest.mark.parametrize("name", ["created_at", "updated_at"])
def test_a_time_beyond_all_times(name: str, project: Path) -> None:
    started(project)
    content = HUGE.replace(b"created_at", name.encode())
    (project / "completions/1.json").write_bytes(content)
    store = opened(project)
    assert kinds(store) == [("damaged", "completions/1.json")]
    store.close()


# -- tasks.json changed while nothing ran -------------------------------------------------------


def started(project: Path) -> None:
    """A project of ours, closed: four tasks, task 1 completed."""
    store = opened(project)
    store.commit(build.add(0, 4), build.work(1, 1))
    store.close()


def edit(project: Path, change: Callable[[Json], Any]) -> bytes:
    path = project / "tasks.json"
    tasks = json.loads(path.read_bytes())
    change(tasks)
    path.write_text(json.dumps(tasks, indent=2))
    return path.read_bytes()


def test_edited_after_a_clean_stop(project: Path) -> None:
    started(project)

    def change(tasks: Json) -> None:
        tasks["0"]["data"]["text"] = "by hand"
        del tasks["3"]
        tasks["9"] = {"id": 9, "data": {"text": "new"}}

    edit(project, change)
    store = opened(project)
    assert kinds(store) == [("edited", "tasks.json")]
    assert list(tasks_of(store)) == ["0", "1", "2", "9"]
    assert store.read_task(0).data == {"text": "by hand"}
    assert store.read_task(1).completed
    with store.adding() as next_id:
        assert next_id == 10
    store.close()
    assert not (project / "quarantine").exists()
    again = opened(project)
    assert kinds(again) == []
    again.close()


def test_ids_of_tasks_removed_by_hand_are_not_given_again(project: Path) -> None:
    started(project)
    edit(project, lambda tasks: tasks.pop("3"))
    store = opened(project)
    with store.adding() as next_id:
        assert next_id == 4
    store.close()


@pytest.mark.parametrize(
    ("content", "first_id"),
    [
        (b'{"2": {"key": "a/2", "exists": true}, "9": {"key": "a/9", "exists": false}}', 10),
        (b"{}", 1),
        (b'{"2": ', 1),
        (b"[1]", 1),
    ],
)
def test_ids_that_0_8_gave_are_not_given_again(
    content: bytes, first_id: int, project: Path
) -> None:
    (project / "tasks.json").write_bytes(b'{"0": {"id": 0, "data": {"text": "a"}}}')
    (project / "source.json").write_bytes(content)
    for _ in range(2):
        store = opened(project)
        with store.adding() as given:
            assert given == first_id
        store.commit(build.put(0))
        store.close()
    assert (project / "source.json").read_bytes() == content


def test_another_tasks_file_after_a_clean_stop_is_simply_taken(project: Path) -> None:
    started(project)
    (project / "tasks.json").write_text('{"0": {"id": 0, "data": {"other": 1}}}')
    store = opened(project)
    assert tasks_of(store) == {"0": {"id": 0, "data": {"other": 1}}}
    assert store.orphan_ids() == [1]
    store.close()


def crashed(project: Path) -> None:
    """The same, and then a run that ended without a word, with changes in the journal."""
    started(project)
    store = opened(project)
    store.commit(build.put(2, "journal"), build.work(3, 1), build.add(4, 1))
    abandon(store)


def test_edited_after_a_crash(project: Path) -> None:
    """The journal wins for its tasks, the edit for all others, and it is kept as it was."""
    crashed(project)

    def change(tasks: Json) -> None:
        tasks["0"]["data"]["text"] = tasks["2"]["data"]["text"] = "by hand"
        tasks["4"] = {"id": 4, "data": {"text": "by hand"}}
        tasks["8"] = {"id": 8, "data": {"text": "by hand"}}

    content = edit(project, change)
    store = opened(project)
    texts = {i: t["data"]["text"] for i, t in tasks_of(store).items()}
    assert texts == {
        "0": "by hand",
        "1": "text 1",
        "2": "journal",
        "3": "text 3",
        "4": "text 4",
        "8": "by hand",
    }
    assert store.read_task(3).completed
    assert ("edited", "tasks.json") in kinds(store)
    assert kept(project) == [content]
    with store.adding() as next_id:
        assert next_id == 9
    store.commit(build.add(9, 1))
    store.close()
    again = opened(project)
    assert kinds(again) == []
    assert len(tasks_of(again)) == 7
    again.close()


def test_the_same_contents_in_another_form_after_a_crash(project: Path) -> None:
    crashed(project)
    edit(project, lambda tasks: None)
    store = opened(project)
    assert store.read_task(2).data == {"text": "journal"}
    store.close()


def test_another_tasks_file_after_a_crash(project: Path) -> None:
    """The journal is of no use for it, and is kept."""
    crashed(project)
    (segment,) = (path for path in project.glob(".journal/*.log") if path.stat().st_size)
    journal = segment.read_bytes()
    (project / "tasks.json").write_text('{"0": {"id": 0, "data": {"other": 1}}}')
    store = opened(project)
    assert tasks_of(store) == {"0": {"id": 0, "data": {"other": 1}}}
    assert kept(project) == [journal]
    assert ("damaged", f".journal/{segment.name}") in kinds(store)
    store.commit(build.add(7, 1))
    abandon(store)
    again = opened(project)
    assert list(tasks_of(again)) == ["0", "7"]
    again.close()


def test_tasks_file_removed_after_a_crash(project: Path) -> None:
    crashed(project)
    (project / "tasks.json").unlink()
    store = opened(project)
    assert list(tasks_of(store)) == ["2", "4"]
    assert store.orphan_ids() == [1, 3]
    store.close()
    assert json.loads((project / "tasks.json").read_bytes()).keys() == {"2", "4"}


def test_an_old_copy_put_back_after_a_stop(project: Path) -> None:
    """With its old times, as ``cp -p`` and archives do."""
    started(project)
    shutil.copy2(project / "tasks.json", project / "copy.json")
    store = opened(project)
    store.commit(build.put(0, "newer"))
    store.close()
    shutil.copy2(project / "copy.json", project / "tasks.json")
    again = opened(project)
    assert again.read_task(0).data == {"text": "text 0"}
    again.close()


def test_a_copied_folder_is_the_same_project(project: Path, scratch: Path) -> None:
    crashed(project)
    store = opened(project)
    seen = look(store)
    abandon(store)
    shutil.copytree(project, scratch / "copy")
    copy = opened(scratch / "copy")
    assert look(copy) == seen
    assert [note for note in copy.notes if note.kind != "recovered"] == []
    copy.close()


# -- completion files ---------------------------------------------------------------------------


def test_completions_changed_added_and_removed(project: Path) -> None:
    started(project)
    store = opened(project)
    store.commit(build.work(2, 1))
    store.close()
    folder = project / "completions"
    (folder / "1.json").write_bytes(build.work(1, 1, 4).content)
    (folder / "0.json").write_bytes(build.work(0, 1).content)
    (folder / "2.json").unlink()
    store = opened(project)
    assert list(store.completed_ids()) == [0, 1]
    assert store.last_completion_id(1) == 1004
    assert store.last_completion_id(2) == 2001
    assert sorted(kinds(store)) == [("edited", f"completions/{i}.json") for i in range(3)]
    store.close()
    again = opened(project)
    assert kinds(again) == []
    again.close()


def test_completions_on_the_first_start_are_no_edits(project: Path) -> None:
    (project / "tasks.json").write_bytes(lined(SAMPLE))
    (project / "completions").mkdir()
    (project / "completions/3.json").write_bytes(build.work(3, 1).content)
    (project / "completions/77.json").write_bytes(build.work(77, 1).content)
    store = opened(project)
    assert list(store.completed_ids()) == [3]
    assert kinds(store) == [("orphan", "completions/77.json")]
    store.close()


HUGE = b'{"completions": [{"id": 1, "created_at": 1' + b"0" * 400 + b"}]}"
DAMAGED = [
    b"",
    b'{"completions": [{"id"',
    b"[]",
    b"null",
    b'{"completions": {"id": 1}}',
    b"\0" * 100,
    b"\xff\xfe",
    b"[" * 50_000,
    HUGE,
]


@pytest.mark.parametrize("content", DAMAGED, ids=lambda content: repr(content[:12]))
def test_a_damaged_completion_file_is_set_aside(content: bytes, project: Path) -> None:
    started(project)
    (project / "completions/1.json").write_bytes(content)
    store = opened(project)
    assert kinds(store) == [("damaged", "completions/1.json")]
    assert kept(project) == [content]
    assert not (project / "completions/1.json").exists()
    assert not store.read_task(1).completed
    assert store.last_completion_id(1) == 1001, "its number is not given again"
    store.commit(build.work(1, 2))
    store.close()
    again = opened(project)
    assert kinds(again) == []
    assert again.read_task(1).completed
    again.close()


@pytest.mark.parametrize(
    "item",
    [5, None, "text", [], {"id": "x"}, {"id": 2**63}, {"id": 2**70}, {"id": True}, {"id": -4}],
    ids=repr,
)
def test_odd_completions_are_carried_along(item: Any, project: Path) -> None:
    started(project)
    odd = {"id": 1, "completions": [item, {"id": 1003, "created_at": "yesterday"}]}
    (project / "completions/1.json").write_text(json.dumps(odd))
    store = opened(project)
    task = store.read_task(1)
    assert task.work == odd
    assert store.last_completion_id(1) == 1003
    store.close()
    again = opened(project)
    assert again.read_task(1).work == odd
    again.close()


def test_odd_names_are_left_alone(project: Path) -> None:
    started(project)
    names = ["01.json", "x.json", "2.JSON", "3.json~", ".4.json", "٣.json", "-1.json", "1" * 30]
    for name in names:
        (project / "completions" / name).write_text("{}")
    (project / "completions/notes").mkdir()
    store = opened(project)
    assert list(store.completed_ids()) == [1]
    assert kinds(store) == []
    store.commit(build.work(1, 1, 2))
    store.close()
    assert {path.name for path in (project / "completions").iterdir()} >= {*names, "notes"}


def test_things_that_are_no_files(project: Path) -> None:
    started(project)
    (project / "completions/0.json").mkdir()
    (project / "completions/2.json").symlink_to("/nowhere/at/all")
    store = opened(project)
    assert list(store.completed_ids()) == [1]
    assert sorted(kinds(store)) == [("damaged", f"completions/{i}.json") for i in (0, 2)]
    store.close()


def test_a_completion_file_changed_after_a_crash_is_kept(project: Path) -> None:
    crashed(project)
    edited = build.work(3, 7).content
    (project / "completions/3.json").write_bytes(edited)
    other = build.work(1, 5).content
    (project / "completions/1.json").write_bytes(other)
    store = opened(project)
    assert [c.id for c in store.read_task(3).completions] == [3001]
    assert [c.id for c in store.read_task(1).completions] == [1005]
    assert kept(project) == [edited]
    assert ("edited", "completions/3.json") in kinds(store)
    store.close()
    assert (
        json.loads((project / "completions/3.json").read_bytes())["completions"][0]["id"] == 3001
    )


@pytest.mark.parametrize("without_cache", [False, True])
def test_files_that_lag_behind_after_a_crash_are_no_edits(
    without_cache: bool, project: Path
) -> None:
    """The settled version was still there, or a part of the newer one."""
    started(project)
    settled = (project / "completions/1.json").read_bytes()
    stat = (project / "completions/1.json").stat()
    store = opened(project)
    os.link(project / "completions/1.json", project / "old")
    store.commit(build.work(1, 1, 2))
    store.commit(build.work(2, 1))
    newer = (project / "completions/2.json").read_bytes()
    abandon(store)
    (project / "old").replace(project / "completions/1.json")
    assert (project / "completions/1.json").stat().st_ino == stat.st_ino
    (project / "completions/2.json").write_bytes(newer[: len(newer) // 2])
    if without_cache:
        (project / ".cache/index").unlink()
    store = opened(project)
    assert [c.id for c in store.read_task(1).completions] == [1001, 1002]
    assert kinds(store) == [("recovered", ".journal")]
    assert kept(project) == []
    assert settled != (project / "completions/1.json").read_bytes()
    store.close()


def test_settings_changed_after_a_crash_are_kept(project: Path) -> None:
    store = opened(project)
    store.commit(build.add(0, 1), PutFile("config.xml", b"<View>1</View>"))
    store.close()
    store = opened(project)
    store.commit(PutFile("config.xml", b"<View>2</View>"))
    abandon(store)
    (project / "config.xml").write_bytes(b"<View>by hand</View>")
    store = opened(project)
    assert store.read_file("config.xml") == b"<View>2</View>"
    assert kept(project) == [b"<View>by hand</View>"]
    abandon(store)
    (project / "config.xml").write_bytes(b"<View>1</View>")  # as if it had not been written yet
    shutil.rmtree(project / "quarantine")
    store = opened(project)
    assert store.read_file("config.xml") == b"<View>2</View>"
    assert kept(project) == []
    store.close()
    assert (project / "config.xml").read_bytes() == b"<View>2</View>"


def test_settings_changed_after_a_clean_stop_are_taken(project: Path) -> None:
    store = opened(project)
    store.commit(PutFile("config.xml", b"<View>1</View>"))
    store.close()
    (project / "config.xml").write_bytes(b"<View>by hand</View>")
    store = opened(project)
    assert store.read_file("config.xml") == b"<View>by hand</View>"
    store.close()


# -- our own files ------------------------------------------------------------------------------


def test_the_cache_may_go_at_any_time(project: Path) -> None:
    started(project)
    shutil.rmtree(project / ".cache")
    store = opened(project)
    assert list(store.completed_ids()) == [1]
    assert kinds(store) == []
    store.close()
    assert (project / ".cache/index").exists()


def test_a_damaged_cache_is_not_believed(project: Path) -> None:
    started(project)
    store = opened(project)
    seen = look(store)
    store.close()
    path = project / ".cache/index"
    content = path.read_bytes()
    for at in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[at] ^= 1 << (at % 8)
        path.write_bytes(flipped)
        store = opened(project)
        assert look(store) == seen
        abandon(store)
    for size in range(0, len(content), 11):
        path.write_bytes(content[:size])
        store = opened(project)
        assert look(store) == seen
        abandon(store)


def test_the_cache_of_another_project_is_not_believed(project: Path, scratch: Path) -> None:
    started(project)
    other = scratch / "other"
    other.mkdir()
    store = opened(other)
    store.commit(build.add(0, 7))
    store.close()
    shutil.copy2(project / ".cache/index", other / ".cache/index")
    store = opened(other)
    assert store.counts().tasks == 7
    assert store.counts().completed == 0
    store.close()


def test_a_warm_start_does_not_read_completions(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(project)

    def read(*_: object) -> None:
        raise AssertionError("nothing changed")

    monkeypatch.setattr("label_studio_lite.store.work_files._read", read)
    monkeypatch.setattr("label_studio_lite.store.tasks_file.Scan.tasks", read)
    store = opened(project)
    assert store.counts().completions == 1
    store.close()


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"bases": 5}', b"\0\0", b"\xff"])
def test_without_a_manifest_that_can_be_read(content: bytes | None, project: Path) -> None:
    crashed(project)
    store = opened(project)
    seen = look(store)
    abandon(store)
    path = project / ".journal/manifest.json"
    path.unlink() if content is None else path.write_bytes(content)
    store = opened(project)
    assert look(store) == seen
    expected = [] if content is None else [("damaged", ".journal/manifest.json")]
    assert [note for note in kinds(store) if note[0] == "damaged"] == expected
    store.close()
    again = opened(project)
    assert look(again) == seen
    assert kinds(again) == []
    again.close()


def test_without_the_journal_folder(project: Path) -> None:
    started(project)
    shutil.rmtree(project / ".journal")
    store = opened(project)
    assert store.counts().tasks == 4
    store.close()


def test_leftovers_of_interrupted_writes_go_and_nothing_else(project: Path) -> None:
    started(project)
    ours = [
        ".tasks.json.lsl-tmp",
        "completions/.7.json.lsl-tmp",
        ".journal/.manifest.json.lsl-tmp",
    ]
    theirs = [".vimrc.tmp", "completions/.5.json.swp", "tasks.json.bak", ".tmp"]
    for name in [*ours, *theirs]:
        (project / name).write_text("half")
    opened(project).close()
    assert [name for name in [*ours, *theirs] if (project / name).exists()] == theirs


def test_links_and_permissions_stay(project: Path, scratch: Path) -> None:
    started(project)
    (project / "tasks.json").chmod(0o640)
    elsewhere = scratch / "elsewhere.json"
    (project / "config.json").write_text("{}")
    (project / "config.json").rename(elsewhere)
    (project / "config.json").symlink_to(elsewhere)
    data = scratch / "data.json"
    store = opened(project)
    store.commit(build.put(0), PutFile("config.json", b'{"a": 1}'))
    store.close()
    assert (project / "tasks.json").stat().st_mode & 0o777 == 0o640
    assert (project / "config.json").is_symlink()
    assert elsewhere.read_bytes() == b'{"a": 1}'
    (project / "tasks.json").rename(data)
    (project / "tasks.json").symlink_to(data)
    store = opened(project)
    store.commit(build.put(1, "through the link"))
    store.close()
    assert (project / "tasks.json").is_symlink()
    assert json.loads(data.read_bytes())["1"]["data"] == {"text": "through the link"}


# -- changed while it is open -------------------------------------------------------------------


@pytest.mark.parametrize("in_place", [False, True])
def test_tasks_file_changed_under_an_open_project(in_place: bool, project: Path) -> None:
    """It is not overwritten; with the next start both changes are there."""
    started(project)
    store = opened(project)
    store.commit(build.put(2, "journal"))
    path = project / "tasks.json"
    content = path.read_bytes().replace(b"text 0", b"by hand")
    if not in_place:
        path.unlink()
    path.write_bytes(content)
    with pytest.raises(Conflict, match="another program"):
        store.checkpoint()
    assert store.read_task(2).data == {"text": "journal"}
    store.commit(build.work(3, 1))
    store.close()
    assert path.read_bytes() == content
    again = opened(project)
    texts = [t["data"]["text"] for t in tasks_of(again).values()]
    assert texts == ["by hand", "text 1", "journal", "text 3"]
    assert again.read_task(3).completed
    again.close()


def test_completions_folder_removed_under_an_open_project(project: Path) -> None:
    started(project)
    store = opened(project)
    shutil.rmtree(project / "completions")
    store.commit(build.work(2, 1))
    assert (project / "completions/2.json").exists()
    (task,) = store.read_tasks([1])
    assert not task.completed
    assert kinds(store) == [("damaged", "completions/1.json")]
    store.close()


def test_a_completion_file_spoilt_under_an_open_project(project: Path) -> None:
    started(project)
    store = opened(project)
    (project / "completions/1.json").write_text("{")
    assert [task.completed for task in store.read_tasks([0, 1])] == [False, False]
    assert kinds(store) == [("damaged", "completions/1.json")]
    store.commit(build.work(1, 2))
    assert store.read_task(1).completed
    store.close()
