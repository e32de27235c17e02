"""What 0.8.x takes and answers, for its OpenAPI document; tests hold every answer to it.

Objects may have more keys than are named here: unknown ones of stored files are carried through.
What old files may hold in any form is ``Any``.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class Place(Struct):
    """Where tasks come from, or completions go to."""

    readable_path: str


class Project(Struct):
    """The project; ``config`` is ``config.json``, ``completion_count`` counts completed tasks."""

    project_name: str
    task_count: int
    completion_count: int
    config: dict[str, Any]
    instruction: str | None
    data_types: dict[str, str]
    label_config_line: str
    can_manage_tasks: bool
    can_manage_completions: bool
    can_delete_tasks: bool
    source_storage: Place
    target_storage: Place
    source_syncing: bool
    target_syncing: bool
    available_storages: list[tuple[str, str]]
    multi_session_mode: bool


class NewProject(Struct):
    """In multi-session mode ``new`` makes a project, which ``desc`` describes."""

    new: str | UnsetType = UNSET
    desc: str | UnsetType = UNSET


class ProjectChange(Struct):
    """An ML backend to connect: its address, or ``name=address``."""

    ml_backend: str | UnsetType = UNSET


class LabelConfig(Struct):
    """The label config, as XML; the XML itself is taken, too."""

    label_config: str


class Switch(Struct):
    """The project to work on from now on, in multi-session mode."""

    uuid: str


class Task(Struct):
    """A task as it is stored, media addressed for browsers; ``completed_at`` is local time."""

    id: int | UnsetType = UNSET
    data: Any = None
    completions: list[dict[str, Any]] | UnsetType = UNSET
    predictions: Any = UNSET
    completed_at: str | UnsetType | None = UNSET
    has_cancelled_completions: int | UnsetType = UNSET


class TaskQuery(Struct):
    """A page of the tasks. ``fields`` names keys to show, separated by commas."""

    page: int = 1
    page_size: int = 10
    order: str = "id"
    fields: str | UnsetType = UNSET


class Pretty(Struct):
    """Whether the answer has line breaks."""

    pretty: str | UnsetType = UNSET


class Completion(Struct):
    """A labeling result; the keys of regions depend on their tag. ``lead_time`` is in seconds."""

    result: list[dict[str, Any]]
    lead_time: float | UnsetType = UNSET


class Skip(Struct):
    """Anything in ``was_cancelled`` makes a completion a skip."""

    was_cancelled: str | UnsetType = UNSET


class Saved(Struct):
    """The completion that was made."""

    id: int


class Replaced(Struct):
    """The task as it was sent."""

    detail: str
    data: Any


class CompletedTasks(Struct):
    """Ids of completed tasks."""

    ids: list[int]


class ImportQuery(Struct, rename={"role": "as"}):
    """``format`` says that labels which were made elsewhere are sent, ``as`` what they become."""

    format: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    media_url: str | UnsetType = UNSET
    set_label_config: bool | UnsetType = UNSET
    dry_run: bool | UnsetType = UNSET


class Imported(Struct):
    """What an import brought; ``duration`` is in seconds, ``formats`` counts by extension."""

    task_count: int
    completion_count: int | UnsetType = UNSET
    prediction_count: int | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    formats: dict[str, int] | UnsetType = UNSET
    new_task_ids: list[int] | UnsetType = UNSET
    region_count: int | UnsetType = UNSET
    label_config: str | UnsetType | None = UNSET
    missing: list[str] | UnsetType = UNSET


class ExportQuery(Struct):
    """The format, and what of the project is written in it."""

    format: str
    ids: str | UnsetType = UNSET
    filter: str | UnsetType = UNSET
    view: int | UnsetType = UNSET
    download_all_tasks: bool | UnsetType = UNSET
    completions: str | UnsetType = UNSET
    skipped: bool | UnsetType = UNSET
    ground_truth: bool | UnsetType = UNSET
    predictions: bool | UnsetType = UNSET
    media: bool | UnsetType = UNSET
    tokenizer: str | UnsetType = UNSET
    raw: bool | UnsetType = UNSET


class Format(Struct):
    """An export format, what it holds and what not."""

    name: str
    title: str
    description: str
    holds: str
    cannot: str
    available: bool


class ExportFile(Struct):
    """A file that was exported before; ``size`` is in bytes."""

    name: str
    size: int
    created_at: Any


class Models(Struct):
    """Names of the ML backends."""

    models: list[str]


class ModelName(Struct):
    """The ML backend to disconnect."""

    name: str


class Told(Struct):
    """What was done, for people."""

    details: str


class PredictQuery(Struct):
    """``data`` (what the body holds), ``all_tasks`` or ``specific_tasks`` (``task_ids``)."""

    mode: str = "data"
    task_ids: str | UnsetType = UNSET


class StorageField(Struct):
    """A field of a form; ``data`` is what is in force."""

    name: str
    type: str
    description: str
    default: Any
    data: Any
    title: str | UnsetType = UNSET
    secret: bool | UnsetType = UNSET


class StorageForm(Struct):
    """The form of a type of storage."""

    type: str
    description: str
    current: bool
    path: str
    fields: list[StorageField]


class Storages(Struct):
    """The types of storages by name."""

    source: dict[str, StorageForm]
    target: dict[str, StorageForm]


class StorageOf(Struct):
    """``source`` or ``target``."""

    storage_for: str


class StorageChoice(Struct):
    """``source`` or ``target``, and the type to use from now on."""

    storage_for: str
    type: str | UnsetType = UNSET


class Result(Struct):
    """It is done."""

    result: str


class Sync(Struct):
    """How far a sync is; ``pending`` objects are still to be written."""

    status: str
    error: str | None
    counts: dict[str, Any]
    done: int
    total: int | None
    pending: int


class ConfigQuery(Struct):
    """The label config, as XML."""

    label_config: str | UnsetType = UNSET


class ExampleQuery(Struct):
    """``json``, ``csv``, ``tsv`` or ``txt``; ``raw`` shows it in place."""

    q: str = "json"
    raw: bool | UnsetType = UNSET


class SeriesQuery(Struct):
    """Names of the columns, how times are written, and what separates cells."""

    time: str | UnsetType = UNSET
    values: str | UnsetType = UNSET
    tf: str | UnsetType = UNSET
    sep: str = ","


class Status(Struct):
    """How the server is."""

    status: str


_VERSIONS = {"backend": "label-studio-backend", "frontend": "label-studio-frontend"}


class Version(Struct, rename=_VERSIONS):
    """Versions of the server and of the labeling editors."""

    backend: str
    frontend: Any
