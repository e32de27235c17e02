"""What webhooks are told, in the words of 1.x.

``{"action", "project": {…}}`` and ``task`` and ``annotation``, ``tasks``, or for what is gone
``[{"id"}, …]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.public_ids import COMPLETIONS, public_id
from label_studio_lite.ml.v1_shapes import iso_time
from label_studio_lite.service.events import Event

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_ANNOTATIONS = {
    "completion_created": "ANNOTATION_CREATED",
    "completion_updated": "ANNOTATION_UPDATED",
    "completion_deleted": "ANNOTATIONS_DELETED",
}
_CHUNK = 500  # tasks that are told of at once


class Payload(NamedTuple):
    """``body`` is everything besides the action."""

    action: str
    body: Json


def payloads_of(
    project: Project, event: Event
) -> tuple[str, Callable[[], Iterator[Payload]]] | None:
    """The action that an event is, and what makes its payloads; None for other events."""
    if event.action in _ANNOTATIONS and event.task and event.completion:
        action = _ANNOTATIONS[event.action]
        return action, _one(project, action, event.task, event.completion)
    if event.action in ("label_config_changed", "settings_changed"):
        action = "PROJECT_UPDATED"
        return action, lambda: iter([Payload(action, project_payload(project))])
    if event.action == "tasks_created":
        return "TASKS_CREATED", lambda: _created(project, event.task_ids)
    if event.action in ("tasks_deleted", "some_tasks_deleted"):
        return "TASKS_DELETED", lambda: _deleted(project, event.task_ids)
    if event.action == "completions_deleted":
        body = {**project_payload(project), "annotations": []}
        return "ANNOTATIONS_DELETED", lambda: iter([Payload("ANNOTATIONS_DELETED", body)])
    return None


def project_payload(project: Project) -> Json:
    """``{"project": {…}}``."""
    get = project.settings.get
    counts = project.store.counts()
    shown = {
        "id": project.id,
        "title": get("title"),
        "description": get("description"),
        "label_config": project.label_config.current.xml,
        "expert_instruction": get("instruction"),
        "created_at": iso_time(project.models.memory.created()),
        "task_number": counts.tasks,
        "num_tasks_with_annotations": counts.completed,
        "total_annotations_number": counts.completions - counts.cancelled,
        "total_predictions_number": counts.predictions,
    }
    return {"project": shown}


def _one(
    project: Project, action: str, task: Task, completion: Completion
) -> Callable[[], Iterator[Payload]]:
    def make() -> Iterator[Payload]:
        body = project_payload(project)
        if action == "ANNOTATIONS_DELETED":
            body["annotations"] = [{"id": _completion_id(project, completion)}]
        else:
            body["annotation"] = _annotation(project, task.id, completion)
            body["task"] = _task(project, task)
        yield Payload(action, body)

    return make


def _created(project: Project, task_ids: Sequence[int]) -> Iterator[Payload]:
    for at in range(0, len(task_ids), _CHUNK):
        tasks = project.store.read_tasks(task_ids[at : at + _CHUNK])
        shown = [_task(project, task) for task in tasks]
        yield Payload("TASKS_CREATED", {**project_payload(project), "tasks": shown})


def _deleted(project: Project, task_ids: Sequence[int]) -> Iterator[Payload]:
    gone = [{"id": public_id(project.id, task_id)} for task_id in task_ids]
    yield Payload("TASKS_DELETED", {**project_payload(project), "tasks": gone})


def _completion_id(project: Project, completion: Completion) -> Any:
    own = completion.fields.get("id")
    return public_id(project.id, own, COMPLETIONS) if isinstance(own, int) else own


def _annotation(project: Project, task_id: int, completion: Completion) -> Json:
    return {
        **{key: value for key, value in completion.fields.items() if key != "honeypot"},
        "id": _completion_id(project, completion),
        "result": completion.result,
        "task": public_id(project.id, task_id),
        "project": project.id,
        "created_at": iso_time(completion.created_at),
        "updated_at": iso_time(completion.changed_at),
        "lead_time": completion.lead_time,
        "was_cancelled": completion.was_cancelled,
        "ground_truth": completion.ground_truth,
    }


def _task(project: Project, task: Task) -> Json:
    given = [completion for completion in task.completions if not completion.was_cancelled]
    return {
        "id": public_id(project.id, task.id),
        "data": task.data,
        "meta": task.fields.get("meta") or {},
        "project": project.id,
        "is_labeled": bool(given),
        "total_annotations": len(given),
        "cancelled_annotations": len(task.completions) - len(given),
        "total_predictions": len(task.predictions),
    }
