"""Comments on completions: notes to oneself and to those who look at the work later.

A comment is ``{"task_id", "completion_id" (null: on the task's draft), "text", "is_resolved",
"region_ref", "classifications", "created_at", "updated_at", "resolved_at"}``; times are seconds
since the epoch. Comments on what is gone stay, and say what they were on.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_TABLE = "comments"


@dataclass(slots=True)
class Tally:
    """The comments of one task."""

    count: int = 0
    unresolved: int = 0
    newest: float = 0.0


class Comments:
    """The comments of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._documents = project.documents
        self._lock = threading.Lock()
        self._tallies: dict[int, Tally] | None = None

    def all(self) -> dict[int, Json]:
        """By id, oldest first."""
        return self._documents.all(_TABLE)

    def get(self, comment_id: int) -> Json:
        """``NotFound``."""
        found = self.all().get(comment_id)
        if found is None:
            raise NotFound(f"there is no comment {comment_id}")
        return found

    def of_task(self, task_id: int) -> Tally:
        """Counted once, and anew after each change."""
        with self._lock:
            if self._tallies is None:
                self._tallies = self._count()
            return self._tallies.get(task_id, Tally())

    def create(self, task_id: int, completion_id: int | None, fields: Json) -> int:
        """Returns the id; the caller has found the task and the completion."""
        now = self._project.clock()
        comment = {
            "text": "",
            "is_resolved": False,
            "region_ref": None,
            "classifications": None,
            **fields,
            "task_id": task_id,
            "completion_id": completion_id,
            "created_at": now,
            "updated_at": now,
        }
        made = self._documents.add(_TABLE, self._resolved(comment, now))
        self._forget()
        return made

    def change(self, comment_id: int, fields: Json) -> Json:
        """Set fields. ``NotFound``."""
        self.get(comment_id)
        now = self._project.clock()

        def change(comment: Json) -> None:
            comment.update(fields, updated_at=now)
            self._resolved(comment, now)

        changed = self._documents.change(_TABLE, comment_id, change)
        self._forget()
        return changed

    def delete(self, comment_id: int) -> None:
        """``NotFound``."""
        self.get(comment_id)
        self._documents.remove(_TABLE, comment_id)
        self._forget()

    def _resolved(self, comment: Json, now: float) -> Json:
        known = comment.get("resolved_at")
        comment["resolved_at"] = (known or now) if comment["is_resolved"] else None
        return comment

    def _forget(self) -> None:
        with self._lock:
            self._tallies = None

    def _count(self) -> dict[int, Tally]:
        found: dict[int, Tally] = {}
        for comment in self.all().values():
            tally = found.setdefault(comment["task_id"], Tally())
            tally.count += 1
            tally.unresolved += not comment["is_resolved"]
            tally.newest = max(tally.newest, comment["updated_at"])
        return found
