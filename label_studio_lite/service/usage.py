"""Which labels and controls the completions of a project use, and how often.

Counted once, when first asked for, and kept up to date from then on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from label_studio_lite.core.model import Completion, Task
from label_studio_lite.core.usage import Usage, usage_of
from label_studio_lite.store.base import Store


class UsageTracker:
    """The usage of one project. Changes are told while the task is held."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._usage: Usage | None = None

    def count(self) -> Usage:
        """The present usage. The caller holds all tasks, so that nothing changes meanwhile."""
        with self._lock:
            if self._usage is None:
                ids = [*self._store.completed_ids(), *self._store.orphan_ids()]
                self._usage = usage_of(_all_completions(self._store.read_tasks(ids)))
            return self._usage

    def replaced(self, old: Iterable[Completion], new: Iterable[Completion]) -> None:
        """Completions of a task were replaced by others."""
        with self._lock:
            if self._usage is not None:
                self._usage -= usage_of(old)
                self._usage += usage_of(new)

    def added(self, usage: Usage) -> None:
        """Tasks came with completions that use this."""
        with self._lock:
            if self._usage is not None:
                self._usage += usage

    def forget(self) -> None:
        """Many changed at once; count anew when next asked."""
        with self._lock:
            self._usage = None


def _all_completions(tasks: Iterable[Task]) -> Iterable[Completion]:
    return (completion for task in tasks for completion in task.completions)
