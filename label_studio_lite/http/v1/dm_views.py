"""``/api/dm/views/``: saved filters and orderings, the tabs of the data manager."""

from __future__ import annotations

import msgspec
from flask import Response, request

from label_studio_lite.http.v1 import bodies, ids, people
from label_studio_lite.http.v1.models import data_manager as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.service.project import Project
from label_studio_lite.service.table.saved_views import View

table = Table("Data Manager")
ROUTES = table.routes


@table.add("GET", "/api/dm/views", query=models.ProjectOf, answer=list[models.View])
def list_views() -> Response:
    """List the views of a project, in their order."""
    project = ids.named_project(bodies.query(models.ProjectOf).project)
    return shown([_shown(project, view) for view in project.views.all()])


@table.add("POST", "/api/dm/views", body=models.ViewBody, answer=models.View, status=201)
def create_view() -> Response:
    """Create a view.

    The project may also be named in the query.
    """
    body = bodies.converted({**request.args, **bodies.given()}, models.ViewBody)
    project = ids.named_project(body.project)
    return shown(_shown(project, project.views.add(body.data)), 201)


@table.add("GET", "/api/dm/views/<int:view_id>", answer=models.View)
def get_view(view_id: int) -> Response:
    """Get a view."""
    project, own = ids.place(view_id, ids.FEW, "view")
    return shown(_shown(project, project.views.get(own)))


@table.add("PATCH", "/api/dm/views/<int:view_id>", body=models.ViewChange, answer=models.View)
def change_view(view_id: int) -> Response:
    """Change a view."""
    project, own = ids.place(view_id, ids.FEW, "view")
    data = bodies.body(models.ViewChange).data
    view = project.views.change(own, {} if data is msgspec.UNSET else data)
    return shown(_shown(project, view))


@table.add("PUT", "/api/dm/views/<int:view_id>", body=models.ViewChange, answer=models.View)
def put_view(view_id: int) -> Response:
    """Change a view, as PATCH does."""
    return change_view(view_id)


@table.add("DELETE", "/api/dm/views/<int:view_id>", status=204)
def delete_view(view_id: int) -> Response:
    """Delete a view."""
    project, own = ids.place(view_id, ids.FEW, "view")
    project.views.remove(own)
    return nothing()


@table.add("POST", "/api/dm/views/order", body=models.ViewOrder)
def arrange_views() -> Response:
    """Put the views of a project in order."""
    body = bodies.body(models.ViewOrder)
    project = ids.named_project(body.project)
    project.views.arrange([view_id % ids.FEW for view_id in body.ids])
    return Response(b"", 200)


@table.add("DELETE", "/api/dm/views/reset", body=models.ProjectOf, status=204)
def reset_views() -> Response:
    """Delete all views of a project.

    The project may also be named in the query.
    """
    body = bodies.converted({**request.args, **bodies.given()}, models.ProjectOf)
    ids.named_project(body.project).views.remove_all()
    return nothing()


def _shown(project: Project, view: View) -> models.View:
    return models.View(
        id=ids.public(project, view.id, ids.FEW),
        data=view.data,
        order=view.order,
        user=people.me().id,
        project=project.id,
    )
