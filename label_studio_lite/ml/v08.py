"""The protocol of Label Studio 0.8.x, as seen on the wire of 0.8.2.

==================== ==================================== =====================================
request              body                                 answer
==================== ==================================== =====================================
``GET /health``                                           any JSON
``POST /setup``      ``project``, ``schema``              ``{"model_version"}``
``POST /predict``    ``tasks``, ``model_version``,        ``{"results": [{"result", "score"}],
                     ``project``, ``label_config``,       "model_version"}``
                     ``params``
``POST /train``      ``completions``, ``project``,        201 ``{"job"?}``
                     ``label_config``, ``params``
``GET /is_training`` ``?project=``                        ``{"is_training", "model_version"?}``
``POST /job_status`` ``job``                              ``{"job_status"}``
``POST /delete``     ``project``
==================== ==================================== =====================================

``project`` is the name of the backend. The server that came with 0.8.2 knows neither
``/job_status`` nor ``/delete``; 404 is fine for both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed
from label_studio_lite.ml import answers
from label_studio_lite.ml.base import (
    BadAnswer,
    Generation,
    Predictions,
    Rejected,
    Subject,
    Training,
)
from label_studio_lite.ml.transport import Transport


class Dialogue08:
    """See :class:`~label_studio_lite.ml.base.Dialogue`."""

    generation: Generation = "0.8"

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._options = transport.options

    def setup(self, subject: Subject, within: float | None = None) -> str:
        body = {"project": self._options.name, "schema": subject.label_config_line}
        reply = self._transport.call(
            "POST", "/setup", body, usual=self._options.setup_timeout, within=within
        )
        return answers.model_version(reply.checked().object(), f"{self._options.label}: /setup")

    def predict(
        self,
        subject: Subject,
        tasks: Sequence[Json],
        model_version: str,
        *,
        context: Json | None = None,
        within: float | None = None,
    ) -> Predictions:
        """Like 0.8.x, tasks are sent without the predictions that they have."""
        params: Json = {"force_load": True, "login": "", "password": ""}
        body = {
            "tasks": [{**task, "predictions": []} for task in tasks],
            "model_version": model_version,
            "project": self._options.name,
            "label_config": subject.label_config_line,
            "params": params if context is None else {**params, "context": context},
        }
        reply = self._transport.call(
            "POST",
            "/predict",
            body,
            usual=self._options.timeout,
            within=within,
            most=self._options.max_answer,
        )
        who = f"{self._options.label}: /predict"
        return answers.predictions(reply.checked().object(), len(tasks), who)

    def train(self, subject: Subject, works: Iterable[Json]) -> str | None:
        with self._training_body(subject, works) as body:
            reply = self._transport.call("POST", "/train", body, usual=self._options.train_timeout)
        try:
            reply.checked()
        except Rejected as error:
            raise BackendFailed(
                f"Can't update model: ML backend returns an error: {error.text}"
            ) from error
        job = reply.object().get("job") if reply.content.strip() else None
        return str(job) if job else None

    @contextmanager
    def _training_body(self, subject: Subject, works: Iterable[Json]) -> Iterator[IO[bytes]]:
        """All the work of a project, which may be more than fits into memory."""
        rest: Json = {
            "project": self._options.name,
            "label_config": subject.label_config_line,
            "params": {"login": "", "password": "", "project_full_path": subject.folder},
        }
        with tempfile.TemporaryFile() as body:
            try:
                body.write(b'{"completions":[')
                for at, work in enumerate(works):
                    body.write(b"," * bool(at) + jsontext.dumps(work))
                body.write(b"]," + jsontext.dumps(rest)[1:])
                body.flush()
            except OSError as error:
                raise BackendFailed(f"the training request cannot be kept: {error}") from error
            yield body

    def is_training(self, subject: Subject) -> Training:
        reply = self._transport.call(
            "GET",
            "/is_training",
            query={"project": self._options.name},
            usual=self._options.health_timeout,
        )
        if not reply.ok:
            raise BackendFailed(
                f"Can't validate whether model is training for project {subject.name}"
            )
        body = reply.object()
        running = body.get("is_training")
        if not isinstance(running, bool):
            raise BadAnswer(f'{self._options.label}: "is_training" is not true or false')
        version = body.get("model_version")
        return Training(running, None if version is None else str(version))

    def job_status(self, job: str) -> str | None:
        reply = self._transport.call(
            "POST", "/job_status", {"job": job}, usual=self._options.health_timeout
        )
        if not reply.ok:
            return None
        status = reply.object().get("job_status")
        return status if isinstance(status, str) else None

    def versions(self, subject: Subject) -> list[str]:
        """The protocol knows the present one only."""
        return [self.setup(subject)]

    def event(self, subject: Subject, action: str, body: Json) -> None:
        """Backends of 0.8.x are not told what happens."""

    def delete(self, subject: Subject, within: float | None = None) -> None:
        reply = self._transport.call(
            "POST",
            "/delete",
            {"project": self._options.name},
            usual=self._options.event_timeout,
            within=within,
        )
        if reply.status != 404:
            reply.checked()
