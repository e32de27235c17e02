"""Tasks and completions in the words of 1.x, as ML backends of that generation read them.

A completion is called *annotation* there, and times are ISO 8601 in UTC.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from label_studio_lite.core.model import Completion, Json
from label_studio_lite.ml.base import Subject


def task(fields: Json, subject: Subject) -> Json:
    """A task for ``/predict`` and events; keys that we do not know are carried through."""
    shown = {key: value for key, value in fields.items() if key != "completions"}
    completions = fields.get("completions")
    shown["project"] = subject.id
    shown["annotations"] = [
        annotation(item, fields.get("id"), subject)
        for item in (completions if isinstance(completions, list) else ())
        if isinstance(item, dict)
    ]
    shown.setdefault("predictions", [])
    return shown


def annotation(fields: Json, task_id: int | None, subject: Subject) -> Json:
    """A completion for events, and inside of tasks."""
    completion = Completion(fields)
    return {
        **{key: value for key, value in fields.items() if key not in ("honeypot", "updated_at")},
        "result": completion.result,
        "task": task_id,
        "project": subject.id,
        "created_at": iso_time(completion.created_at),
        "updated_at": iso_time(completion.changed_at),
        "lead_time": completion.lead_time,
        "was_cancelled": completion.was_cancelled,
        "ground_truth": completion.ground_truth,
    }


def iso_time(seconds: Any) -> str:
    """``2026-11-21T09:15:00.000000Z``."""
    moment = datetime.fromtimestamp(float(seconds), timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
