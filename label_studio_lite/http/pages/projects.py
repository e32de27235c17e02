"""The projects of a server of many: the page, and making, listing and deleting them.

The calls stand at the root of the server, not below ``/projects/<id>``. In multi-session mode
they are about the projects of the visitor.
"""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotAllowed, NotFound
from label_studio_lite.http import answers, params, sessions
from label_studio_lite.http.context import server
from label_studio_lite.http.pages.rendering import page, workspace_page
from label_studio_lite.http.routes import Route
from label_studio_lite.service import gallery, label_config
from label_studio_lite.service.creating import NewProject
from label_studio_lite.service.imports import FIRST_ID
from label_studio_lite.service.workspace import Listed, ManyProjects, Sessions

_NEW: Json = {FIRST_ID: 1}  # as projects that are made through the API of 1.x


def projects() -> ResponseReturnValue:
    workspace = server().workspace
    data = {"kind": workspace.kind, "projects": _all()}
    if isinstance(workspace, Sessions):
        return page("projects.html", "projects", data=data)
    return workspace_page("projects.html", data=data)


def list_projects() -> Response:
    """``[{"id", "folder", "title", "changed_at", "current"}]``, the last used first. ``id`` is a
    number, in multi-session mode a uuid; ``current`` is the visitor's present one."""
    return answers.ordered_json(_all())


def create_project() -> Response:
    """``{"title", "template"? | "label_config"?}``; ``{"id"}`` of the project that was made. In
    multi-session mode the visitor works on it from now on."""
    body = params.json_object()
    title = body.get("title")
    if not isinstance(title, str) or not title.strip():
        raise Invalid("a project needs a title")
    new = _beginning(body)
    new.settings["title"] = title.strip()
    workspace = server().workspace
    if isinstance(workspace, Sessions):
        known = sessions.current_session()
        session = workspace.start(known.user if known else None, new=new)
        sessions.enter(session)
        return answers.ordered_json({"id": session.project}, 201)
    new.settings |= _NEW
    return answers.ordered_json({"id": workspace.create(new).id}, 201)


def delete_project(project_id: int) -> Response:
    """Its directory is moved to ``.trash/`` in the folder of projects."""
    if not isinstance(server().workspace, ManyProjects):
        raise NotAllowed("projects can be deleted only where one server serves a folder of them")
    server().workspace.delete(project_id)
    return answers.empty(204)


def _all() -> list[Json]:
    workspace = server().workspace
    if isinstance(workspace, ManyProjects):
        return [_shown(one, None) for one in workspace.listed()]
    if isinstance(workspace, Sessions):
        known = sessions.current_session()
        listed = workspace.listed(known.user) if known else []
        return [_shown(one, known.project if known else None) for one in listed]
    raise NotFound("this server serves one project")


def _shown(one: Listed, current: str | None) -> Json:
    return {
        "id": one.key,
        "folder": one.folder,
        "title": one.title,
        "changed_at": one.changed_at,
        "current": one.key == current,
    }


def _beginning(body: Json) -> NewProject:
    template, config = body.get("template"), body.get("label_config")
    if template is not None:
        example = gallery.example(str(template))
        return NewProject(example.config, editor=example.editor)
    if config is not None and not isinstance(config, str):
        raise Invalid("label_config must be text")
    return NewProject(config or label_config.EMPTY)


ROUTES = [
    Route("GET", "/projects", projects, "page"),
    Route("GET", "/api/workspace/projects", list_projects),
    Route("POST", "/api/workspace/projects", create_project),
    Route("DELETE", "/api/workspace/projects/<int:project_id>", delete_project),
]
