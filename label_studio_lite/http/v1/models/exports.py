"""Exports and export snapshots."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from label_studio_lite.http.v1.models.account import UserSimple


class ExportQuery(Struct):
    """What is exported, and in which format."""

    export_type: str | UnsetType = UNSET
    exportType: str | UnsetType = UNSET
    download_all_tasks: bool = False
    download_resources: bool = True


class Format(Struct):
    """A format; ``disabled`` when the label config makes nothing for it."""

    title: str
    description: str
    link: str
    name: str
    tags: list[str] | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class SnapshotBody(Struct):
    """Which tasks and annotations a snapshot holds."""

    title: str = ""
    task_filter_options: dict[str, Any] | UnsetType | None = UNSET
    annotation_filter_options: dict[str, Any] | UnsetType | None = UNSET
    serialization_options: dict[str, Any] | UnsetType | None = UNSET


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
