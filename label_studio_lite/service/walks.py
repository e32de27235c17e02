"""Going through the tasks that a query finds, one after the other, in their order.

A walk under a name keeps what was found when it began, so that a task stays in it when it is
labeled and its filter no longer finds it. After a restart of the server it is found anew.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project
    from label_studio_lite.service.table.rows import Wanted

_KEPT = 8  # walks with a name


class Place(NamedTuple):
    """Where a task stands in a walk. ``position`` counts from 1, None for a task not in it."""

    position: int | None
    total: int

    def to_json(self) -> dict[str, int | None]:
        return self._asdict()


class Walk:
    """The tasks of one walk."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = ids

    def place(self, task_id: int | None) -> Place:
        at = self._at(task_id)
        return Place(None if at is None else at + 1, len(self._ids))

    def following(self, after: int | None, exclude: Collection[int]) -> Iterator[int]:
        """The tasks behind ``after``; all where that is None, or not in the walk."""
        at = self._at(after)
        start = 0 if at is None else at + 1
        return (
            self._ids[place]
            for place in range(start, len(self._ids))
            if self._ids[place] not in exclude
        )

    def _at(self, task_id: int | None) -> int | None:
        try:
            return None if task_id is None else self._ids.index(task_id)
        except ValueError:
            return None


class Walks:
    """The walks of one project. Safe for many threads."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._named: dict[tuple[str, Wanted], Walk] = {}  # the least used first

    def of(self, wanted: Wanted, name: str = "") -> Walk:
        """What is found now; with a name, what was found when that was first used. ``Invalid``."""
        if not name:
            return self._found(wanted)
        key = name, wanted
        with self._lock:
            walk = self._named.pop(key, None) or self._found(wanted)
            self._named[key] = walk
            while len(self._named) > _KEPT:
                del self._named[next(iter(self._named))]
        return walk

    def _found(self, wanted: Wanted) -> Walk:
        return Walk(self._project.task_rows.ids(wanted))
