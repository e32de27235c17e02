"""Tasks, annotations, predictions and drafts."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

Region = dict[str, Any]


class Annotation(Struct):
    """A completion in the words of 1.x. In the details of a task ``completed_by`` is a user."""

    id: int
    result: list[Any]
    created_username: str
    created_ago: str
    completed_by: Any
    was_cancelled: bool
    ground_truth: bool
    created_at: str
    updated_at: str
    draft_created_at: str | None
    lead_time: float | None
    import_id: int | None
    last_action: str | None
    bulk_created: bool
    task: int
    project: int
    updated_by: int | None
    parent_prediction: int | None
    parent_annotation: int | None
    last_created_by: int | None


class AnnotationBody(Struct):
    """What a client sends of an annotation; other keys are kept as they are."""

    result: list[Region] | UnsetType = UNSET
    lead_time: float | UnsetType | None = UNSET
    was_cancelled: bool | UnsetType | None = UNSET
    ground_truth: bool | UnsetType | None = UNSET
    draft_id: int | UnsetType | None = UNSET
    completed_by: int | UnsetType | None = UNSET
    parent_prediction: int | UnsetType | None = UNSET
    parent_annotation: int | UnsetType | None = UNSET


class BulkAnnotations(Struct):
    """The same annotation for many tasks, named or selected as in the data manager."""

    tasks: list[int] | UnsetType = UNSET
    task: int | UnsetType = UNSET
    selected_items: dict[str, Any] | UnsetType = UNSET
    project: int | UnsetType = UNSET
    result: list[Region] = []
    lead_time: float | UnsetType | None = UNSET
    was_cancelled: bool | UnsetType | None = UNSET
    ground_truth: bool | UnsetType | None = UNSET


class BulkAnnotation(Struct):
    """An annotation that was made among many."""

    id: int


class BulkIds(Struct):
    """Annotations to be deleted."""

    ids: list[int]
    project: int | UnsetType = UNSET


class BulkDeleted(Struct):
    """How many are gone."""

    deleted_count: int


class Draft(Struct):
    """Unfinished work."""

    id: int
    user: str
    created_username: str
    created_ago: str
    result: list[Any]
    lead_time: float | None
    was_postponed: bool
    import_id: int | None
    created_at: str
    updated_at: str
    task: int
    annotation: int | None


class DraftBody(Struct):
    """What a client sends of a draft."""

    result: list[Region] | UnsetType = UNSET
    lead_time: float | UnsetType | None = UNSET
    was_postponed: bool | UnsetType = UNSET


class Prediction(Struct):
    """A model's result for a task."""

    id: int
    result: list[Any]
    model_version: str
    created_ago: str
    score: float | None
    cluster: int | None
    neighbors: dict[str, Any] | None
    mislabeling: float
    created_at: str
    updated_at: str
    model: Any
    model_run: int | None
    task: int
    project: int


class PredictionBody(Struct):
    """A new prediction; ``result`` may be the bare value of a single choice."""

    task: int
    result: list[Region] | str | float | dict[str, Any]
    score: float | UnsetType | None = UNSET
    model_version: str | UnsetType | None = UNSET


class PredictionChange(Struct):
    """Changes of a prediction."""

    result: list[Region] | str | float | dict[str, Any] | UnsetType = UNSET
    score: float | UnsetType | None = UNSET
    model_version: str | UnsetType | None = UNSET


class OneTaskQuery(Struct):
    """``resolve_uri=false`` leaves links into storages (``s3://…``) as they are stored."""

    resolve_uri: bool = True


class PredictionQuery(Struct):
    """Which predictions: of a task, of a project, or all."""

    task: int | UnsetType = UNSET
    project: int | UnsetType = UNSET
    task__project: int | UnsetType = UNSET


class Task(Struct, kw_only=True):
    """A task as creating and changing it answers."""

    id: int
    data: dict[str, Any]
    meta: Any
    created_at: str
    updated_at: str
    is_labeled: bool
    overlap: int
    inner_id: int
    total_annotations: int
    cancelled_annotations: int
    total_predictions: int
    comment_count: int
    unresolved_comment_count: int
    last_comment_updated_at: str | None
    project: int
    updated_by: Any
    file_upload: int | str | None
    comment_authors: list[int]


class TaskWithWork(Task, kw_only=True):
    """A task with its annotations and predictions."""

    annotations: list[Annotation]
    predictions: list[Prediction]


class ListedTask(Task, kw_only=True):
    """A task in the list of the data manager; what is ``UNSET`` comes with ``fields=all``."""

    drafts: list[Draft]
    annotators: list[int]
    annotations_results: str
    predictions_results: str
    storage_filename: str | None
    annotations_ids: str
    predictions_model_versions: str
    predictions: list[Prediction] | UnsetType = UNSET
    annotations: list[Annotation] | UnsetType = UNSET
    completed_at: str | UnsetType | None = UNSET
    predictions_score: float | UnsetType | None = UNSET
    avg_lead_time: float | UnsetType | None = UNSET
    draft_exists: bool | UnsetType = UNSET


class NextTask(Task, kw_only=True):
    """The task to label now."""

    annotations: list[Annotation]
    predictions: list[Prediction]
    drafts: list[Draft]
    unique_lock_id: str
    queue: str


class TaskPage(Struct):
    """A page of tasks; the counts are of all that were found."""

    total_annotations: int
    total_predictions: int
    total: int
    tasks: list[ListedTask]


class TaskBody(Struct):
    """A new task."""

    project: int
    data: dict[str, Any]
    meta: dict[str, Any] | list[Any] | UnsetType | None = UNSET


class TaskChange(Struct):
    """Changes of a task; what is sent replaces what was there."""

    data: dict[str, Any] | UnsetType = UNSET
    meta: dict[str, Any] | list[Any] | UnsetType | None = UNSET


class TaskEvent(Struct):
    """Something that happened while a task was shown; it is not kept."""

    event_key: Any = UNSET
    event_time: Any = UNSET
