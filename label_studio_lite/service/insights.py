"""Insights into a project: counted in parts, so that only what changed is read again.

The tasks are counted in parts of a few thousand. Each part remembers what the index said of its
tasks; when that is the same, and no event told of one of them, its counts are, too. A request may
say how long it is ready to wait: it gets what is counted so far, and asks again for the rest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Any

from label_studio_lite.core.insights_tables import TABLES, Rows, summary
from label_studio_lite.core.model import Json
from label_studio_lite.core.statistics import Moment, Statistics
from label_studio_lite.errors import NotFound
from label_studio_lite.service.events import Event

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

PART = 2000  # tasks
_WATCHED = ("completions", "cancelled", "completed_at", "last_id", "predictions", "score")
_ACTIVE_DAYS = 7  # that the pace of the forecast is from


@dataclass(slots=True)
class _Part:
    """``print_`` is what the index said of its tasks when they were counted."""

    print_: int
    ids: range
    stats: Statistics


@dataclass(slots=True)
class Counted:
    """``stats`` of ``seen`` of ``parts`` parts of the project."""

    stats: Statistics
    seen: int
    parts: int

    @property
    def complete(self) -> bool:
        return self.seen == self.parts


class Insights:
    """The insights of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self._lock = threading.Lock()
        self._parts: dict[int, _Part] = {}  # by their place
        self._changed: set[int] = set()  # tasks that events told of
        self._all_changed = False
        project.events.subscribe(self._happened)

    def state(self, within: float | None = None) -> Json:
        """The summary and all tables; ``within`` seconds, or all there is when it is None."""
        counted = self.count(within)
        tables: Json = {name: make(counted.stats) for name, make in TABLES.items()}
        return {
            "counted": {"parts": counted.seen, "of": counted.parts},
            "progress": self._project.progress.state().to_json(),
            "forecast": self._forecast(tables["per_day"]),
            "summary": summary(counted.stats),
            "tables": tables,
        }

    def table(self, name: str) -> Rows:
        """One table, of all tasks; ``NotFound`` for an unknown name."""
        make = TABLES.get(name)
        if make is None:
            raise NotFound(f"there is no table {name!r}; known are {', '.join(TABLES)}")
        return make(self.count().stats)

    def count(self, within: float | None = None) -> Counted:
        """Add up the parts, counting those that are new or changed."""
        deadline = None if within is None else time.monotonic() + within
        with self._lock:
            places = list(self._places())
            self._forget_changed(len(places))
            for place, print_, ids, done in places:
                known = self._parts.get(place)
                if known is not None and known.print_ == print_:
                    continue
                if deadline is not None and time.monotonic() > deadline:
                    self._parts.pop(place, None)
                    continue
                stats = self._counted(done)
                self._parts[place] = _Part(print_, ids, stats)
            total = Statistics()
            for part in self._parts.values():
                total += part.stats
            return Counted(total, len(self._parts), len(places))

    def _places(self) -> Iterator[tuple[int, int, range, Sequence[int]]]:
        """Place, fingerprint, span of ids and completed ids of every part."""
        columns: Any = self._store.columns("ids", "done", *_WATCHED)
        ids = columns["ids"]
        for place, start in enumerate(range(0, len(ids), PART)):
            part = slice(start, start + PART)
            own = ids[part]
            watched = tuple(bytes(memoryview(columns[name])[part]) for name in _WATCHED)
            print_ = hash((bytes(memoryview(ids)[part]), *watched))
            done = list(compress(own, columns["done"][part]))
            yield place, print_, range(own[0], own[-1] + 1), done

    def _forget_changed(self, places: int) -> None:
        changed, self._changed = self._changed, set()
        if self._all_changed:
            self._parts.clear()
            self._all_changed = False
        for place, part in list(self._parts.items()):
            if place >= places or any(task_id in part.ids for task_id in changed):
                del self._parts[place]

    def _counted(self, done: Sequence[int]) -> Statistics:
        stats = Statistics()
        for task in self._store.read_tasks(done):
            if task.completed:
                stats.add(task, _moment)
        return stats

    def _happened(self, event: Event) -> None:
        """Told by whoever made the change, often with locks held: it is only noted."""
        if event.task is None:
            self._all_changed = True
        else:
            self._changed.add(event.task.id)

    def _forecast(self, days: Rows) -> Json:
        """Tasks a day, from the last days with work, and how many such days the rest takes."""
        counts = self._store.counts()
        worked = [day["labeled"] + day["skipped"] for day in days]
        active = [n for n in worked if n][-_ACTIVE_DAYS:]
        pace = sum(active) / len(active) if active else None
        left = counts.tasks - counts.completed
        return {
            "per_active_day": None if pace is None else round(pace, 2),
            "tasks_left": left,
            "active_days_left": round(left / pace, 1) if pace else None,
        }


@lru_cache(maxsize=4096)
def _quarter(number: int) -> Moment:
    then = time.localtime(number * 900)
    return Moment(time.strftime("%Y-%m-%d", then), then.tm_wday, then.tm_hour)


def _moment(seconds: float) -> Moment:
    """In the time zone of the server, whose offsets are whole quarters of an hour."""
    return _quarter(int(seconds // 900))
