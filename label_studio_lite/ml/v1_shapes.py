"""Tasks and completions in the words of 1.x, as ML backends of that generation read them.

A completion is called *annotation* there, times are ISO 8601 in UTC, and ids are public ones
(:mod:`label_studio_lite.core.public_ids`), by which a backend can
ask our server for what it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from label_studio_lite.core.model import Completion, Json
from label_studio_lite.core.public_ids import COMPLETIONS, TASKS, public_id
from label_studio_lite.ml.base import Subject


def task(fields: Json, subject: Subject) -> Json:
    """A task for ``/predict`` and events; keys that we do not know are carried through."""
    shown = {key: value for key, value in fields.items() if key != "completions"}
    completions = fields.get("completions")
    shown |= _public("id", fields, subject, TASKS)
    shown["project"] = subject.id
    shown["annotations"] = [
        annotation(item, fields.get("id"), subject) for item in _objects(completions)
    ]
    shown["predictions"] = [
        {
            **item,
            **_public("id", item, subject, COMPLETIONS),
            **_public("task", item, subject, TASKS),
        }
        for item in _objects(fields.get("predictions"))
    ]
    return shown


def annotation(fields: Json, task_id: int | None, subject: Subject) -> Json:
    """A completion for events, and inside of tasks; ``task_id`` is the project's own."""
    completion = Completion(fields)
    return {
        **{key: value for key, value in fields.items() if key not in ("honeypot", "updated_at")},
        **annotation_id(fields, subject),
        "result": completion.result,
        "task": None if task_id is None else public_id(subject.id, task_id, TASKS),
        "project": subject.id,
        "created_at": iso_time(completion.created_at),
        "updated_at": iso_time(completion.changed_at),
        "lead_time": completion.lead_time,
        "was_cancelled": completion.was_cancelled,
        "ground_truth": completion.ground_truth,
    }


def annotation_id(fields: Json, subject: Subject) -> Json:
    """``{"id"}`` of a completion; nothing where it has none."""
    return _public("id", fields, subject, COMPLETIONS)


def _public(key: str, fields: Json, subject: Subject, size: int) -> Json:
    own = fields.get(key)
    if not isinstance(own, int) or isinstance(own, bool):
        return {}
    return {key: public_id(subject.id, own, size)}


def _objects(value: Any) -> Iterable[Json]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def iso_time(seconds: Any) -> str:
    """``2026-11-21T09:15:00.000000Z``."""
    moment = datetime.fromtimestamp(float(seconds), timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
