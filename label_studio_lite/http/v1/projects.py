"""``/api/projects/``: making, finding, changing and deleting projects."""

from __future__ import annotations

import secrets
import time
from typing import Any

from flask import Response, request

from label_studio_lite.core import config_checks, label_config
from label_studio_lite.core.model import Json
from label_studio_lite.errors import FieldsInvalid, LabelConfigInvalid, NotFound
from label_studio_lite.http import answers
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import bodies, ids, paging, people, project_shapes, shapes
from label_studio_lite.http.v1.models import project as models
from label_studio_lite.http.v1.models.account import UserSimple
from label_studio_lite.http.v1.models.task import NextTask
from label_studio_lite.http.v1.routing import Table, nothing, only, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.creating import NewProject
from label_studio_lite.service.imports import FIRST_ID
from label_studio_lite.service.overview import overview
from label_studio_lite.service.project import Project

table = Table("Projects")
ROUTES = table.routes

# what projects that are made through this API begin with: tasks count from 1
NEW: Json = {FIRST_ID: 1}


@table.add("GET", "/api/projects", query=models.ProjectQuery, answer=models.ProjectPage)
def list_projects() -> Response:
    """List projects.

    Pinned ones come first, then the newest; 30 to a page unless ``page_size`` says otherwise.
    """
    return _page(project_shapes.shown)


@table.add(
    "GET", "/api/projects/counts", query=models.ProjectQuery, answer=models.ProjectCountsPage
)
def list_counts() -> Response:
    """List the counts of projects."""
    return _page(project_shapes.counts)


def _page(shape: Any) -> Response:
    query = bodies.query(models.ProjectQuery)
    found = _found(query)
    page = paging.page(len(found), size=30, most=100)
    results = [only(shape(project), query.include) for project in found[page.start : page.stop]]
    return shown(paging.envelope(len(found), page, results))


def _found(query: models.ProjectQuery) -> list[Project]:
    workspace = server().workspace
    wanted = {text.strip() for text in query.ids.split(",")} if query.ids else None
    words = [text.lower() for text in (query.title, query.search) if text]
    found = [
        project
        for project in map(workspace.get, workspace.ids())
        if (wanted is None or str(project.id) in wanted)
        and all(word in str(project.settings.get("title") or "").lower() for word in words)
        and _is_wanted(project, query.filter or "")
    ]
    found.sort(key=lambda project: project.id, reverse=True)
    order = str(query.ordering or "")
    if order.lstrip("-") in ("id", "title", "created_at"):
        found.sort(key=lambda p: _order(p, order.lstrip("-")), reverse=order.startswith("-"))
    elif not order:
        found.sort(key=lambda project: not project.settings.get("pinned_at"))
    return found


def _is_wanted(project: Project, filter_: str) -> bool:
    pinned = bool(project.settings.get("pinned_at"))
    return {"pinned_only": pinned, "exclude_pinned": not pinned}.get(filter_, True)


def _order(project: Project, by: str) -> Any:
    if by == "title":
        return str(project.settings.get("title") or "").lower()
    return project.id if by == "id" else shapes.created_at(project)


@table.add("POST", "/api/projects", body=models.ProjectChange, answer=models.Project, status=201)
def create_project() -> Response:
    """Create a project.

    It becomes a directory of its own. A server of one project answers 403.
    """
    fields = _given()
    config = fields.get("label_config") or "<View></View>"
    settings = {"title": "", "description": "", **project_shapes.settings_of(fields)}
    made = server().workspace.create(NewProject(config, settings | NEW))
    return shown(project_shapes.shown(made), 201)


def _given() -> Json:
    """What the body says; a form that leaves these two out switches them off, as in 1.x."""
    raw = bodies.given()
    if raw.get("title") == "":
        del raw["title"]
    fields = bodies.present(bodies.converted(raw, models.ProjectChange))
    if request.method == "POST" and request.form:
        fields = {"show_skip_button": False, "enable_empty_annotation": False} | fields
    return fields


@table.add("GET", "/api/projects/<int:project_id>", answer=models.Project)
def get_project(project_id: int) -> Response:
    """Get a project."""
    found = project_shapes.shown(ids.project(project_id))
    return shown(only(found, request.args.get("include", "")))


@table.add(
    "PATCH", "/api/projects/<int:project_id>", body=models.ProjectChange, answer=models.Project
)
def change_project(project_id: int) -> Response:
    """Change a project.

    400 when a label config would orphan work that was done.
    """
    project = ids.project(project_id)
    fields = _given()
    _check_version(project, fields.get("model_version"))
    if "label_config" in fields and fields["label_config"] != project.label_config.current.xml:
        project.label_config.set(fields["label_config"])
    settings = project_shapes.settings_of(fields)
    if settings:
        project.change_settings(settings)
    return shown(project_shapes.shown(project))


@table.add(
    "PUT", "/api/projects/<int:project_id>", body=models.ProjectChange, answer=models.Project
)
def replace_project(project_id: int) -> Response:
    """Change a project, as PATCH does."""
    return change_project(project_id)


def _check_version(project: Project, version: str | None) -> None:
    if not version or version == project.settings.get("model_version"):
        return
    known = set(project.models.names()) | {b.model_version or "" for b in project.models.all()}
    if version not in known and version not in project.predictions.versions():
        message = "Model version doesn't exist either as live model or as static predictions."
        raise FieldsInvalid({"model_version": [message]})


@table.add("DELETE", "/api/projects/<int:project_id>", status=204)
def delete_project(project_id: int) -> Response:
    """Delete a project.

    Its directory is moved to ``.trash/`` of the workspace.
    """
    server().workspace.delete(ids.project(project_id).id)
    return nothing()


@table.add(
    "POST",
    "/api/projects/<int:project_id>/validate",
    body=models.LabelConfigBody,
    answer=models.ConfigVerdict,
)
def validate_config(project_id: int) -> Response:
    """Check a label config against a project."""
    project = ids.project(project_id)
    xml = bodies.body(models.LabelConfigBody).label_config
    project.label_config.validate(xml)
    return shown(models.ConfigVerdict(bool(project.label_config.orphans(xml))))


@table.add("POST", "/api/projects/validate", body=models.LabelConfigBody, status=204)
def validate_any_config() -> Response:
    """Check a label config.

    400 is the bare ``{"label_config": […]}``, as in 1.x.
    """
    xml = bodies.body(models.LabelConfigBody).label_config
    try:
        config_checks.check(label_config.parse(xml))
    except LabelConfigInvalid as error:
        return answers.ordered_json({"label_config": error.messages}, 400)
    return nothing()


@table.add("GET", "/api/projects/<int:project_id>/annotators", answer=list[UserSimple])
def list_annotators(project_id: int) -> Response:
    """List those who have annotated: nobody yet, or the one user."""
    project = ids.project(project_id)
    return shown([people.simple()] if project.store.counts().completed else [])


@table.add("GET", "/api/projects/<int:project_id>/summary", answer=models.Summary)
def get_summary(project_id: int) -> Response:
    """Sum up which data and labels a project has."""
    project = ids.project(project_id)
    found = overview(project)
    labels: dict[str, dict[str, int]] = {}
    for (control, label), count in found.usage.labels.items():
        labels.setdefault(control, {})[label] = count.regions
    return shown(
        models.Summary(
            project=project.id,
            created_at=moment(shapes.created_at(project)),
            all_data_columns=dict(found.columns),
            common_data_columns=found.common,
            created_annotations={
                "|".join(names): count.completions for names, count in found.usage.controls.items()
            },
            created_labels=labels,
            created_labels_drafts={},
        )
    )


@table.add("GET", "/api/projects/<int:project_id>/next", answer=NextTask)
def get_next_task(project_id: int) -> Response:
    """Get the next task to label; 404 when there is none."""
    project = ids.project(project_id)
    task = project.tasks.next_task()
    if task is None:
        raise NotFound(f"There are no tasks for {people.me().email}")
    queue = "Sequence queue"
    if project.settings.get("sampling") != "sequential":
        queue = f"{project_shapes.sampling(project).removesuffix(' sampling')} queue"
    lock = f"{int(time.time()):08x}-{secrets.token_hex(4)}"
    return shown(shapes.next_task(project, task, queue=queue, lock=lock))


@table.add(
    "GET", "/api/projects/1/next", answer=NextTask, summary="Get the next task of project 1"
)
def get_next_task_of_first() -> Response:
    """0.8.x has exactly this path, too."""
    return get_next_task(1)
