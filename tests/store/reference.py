"""What a project holds, said with plain dicts: the oracle of the store's tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from label_studio_lite.core.model import Json, summarise
from label_studio_lite.store.base import Store
from label_studio_lite.store.changes import (
    AddTasks,
    Change,
    Clear,
    DropFile,
    DropTasks,
    PutFile,
    PutTask,
    work_task_id,
)

FILES = ("config.json", "config.xml")
Image = dict[str, Any]


@dataclass
class Reference:
    """Changes applied in the plainest way."""

    tasks: dict[int, Json] = field(default_factory=dict)
    work: dict[int, Json] = field(default_factory=dict)  # of tasks that are gone, too
    files: dict[str, bytes] = field(default_factory=dict)
    last_ids: dict[int, int] = field(default_factory=dict)
    next_id: int = 0
    answers: dict[str, Json] = field(default_factory=dict)

    def copy(self) -> Reference:
        return deepcopy(self)

    def apply(self, *changes: Change, answer: tuple[str, Json] | None = None) -> Reference:
        for change in changes:
            self._apply(change)
        if answer:
            self.answers[answer[0]] = answer[1]
        return self

    def _apply(self, change: Change) -> None:
        if isinstance(change, AddTasks):
            for task_id, text in zip(change.ids, change.text.split(b"\n"), strict=True):
                self._put(task_id, text)
        elif isinstance(change, PutTask):
            self._put(change.id, change.text)
        elif isinstance(change, DropTasks):
            for task_id in change.ids:
                if self.tasks.pop(task_id, None) is not None:
                    self.work.pop(task_id, None)
                    self.last_ids.pop(task_id, None)
        elif isinstance(change, PutFile):
            of_task = work_task_id(change.path)
            if of_task is None:
                self.files[change.path] = change.content
            else:
                self.work[of_task] = json.loads(change.content)
                self._count(of_task)
        elif isinstance(change, DropFile):
            of_task = work_task_id(change.path)
            if of_task is None:
                self.files.pop(change.path, None)
            else:
                self.work.pop(of_task, None)
        elif isinstance(change, Clear):
            self.tasks.clear()
            self.work.clear()
            self.last_ids.clear()
            self.next_id = 0

    def _put(self, task_id: int, text: bytes) -> None:
        self.tasks[task_id] = json.loads(text) | {"id": task_id}
        self.next_id = max(self.next_id, task_id + 1)
        self._count(task_id)

    def _count(self, task_id: int) -> None:
        if task_id in self.tasks and task_id in self.work:
            last = summarise(self.work[task_id]).last_id
            self.last_ids[task_id] = max(self.last_ids.get(task_id, 0), last)

    def image(self) -> Image:
        """All that can be seen of it, in the form of :func:`look`."""
        ids = sorted(self.tasks)
        done = [task_id for task_id in ids if task_id in self.work]
        summaries = [summarise(self.work[task_id]) for task_id in done]
        return {
            "tasks": {task_id: self.tasks[task_id] for task_id in ids},
            "work": dict(sorted(self.work.items())),
            "orphans": sorted(set(self.work) - set(ids)),
            "files": {path: self.files.get(path) for path in FILES},
            "last_ids": {i: n for i, n in sorted(self.last_ids.items()) if n},
            "next_id": max(self.next_id, *(i + 1 for i in self.work), 0),
            "answers": dict(self.answers),
            "counts": (
                len(ids),
                len(done),
                sum(s.count for s in summaries),
                sum(s.cancelled for s in summaries),
                sum(s.truths for s in summaries),
                sum(len(t.get("predictions") or ()) for t in self.tasks.values()),
            ),
            "open": [task_id for task_id in ids if task_id not in self.work],
        }


def look(store: Store, answers: Iterable[str] = ()) -> Image:
    """Everything that can be seen of an open project."""
    ids = list(store.task_ids())
    orphans = store.orphan_ids()
    tasks = {task.id: task for task in store.read_tasks([*ids, *orphans])}
    for task_id in ids[:3] + ids[-3:]:
        again = store.read_task(task_id)
        assert (again.fields, again.work) == (tasks[task_id].fields, tasks[task_id].work)
    counts = store.counts()
    with store.adding() as next_id:
        pass
    found = {key: store.answered(key) for key in answers}
    return {
        "tasks": {task_id: tasks[task_id].fields for task_id in ids},
        "work": {i: tasks[i].work for i in sorted(tasks) if tasks[i].work is not None},
        "orphans": list(orphans),
        "files": {path: store.read_file(path) for path in FILES},
        "last_ids": {i: n for i in ids if (n := store.last_completion_id(i))},
        "next_id": next_id,
        "answers": {key: answer for key, answer in found.items() if answer is not None},
        "counts": (
            counts.tasks,
            counts.completed,
            counts.completions,
            counts.cancelled,
            counts.truths,
            counts.predictions,
        ),
        "open": open_ids(store),
    }


def open_ids(store: Store) -> Sequence[int]:
    found: list[int] = []
    after: int | None = None
    while (after := store.first_open(after)) is not None:
        found.append(after)
    assert store.open_count() == len(found)
    return found
