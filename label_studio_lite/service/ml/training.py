"""Training the models behind ML backends: on demand, and after every so many completions."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, Conflict, LabelStudioError
from label_studio_lite.service.events import Event
from label_studio_lite.service.ml.backends import ProjectBackend
from label_studio_lite.service.ml.models import NoBackend

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

log = logging.getLogger(__name__)

AUTOMATIC = "start_training_on_annotation_update"
EVERY = "min_annotations_to_start_training"

_TABLE = "ml_training"  # {"completions": how many there were at the last training}, one row
_JOB = "train_job"
_UNFINISHED = ("queued", "started", "deferred", "scheduled")  # words of the queue that 0.8.x uses
_QUIET, _LONGEST, _LATER = 2.0, 30.0, 30.0  # seconds: of quiet, at most, until another try

RUNNING = "Can't start new training: Train job is running."


@dataclass(slots=True)
class Started:
    """Names of backends that train now, and what went wrong with others, for people."""

    names: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Training:
    """The trainings of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._one_at_a_time = threading.Lock()
        self._automatic = _Automatic(project, self)
        project.events.subscribe(self._automatic.happened)

    def train(self, backend_id: int | None = None) -> Started:
        """Start a training with every backend, or with one, on all completions.

        Raises ``NoBackend`` when there is none or none answers, ``NotFound`` (a backend),
        ``Conflict`` when a training is running and ``BackendFailed`` when a backend refuses;
        with several backends the last two only if none of them starts.
        """
        models = self._project.models
        backends = models.required() if backend_id is None else [models.get(backend_id)]
        if not self._one_at_a_time.acquire(blocking=False):
            raise Conflict(RUNNING)
        try:
            count = self._project.store.counts().completions
            started = self._train(backends)
            self._note(count)
            return started
        finally:
            self._one_at_a_time.release()

    def _train(self, backends: list[ProjectBackend]) -> Started:
        started = Started()
        refusal: LabelStudioError | None = None
        for backend in backends:
            try:
                backend.client.health()
            except BackendFailed as error:
                backend.failed(error)
                started.problems.append(error.detail)
                continue
            try:
                self._begin(backend)
                backend.succeeded()
                started.names.append(backend.name)
            except (BackendFailed, Conflict) as error:
                if isinstance(error, BackendFailed):
                    backend.failed(error)
                started.problems.append(error.detail)
                refusal = refusal or error
        if started.names:
            return started
        raise refusal or NoBackend(
            "Training is not started: seems that you don't have any ML backend connected"
        )

    def _begin(self, backend: ProjectBackend) -> None:
        """The requests of 0.8.2, in its order; a backend of 1.x is introduced first."""
        models = self._project.models
        subject = models.subject(backend)
        if self.is_training(backend.id):
            raise Conflict(RUNNING)
        if backend.client.generation == "1.x":
            backend.client.setup(subject)
        job = backend.client.train(subject, self._works())
        models.memory.remember(backend.id, **{_JOB: job})

    def is_training(self, backend_id: int) -> bool:
        """Whether a backend is training; False where it cannot tell. ``BackendFailed``."""
        models = self._project.models
        backend = models.get(backend_id)
        job = models.memory.recall(backend_id, _JOB)
        if job and backend.client.job_status(str(job)) in _UNFINISHED:
            return True
        said = backend.client.is_training(models.subject(backend))
        backend.model_version = said.model_version or backend.model_version
        return bool(said.running)

    def _works(self) -> Iterator[Json]:
        """The content of every completion file; those whose task is gone too, as in 0.8.x."""
        store = self._project.store
        for task in store.read_tasks([*store.completed_ids(), *store.orphan_ids()]):
            if task.work is not None:
                yield task.work

    # -- automatic ----------------------------------------------------------------------------

    def due(self) -> int:
        """How many completions were made since the last training."""
        rows = list(self._project.documents.all(_TABLE).values())
        before = int(rows[0].get("completions", 0)) if rows else 0
        return max(self._project.store.counts().completions - before, 0)

    def _note(self, count: int) -> None:
        """Completions beyond these count for the next training."""
        try:
            self._project.documents.put(_TABLE, 1, {"completions": count})
        except LabelStudioError as error:  # a project that can only be read
            log.info("the training is not remembered: %s", error.detail)
        self._automatic.begun(counted=None)

    def close(self) -> None:
        """No automatic training from now on."""
        self._automatic.close()


class _Automatic:
    """Starts a training when enough completions were made and it has been quiet for a moment."""

    def __init__(self, project: Project, training: Training) -> None:
        self._project = project
        self._training = training
        self._changed = threading.Condition()
        self._made: int | None = None  # since the last training; None: not counted yet
        self._first = self._last = 0.0  # when the first and the last of those due were made
        self._closed = False
        self._thread: threading.Thread | None = None

    def happened(self, event: Event) -> None:
        if event.action not in ("completion_created", "completion_updated"):
            return
        settings = self._project.settings
        if not settings.get(AUTOMATIC) or not self._project.models.names():
            return
        every = settings.get(EVERY)
        with self._changed:
            self._made = self._training.due() if self._made is None else self._made + 1
            if self._made < (every if isinstance(every, int) else 1):
                return
            self._last = time.monotonic()
            self._first = self._first or self._last
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._wait, name="training", daemon=True)
                self._thread.start()
            self._changed.notify()

    def begun(self, counted: int | None) -> None:
        """A training was started, or tried; ``counted`` completions count for the next."""
        with self._changed:
            self._made, self._first = counted, 0.0
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _wait(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._first)
                while not self._closed and self._first and (left := self._time_left()) > 0:
                    self._changed.wait(left)
                if self._closed:
                    return
                if not self._first:  # somebody trained by hand meanwhile
                    continue
            self._train()

    def _time_left(self) -> float:
        now = time.monotonic()
        return min(self._last + _QUIET, self._first + _LONGEST) - now

    def _train(self) -> None:
        try:
            started = self._training.train()
            log.info("training started: %s", ", ".join(started.names))
        except Conflict:  # it is training now, without the newest completions
            with self._changed:
                self._first = self._last = time.monotonic() + _LATER
        except LabelStudioError as error:
            log.warning("automatic training: %s", error.detail)
            self.begun(counted=0)
        except Exception:  # the thread has to stay for the next time
            log.exception("automatic training")
            self.begun(counted=0)
