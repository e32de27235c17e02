"""Making a project like another one."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from label_studio_lite.core.model import Json, RawTask
from label_studio_lite.service.creating import NewProject
from label_studio_lite.service.project import Project
from label_studio_lite.service.workspace import Workspace

# what belongs to the one project alone
_OWN = ("ml_backends", "source", "target", "pinned_at", "port", "host", "password", "username")


def duplicate(
    workspace: Workspace, project: Project, changes: Json, *, with_tasks: bool = False
) -> Project:
    """A new project with settings, label config and editor of another, and with its tasks.

    Work that was done, uploads, storages and ML backends are not taken over. ``NotAllowed`` on a
    server of one project.
    """
    settings = {k: v for k, v in project.settings.stored().items() if k not in _OWN}
    config, build = project.label_config.current.xml, project.editors.build
    new = NewProject(config, deepcopy(settings) | changes, build)
    made = workspace.create(new)
    if with_tasks and project.store.counts().tasks:
        made.imports.import_items(_tasks(project))
    return made


def _tasks(project: Project) -> Iterator[RawTask]:
    for task in project.store.read_tasks(project.store.task_ids()):
        item: Json = {"data": task.data}
        if task.fields.get("meta"):
            item["meta"] = task.fields["meta"]
        yield RawTask(item, None, f"task {task.id}")
