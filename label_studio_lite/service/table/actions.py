"""What can be done with many tasks at once: all that a query finds, or some of them.

Each action is a job (see :mod:`.jobs`), whose ``counts`` say at the end what came of it. Deleting
tasks is one durable step: all or nothing. An action that a stop of the server cut off asks its
query again, so that it goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, ReadOnly
from label_studio_lite.service.jobs import Job, Running

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

KIND = "tasks"
_STEP = 2000  # tasks between two notes of the progress


class TaskActions:
    """The actions on many tasks of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self._actions: dict[str, Callable[[Sequence[int], Running], dict[str, int]]] = {
            "delete_tasks": self._delete_tasks,
            "delete_completions": self._delete_completions,
            "delete_predictions": self._delete_predictions,
            "accept_predictions": self._accept_predictions,
        }
        project.jobs.register(KIND, self._run)

    def start(self, action: str, wanted: Json) -> Job:
        """Begin an action; ``wanted`` is ``{"query"?, "state"?, "search"?}``.

        Raises ``Invalid`` for an unknown action or a bad query, ``NotAllowed``, ``ReadOnly``.
        """
        if action not in self._actions:
            raise Invalid(f"unknown action {action!r}; known are {', '.join(self._actions)}")
        if self._store.read_only:
            raise ReadOnly(self._store.read_only)
        if action == "delete_completions":
            self._project.completions.check_deletable()
        self._project.task_rows.wanted(wanted)
        return self._project.jobs.start(KIND, {"action": action, "wanted": wanted})

    def _run(self, running: Running) -> None:
        job = running.job
        rows = self._project.task_rows
        ids = rows.ids(rows.wanted(job.params["wanted"]))
        job.total, job.done = len(ids), 0
        job.counts = self._actions[job.params["action"]](ids, running)

    def _delete_tasks(self, ids: Sequence[int], running: Running) -> dict[str, int]:
        deleted = self._project.bulk.delete_tasks(ids)
        running.progress(done=len(ids), position=None)
        return {"deleted": deleted}

    # -- in many steps, each of them durable --------------------------------------------------

    def _delete_completions(self, ids: Sequence[int], running: Running) -> dict[str, int]:
        deleted = 0
        for chunk in self._steps(ids, running):
            deleted += self._project.bulk.delete_completions(chunk)
        return {"deleted": deleted}

    def _delete_predictions(self, ids: Sequence[int], running: Running) -> dict[str, int]:
        deleted = 0
        for chunk in self._steps(ids, running):
            deleted += self._project.predictions.clear(chunk)
        return {"deleted": deleted}

    def _accept_predictions(self, ids: Sequence[int], running: Running) -> dict[str, int]:
        accepted = refused = 0
        for chunk in self._steps(ids, running):
            some = self._project.predictions.accept_all(task_ids=chunk)
            accepted += some.count
            refused += len(some.refused)
        return {"accepted": accepted, "refused": refused}

    def _steps(self, ids: Sequence[int], running: Running) -> Iterator[Sequence[int]]:
        for at in range(0, len(ids), _STEP):
            chunk = list(ids[at : at + _STEP])
            if running.stop.is_set():
                return
            yield chunk
            running.progress(done=running.job.done + len(chunk), position=None)
