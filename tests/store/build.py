"""Small makers of tasks, completions and changes."""

from __future__ import annotations

import json
from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.store.changes import (
    AddTasks,
    PutFile,
    PutTask,
    facts_of,
    put_task,
    put_work,
)


def line(task: Json) -> bytes:
    """A task as an importer writes it."""
    try:
        return json.dumps(task, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a lone surrogate can only be written as its escape
        return json.dumps(task).encode()


def task(task_id: int, text: str = "", **more: Any) -> Json:
    return {"id": task_id, "data": {"text": text or f"text {task_id}"}, **more}


def add(first_id: int, count: int, text: str = "", **more: Any) -> AddTasks:
    """New tasks, all with the same further keys."""
    return add_all([task(i, text, **more) for i in range(first_id, first_id + count)])


def add_all(tasks: list[Json]) -> AddTasks:
    facts = [facts_of(item) for item in tasks] if any("predictions" in t for t in tasks) else None
    return AddTasks.of_lines(tasks[0]["id"], [line(item) for item in tasks], facts)


def put(task_id: int, text: str = "changed", **more: Any) -> PutTask:
    return put_task(task_id, task(task_id, text, **more))


def completion(completion_id: int, created_at: float = 1000, **more: Any) -> Json:
    return {"id": completion_id, "created_at": created_at, "result": [], **more}


def work(task_id: int, *numbers: int, created_at: float = 1000, **more: Any) -> PutFile:
    """The completion file of a task with completions ``task_id * 1000 + number``."""
    listed = [completion(task_id * 1000 + n, created_at + n, **more) for n in numbers]
    return put_work(task_id, {"id": task_id, "data": {"text": "w"}, "completions": listed})
