"""What exports of 1.x say of a task, and which tasks and annotations a snapshot takes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.errors import FieldsInvalid
from label_studio_lite.exporting.base import Wording
from label_studio_lite.exporting.choosing import Wish
from label_studio_lite.http.v1 import ids, shapes
from label_studio_lite.service.project import Project
from label_studio_lite.service.snapshots import Wanted

_ONLY, _EXCLUDE = "only", "exclude"


def wording(project: Project) -> Wording:
    """Public ids and 1.x's names."""
    return Wording(
        task_id=lambda own: ids.public(project, own),
        completion_id=lambda own: ids.public(project, own, ids.COMPLETIONS),
        annotator=shapes.annotator,
        task=lambda task, chosen: item(project, task, chosen),
    )


def item(project: Project, task: Task, chosen: Sequence[Completion]) -> Json:
    """A task in an export as JSON."""
    fields = shapes.task(project, task)
    return {
        "id": fields.pop("id"),
        "annotations": [_annotation(project, task.id, completion) for completion in chosen],
        "file_upload": fields.pop("file_upload"),
        "drafts": [],
        "predictions": [
            ids.public(project, own, ids.COMPLETIONS)
            for own, _ in project.predictions.numbered(task)
        ],
        **fields,
        "allow_skip": True,
    }


def _annotation(project: Project, task_id: int, completion: Completion) -> Json:
    shown = shapes.annotation(project, task_id, completion)
    del shown["created_username"], shown["created_ago"]
    unique = uuid.uuid5(uuid.NAMESPACE_OID, f"{project.identity.name()}/{completion.id}")
    return {
        **shown,
        "prediction": {},
        "result_count": len(completion.result),
        "unique_id": shown.get("unique_id") or str(unique),
    }


def wanted(options: Any) -> Wanted:
    """The test that ``task_filter_options`` stand for; ``FieldsInvalid``."""
    options = options or {}
    tests = {
        "skipped": lambda task: any(c.was_cancelled for c in task.completions),
        "finished": lambda task: bool(shapes.given_by(task)),
        "annotated": lambda task: bool(task.completions),
    }
    asked: list[tuple[Any, bool]] = []
    for name, test in tests.items():
        value = options.get(name)
        if value in (_ONLY, _EXCLUDE):
            asked.append((test, value == _ONLY))
        elif value is not None:
            message = f'{name}: "{value}" is neither only nor exclude'
            raise FieldsInvalid({"task_filter_options": [message]})
    if options.get("only_with_annotations"):
        asked.append((tests["annotated"], True))
    return lambda task: all(bool(test(task)) is expected for test, expected in asked)


def wish(options: Any) -> Wish:
    """Which annotations ``annotation_filter_options`` let in."""
    options = options or {}
    usual, truth = options.get("usual", True), options.get("ground_truth")
    return Wish(
        newest=False,
        skipped=bool(options.get("skipped", not options)),
        ground_truth=True if truth and not usual else None,
    )
