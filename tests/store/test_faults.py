"""Every single call fails once: nothing acknowledged is lost, and memory is what the disk is."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Conflict, ReadOnly, StorageFull
from label_studio_lite.store.changes import Change
from label_studio_lite.store.directory import DirectoryStore
from tests.store import build
from tests.store.faults import FaultyFileSystem, FlushHook, ShortWrites
from tests.store.reference import look
from tests.store.sessions import SESSIONS, Player

KINDS = {
    "full": {"code": errno.ENOSPC},
    "full_torn": {"code": errno.ENOSPC, "torn": True},
    "full_for_a_while": {"code": errno.ENOSPC, "torn": True, "count": 25},
    "io": {"code": errno.EIO, "torn": True},
    "interrupted": {"code": errno.EINTR},
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
        except (StorageFull, ReadOnly, Conflict, OSError) as error:
            assert str(error)
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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SESSIONS)
def test_every_call_fails_once(name: str, kind: str, scratch: Path) -> None:
    number, failed = 0, True
    while failed:
        number += 1
        folder = scratch / str(number)
        folder.mkdir()
        fs = FaultyFileSystem(number, **KINDS[kind])
        try:
            play_with(fs, folder, name)
        except BaseException as error:
            error.add_note(f"call {number} failed: {fs.failed}")
            raise
        failed = fs.calls >= number
        shutil.rmtree(folder)
    assert number > 100
