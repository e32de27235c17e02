"""A power cut at every moment of several sessions loses nothing that was acknowledged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from label_studio_lite.store.directory import DirectoryStore
from tests.store.conftest import NIGHTLY
from tests.store.powercut import Cut, RecordingFileSystem, build, states
from tests.store.reference import look
from tests.store.sessions import SESSIONS, Player, Session, abandon


def record(folder: Path, session: Session) -> tuple[Player, RecordingFileSystem]:
    fs = RecordingFileSystem(folder)
    play = Player(folder, fs, fs.mark)
    session(play)
    return play, fs


def check(cut: Cut, play: Player, folder: Path) -> None:
    """Open the state: it holds all that was acknowledged, at most with what was under way."""
    build(cut.tree, folder)
    done, begun = cut.marks.get("done", 0), cut.marks.get("begun", 0)
    allowed = play.images[done : begun + 1]
    store = DirectoryStore(folder, keeper=False)
    try:
        found = look(store, play.keys)
        assert found in allowed
        kept = sorted(path.name for path in folder.glob("quarantine/*"))
    finally:
        abandon(store)
    again = DirectoryStore(folder, keeper=False)
    assert look(again, play.keys) == found
    assert sorted(path.name for path in folder.glob("quarantine/*")) == kept
    again.close()
    files_parse(folder)
    last = DirectoryStore(folder, keeper=False)
    assert look(last, play.keys) == found
    assert not [note for note in last.notes if note.kind != "orphan"]
    last.close()


def files_parse(folder: Path) -> None:
    """After a clean stop any JSON reader understands every file."""
    for path in [*folder.glob("*.json"), *folder.glob("completions/*")]:
        json.loads(path.read_bytes())
    assert not [path for path in folder.rglob("*") if path.name.endswith(".tmp")]


@pytest.mark.parametrize("name", SESSIONS)
def test_power_cut_at_any_moment(name: str, scratch: Path) -> None:
    source = scratch / "project"
    source.mkdir()
    play, fs = record(source, SESSIONS[name])
    target = scratch / "cut"
    for cut in states(fs.log, extra=40 if NIGHTLY else 3):
        try:
            check(cut, play, target)
        except BaseException:
            print(f"moment {cut.moment}: {fs.log[max(0, cut.moment - 12) : cut.moment]}")
            print(f"files: { {k: v and v[:300] for k, v in cut.tree.items()} }")
            raise
        shutil.rmtree(target)
