"""Webhooks: addresses that are told what happens, in the words of 1.x.

A hook is ``{"url", "project" (null: all), "actions", "send_for_all_actions", "send_payload",
"headers", "is_active"}`` and the times of its making and changing. It is told in the order of
events and in nobody's way; what cannot be delivered is tried again, then logged and dropped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from label_studio_lite.core.model import Json
from label_studio_lite.errors import FieldsInvalid, NotFound
from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.events import Event
from label_studio_lite.service.hooks.line import Line
from label_studio_lite.service.hooks.payloads import Payload, payloads_of, project_payload
from label_studio_lite.store.documents import Documents

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_TABLE = "webhooks"
_DEFAULTS: Json = {
    "project": None,
    "actions": [],
    "send_for_all_actions": True,
    "send_payload": True,
    "headers": {},
    "is_active": True,
}


class Action(NamedTuple):
    """``key`` is where the payload has what it is about."""

    name: str
    key: str
    server_wide: bool = False


ACTIONS = {
    "PROJECT_CREATED": Action("Project created", "project", True),
    "PROJECT_UPDATED": Action("Project updated", "project"),
    "PROJECT_DELETED": Action("Project deleted", "project", True),
    "TASKS_CREATED": Action("Task created", "tasks"),
    "TASKS_DELETED": Action("Task deleted", "tasks"),
    "ANNOTATION_CREATED": Action("Annotation created", "annotation"),
    "ANNOTATION_UPDATED": Action("Annotation updated", "annotation"),
    "ANNOTATIONS_DELETED": Action("Annotation deleted", "annotations"),
}


class Webhooks:
    """The webhooks of one server."""

    def __init__(self, documents: Documents, clock: Callable[[], float] = time.time) -> None:
        self._documents = documents
        self._clock = clock
        self._outgoing = Outgoing()
        self._lock = threading.Lock()
        self._hooks: dict[int, Json] | None = None
        self._lines: dict[int, Line] = {}

    # -- the hooks ----------------------------------------------------------------------------

    def all(self) -> dict[int, Json]:
        """By id, oldest first."""
        with self._lock:
            if self._hooks is None:
                self._hooks = self._documents.all(_TABLE)
            return {hook_id: dict(hook) for hook_id, hook in self._hooks.items()}

    def get(self, hook_id: int) -> Json:
        """``NotFound``."""
        hook = self.all().get(hook_id)
        if hook is None:
            raise NotFound(f"there is no webhook {hook_id}")
        return hook

    def create(self, fields: Json) -> int:
        """Returns the id; ``FieldsInvalid``."""
        _check(fields)
        now = self._clock()
        hook = {**_DEFAULTS, **fields, "created_at": now, "updated_at": now}
        hook_id = self._documents.add(_TABLE, hook)
        self._forget()
        return hook_id

    def change(self, hook_id: int, fields: Json) -> Json:
        """Set fields; the project stays. ``NotFound``, ``FieldsInvalid``."""
        _check({**self.get(hook_id), **fields})
        known = {key: value for key, value in fields.items() if key != "project"}
        changed = self._documents.change(
            _TABLE, hook_id, lambda hook: hook.update(known, updated_at=self._clock())
        )
        self._forget()
        return changed

    def delete(self, hook_id: int) -> None:
        """What waits to be told is dropped; ``NotFound``."""
        self.get(hook_id)
        self._documents.remove(_TABLE, hook_id)
        self._forget()
        with self._lock:
            line = self._lines.pop(hook_id, None)
        if line is not None:
            line.close()

    def _forget(self) -> None:
        with self._lock:
            self._hooks = None

    # -- what happens -------------------------------------------------------------------------

    def reach_by(self, outgoing: Outgoing) -> None:
        """Connect by this policy from now on."""
        self._outgoing = outgoing

    def follow(self, project: Project) -> None:
        """Tell what happens in a project from now on."""
        project.events.subscribe(lambda event: self._happened(project, event))

    def told_of_project(self, action: str, project: Project) -> None:
        """A project was made or deleted."""
        payload = Payload(action, project_payload(project))
        for hook_id in self._listening(action, project.id):
            self._line(hook_id).add(lambda: iter([payload]))

    def _happened(self, project: Project, event: Event) -> None:
        """Take note; bodies are made when they are sent."""
        found = payloads_of(project, event)
        if found is None:
            return
        action, make = found
        for hook_id in self._listening(action, project.id):
            self._line(hook_id).add(make)

    def _listening(self, action: str, project_id: int) -> list[int]:
        return [
            hook_id
            for hook_id, hook in self.all().items()
            if hook["is_active"]
            and hook["project"] in (None, project_id)
            and (hook["send_for_all_actions"] or action in hook["actions"])
            and not (ACTIONS[action].server_wide and hook["project"] is not None)
        ]

    def _line(self, hook_id: int) -> Line:
        with self._lock:
            if hook_id not in self._lines:
                self._lines[hook_id] = Line(lambda: self._target(hook_id))
            return self._lines[hook_id]

    def _target(self, hook_id: int) -> tuple[Json, Outgoing] | None:
        hook = self.all().get(hook_id)
        return None if hook is None else (hook, self._outgoing)

    def close(self) -> None:
        """Nothing more is told."""
        with self._lock:
            lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            line.close()


def _check(fields: Json) -> None:
    errors: dict[str, list[str]] = {}
    if not _is_address(fields.get("url")):
        errors["url"] = ["Enter a valid URL."]
    unknown = [name for name in fields.get("actions") or [] if name not in ACTIONS]
    if unknown:
        errors["actions"] = [f'"{name}" is not a valid choice.' for name in unknown]
    headers = fields.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        errors["headers"] = ["Expected a dictionary of texts."]
    if errors:
        raise FieldsInvalid(errors)


def _is_address(url: Any) -> bool:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
