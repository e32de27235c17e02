"""Sessions to be played on a store whose file system fails, or is cut off from its power."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from label_studio_lite.core.model import Json
from label_studio_lite.store.changes import (
    Change,
    Clear,
    DropTasks,
    PutFile,
    drop_work,
)
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.durability import Durability
from label_studio_lite.store.fs import FileSystem
from tests.store import build
from tests.store.reference import Image, Reference


class Player:
    """Plays steps on a project and keeps the books.

    ``images`` holds what could be seen after each acknowledged change, the first one before any;
    ``mark`` is told when a change begins and when it is acknowledged.
    """

    def __init__(
        self,
        folder: Path,
        fs: FileSystem,
        mark: Callable[[str], None] = lambda what: None,
        durability: Durability = "always",
    ) -> None:
        self.folder = folder
        self.fs = fs
        self.durability: Durability = durability
        self._mark = mark
        self.reference = Reference()
        self.images: list[Image] = []
        self.keys: list[str] = []
        self.open()

    def open(self) -> None:
        self.store = DirectoryStore(
            self.folder, fs=self.fs, keeper=False, durability=self.durability
        )

    def begin(self, reference: Reference) -> None:
        """What the project held before anything was played."""
        self.reference = reference
        self.images = [reference.image()]

    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        self._note("begun")
        self.store.commit(*changes, answer=answer)
        self._acknowledged(changes, answer)

    def batch(self, parts: Sequence[Sequence[Change]], last: Sequence[Change] = ()) -> None:
        self._note("begun")
        with self.store.batch() as batch:
            for part in parts:
                batch.add(*part)
            batch.commit(*last)
        self._acknowledged([change for part in [*parts, last] for change in part], None)

    def abandon(self, *parts: Sequence[Change]) -> None:
        with self.store.batch() as batch:
            for part in parts:
                batch.add(*part)

    def checkpoint(self) -> None:
        self.store.checkpoint()

    def close(self) -> None:
        self.store.close()

    def reopen(self) -> None:
        self.close()
        self.open()

    def crash(self) -> None:
        """Stop without a word, as ``kill -9`` does; the lock goes with the process."""
        abandon(self.store)
        self.open()

    def _note(self, what: str) -> None:
        self._mark(what)

    def _acknowledged(self, changes: Sequence[Change], answer: tuple[str, Json] | None) -> None:
        if answer:
            self.keys.append(answer[0])
        self.reference.apply(*changes, answer=answer)
        self.images.append(self.reference.image())
        self._note("done")


def abandon(store: DirectoryStore) -> None:
    """Leave a store as a killed process leaves it."""
    store._release()


Session = Callable[[Player], None]


def first_steps(play: Player) -> None:
    """An empty folder: an import, work on it, more of both, a clean stop."""
    play.begin(Reference())
    play.commit(build.add(0, 3), answer=("import 1", {"task_count": 3}))
    play.commit(build.work(1, 1))
    play.commit(build.work(1, 1, 2), build.put(2, "two"))
    play.commit(PutFile("config.xml", b"<View/>"), PutFile("config.json", b'{"title": "x"}'))
    play.commit(build.add(3, 2, "x" * 700))
    play.commit(drop_work(1))
    play.commit(build.work(0, 1))
    play.commit(DropTasks([0, 3]))
    play.close()


def folds(play: Player) -> None:
    """Folds between and after changes of every kind; twice without a change in between."""
    play.begin(Reference())
    play.commit(build.add(0, 4))
    play.commit(build.work(2, 1), build.work(3, 1, 2))
    play.checkpoint()
    play.commit(build.put(1, "one"), DropTasks([0]))
    play.commit(build.work(3, 1))
    play.checkpoint()
    play.checkpoint()
    play.commit(build.add(4, 2), build.work(4, 1))
    play.commit(drop_work(2), answer=("delete", {}))
    play.reopen()
    play.commit(DropTasks([5]), PutFile("config.xml", b"<View>2</View>"))
    play.checkpoint()
    play.commit(build.put(4, "four"))
    play.close()


def batches(play: Player) -> None:
    """Large changes in parts, one of them abandoned."""
    play.begin(Reference())
    play.commit(build.add(0, 2))
    play.batch([[build.add(2, 3, "y" * 300)], [build.add(5, 1), build.work(2, 1)]])
    play.abandon([build.add(6, 2)], [build.work(0, 1)])
    play.commit(build.work(0, 2))
    play.checkpoint()
    play.batch([[build.work(task_id, 1)] for task_id in range(5)], [build.put(1, "last")])
    play.crash()
    play.batch([[DropTasks([0, 1])], [build.add(6, 2)]])
    play.reopen()
    play.commit(build.work(6, 1))
    play.close()


def clearing(play: Player) -> None:
    """Everything is removed, and ids begin anew."""
    play.begin(Reference())
    play.commit(build.add(0, 3), build.work(1, 1))
    play.checkpoint()
    play.commit(build.work(2, 1))
    play.commit(Clear())
    play.commit(build.add(0, 2, "new"))
    play.checkpoint()
    play.commit(build.work(0, 1))
    play.commit(Clear(), build.add(0, 1, "newer"))
    play.reopen()
    play.commit(build.add(1, 1))
    play.commit(Clear())
    play.close()


def crashes(play: Player) -> None:
    """Stops without a word, and starts that have to recover."""
    play.begin(Reference())
    play.commit(build.add(0, 3))
    play.crash()
    play.commit(build.work(0, 1), build.put(2, "two"))
    play.crash()
    play.crash()
    play.checkpoint()
    play.commit(build.work(0, 1, 2))
    play.commit(drop_work(0))
    play.crash()
    play.commit(build.add(3, 1), build.work(0, 3))
    play.reopen()
    play.commit(DropTasks([3]))
    play.crash()
    play.close()


SESSIONS: dict[str, Session] = {
    "first_steps": first_steps,
    "folds": folds,
    "batches": batches,
    "clearing": clearing,
    "crashes": crashes,
}
