"""A store that keeps everything in memory: what the contract means, without files."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json, Task, WorkSummary
from label_studio_lite.errors import NotFound
from label_studio_lite.store.base import Listener, Note
from label_studio_lite.store.changes import (
    AddTasks,
    Change,
    Clear,
    DropFile,
    DropTasks,
    PutFile,
    PutTask,
    work_path,
    work_task_id,
)
from label_studio_lite.store.holds import Holds
from label_studio_lite.store.index import Counts
from label_studio_lite.store.records import Place
from label_studio_lite.store.state import State

_NOWHERE = Place(1, 0)


class MemoryStore:
    """See :class:`~label_studio_lite.store.base.Store`; nothing survives the process."""

    notes: Sequence[Note] = ()
    read_only: str | None = None

    def __init__(self) -> None:
        self._mutex = threading.RLock()
        self._adding = threading.Lock()
        self._holds = Holds()
        self._state = State()
        self._texts: dict[int, bytes] = {}
        self._files: dict[str, bytes] = {}
        self._listeners: list[Listener] = []

    # -- reading ------------------------------------------------------------------------------

    def counts(self) -> Counts:
        with self._mutex:
            return self._state.index.totals.copy()

    def has_task(self, task_id: int) -> bool:
        return task_id in self._texts

    def task_ids(self) -> Sequence[int]:
        with self._mutex:
            return self._state.index.ids[:]

    def completed_ids(self) -> Sequence[int]:
        with self._mutex:
            return self._state.index.completed_ids()

    def page(self, order: str, start: int, stop: int) -> list[int]:
        with self._mutex:
            return self._state.index.page(order, start, stop)

    def read_task(self, task_id: int) -> Task:
        with self._mutex:
            if task_id not in self._texts:
                raise NotFound(f"there is no task {task_id}")
            fields = jsontext.loads(self._texts[task_id], lenient=True)
            return Task(task_id, fields, self._work(task_id))

    def columns(self, *names: str) -> dict[str, Sequence[Any]]:
        with self._mutex:
            return self._state.index.copies(names)

    def rows(
        self, task_ids: Iterable[int], names: Sequence[str]
    ) -> Iterator[tuple[Any, ...] | None]:
        with self._mutex:
            return iter(self._state.index.values(task_ids, names))

    def texts(self, task_ids: Iterable[int]) -> Iterator[bytes | None]:
        return map(self._texts.get, task_ids)

    def read_tasks(self, task_ids: Iterable[int]) -> Iterator[Task]:
        for task_id in task_ids:
            work = self._work(task_id)
            if task_id in self._texts:
                yield self.read_task(task_id)
            elif work is not None:
                yield Task(task_id, {"id": task_id, "data": work.get("data")}, work)

    def _work(self, task_id: int) -> Json | None:
        content = self._files.get(work_path(task_id))
        if content is None:
            return None
        work: Json = jsontext.loads(content, lenient=True)
        return work

    def orphan_ids(self) -> list[int]:
        with self._mutex:
            return sorted(self._state.orphans)

    def work_summary(self, task_id: int) -> WorkSummary | None:
        with self._mutex:
            row = self._state.index.row(task_id)
            return None if row is None else self._state.index.summary(row)

    def last_completion_id(self, task_id: int) -> int:
        with self._mutex:
            row = self._state.index.row(task_id)
            return 0 if row is None else self._state.index.last_id[row]

    def read_file(self, path: str) -> bytes | None:
        return self._files.get(path)

    def file_paths(self, folder: str) -> list[str]:
        return [path for path in self._files if path.startswith(f"{folder}/")]

    def answered(self, key: str) -> Json | None:
        return self._state.answers.get(key)

    def first_open(self, after: int | None = None) -> int | None:
        with self._mutex:
            return self._state.index.first_open(after)

    def open_count(self) -> int:
        with self._mutex:
            return self._state.index.open_count()

    def nth_open(self, n: int) -> int:
        with self._mutex:
            return self._state.index.nth_open(n)

    def best_scored(self, largest: bool) -> int | None:
        with self._mutex:
            return self._state.index.best_scored(largest)

    # -- writing ------------------------------------------------------------------------------

    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        with self._mutex:
            for change in changes:
                self._store(change)
            self._state.apply(changes, _NOWHERE)
            if answer:
                self._state.remember(*answer)
            for listener in self._listeners:
                listener(changes)

    def _store(self, change: Change) -> None:
        if isinstance(change, AddTasks):
            lines = change.text.split(b"\n") if change.lengths else ()
            self._texts.update(zip(change.ids, lines, strict=True))
        elif isinstance(change, PutTask):
            self._texts[change.id] = change.text
        elif isinstance(change, DropTasks):
            for task_id in change.ids:
                if self._texts.pop(task_id, None) is not None:
                    self._files.pop(work_path(task_id), None)
        elif isinstance(change, PutFile):
            self._files[change.path] = change.content
        elif isinstance(change, DropFile):
            self._files.pop(change.path, None)
        elif isinstance(change, Clear):
            self._texts.clear()
            for path in [path for path in self._files if work_task_id(path) is not None]:
                del self._files[path]

    @contextmanager
    def batch(self) -> Iterator[MemoryBatch]:
        yield MemoryBatch(self)

    @contextmanager
    def adding(self) -> Iterator[int]:
        with self._adding:
            yield self._state.free_id()

    def holding(self, *task_ids: int) -> AbstractContextManager[None]:
        return self._holds.holding(*task_ids)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def checkpoint(self) -> None:
        """There are no files to bring up to date."""

    def close(self) -> None:
        """There is nothing to let go of."""


class MemoryBatch:
    """Changes that are kept until the commit."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._changes: list[Change] = []

    def add(self, *changes: Change) -> None:
        self._changes += changes

    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        self._store.commit(*self._changes, *changes, answer=answer)
