"""How far the labeling of a project is, and how long the rest will take at the present pace."""

from __future__ import annotations

import statistics
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Completion, Json
from label_studio_lite.service.events import Event

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_RECENT = 50  # completions that tell the pace
_FEWEST = 3  # below which it is too early to say anything


@dataclass(frozen=True, slots=True)
class State:
    """``completed`` counts tasks, skipped ones too. ``lead_time`` is the median of the last
    completions in seconds, ``seconds_left`` what the open tasks will take; None: not known yet."""

    tasks: int
    completed: int
    skipped: int
    lead_time: float | None
    seconds_left: float | None

    def to_json(self) -> Json:
        return asdict(self)


class Progress:
    """The progress of one project."""

    def __init__(self, project: Project) -> None:
        self._store = project.store
        self._lock = threading.Lock()
        self._times: deque[float] | None = None
        project.events.subscribe(self._note)

    def state(self) -> State:
        """O(1), but for the first call, which reads the last few completions."""
        counts = self._store.counts()
        times = self._recent()
        pace = statistics.median(times) if len(times) >= _FEWEST else None
        left = None if pace is None else pace * (counts.tasks - counts.completed)
        return State(counts.tasks, counts.completed, counts.cancelled, pace, left)

    def _recent(self) -> list[float]:
        with self._lock:
            if self._times is None:
                ids = self._store.page("-completed_at", 0, _RECENT)
                done = (task for task in self._store.read_tasks(ids) if task.completed)
                found = [time for task in done for time in _times(task.completions)]
                self._times = deque(reversed(found), maxlen=_RECENT)
            return list(self._times)

    def _note(self, event: Event) -> None:
        if event.action == "completion_created" and event.completion is not None:
            with self._lock:
                if self._times is not None:
                    self._times.extend(_times([event.completion]))


def _times(completions: Iterable[Completion]) -> Iterable[float]:
    return (time for c in completions if (time := c.lead_time) is not None and time > 0)
