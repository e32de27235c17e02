"""The protocol of Label Studio 1.x, as seen on the wire of 1.23.2.

================== ========================================= ====================================
request            body                                      answer
================== ========================================= ====================================
``POST /setup``    ``project``, ``schema``, ``hostname``,    ``{"model_version"}``
                   ``access_token``, ``extra_params``?
``POST /predict``  ``tasks``, ``project``, ``label_config``, ``{"results": [prediction, or a list
                   ``params`` with ``context``               of them, …], "model_version"?}``
``POST /webhook``  ``action``, ``project``, and what it      any 2xx; of START_TRAINING
                   happened to                               perhaps ``{"job_id"}``
``GET /versions``                                            ``{"versions": […]}``
================== ========================================= ====================================

``project`` is ``<id>.<creation, seconds>`` in the first two, 1.x's object of the project in
events. label-studio-ml 1.0.9 wants ``POST /versions`` instead; newer ones have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.ml import answers, v1_shapes
from label_studio_lite.ml.base import BadAnswer, Generation, Predictions, Subject, Training
from label_studio_lite.ml.transport import Transport

_NO_SUCH_ROUTE = (404, 405)


class Dialogue1:
    """See :class:`~label_studio_lite.ml.base.Dialogue`."""

    generation: Generation = "1.x"

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._options = transport.options

    def setup(self, subject: Subject, within: float | None = None) -> str:
        body: Json = {
            "project": _project_key(subject),
            "schema": subject.label_config,
            "hostname": subject.hostname,
            "access_token": subject.access_token,
        }
        if self._options.extra_params:
            # backends of today fail at an object here; they want it as text
            body["extra_params"] = jsontext.dumps(self._options.extra_params).decode()
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
        sent = [v1_shapes.task(task, subject) for task in tasks]
        body = {
            "tasks": sent,
            "project": _project_key(subject),
            "label_config": subject.label_config,
            "params": {"login": None, "password": None, "context": context},
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
        found = answers.predictions(reply.checked().object(), len(tasks), who)
        return _given_to_their_tasks(found, [task.get("id") for task in sent])

    def train(self, subject: Subject, works: Iterable[Json]) -> str | None:
        """Backends fetch the work themselves, from ``hostname`` with ``access_token``."""
        body = {"action": "START_TRAINING", "project": subject.project}
        reply = self._transport.call(
            "POST", "/webhook", body, usual=self._options.train_timeout
        ).checked()
        try:
            answer = reply.json()
        except BadAnswer:  # nothing is promised about it
            return None
        job = answer.get("job_id") if isinstance(answer, dict) else None
        return str(job) if job else None

    def is_training(self, subject: Subject) -> Training:
        """The protocol has no such question, and 1.0.9's own route for it fails."""
        return Training(None)

    def job_status(self, job: str) -> str | None:
        return None

    def versions(self, subject: Subject) -> list[str]:
        timeout = self._options.health_timeout
        reply = self._transport.call("GET", "/versions", usual=timeout)
        if reply.status == 405:
            body = {"project": _project_key(subject)}
            reply = self._transport.call("POST", "/versions", body, usual=timeout)
        if reply.status in _NO_SUCH_ROUTE:
            return [self.setup(subject)]
        found = reply.checked().object().get("versions")
        if not isinstance(found, list):
            raise BadAnswer(f'{self._options.label}: "versions" is not a list')
        return [str(version) for version in found]

    def event(self, subject: Subject, action: str, body: Json) -> None:
        self._transport.call(
            "POST",
            "/webhook",
            {"action": action, **body, "project": subject.project},
            usual=self._options.event_timeout,
        ).checked()

    def delete(self, subject: Subject, within: float | None = None) -> None:
        """There is no such request in 1.x; backends hear of it as an event."""


def _given_to_their_tasks(found: Predictions, ids: Sequence[object]) -> Predictions:
    """Results are in the order of the tasks; a prediction that names another of them is its."""
    place_of = {task_id: place for place, task_id in enumerate(ids) if task_id is not None}
    placed: Predictions = [[] for _ in ids]
    for place, items in enumerate(found):
        for item in items:
            named = item.get("task")
            at = place_of.get(named, place) if isinstance(named, int) else place
            placed[at].append({key: value for key, value in item.items() if key != "task"})
    return placed


def _project_key(subject: Subject) -> str:
    return f"{subject.id}.{subject.created}"
