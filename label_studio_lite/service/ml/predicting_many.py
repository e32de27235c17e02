"""Predictions for many tasks: in batches, stored as they come."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json, Task
from label_studio_lite.errors import BackendFailed
from label_studio_lite.ml.base import (
    BadAnswer,
    Predictions,
    Rejected,
    Subject,
    TookTooLong,
    WrongCount,
)
from label_studio_lite.service.jobs import Running
from label_studio_lite.service.ml.backends import ProjectBackend
from label_studio_lite.service.ml.media import sent
from label_studio_lite.store.changes import put_task

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

KIND = "predict"
_MOST_BAD, _MOST_SLOW = 20, 3  # tasks in a row without an answer, until a backend is given up


class PredictMany:
    """One run over tasks with some backends.

    ``done`` counts tasks that were passed, ``stored`` predictions, ``failed`` answers that could
    not be used. ``problems`` says for people what went wrong, at most once for each backend.
    """

    def __init__(
        self,
        project: Project,
        backends: Sequence[ProjectBackend],
        *,
        replace: bool = False,
        missing_only: bool = False,
        stop: threading.Event | None = None,
    ) -> None:
        self._project = project
        self._replace = replace
        self._missing_only = missing_only
        self._stop = stop or threading.Event()
        self._asked = [_Conversation(project, backend, self._stop) for backend in backends]
        self.done = self.stored = 0

    @property
    def failed(self) -> int:
        return sum(one.failed for one in self._asked)

    @property
    def problems(self) -> list[str]:
        return [one.problem for one in self._asked if one.problem]

    @property
    def given_up(self) -> bool:
        """Whether some backend did not make it to the end."""
        return any(one.given_up for one in self._asked)

    def run(self, task_ids: Sequence[int]) -> None:
        """All of them, to the end or until ``stop``."""
        for _ in self.steps(task_ids):
            pass

    def steps(self, task_ids: Sequence[int]) -> Iterator[int]:
        """Work in batches; yields the last id of each one that is stored.

        It ends early when it is stopped, or when no backend is left that answers.
        """
        at = 0
        while at < len(task_ids) and not self._stop.is_set():
            active = [one for one in self._asked if not one.given_up]
            if not active:
                return
            chunk = task_ids[at : at + min(one.backend.batch_size for one in active)]
            at += len(chunk)
            tasks = list(self._project.store.read_tasks(chunk))
            found = {one: one.ask(self._wanted(one, tasks)) for one in active}
            if self._stop.is_set() or all(one.given_up for one in self._asked):
                return
            self._store(tasks, found)
            self.done += len(chunk)
            yield chunk[-1]

    def _wanted(self, asked: _Conversation, tasks: list[Task]) -> list[Task]:
        if not self._missing_only:
            return tasks
        version = asked.version()
        name = asked.backend.name
        return [
            task
            for task in tasks
            if not any(
                p.model_version == version and p.fields.get("created_by") == name
                for p in task.predictions
            )
        ]

    def _store(self, tasks: list[Task], found: dict[_Conversation, dict[int, list[Json]]]) -> None:
        """One durable step for the whole batch; tasks that changed meanwhile are left alone."""
        asked_about = {task.id: task.data for task in tasks}
        store = self._project.store
        ids = [task_id for task_id in asked_about if any(task_id in by for by in found.values())]
        if not ids:
            return
        with store.holding(*ids):
            changes = []
            for task in store.read_tasks(ids):
                if task.data == asked_about[task.id] and store.has_task(task.id):
                    new = [item for by in found.values() for item in by.get(task.id, ())]
                    kept = self._kept(task, new, found)
                    changes.append(put_task(task.id, {**task.fields, "predictions": kept + new}))
                    self.stored += len(new)
            if changes:
                store.commit(*changes)

    def _kept(
        self, task: Task, new: list[Json], found: dict[_Conversation, dict[int, list[Json]]]
    ) -> list[Json]:
        """Which of the stored predictions stay."""
        stored = [prediction.fields for prediction in task.predictions]
        if self._replace:
            silent = {one.backend.name for one in self._asked if task.id not in found.get(one, ())}
            return [item for item in stored if item.get("created_by") in silent]
        fresh = {(item.get("created_by"), item.get("model_version")) for item in new}
        return [i for i in stored if (i.get("created_by"), i.get("model_version")) not in fresh]


class _Conversation:
    """What is asked of one backend during a run."""

    def __init__(self, project: Project, backend: ProjectBackend, stop: threading.Event) -> None:
        self.backend = backend
        self.given_up = False
        self.failed = 0
        self.problem: str | None = None
        self._project = project
        self._stop = stop
        self._version: str | None = None
        self._in_a_row = 0
        self._size = backend.batch_size

    def version(self) -> str | None:
        """The present version of the model; None, and given up, when the backend is not there."""
        if self._version is None and not self.given_up:
            try:
                self.backend.client.health()
                self._version = self.backend.client.setup(self._subject())
                self.backend.succeeded(self._version)
            except BackendFailed as error:
                self._give_up(error)
        return self._version

    def ask(self, tasks: list[Task]) -> dict[int, list[Json]]:
        """Predictions by task id; tasks without a usable answer, or with none, are left out."""
        found: dict[int, list[Json]] = {}
        version = self.version()
        pending = list(tasks)
        size = self._size
        while pending and version is not None and not (self.given_up or self._stop.is_set()):
            batch = pending[:size]
            try:
                results = self._predict(batch, version)
            except (BadAnswer, Rejected, TookTooLong) as error:
                if len(batch) > 1:
                    size = self._smaller(len(batch), error)
                    continue
                self._failed(error)
            except BackendFailed as error:
                self._give_up(error)
            else:
                self._in_a_row = 0
                self.backend.succeeded(version)
                now = self._project.clock()
                for task, items in zip(batch, results, strict=True):
                    if items:
                        found[task.id] = stamped(items, self.backend.name, version, now)
            pending = pending[len(batch) :]
        return found

    def _smaller(self, size: int, error: BackendFailed) -> int:
        """How many tasks to ask about next, and from now on if that is the backend's way.

        One bad answer among many spoils only its own batch; there are models for 0.8.x that
        look at the first task only, and slow ones.
        """
        if isinstance(error, TookTooLong):
            self._size = max(size // 2, 1)
            return self._size
        if isinstance(error, WrongCount):
            self._size = 1
        return 1

    def _predict(self, batch: list[Task], version: str) -> Predictions:
        client = self.backend.client
        with_work = client.generation == "1.x"
        tasks = [
            sent(
                shown_fields(task) if with_work else stored_fields(task),
                self._project,
                self.backend.media,
            )
            for task in batch
        ]
        return client.predict(self._subject(), tasks, version)

    def _failed(self, error: BackendFailed) -> None:
        """One task without an answer; too many of them in a row, and the run goes on without."""
        self.failed += 1
        self._in_a_row += 1
        self.problem = self.problem or error.detail
        most = _MOST_SLOW if isinstance(error, TookTooLong) else _MOST_BAD
        if self._in_a_row >= most:
            self._give_up(error)

    def _give_up(self, error: BackendFailed) -> None:
        self.given_up = True
        self.problem = error.detail
        if not self._stop.is_set():
            self.backend.failed(error)

    def _subject(self) -> Subject:
        return self._project.models.subject(self.backend)


def run_job(project: Project, running: Running) -> None:
    """The runner of ``predict`` jobs; ``params`` are ``replace`` and ``missing_only``.

    ``BackendFailed`` at the end when some backend did not make it there.
    """
    job = running.job
    many = PredictMany(
        project,
        project.models.required(),
        replace=bool(job.params.get("replace")),
        missing_only=bool(job.params.get("missing_only")),
        stop=running.stop,
    )
    ids = [i for i in project.store.task_ids() if job.position is None or i > job.position]
    before, counts = job.done, dict(job.counts)
    job.total = before + len(ids)
    for position in many.steps(ids):
        job.counts = {
            "stored": counts.get("stored", 0) + many.stored,
            "failed": counts.get("failed", 0) + many.failed,
        }
        running.progress(done=before + many.done, position=position)
    if many.given_up and not running.stop.is_set():
        raise BackendFailed("; ".join(many.problems))
    job.error = "; ".join(many.problems) or None


def shown_fields(task: Task) -> Json:
    """A task with its completions, as ``GET /api/tasks/<id>`` of 0.8.x shows it."""
    if task.work is None:
        return task.fields
    work = [completion.fields for completion in task.completions]
    return {**task.fields, "data": task.data, "completions": work}


def stored_fields(task: Task) -> Json:
    """A task without the work that was done on it, as 0.8.2 sends many."""
    fields = {key: value for key, value in task.fields.items() if key != "completions"}
    return {**fields, "data": task.data}


def stamped(found: list[Json], name: str, version: str, now: float) -> list[Json]:
    """Predictions with where they come from, as 0.8.x stores it; ``now`` in seconds.

    The version is ours to add: without it nobody could tell models apart.
    """
    moment = datetime.fromtimestamp(now).isoformat()
    return [
        {
            **item,
            "model_version": item.get("model_version", version),
            "created_by": name,
            "created_date": moment,
        }
        for item in found
    ]
