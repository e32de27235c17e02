"""Long work in the background: with progress, cancelled on demand, taken up after a restart.

A job is a row of the project's documents: ``{"kind", "params", "status", "total", "done",
"position", "counts", "error", "result", "created_at", "finished_at"}``. ``status`` is ``running``,
``completed``, ``failed`` or ``cancelled``; times are seconds since the epoch. ``position`` is the
runner's own: from there it goes on. ``result`` is what came of it, beyond ``counts``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.errors import LabelStudioError, NotFound, ReadOnly
from label_studio_lite.store.documents import Documents

log = logging.getLogger(__name__)

TABLE = "jobs"
_KEPT = 20  # finished jobs that are remembered
_STEP = 1.0  # seconds between two notes of the progress
_FAREWELL = 10.0  # seconds that running jobs have to stop when a project is closed


@dataclass
class Job:
    """One job, as it is now."""

    id: int
    kind: str
    params: Json
    status: str = "running"
    total: int = 0
    done: int = 0
    position: Any = None
    counts: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    result: Any = None
    created_at: float = 0.0
    finished_at: float | None = None

    def row(self) -> Json:
        """What the documents hold of it."""
        row = asdict(self)
        del row["id"]
        return row


class Running:
    """A job in the hands of its runner."""

    def __init__(self, job: Job, save: Callable[[Job], None]) -> None:
        self.job = job
        self.cancelled = False
        self.stop = threading.Event()
        self.ended = threading.Event()
        self._save = save
        self._saved = time.monotonic()

    def progress(self, *, done: int, position: Any) -> None:
        """Everything up to ``position`` is done; noted durably once a second."""
        self.job.done, self.job.position = done, position
        if time.monotonic() - self._saved > _STEP:
            self._saved = time.monotonic()
            self._save(self.job)


Runner = Callable[[Running], None]
"""Works until it is done or ``stop`` is set; raises ``LabelStudioError`` when it cannot go on."""


class Jobs:
    """The jobs of one project."""

    def __init__(self, documents: Documents, clock: Callable[[], float]) -> None:
        self._documents = documents
        self._clock = clock
        self._runners: dict[str, Runner] = {}
        self._only_reading: set[str] = set()
        self._running: dict[int, Running] = {}
        self._unsaved: dict[int, Json] = {}  # rows that the documents could not take
        self._lock = threading.RLock()
        self._closing = False

    def register(self, kind: str, runner: Runner, *, only_reads: bool = False) -> None:
        """Say who does jobs of a kind; before any of them is started or resumed.

        One that ``only_reads`` is also done where nothing can be written, not even of the job.
        """
        self._runners[kind] = runner
        if only_reads:
            self._only_reading.add(kind)

    # -- looking ------------------------------------------------------------------------------

    def get(self, job_id: int) -> Job:
        """``NotFound`` for an unknown id; older finished jobs are forgotten."""
        with self._lock:
            if job_id in self._running:
                return self._running[job_id].job
            row = self._rows().get(job_id)
        if row is None:
            raise NotFound(f"there is no job {job_id}")
        return _job(job_id, row)

    def all(self, kind: str | None = None) -> list[Job]:
        """Oldest first."""
        with self._lock:
            jobs = {job_id: _job(job_id, row) for job_id, row in self._rows().items()}
            jobs |= {job_id: running.job for job_id, running in self._running.items()}
        return [job for _, job in sorted(jobs.items()) if kind in (None, job.kind)]

    def _rows(self) -> dict[int, Json]:
        return {**self._documents.all(TABLE), **self._unsaved}

    def wait(self, job_id: int, timeout: float | None = None) -> Job:
        """The job when it has ended, or as it is after ``timeout`` seconds."""
        with self._lock:
            running = self._running.get(job_id)
        if running is not None:
            running.ended.wait(timeout)
        return self.get(job_id)

    # -- doing --------------------------------------------------------------------------------

    def start(self, kind: str, params: Json, *, join: bool = False) -> Job:
        """Begin a job. With ``join``, one like it that is running already is returned instead.

        ``ReadOnly``, but for kinds that only read: theirs are known until the server stops.
        """
        with self._lock:
            for running in self._running.values():
                if join and (running.job.kind, running.job.params) == (kind, params):
                    return running.job
            job = Job(0, kind, params, created_at=self._clock())
            try:
                job.id = self._documents.add(TABLE, job.row())
            except ReadOnly:
                if kind not in self._only_reading:
                    raise
                job.id = max(self._rows(), default=0) + 1
                self._unsaved[job.id] = job.row()
            else:
                self._prune()
            self._run(job)
        return job

    def cancel(self, job_id: int) -> Job:
        """Stop a job after its present step; what it has done stays."""
        with self._lock:
            running = self._running.get(job_id)
            if running is not None:
                running.cancelled = True
                running.stop.set()
                return running.job
            job = self.get(job_id)
            if job.status == "running":  # interrupted, and not taken up yet
                job.status, job.finished_at = "cancelled", self._clock()
                self._save(job)
        return job

    def resume(self, job_id: int | None = None) -> None:
        """Take up what a stop of the server interrupted, or one job that failed or was cancelled.

        ``NotFound`` for an unknown id.
        """
        with self._lock:
            for job in self.all() if job_id is None else [self.get(job_id)]:
                unfinished = job.status == "running" or job_id is not None
                if job.id in self._running or job.status == "completed" or not unfinished:
                    continue
                if job.kind in self._runners:
                    job.status, job.error, job.finished_at = "running", None, None
                    self._run(job)

    def stop(self) -> None:
        """Ask all jobs to stop; they go on after the next start."""
        with self._lock:
            self._closing = True
            for one in self._running.values():
                one.stop.set()

    def close(self) -> None:
        """Stop all jobs and wait until they have."""
        self.stop()
        with self._lock:
            running = list(self._running.values())
        deadline = time.monotonic() + _FAREWELL
        for one in running:
            one.ended.wait(max(deadline - time.monotonic(), 0.0))

    def _run(self, job: Job) -> None:
        running = Running(job, self._save)
        self._running[job.id] = running
        threading.Thread(
            target=self._work, args=(running,), name=f"job-{job.kind}-{job.id}", daemon=True
        ).start()

    def _work(self, running: Running) -> None:
        job = running.job
        status, error = "completed", None
        try:
            self._runners[job.kind](running)
            if running.stop.is_set():
                status = "cancelled" if running.cancelled else "running"
        except LabelStudioError as failure:
            status, error = "failed", failure.detail
            log.warning("job %s (%s) failed: %s", job.id, job.kind, error)
        except Exception as failure:  # nobody else would see it
            status, error = "failed", f"internal error: {type(failure).__name__}"
            log.exception("job %s (%s) failed", job.id, job.kind)
        else:
            error = job.error  # what the runner wants to be known of a success
        self._finish(running, status, error)

    def _finish(self, running: Running, status: str, error: str | None) -> None:
        job = running.job
        if self._closing and status == "failed":
            status, error = "running", None  # what ended it was the end of the server
        with self._lock:
            job.status, job.error = status, error
            job.finished_at = None if status == "running" else self._clock()
            self._save(job)
            del self._running[job.id]
        running.ended.set()

    def _save(self, job: Job) -> None:
        try:
            self._documents.put(TABLE, job.id, job.row())
            self._unsaved.pop(job.id, None)
        except LabelStudioError as error:  # the work itself does not depend on it
            self._unsaved[job.id] = job.row()
            log.warning("the progress of job %s is not kept: %s", job.id, error.detail)

    def _prune(self) -> None:
        finished = [i for i, row in self._documents.all(TABLE).items() if row["finished_at"]]
        for job_id in finished[:-_KEPT]:
            self._documents.remove(TABLE, job_id)


def _job(job_id: int, row: Json) -> Job:
    known = Job.__dataclass_fields__.keys() - {"id"}
    return Job(job_id, **{key: value for key, value in row.items() if key in known})
