"""How many completions are marked as the truth to measure others by (0.8.x: ``honeypot``).

Counted once, when first asked for, and kept up to date from then on.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from label_studio_lite.service.events import Event

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


class Stars:
    """The marked completions of one project."""

    def __init__(self, project: Project) -> None:
        self._store = project.store
        self._lock = threading.Lock()
        self._marked: set[int] | None = None
        project.events.subscribe(self._note)

    def count(self) -> int:
        """How many there are."""
        with self._lock:
            if self._marked is None:
                self._marked = {
                    completion.id
                    for task in self._store.read_tasks(self._store.completed_ids())
                    for completion in task.completions
                    if completion.ground_truth and isinstance(completion.fields.get("id"), int)
                }
            return len(self._marked)

    def _note(self, event: Event) -> None:
        with self._lock:
            if event.completion is None or self._marked is None:
                if event.action not in ("label_config_changed", "settings_changed"):
                    self._marked = None
                return
            if event.action != "completion_deleted" and event.completion.ground_truth:
                self._marked.add(event.completion.id)
            else:
                self._marked.discard(event.completion.id)
