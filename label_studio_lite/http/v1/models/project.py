"""Projects."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from label_studio_lite.http.v1.models.account import UserSimple

Title = Annotated[str, Meta(min_length=3, max_length=50)]


class Counters(Struct, kw_only=True):
    """The counts of a project."""

    num_tasks_with_annotations: int
    task_number: int
    useful_annotation_number: int
    ground_truth_number: int
    skipped_annotations_number: int
    total_annotations_number: int
    total_predictions_number: int
    finished_task_number: int


class Project(Counters, kw_only=True):
    """A project; here the counts are there right after creation, too."""

    id: int
    title: str
    description: str
    label_config: str
    expert_instruction: str
    show_instruction: bool
    show_skip_button: bool
    enable_empty_annotation: bool
    show_annotation_history: bool
    organization: int
    color: str
    maximum_annotations: int
    is_published: bool
    model_version: str
    is_draft: bool
    created_by: UserSimple
    created_at: str
    min_annotations_to_start_training: int
    start_training_on_annotation_update: bool
    show_collab_predictions: bool
    sampling: str
    show_ground_truth_first: bool
    annotator_evaluation_enabled: bool
    show_overlap_first: bool
    overlap_cohort_percentage: int
    task_data_login: str | None
    task_data_password: str | None
    control_weights: dict[str, Any]
    parsed_label_config: dict[str, Any]
    evaluate_predictions_automatically: bool
    config_has_control_tags: bool
    skip_queue: str
    reveal_preannotations_interactively: bool
    pinned_at: str | None
    queue_total: int
    queue_done: int
    config_suitable_for_bulk_annotation: bool
    state: str | None


class ProjectPage(Struct):
    """A page of projects, newest first."""

    count: int
    next: str | None
    previous: str | None
    results: list[Project]


class ProjectCounts(Counters, kw_only=True):
    """The counts alone."""

    id: int


class ProjectCountsPage(Struct):
    """A page of counts."""

    count: int
    next: str | None
    previous: str | None
    results: list[ProjectCounts]


class ProjectChange(Struct):
    """What can be set of a project."""

    title: Title | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    label_config: str | UnsetType = UNSET
    expert_instruction: str | UnsetType | None = UNSET
    show_instruction: bool | UnsetType = UNSET
    show_skip_button: bool | UnsetType = UNSET
    enable_empty_annotation: bool | UnsetType = UNSET
    show_annotation_history: bool | UnsetType = UNSET
    color: str | UnsetType | None = UNSET
    maximum_annotations: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    is_published: bool | UnsetType = UNSET
    model_version: str | UnsetType | None = UNSET
    is_draft: bool | UnsetType = UNSET
    min_annotations_to_start_training: int | UnsetType = UNSET
    start_training_on_annotation_update: bool | UnsetType = UNSET
    show_collab_predictions: bool | UnsetType = UNSET
    sampling: str | UnsetType | None = UNSET
    show_ground_truth_first: bool | UnsetType = UNSET
    show_overlap_first: bool | UnsetType = UNSET
    overlap_cohort_percentage: int | UnsetType = UNSET
    task_data_login: str | UnsetType | None = UNSET
    task_data_password: str | UnsetType | None = UNSET
    control_weights: dict[str, Any] | UnsetType | None = UNSET
    evaluate_predictions_automatically: bool | UnsetType = UNSET
    skip_queue: str | UnsetType | None = UNSET
    reveal_preannotations_interactively: bool | UnsetType = UNSET
    pinned_at: str | UnsetType | None = UNSET


class ProjectQuery(Struct):
    """Which projects; ``include`` names the fields that are wanted."""

    ids: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    search: str | UnsetType = UNSET
    filter: str | UnsetType = UNSET
    ordering: str | UnsetType = UNSET
    include: str | UnsetType = UNSET
    page: int | UnsetType = UNSET
    page_size: int | UnsetType = UNSET


class LabelConfigBody(Struct):
    """A label config to be checked."""

    label_config: str


class ConfigVerdict(Struct):
    """Whether work that was done would be lost."""

    config_essential_data_has_changed: bool


class Summary(Struct):
    """What the data and the work of a project have in common."""

    project: int
    created_at: str
    all_data_columns: dict[str, int]
    common_data_columns: list[str]
    created_annotations: dict[str, int]
    created_labels: dict[str, dict[str, int]]
    created_labels_drafts: dict[str, dict[str, int]]


class Duplicate(Struct):
    """How a project is duplicated; ``mode`` is ``settings`` or ``settings,data``."""

    workspace: Any = UNSET
    mode: str = "settings"
    title: Title | UnsetType = UNSET
    description: str | UnsetType = UNSET


class Duplicated(Struct):
    """The new project."""

    id: int
