"""What can be done with many tasks at once: all that a query finds, or some of them.

Each action is a job (see :mod:`.jobs`), whose ``counts`` say at the end what came of it. Deleting
is one durable step: all or nothing. An action that a stop of the server cut off asks its query
again, so that it goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotAllowed, ReadOnly
from label_studio_lite.service.events import Event
from label_studio_lite.service.jobs import Job, Running
from label_studio_lite.store.changes import DropTasks, drop_work

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

KIND = "tasks"
_CHUNK = 500  # tasks that are changed in one durable step
_MANY = 10_000  # ids in one change of the store


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
        if action == "delete_completions" and not self._may_delete_completions():
            raise NotAllowed("Completion removing is not allowed in server config")
        self._project.task_rows.wanted(wanted)
        return self._project.jobs.start(KIND, {"action": action, "wanted": wanted})

    def _may_delete_completions(self) -> bool:
        return bool(self._project.settings.get("allow_delete_completions"))

    def _run(self, running: Running) -> None:
        job = running.job
        query = self._project.task_rows.wanted(job.params["wanted"])
        ids = self._project.task_table.ids(query)
        job.total, job.done = len(ids), 0
        job.counts = self._actions[job.params["action"]](ids, running)

    # -- deleting -----------------------------------------------------------------------------

    def _delete_tasks(self, ids: Sequence[int], running: Running) -> dict[str, int]:
        project = self._project
        with self._store.holding(), self._store.batch() as batch:
            for chunk in _chunks(ids, _MANY):
                batch.add(DropTasks(chunk))
                running.progress(done=running.job.done + len(chunk), position=None)
            drafted = project.drafts.task_ids().intersection(ids)
            for task_id in sorted(drafted):
                batch.add(*project.drafts.dropping(task_id))
            if running.stop.is_set():
                return {}
            batch.commit()
            project.usage.forget()
            project.data_keys.forget()
        if not self._store.counts().tasks:
            project.events.publish([Event("tasks_deleted")])
        return {"deleted": len(ids)}

    def _delete_completions(self, ids: Sequence[int], running: Running) -> dict[str, int]:
        with self._store.holding(), self._store.batch() as batch:
            completed = sorted(frozenset(self._store.completed_ids()).intersection(ids))
            for chunk in _chunks(completed, _CHUNK):
                batch.add(*map(drop_work, chunk))
                running.progress(done=running.job.done + len(chunk), position=None)
                if running.stop.is_set():
                    return {}
            batch.commit()
            self._project.usage.forget()
        running.job.done = running.job.total
        return {"deleted": len(completed)}

    # -- predictions: in many steps, each of them durable -------------------------------------

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
        for chunk in _chunks(ids, _CHUNK):
            if running.stop.is_set():
                return
            yield chunk
            running.progress(done=running.job.done + len(chunk), position=None)


def _chunks(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    return (list(ids[at : at + size]) for at in range(0, len(ids), size))
