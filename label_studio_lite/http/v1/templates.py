"""Beginning a project like another one, or like an example of the gallery."""

from __future__ import annotations

from flask import Response

from label_studio_lite.errors import NotAllowed, NotFound
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import bodies, ids, project_shapes
from label_studio_lite.http.v1.models import extras as models
from label_studio_lite.http.v1.models import project as project_models
from label_studio_lite.http.v1.projects import NEW
from label_studio_lite.http.v1.routing import Table, shown
from label_studio_lite.service.creating import NewProject
from label_studio_lite.service.duplicating import duplicate
from label_studio_lite.service.gallery import Example, gallery

table = Table("Project Templates")
ROUTES = table.routes
_ITEM = "/api/project-templates/<int:template_id>"


@table.add(
    "POST",
    "/api/projects/<int:project_id>/duplicate",
    body=project_models.Duplicate,
    answer=project_models.Duplicated,
    status=201,
)
def duplicate_project(project_id: int) -> Response:
    """Make a project like another one.

    With ``mode`` ``settings,data`` it gets the tasks, too, without the work on them.
    """
    project = ids.project(project_id)
    body = bodies.body(project_models.Duplicate)
    title = str(body.title or f"Copy of {project.settings.get('title')}")
    changes = {"title": title, **NEW}
    if isinstance(body.description, str):
        changes["description"] = body.description
    made = duplicate(server().workspace, project, changes, with_tasks="data" in body.mode)
    return shown(project_models.Duplicated(made.id), 201)


@table.add("GET", "/api/project-templates", answer=list[models.Template])
def list_templates() -> Response:
    """List the examples of the gallery."""
    return shown([_shape(number, one) for number, one in enumerate(gallery().values(), 1)])


@table.add("GET", _ITEM, answer=models.Template)
def get_template(template_id: int) -> Response:
    """Get an example of the gallery."""
    return shown(_shape(template_id, _example(template_id)))


@table.add(
    "POST",
    f"{_ITEM}/create-project",
    body=models.FromTemplate,
    answer=project_models.Project,
    status=201,
)
def create_project(template_id: int) -> Response:
    """Create a project that begins like an example."""
    example = _example(template_id)
    body = bodies.body(models.FromTemplate)
    settings = {"title": body.title, "description": body.description or example.description}
    made = server().workspace.create(NewProject(example.config, settings | NEW, example.editor))
    return shown(project_shapes.shown(made), 201)


@table.add("POST", "/api/project-templates")
def create_template() -> Response:
    """Store a template; 403: the gallery comes with the package."""
    raise NotAllowed("the examples of the gallery come with the package; duplicate a project")


@table.add("PATCH", _ITEM)
def change_template(template_id: int) -> Response:
    """Change a template; 403, likewise."""
    _example(template_id)
    return create_template()


@table.add("DELETE", _ITEM)
def delete_template(template_id: int) -> Response:
    """Delete a template; 403, likewise."""
    _example(template_id)
    return create_template()


def _example(template_id: int) -> Example:
    """They are numbered in alphabetical order, from 1."""
    known = list(gallery().values())
    if not 1 <= template_id <= len(known):
        raise NotFound(f"there is no template {template_id}")
    return known[template_id - 1]


def _shape(number: int, example: Example) -> models.Template:
    return models.Template(
        id=number,
        name=example.title,
        description=example.description,
        tags=[example.group],
        created_at=None,
        updated_at=None,
        created_by=None,
        organization=None,
        project_settings={"label_config": example.config, "title": example.title},
        assignment_settings={},
        review_settings={},
        custom_script="",
        require_comment_on_skip=False,
        show_unused_data_columns_to_annotators=False,
    )
