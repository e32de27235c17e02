"""Comments, history and templates: what one person can use of the Enterprise API."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from label_studio_lite.http.v1.models.project import Title


class Comment(Struct):
    """A comment on an annotation or a draft."""

    id: int
    text: str
    created_at: str
    updated_at: str
    resolved_at: str | None
    project: int
    task: int
    annotation: int | None
    draft: int | None
    region_ref: Any
    classifications: Any
    is_resolved: bool
    created_by: Any
    state: str | None


class CommentBody(Struct):
    """A new comment, on an annotation or on a draft."""

    text: str | UnsetType | None = UNSET
    annotation: int | UnsetType | None = UNSET
    draft: int | UnsetType | None = UNSET
    is_resolved: bool | UnsetType = UNSET
    region_ref: Any = UNSET
    classifications: Any = UNSET


class CommentChange(Struct):
    """Changes of a comment."""

    text: str | UnsetType | None = UNSET
    is_resolved: bool | UnsetType = UNSET
    region_ref: Any = UNSET
    classifications: Any = UNSET


class CommentsQuery(Struct):
    """Which comments; ``projects`` is a comma list."""

    annotation: int | UnsetType = UNSET
    draft: int | UnsetType = UNSET
    projects: str | UnsetType = UNSET
    expand_created_by: bool = False


class HistoryItem(Struct):
    """Something that was done to an annotation. Earlier results are not kept."""

    id: int
    action: str
    annotation_id: int
    task_id: int
    project_id: int
    organization_id: int
    created_at: str
    created_by: int
    lead_time: float | None
    result: list[Any] | None
    comment: str | None = None
    comment_id: int | None = None
    draft_id: int | None = None
    review_id: int | None = None
    started_at: str | None = None


class HistoryPage(Struct):
    """A page of the history of a project."""

    count: int
    next: str | None
    previous: str | None
    results: list[HistoryItem]


class HistoryQuery(Struct):
    """Of which annotation."""

    annotation: int


class Template(Struct):
    """An example of the gallery."""

    id: int
    name: str
    description: str
    tags: list[str]
    created_at: str | None
    updated_at: str | None
    created_by: int | None
    organization: int | None
    project_settings: dict[str, Any]
    assignment_settings: Any
    review_settings: Any
    custom_script: str
    require_comment_on_skip: bool
    show_unused_data_columns_to_annotators: bool


class FromTemplate(Struct):
    """The new project."""

    title: Title
    description: str | UnsetType = UNSET
    workspace_id: int | UnsetType | None = UNSET
