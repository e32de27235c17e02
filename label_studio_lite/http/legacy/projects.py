"""``/api/project``, its label config, and switching between projects, as in 0.8.x."""

from __future__ import annotations

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from label_studio_lite.errors import Invalid, LabelConfigInvalid
from label_studio_lite.http import answers, params, sessions
from label_studio_lite.http.context import project, server
from label_studio_lite.http.legacy import shapes
from label_studio_lite.http.routes import Route
from label_studio_lite.service.workspace import Session, Sessions

_XML = ("application/xml", "text/xml")


def get_project() -> Response:
    return _shown(200)


def post_project() -> Response:
    """``?new=1&desc=…`` makes a project in multi-session mode; else the same as GET."""
    if not request.values.get("new"):
        return _shown(200)
    workspace = server().workspace
    if not isinstance(workspace, Sessions):
        raise Invalid(
            '"multi_session_force_recreate" option supported only with "start-multi-session" mode'
        )
    known = sessions.current_session()
    description = request.values.get("desc")
    sessions.enter(workspace.start(known.user if known else None, description))
    return _shown(201)


def patch_project() -> Response:
    """``{"ml_backend": url or name=url}`` connects a backend; other keys are not read."""
    body = params.json_object()
    if body.get("ml_backend"):
        project().models.connect(str(body["ml_backend"]))
    return _shown(201)


def set_label_config() -> Response:
    """XML as it is, JSON ``{"label_config": xml}`` or a form field of that name."""
    project().label_config.set(_label_config())
    return answers.empty(201)


def validate_label_config() -> Response:
    """A form field, or what :func:`set_label_config` takes."""
    if "label_config" not in request.values and not (
        params.has_json() or request.mimetype in _XML
    ):
        return answers.text("No label_config in POST", 417)
    project().label_config.validate(_label_config())
    return answers.empty(204)


def switch_project() -> ResponseReturnValue:
    """Multi-session mode: work on another project from now on; GET goes to its page."""
    wanted = request.values.get("uuid")
    if not wanted:
        return answers.text("Not a valid UUID", 400)
    workspace = server().workspace
    if not isinstance(workspace, Sessions):
        raise Invalid("projects can be switched only in multi-session mode")
    workspace.folder_of(wanted)  # NotFound for an unknown one
    known = sessions.current_session() or workspace.visitor()
    sessions.enter(Session(known.user, wanted))
    if request.method == "GET":
        return redirect(f"{request.script_root}/setup")
    return _shown(200)


def _shown(status: int) -> Response:
    multi = server().workspace.kind == "sessions"
    return answers.sorted_json(shapes.project(project(), multi_session=multi), status)


def _label_config() -> str:
    if request.mimetype in _XML:
        try:
            return request.get_data().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise LabelConfigInvalid([f"the body is not UTF-8: {error}"]) from error
    if params.has_json():
        value = params.json_object().get("label_config")
    else:
        value = request.values.get("label_config")
    if not isinstance(value, str):
        raise LabelConfigInvalid(["can only parse strings"])
    return value


ROUTES = [
    Route("GET", "/api/project", get_project),
    Route("POST", "/api/project", post_project),
    Route("PATCH", "/api/project", patch_project),
    Route("POST", "/api/project/config", set_label_config),
    Route("POST", "/api/validate-config", validate_label_config),
    Route("GET", "/api/project-switch", switch_project),
    Route("POST", "/api/project-switch", switch_project),
]
