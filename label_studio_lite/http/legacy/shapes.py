"""How 0.8.x shows projects and tasks."""

from __future__ import annotations

import time
from typing import Any

from label_studio_lite.core.media import with_base
from label_studio_lite.core.model import Json, Task
from label_studio_lite.http.context import project as current
from label_studio_lite.service.project import Project

# type → description; the words are what clients see
STORAGES = {
    "s3": "Amazon S3",
    "s3-completions": "Amazon S3",
    "gcs": "Google Cloud Storage",
    "gcs-completions": "Google Cloud Storage",
    "completions-dir": 'Local [completions are in "completions" directory]',
    "tasks-json": 'Local [loading tasks from "tasks.json" file]',
}


def project(project: Project, *, multi_session: bool) -> Json:
    """``GET /api/project``. ``completion_count`` counts completed tasks, skipped ones too."""
    counts = project.store.counts()
    config = project.label_config.current
    return {
        "project_name": project.name,
        "task_count": counts.tasks,
        "completion_count": counts.completed,
        "config": project.settings.public(),
        "instruction": project.settings.get("instruction"),
        "data_types": dict(config.data_types),
        "label_config_line": config.line,
        "can_manage_tasks": True,
        "can_manage_completions": True,
        "can_delete_tasks": True,
        "source_storage": {"readable_path": project.storages.readable_path("source")},
        "target_storage": {"readable_path": project.storages.readable_path("target")},
        "source_syncing": project.storages.syncing("source"),
        "target_syncing": project.storages.syncing("target"),
        "available_storages": [list(pair) for pair in STORAGES.items()],
        "multi_session_mode": multi_session,
    }


def task(task: Task, base: str) -> Json:
    """``GET /api/tasks/<id>``: as stored while there is no completion file."""
    if task.work is None:
        return {**task.fields, "data": _data(task.fields.get("data"), base)}
    shown = {
        "completions": [completion.fields for completion in task.completions],
        "data": _data(task.data, base),
        "id": task.id,
    }
    known = {**shown, "predictions": task.fields.get("predictions") or []}
    extra = {key: value for key, value in task.fields.items() if key not in known}
    return {**known, **extra}


def _data(data: Any, base: str) -> Any:
    """As a browser can open it; ``.`` means addresses that last, for a page of ours."""
    media = current().cloud_media
    if base == ".":
        return with_base(media.shown(data, lasting=True), base)
    return with_base(media.shown(data, base), base)


def listed_task(item: Task, base: str) -> Json:
    """An item of ``GET /api/tasks``: also when it was completed, and how many skips it has."""
    shown = task(item, base)
    if item.work is None:
        return shown
    newest = max((completion.changed_at for completion in item.completions), default=None)
    return {
        "completed_at": None if newest is None else local_time(newest),
        "has_cancelled_completions": sum(c.was_cancelled for c in item.completions),
        **shown,
    }


def local_time(seconds: float) -> str:
    """``YYYY-MM-DD HH:MM:SS`` in the server's time zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
