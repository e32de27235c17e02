"""What happened in a project, told to those that act on it later.

Listeners are called at once, by the thread and often with the locks of the one who did it: they
only take note and do their work elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from label_studio_lite.core.model import Completion, Task

log = logging.getLogger(__name__)

Action = Literal[
    "completion_created",
    "completion_updated",
    "completion_deleted",
    "completions_deleted",
    "tasks_created",
    "some_tasks_deleted",
    "tasks_deleted",
    "label_config_changed",
    "settings_changed",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One happening. ``task`` is as it is now, ``completion`` the one that it is about.

    ``task_ids`` are those that came or went; ``completions_deleted`` and ``tasks_deleted`` mean
    all that there were.
    """

    action: Action
    task: Task | None = None
    completion: Completion | None = None
    task_ids: Sequence[int] = ()


Listener = Callable[[Event], None]


class Events:
    """The events of one project."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def publish(self, events: Iterable[Event]) -> None:
        """Tell everybody; what a listener cannot bear is logged and hurts nobody else."""
        for event in events:
            for listener in self._listeners:
                try:
                    listener(event)
                except Exception:
                    log.exception("a listener failed at %s", event.action)


def changes_of(task: Task, new: Iterable[Completion]) -> Iterator[Event]:
    """What it means that ``task`` has these completions now, in place of its own."""
    before = {c.fields.get("id"): c for c in task.completions} if task.completed else {}
    listed = list(new)
    work = {**(task.work or {}), "completions": [completion.fields for completion in listed]}
    now = Task(task.id, task.fields, {"data": task.data, **work} if listed else None)
    for completion in listed:
        old = before.pop(completion.fields.get("id"), None)
        if old is None:
            yield Event("completion_created", now, completion)
        elif old.fields != completion.fields:
            yield Event("completion_updated", now, completion)
    for gone in before.values():
        yield Event("completion_deleted", now, gone)
