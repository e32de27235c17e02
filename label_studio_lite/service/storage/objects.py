"""The work of a task as objects of an export storage.

For ``target`` of 0.8.x: one object for each task, named by its id, ``{"data", "id",
"completions"}`` on one line. For storages of 1.x: one object for each completion, named by its
id: the annotation, with its task inside, indented. Names have no extension, in either.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Completion, Json, Task, WorkSummary
from label_studio_lite.ml import v1_shapes

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_COMPLETIONS = 10**11  # by which ids of completions of different projects are apart
_TASKS = 10**8
_NOT_SHOWN = ("completions", "predictions", "id", "data")


def of_task(task: Task) -> dict[str, bytes]:
    """As 0.8.2 writes it; nothing while the task is not completed."""
    if task.work is None:
        return {}
    rest = {key: value for key, value in task.fields.items() if key not in _NOT_SHOWN}
    completions = [completion.fields for completion in task.completions]
    fields = {"data": task.data, "id": task.id, **rest, "completions": completions}
    return {str(task.id): jsontext.dumps(fields)}


def of_completions(task: Task, project: Project) -> dict[str, bytes]:
    """As 1.x writes them, skipped ones too."""
    if task.work is None:
        return {}
    shown = _task(task, project)
    found = {}
    for completion in task.completions:
        number = (project.id - 1) * _COMPLETIONS + int(completion.fields.get("id") or 0)
        body = {**_annotation(completion), "id": number, "task": shown, "project": project.id}
        found[str(number)] = json.dumps(body, indent=2).encode()
    return found


def _annotation(completion: Completion) -> Json:
    rest = ("honeypot", "skipped", "updated_at")
    return {
        **{key: value for key, value in completion.fields.items() if key not in rest},
        "result": completion.result,
        "created_at": v1_shapes.iso_time(completion.created_at),
        "updated_at": v1_shapes.iso_time(completion.changed_at),
        "lead_time": completion.lead_time,
        "was_cancelled": completion.was_cancelled,
        "ground_truth": completion.ground_truth,
    }


def _task(task: Task, project: Project) -> Json:
    given = [completion for completion in task.completions if not completion.was_cancelled]
    return {
        "id": (project.id - 1) * _TASKS + task.id,
        "data": task.data,
        "meta": task.fields.get("meta") or {},
        "is_labeled": bool(given),
        "total_annotations": len(given),
        "cancelled_annotations": len(task.completions) - len(given),
        "total_predictions": len(task.predictions),
        "project": project.id,
        "storage_filename": task.fields.get("storage_filename"),
    }


def version_of(summary: WorkSummary) -> str:
    """Something that is another one when the work is; but for changes within one second."""
    return f"{summary.count}.{summary.cancelled}.{summary.last_id}.{summary.completed_at:.3f}"
