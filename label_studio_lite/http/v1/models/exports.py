"""Exports and export snapshots."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from label_studio_lite.http.v1.models.account import UserSimple


class ExportQuery(Struct):
    """What is exported, and in which format."""

    export_type: str | UnsetType = UNSET
    exportType: str | UnsetType = UNSET
    download_all_tasks: bool = False
    download_resources: bool = True
    interpolate_key_frames: bool = False


class Format(Struct):
    """A format; ``disabled`` when the label config makes nothing for it."""

    title: str
    description: str
    link: str
    name: str
    tags: list[str] | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class TaskFilterOptions(Struct, omit_defaults=True):
    """Which tasks a snapshot holds: those of a view; only those, or none of those, with a skip
    (``skipped``), with enough annotations (``finished``), with one that is no skip
    (``annotated``); and only those with an annotation among what the snapshot takes."""

    view: int | None = None
    skipped: Literal["only", "exclude"] | None = None
    finished: Literal["only", "exclude"] | None = None
    annotated: Literal["only", "exclude"] | None = None
    only_with_annotations: bool | None = None


class AnnotationFilterOptions(Struct, omit_defaults=True):
    """Which annotations: ``usual`` ones are neither skips nor the truth. Where no kind is wanted,
    all are taken."""

    usual: bool | None = True
    ground_truth: bool | None = None
    skipped: bool | None = None


class SerializationOption(Struct):
    """Only ids, or the whole of it."""

    only_id: bool = False


class SerializationOptions(Struct, omit_defaults=True):
    """How JSON says it. ``interpolate_key_frames`` fills in the frames of videos."""

    drafts: SerializationOption | None = None
    predictions: SerializationOption | None = None
    annotations__completed_by: SerializationOption | None = None
    include_annotation_history: bool | None = None
    interpolate_key_frames: bool | None = None


class SnapshotBody(Struct):
    """Which tasks and annotations a snapshot holds, and how it is written."""

    title: str = ""
    task_filter_options: TaskFilterOptions | UnsetType | None = UNSET
    annotation_filter_options: AnnotationFilterOptions | UnsetType | None = UNSET
    serialization_options: SerializationOptions | UnsetType | None = UNSET


class Counters(Struct):
    """How many tasks a snapshot holds."""

    task_number: int


class Converted(Struct):
    """A snapshot in another format."""

    id: int
    status: str
    export_type: str
    traceback: str | None


class Snapshot(Struct):
    """A snapshot; it is complete when it is answered."""

    title: str
    id: int
    created_by: UserSimple
    created_at: str
    finished_at: str
    status: str
    md5: str
    counters: Counters
    converted_formats: list[Converted]
    task_filter_options: Any = None
    annotation_filter_options: Any = None
    serialization_options: Any = None


class Convert(Struct):
    """Into which format."""

    export_type: str
    download_resources: bool = True


class Conversion(Struct):
    """The number of what was converted."""

    export_type: str
    converted_format: int


class ExportFiles(Struct):
    """Files that were exported before."""

    export_files: list[str]
