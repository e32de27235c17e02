"""What the OpenAPI document says of each route of 0.8.x, older names included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from label_studio_lite.http.legacy import bodies
from label_studio_lite.http.routes import Operation, Route

_JSON = dict[str, Any] | list[Any]

PROJECT, TASKS, IMPORT, EXPORT = "Project", "Tasks", "Import", "Export"
MODELS, STORAGE, SERVER = "Models", "Storage", "Server"

_SET_CONFIG = Operation("Set the label config", PROJECT, body=bodies.LabelConfig, status=201)
_SWITCH = Operation("Work on another project", PROJECT, bodies.Switch, answer=bodies.Project)
_REPLACE = Operation(
    "Replace a task: its data, or {data, …}", TASKS, body=_JSON, answer=bodies.Replaced
)
_DELETE_TASKS = Operation("Delete all tasks and the work on them", TASKS, status=204)
_DELETE_WORK = Operation("Delete all completions", TASKS, status=201)
_NEXT = Operation("Get the next task to label; 404 when none is left", TASKS, answer=bodies.Task)
_IMPORT = Operation(
    "Import tasks, all or none: JSON, files, or the form field url",
    IMPORT,
    bodies.ImportQuery,
    _JSON,
    bodies.Imported,
    201,
)
_EXPORT = Operation("Export as a ZIP", EXPORT, bodies.ExportQuery)
_REMOVE = Operation("Disconnect an ML backend", MODELS, body=bodies.ModelName, status=204)
_TRAIN = Operation("Train all models", MODELS, answer=bodies.Told)
_PREDICT = Operation(
    "Predict the data in the body, or stored tasks", MODELS, bodies.PredictQuery, _JSON, _JSON
)
_SAMPLE = Operation(
    "Get a task that fits a label config", SERVER, bodies.ConfigQuery, answer=dict[str, Any]
)
_SYNC = Operation("Get how far a sync is", STORAGE, bodies.StorageOf, answer=bodies.Sync)

OPERATIONS = {
    "GET /api/project": Operation("Get the project", PROJECT, answer=bodies.Project),
    "POST /api/project": Operation(
        "Get the project, or make one", PROJECT, bodies.NewProject, answer=bodies.Project
    ),
    "PATCH /api/project": Operation(
        "Connect an ML backend", PROJECT, None, bodies.ProjectChange, bodies.Project, 201
    ),
    "POST /api/project/config": _SET_CONFIG,
    "POST /api/validate-config": Operation(
        "Check a label config", PROJECT, body=bodies.LabelConfig, status=204
    ),
    "GET /api/project-switch": _SWITCH,
    "POST /api/project-switch": _SWITCH,
    "GET /api/tasks": Operation("List tasks", TASKS, bodies.TaskQuery, answer=list[bodies.Task]),
    "DELETE /api/tasks": _DELETE_TASKS,
    "GET /api/tasks/<task_id>": Operation("Get a task", TASKS, bodies.Pretty, answer=bodies.Task),
    "PATCH /api/tasks/<task_id>": _REPLACE,
    "POST /api/tasks/<task_id>": _REPLACE,
    "DELETE /api/tasks/<task_id>": Operation("Delete a task", TASKS, status=204),
    "POST /api/tasks/<task_id>/completions": Operation(
        "Save a completion", TASKS, bodies.Skip, bodies.Completion, bodies.Saved, 201
    ),
    "DELETE /api/tasks/<task_id>/completions": Operation(
        "Delete the completions of a task", TASKS, status=204
    ),
    "PATCH /api/tasks/<task_id>/completions/<completion_id>": Operation(
        "Change a completion", TASKS, body=bodies.Completion, status=201
    ),
    "DELETE /api/tasks/<task_id>/completions/<completion_id>": Operation(
        "Delete a completion", TASKS, status=204
    ),
    "GET /api/completions": Operation("List completed tasks", TASKS, answer=bodies.CompletedTasks),
    "DELETE /api/completions": _DELETE_WORK,
    "GET /api/project/next": _NEXT,
    "POST /api/project/import": _IMPORT,
    "GET /api/project/export": _EXPORT,
    "GET /api/project/export/formats": Operation(
        "List the formats", EXPORT, answer=list[bodies.Format]
    ),
    "GET /api/project/exports": Operation(
        "List what was exported before", EXPORT, answer=list[bodies.ExportFile]
    ),
    "GET /api/project/exports/<name>": Operation("Download a file again", EXPORT),
    "DELETE /api/project/exports/<name>": Operation("Delete a file", EXPORT, status=204),
    "GET /api/models": Operation("List the ML backends", MODELS, answer=bodies.Models),
    "DELETE /api/models": _REMOVE,
    "POST /api/models/train": _TRAIN,
    "GET /api/models/predictions": _PREDICT._replace(body=None),
    "POST /api/models/predictions": _PREDICT,
    "GET /api/project/storage-settings": Operation(
        "Get the forms of all storages", STORAGE, answer=bodies.Storages
    ),
    "POST /api/project/storage-settings": Operation(
        "Choose a storage", STORAGE, bodies.StorageChoice, dict[str, Any], bodies.Result, 201
    ),
    "GET /api/project/storage-sync": _SYNC,
    "POST /api/project/storage-sync": _SYNC._replace(summary="Sync a storage"),
    "GET /api/import-example": _SAMPLE,
    "POST /api/import-example": _SAMPLE,
    "GET /api/import-example-file": Operation(
        "Get a file with two tasks that fit the project", SERVER, bodies.ExampleQuery
    ),
    "GET /samples/time-series.csv": Operation(
        "Get a table to try time series with", SERVER, bodies.SeriesQuery
    ),
    "GET /api/health": Operation("Say that the server is up", SERVER, answer=bodies.Status),
    "GET /api/states": Operation("Say that all is done", SERVER, answer=bodies.Status),
    "GET /version": Operation("Get the versions", SERVER, answer=bodies.Version),
    # older names
    "POST /api/save-config": _SET_CONFIG,
    "POST /api/import": _IMPORT,
    "GET /api/export": _EXPORT,
    "GET /api/projects/1/next": _NEXT,
    "GET /api/projects/1/completions_ids": Operation(
        "List completed tasks", TASKS, answer=list[int]
    ),
    "GET /api/projects/1/expert_instruction": Operation("Get the instruction", PROJECT),
    "DELETE /api/tasks/delete": _DELETE_TASKS,
    "DELETE /api/project/completions": _DELETE_WORK,
    "POST /api/tasks/<task_id>/cancel": Operation(
        "Skip a task", TASKS, answer=bodies.Saved, status=201
    ),
    "POST /api/remove-ml-backend": _REMOVE,
    "POST /predict": _PREDICT._replace(query=None, answer=dict[str, Any]),
    "POST /api/train": _TRAIN,
}


def described(routes: Iterable[Route]) -> Iterator[Route]:
    """The same routes, each with its operation."""
    return (route._replace(operation=OPERATIONS[route.name]) for route in routes)
