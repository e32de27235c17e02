"""Asking ML backends for predictions: for the task at hand, for some, for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from label_studio_lite.core.model import Json, Task
from label_studio_lite.errors import NotFound
from label_studio_lite.service.jobs import Job
from label_studio_lite.service.ml.asking import Answer, Countdown, ask_each
from label_studio_lite.service.ml.backends import ProjectBackend
from label_studio_lite.service.ml.media import sent
from label_studio_lite.service.ml.predicting_many import (
    KIND,
    PredictMany,
    run_job,
    shown_fields,
    stamped,
)

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

LIVE_TIMEOUT = "ml_live_timeout"
_LIVE_SECONDS = 2.0


@dataclass(slots=True)
class Predicted:
    """Predictions to show with a task, and what went wrong on the way to them, for people."""

    predictions: list[Json]
    problems: list[str] = field(default_factory=list)


class Predicting:
    """The questions of one project to its ML backends."""

    def __init__(self, project: Project) -> None:
        self._project = project
        project.jobs.register(KIND, lambda job: run_job(project, job))

    def live(self, task: Task) -> Predicted | None:
        """What the backends say about a task now; None where there is nobody to ask.

        It takes ``ml_live_timeout`` seconds at most (2 unless ``config.json`` says otherwise; 0
        turns it off). For a backend that does not answer, the stored predictions take its place,
        and also where none has anything to say. Nothing is stored.
        """
        budget = self._live_seconds()
        backends = self._project.models.all()
        if not backends or budget <= 0:
            return None
        answers = self._ask(backends, shown_fields(task), budget)
        stored = [prediction.fields for prediction in task.predictions]
        found: list[Json] = []
        for answer in answers:
            if answer.value is None:
                found += [p for p in stored if p.get("created_by") == answer.backend.name]
            else:
                found += answer.value
        return Predicted(found or stored, _problems(answers))

    def of_data(self, body: Any) -> tuple[Json, list[str]]:
        """The task that ``body`` describes, with predictions; and what went wrong.

        ``body`` is the data of a task, or an object with ``data``. ``NoBackend``.
        """
        backends = self._project.models.required()
        whole = isinstance(body, dict) and "data" in body
        task: Json = {**body} if whole else {"data": body}
        answers = self._ask(backends, task, None)
        found = [item for answer in answers for item in answer.value or ()]
        if not found and isinstance(task.get("predictions"), list):
            found = task["predictions"]
        return {**task, "predictions": found}, _problems(answers)

    def predict_tasks(self, task_ids: Sequence[int], *, missing_only: bool = False) -> PredictMany:
        """Predict these tasks now and store what comes; ``NoBackend``, ``NotFound`` (a task).

        Each backend's predictions take the place of its earlier ones of the same model version.
        ``missing_only`` asks only for tasks without any of the present version.
        """
        backends = self._project.models.required()
        for task_id in task_ids:
            if not self._project.store.has_task(task_id):
                raise NotFound(f"there is no task {task_id}")
        many = PredictMany(self._project, backends, missing_only=missing_only)
        many.run(task_ids)
        return many

    def predict_all(self, *, replace: bool = False, missing_only: bool = False) -> Job:
        """Predict every task in the background; ``NoBackend``.

        Joins a job of this kind that is running. ``replace``: what other sources had predicted
        goes, as in 0.8.x.
        """
        self._project.models.required()
        params: Json = {"replace": replace, "missing_only": missing_only}
        return self._project.jobs.start(KIND, params, join=True)

    def interactive(self, task_id: int, context: Json, backend_id: int | None = None) -> Json:
        """A prediction for what a smart tool of the editor draws; nothing is stored.

        ``context`` is the editor's: ``{"result": [region being drawn, …]}``. Without an id the
        first backend is asked that ``is_interactive``, or else the first. Raises ``NotFound``
        (task, backend), ``NoBackend``, ``BackendFailed``.
        """
        models = self._project.models
        backend = self._interactive_backend() if backend_id is None else models.get(backend_id)
        task = sent(
            shown_fields(self._project.store.read_task(task_id)), self._project, backend.media
        )

        def call(asked: ProjectBackend, within: float | None) -> Json:
            return asked.client.interactive(models.subject(asked), task, context)

        answer = ask_each([backend], call)[0]
        if answer.error is not None:
            raise answer.error
        assert answer.value is not None
        return answer.value

    def _interactive_backend(self) -> ProjectBackend:
        backends = self._project.models.required()
        return next((b for b in backends if b.entry.get("is_interactive")), backends[0])

    def _ask(
        self, backends: Sequence[ProjectBackend], fields: Json, budget: float | None
    ) -> list[Answer[list[Json]]]:
        def call(backend: ProjectBackend, within: float | None) -> list[Json]:
            task = sent(fields, self._project, backend.media)
            return self._predict_one(backend, task, Countdown(within))

        return ask_each(backends, call, budget, sparing=budget is not None)

    def _predict_one(self, backend: ProjectBackend, task: Json, time: Countdown) -> list[Json]:
        """The three requests that 0.8.2 makes for a task."""
        subject = self._project.models.subject(backend)
        backend.client.health(time.left())
        version = backend.client.setup(subject, time.left())
        found = backend.client.predict(subject, [task], version, within=time.left())[0]
        backend.succeeded(version)
        return stamped(found, backend.name, version, self._project.clock())

    def _live_seconds(self) -> float:
        seconds = self._project.settings.get(LIVE_TIMEOUT, _LIVE_SECONDS)
        usable = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
        return float(seconds) if usable else _LIVE_SECONDS


def _problems(answers: Sequence[Answer[list[Json]]]) -> list[str]:
    return [answer.error.detail for answer in answers if answer.error is not None]
