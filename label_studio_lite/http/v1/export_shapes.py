"""What exports of 1.x say of a task, and which tasks and annotations a snapshot takes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from label_studio_lite.core.key_frames import interpolated
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.errors import FieldsInvalid, Invalid, NotFound
from label_studio_lite.exporting.base import Wording
from label_studio_lite.http.v1 import dm_queries, history, ids, shapes
from label_studio_lite.http.v1.models import exports as models
from label_studio_lite.service.drafts import Draft
from label_studio_lite.service.project import Project
from label_studio_lite.service.snapshots import Taken

Options = models.SerializationOptions


def wording(project: Project, options: Options | None = None) -> Wording:
    """Public ids and 1.x's names."""
    options = options or Options()
    return Wording(
        task_id=lambda own: ids.public(project, own),
        completion_id=lambda own: ids.public(project, own, ids.COMPLETIONS),
        annotator=shapes.annotator,
        task=lambda task, chosen: item(project, task, chosen, options),
    )


def item(project: Project, task: Task, chosen: Sequence[Completion], options: Options) -> Json:
    """A task in an export as JSON."""
    fields = shapes.task(project, task)
    drafts = [
        shapes.draft(project, task.id, Draft(draft, "")) for draft in task.fields.get("drafts", [])
    ]
    predictions = [
        shapes.prediction(project, task.id, own, made)
        for own, made in project.predictions.numbered(task)
    ]
    return {
        "id": fields.pop("id"),
        "annotations": [_annotation(project, task.id, one, options) for one in chosen],
        "file_upload": fields.pop("file_upload"),
        "drafts": _shown(drafts, options.drafts),
        "predictions": _shown(predictions, options.predictions),
        **fields,
        "allow_skip": True,
    }


def _shown(items: list[Json], option: models.SerializationOption | None) -> list[Any]:
    """All of it where that is asked for, else ids."""
    return items if _is_whole(option) else [item["id"] for item in items]


def _is_whole(option: models.SerializationOption | None) -> bool:
    return option is not None and not option.only_id


def _annotation(project: Project, task_id: int, completion: Completion, options: Options) -> Json:
    whole = _is_whole(options.annotations__completed_by)
    shown = shapes.annotation(project, task_id, completion, in_detail=whole)
    del shown["created_username"], shown["created_ago"]
    unique = uuid.uuid5(uuid.NAMESPACE_OID, f"{project.identity.name()}/{completion.id}")
    if options.interpolate_key_frames:
        shown["result"] = [interpolated(region) for region in completion.result]
    if options.include_annotation_history:
        shown["history"] = history.items(project, task_id, completion)
    return {
        **shown,
        "prediction": {},
        "result_count": len(completion.result),
        "unique_id": shown.get("unique_id") or str(unique),
    }


def taken(
    tasks: models.TaskFilterOptions | None, annotations: models.AnnotationFilterOptions | None
) -> Taken:
    """What a snapshot takes of a task; ``view`` is not looked at."""
    tasks = tasks or models.TaskFilterOptions()

    def take(task: Task) -> Task | None:
        given = bool(shapes.given_by(task))
        skipped = any(completion.was_cancelled for completion in task.completions)
        asked = (tasks.skipped, skipped), (tasks.finished, given), (tasks.annotated, given)
        if any(want and is_so is not (want == "only") for want, is_so in asked):
            return None
        kept = [c for c in task.completions if annotations is None or _fits(c, annotations)]
        if tasks.only_with_annotations and not kept:
            return None
        if len(kept) == len(task.completions):
            return task
        work = {**(task.work or {}), "completions": [completion.fields for completion in kept]}
        return Task(task.id, task.fields, work)

    return take


def _fits(completion: Completion, options: models.AnnotationFilterOptions) -> bool:
    is_usual = not completion.was_cancelled and not completion.ground_truth
    kinds = (
        (options.usual, is_usual),
        (options.ground_truth, completion.ground_truth),
        (options.skipped, completion.was_cancelled),
    )
    wanted = [is_so for want, is_so in kinds if want]
    return any(wanted) or not wanted


def of_view(project: Project, options: models.TaskFilterOptions | None) -> Sequence[int] | None:
    """The project's own ids of the tasks of the view; None where none is named.

    ``FieldsInvalid`` for one that is unknown; 1.23.2 then takes all tasks.
    """
    if options is None or options.view is None:
        return None
    try:
        _, view = dm_queries.view_of(project.id, options.view)
        return project.task_table.ids(dm_queries.of_parts(project, {}, view))
    except (Invalid, NotFound, FieldsInvalid) as error:
        raise FieldsInvalid({"task_filter_options": [f"view: {error.detail}"]}) from error
