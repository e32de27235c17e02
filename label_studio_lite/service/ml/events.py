"""Telling ML backends of 1.x what happens, in nobody's way.

``completion_…`` of ours is ``ANNOTATION_…`` there. The server of 1.x itself says
``ANNOTATIONS_DELETED``; the libraries that backends are made with know only
``ANNOTATION_DELETED``, so that is what is sent, with the keys of both.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed
from label_studio_lite.ml import v1_shapes
from label_studio_lite.ml.base import Subject
from label_studio_lite.service.events import Event
from label_studio_lite.service.ml.backends import ProjectBackend
from label_studio_lite.service.ml.media import sent
from label_studio_lite.service.ml.predicting_many import shown_fields

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

log = logging.getLogger(__name__)

_MOST = 1000  # events that wait; older ones are dropped
_ACTIONS = {
    "completion_created": "ANNOTATION_CREATED",
    "completion_updated": "ANNOTATION_UPDATED",
    "completion_deleted": "ANNOTATION_DELETED",
    "label_config_changed": "PROJECT_UPDATED",
}


class MLEvents:
    """The events of one project on their way to its backends."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._changed = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._dropped = 0
        self._closed = False
        self._thread: threading.Thread | None = None
        project.events.subscribe(self._happened)

    def _happened(self, event: Event) -> None:
        """Take note, where anybody wants to hear of it."""
        if event.action not in _ACTIONS or not self._listening():
            return
        with self._changed:
            if len(self._waiting) >= _MOST:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(event)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(
                    target=self._deliver, name="ml-events", daemon=True
                )
                self._thread.start()
            self._changed.notify()

    def _listening(self) -> list[ProjectBackend]:
        backends = self._project.models.all()
        return [backend for backend in backends if backend.client.generation == "1.x"]

    def _deliver(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if self._closed:
                    return
                event, dropped, self._dropped = self._waiting.popleft(), self._dropped, 0
            if dropped:
                log.warning("%d events were dropped: the ML backends are too slow", dropped)
            for backend in self._listening():
                if backend.breaker.allows():
                    self._tell(backend, event)

    def _tell(self, backend: ProjectBackend, event: Event) -> None:
        try:
            subject = self._project.models.subject(backend)
            body = self._body(event, subject, backend)
            backend.client.event(subject, _ACTIONS[event.action], body)
        except BackendFailed as error:
            backend.failed(error)
        except Exception:  # the thread has to stay for the next event
            log.exception("event %s", event.action)
        else:
            backend.succeeded()

    def _body(self, event: Event, subject: Subject, backend: ProjectBackend) -> Json:
        """The parts of the webhook's body besides action and project."""
        if event.task is None or event.completion is None:
            return {}
        task = sent(shown_fields(event.task), self._project, backend.media)
        shown = v1_shapes.annotation(event.completion.fields, event.task.id, subject)
        body: Json = {"annotation": shown, "task": v1_shapes.task(task, subject)}
        if event.action == "completion_deleted":
            body["annotations"] = [v1_shapes.annotation_id(event.completion.fields, subject)]
        return body

    def close(self) -> None:
        """Nothing more is told."""
        with self._changed:
            self._closed = True
            self._changed.notify()
