"""Imports and uploaded files."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class ImportQuery(Struct):
    """How tasks are imported."""

    commit_to_project: bool = True
    return_task_ids: bool = False
    preannotated_from_fields: str | UnsetType = UNSET


class Imported(Struct):
    """What an import brought; counts are null when nothing was committed."""

    task_count: int
    annotation_count: int | None
    prediction_count: int | None
    duration: float
    file_upload_ids: list[int]
    could_be_tasks_list: bool
    found_formats: Any
    data_columns: list[str]
    task_ids: list[int] | UnsetType = UNSET


class Reimport(Struct):
    """Files that were uploaded before, to be imported now."""

    file_upload_ids: list[int]
    files_as_tasks_list: bool = True


class ImportedPredictions(Struct):
    """How many predictions were stored."""

    created: int


class FileUpload(Struct):
    """An uploaded file; ``size`` in bytes."""

    id: int
    file: str
    size: int


class FileUploadsQuery(Struct):
    """Which files; ``ids`` is a JSON list."""

    all: bool = True
    ids: str | UnsetType = UNSET


class FileUploadsToDelete(Struct):
    """Which files are to go."""

    file_upload_ids: list[int]


class FilesDeleted(Struct):
    """How many files went."""

    deleted: int
