"""``GET /api/tasks/``: the tasks of a project or a view, filtered and ordered; and the columns."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from flask import Response

from label_studio_lite.core.task_columns import SYSTEM
from label_studio_lite.http import answers
from label_studio_lite.http.v1 import (
    bodies,
    dm_queries,
    ids,
    paging,
    people,
    project_shapes,
    shapes,
)
from label_studio_lite.http.v1.models import data_manager as models
from label_studio_lite.http.v1.models.task import TaskPage
from label_studio_lite.http.v1.routing import Table, only, shown
from label_studio_lite.service.project import Project

table = Table("Data Manager")
ROUTES = table.routes

# object tags of a label config → types of columns; data that nothing shows is Unknown
_TYPES = {
    "Text": "String",
    "HyperText": "HyperText",
    "Image": "Image",
    "Audio": "Audio",
    "AudioPlus": "AudioPlus",
    "Video": "Video",
    "TimeSeries": "TimeSeries",
}


@table.add("GET", "/api/tasks", query=models.TaskQuery, answer=TaskPage)
def list_tasks() -> Response:
    """List tasks, filtered and ordered, a page at a time."""
    query = bodies.query(models.TaskQuery)
    if query.project is msgspec.UNSET and query.view is msgspec.UNSET:
        return answers.ordered_json({"detail": "Neither project nor view id specified"}, 404)
    project, view = dm_queries.view_of(query.project or None, query.view or None)
    wanted = dm_queries.of_text(project, query.query or "", view)
    found = project.task_table.page(wanted, 0, 0)
    page = paging.page(found.total, size=100)
    found = project.task_table.page(wanted, page.start, page.stop)
    everything = query.fields == "all"
    listed = (
        shapes.listed_task(project, task, everything=everything, resolve_uri=query.resolve_uri)
        for task in project.tasks.read(found.ids)
    )
    tasks = [only(task, query.include) for task in listed]
    return shown(
        {
            "total_annotations": found.completions - found.cancelled,
            "total_predictions": found.predictions,
            "total": found.total,
            "tasks": tasks,
        }
    )


@table.add("GET", "/api/dm/columns", query=models.ProjectOf, answer=models.Columns)
def list_columns() -> Response:
    """List what tasks can be filtered and ordered by."""
    project = ids.named_project(bodies.query(models.ProjectOf).project)
    return shown(models.Columns([*_data_columns(project), *_system_columns(project)]))


def _data_columns(project: Project) -> Iterator[models.Column]:
    types = project.label_config.current.data_types
    for key in _data_keys(project):
        yield models.Column(
            id=key,
            title=key,
            type=_TYPES.get(types.get(key, ""), "Unknown"),
            target="tasks",
            parent="data",
            project_defined=True,
            visibility_defaults=models.Visibility(explore=True, labeling=key in types),
        )


def _data_keys(project: Project) -> list[str]:
    """Those of the label config first."""
    keys = project.tasks.data_keys()
    return list(dict.fromkeys([*project.label_config.current.data_types, *keys]))


def _system_columns(project: Project) -> Iterator[models.Column]:
    me = models.ColumnSchema([people.me().id])
    schemas = {"annotators": me, "updated_by": me}
    for name, column in SYSTEM.items():
        yield models.Column(
            id=name,
            title=column.title,
            type=column.type,
            target="tasks",
            project_defined=False,
            help=column.help,
            schema=schemas.get(name, msgspec.UNSET),
            visibility_defaults=models.Visibility(column.explore, column.labeling),
        )
    yield models.Column(
        id="data",
        title="data",
        type="List",
        target="tasks",
        project_defined=False,
        children=_data_keys(project),
    )


@table.add("GET", "/api/dm/project", query=models.ProjectOf, answer=models.DataManagerProject)
def get_project() -> Response:
    """Get a project and what the data manager may do with it."""
    project = ids.named_project(bodies.query(models.ProjectOf).project)
    may_change = project.store.read_only is None
    counts = project.store.counts()
    fields = msgspec.structs.asdict(project_shapes.shown(project)) | {
        "can_delete_tasks": may_change,
        "can_manage_annotations": may_change,
        "can_manage_tasks": may_change,
        "source_syncing": False,
        "target_syncing": False,
        "task_count": counts.tasks,
        "annotation_count": counts.completions - counts.cancelled,
    }
    return shown(models.DataManagerProject(**fields))
