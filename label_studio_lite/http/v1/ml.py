"""ML backends, and the versions of models that have predicted."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, Conflict, FieldsInvalid, Invalid
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import bodies, ids, shapes
from label_studio_lite.http.v1.models import ml as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.ml.backends import ProjectBackend
from label_studio_lite.service.project import Project

table = Table("Machine Learning")
ROUTES = table.routes

_ITEM = "/api/ml/<int:backend_id>"
_STATES = {"CO": "Connected", "DI": "Disconnected", "ER": "Error"}


@table.add("GET", "/api/ml", query=models.BackendsQuery, answer=list[models.Backend])
def list_backends() -> Response:
    """List the ML backends of a project, or of all."""
    query = bodies.query(models.BackendsQuery)
    workspace = server().workspace
    wanted = [query.project] if isinstance(query.project, int) else workspace.ids()
    found: list[models.Backend] = []
    for project in map(ids.project, wanted):
        found += [_shape(project, backend) for backend in project.models.all()]
    if isinstance(query.is_interactive, bool):
        found = [one for one in found if one.is_interactive is query.is_interactive]
    return shown(found)


@table.add("POST", "/api/ml", body=models.BackendBody, answer=models.Backend, status=201)
def create_backend() -> Response:
    """Connect an ML backend, which must answer.

    The project then shows predictions of this model, if it showed none before.
    """
    body = bodies.body(models.BackendBody)
    project = ids.named_project(body.project)
    fields = _entry(bodies.present(body))
    try:
        made = project.models.create(fields | {"name": fields.get("title")})
    except BackendFailed as error:
        raise FieldsInvalid({"non_field_errors": [error.detail]}) from error
    checked = project.models.check(made.id)
    if not project.settings.get("model_version"):
        project.settings.change({"model_version": made.name})
    return shown(_shape(project, checked), 201)


@table.add("GET", _ITEM, answer=models.Backend)
def get_backend(backend_id: int) -> Response:
    """Get an ML backend; it is asked how it is."""
    project, own = _place(backend_id)
    return shown(_shape(project, project.models.check(own)))


@table.add("PATCH", _ITEM, body=models.BackendChange, answer=models.Backend)
def change_backend(backend_id: int) -> Response:
    """Change an ML backend; only what is sent. It is asked how it is."""
    project, own = _place(backend_id)
    fields = _entry(bodies.present(bodies.body(models.BackendChange)))
    if fields.get("title"):
        fields["name"] = fields["title"]
    changed = project.models.update(own, fields)
    return shown(_shape(project, project.models.check(changed.id)))


@table.add("DELETE", _ITEM, status=204)
def delete_backend(backend_id: int) -> Response:
    """Forget an ML backend."""
    project, own = _place(backend_id)
    project.models.delete(own)
    return nothing()


@table.add("POST", f"{_ITEM}/train", answer=dict[str, Any])
def train(backend_id: int) -> Response:
    """Start a training on all annotations."""
    project, own = _place(backend_id)
    try:
        project.training.train(own)
    except Conflict as error:  # SDKs would try again
        raise Invalid(error.detail) from error
    return shown({})


@table.add("POST", f"{_ITEM}/predict", answer=dict[str, Any])
def predict_all(backend_id: int) -> Response:
    """Start to predict all tasks, in the background."""
    project, own = _place(backend_id)
    project.models.get(own)
    job = project.predicting.predict_all()
    return shown({"job": job.id, "status": job.status})


@table.add("POST", f"{_ITEM}/predict/test", answer=models.TestPrediction)
def test_prediction(backend_id: int) -> Response:
    """Ask for the prediction of one task; nothing is stored."""
    project, own = _place(backend_id)
    backend = project.models.get(own)
    task = project.tasks.next_task() or next(iter(project.tasks.slice(0, 1)), None)
    if task is None:
        raise Invalid("the project has no tasks")
    try:
        found: Any = project.predicting.interactive(task.id, {}, own)
        status = 200
    except BackendFailed as error:
        found, status = {"error": error.detail}, 502
    asked = {"tasks": [shapes.task(project, task)]}
    return shown(models.TestPrediction(f"{backend.url}/predict", status, asked, found))


@table.add(
    "POST", f"{_ITEM}/interactive-annotating", body=models.Interactive, answer=models.Interpreted
)
def interactive(backend_id: int) -> Response:
    """Ask a model what it makes of what is being drawn.

    What goes wrong on its side is 200 with ``errors``.
    """
    project, own = _place(backend_id)
    body = bodies.body(models.Interactive)
    task_id = ids.task(body.task)[1]
    context = body.context if isinstance(body.context, dict) else {}
    try:
        found = project.predicting.interactive(task_id, context, own)
    except BackendFailed as error:
        return shown(models.Interpreted(errors=[error.detail]))
    return shown(models.Interpreted(data=found))


@table.add("GET", f"{_ITEM}/versions", answer=models.Versions)
def list_versions(backend_id: int) -> Response:
    """List the versions of a model."""
    project, own = _place(backend_id)
    return shown(models.Versions(project.models.versions(own)))


@table.add("GET", "/api/projects/<int:project_id>/model-versions", answer=dict[str, Any])
def count_versions(project_id: int) -> Response:
    """Count the predictions of each model version.

    With ``extended`` as ``{static: [{model_version, count, latest}], live: [backend]}``.
    """
    project = ids.project(project_id)
    counts = dict(project.predictions.versions())
    if request.args.get("extended", "").lower() in ("1", "true"):
        static = [
            {"model_version": version, "count": count, "latest": None}
            for version, count in counts.items()
        ]
        live = [_shape(project, backend) for backend in project.models.all()]
        return shown({"static": static, "live": live})
    return shown(dict.fromkeys(project.models.names(), 0) | counts)


def _place(backend_id: int) -> tuple[Project, int]:
    return ids.place(backend_id, ids.FEW, "ML backend")


def _entry(fields: Json) -> Json:
    """The settings of a backend, as ``config.json`` has them."""
    found = {key: value for key, value in fields.items() if key != "project"}
    if found.pop("auth_method", None) == "NONE":
        found |= {"basic_auth_user": None, "basic_auth_pass": None}
    extra = found.get("extra_params")
    if isinstance(extra, str):
        try:
            found["extra_params"] = jsontext.loads(extra) if extra.strip() else None
        except ValueError as error:
            raise FieldsInvalid({"extra_params": ["Value must be valid JSON."]}) from error
    return found


def _shape(project: Project, backend: ProjectBackend) -> models.Backend:
    get = backend.entry.get
    created = moment(shapes.created_at(project))
    state = backend.state or "DI"
    return models.Backend(
        id=ids.public(project, backend.id, ids.FEW),
        state=state,
        readable_state=_STATES[state],
        is_interactive=bool(get("is_interactive")),
        url=backend.url,
        error_message=backend.failure.detail if backend.failure else None,
        title=str(get("title") or backend.name),
        auth_method="BASIC_AUTH" if get("basic_auth_user") else "NONE",
        basic_auth_user=str(get("basic_auth_user") or ""),
        basic_auth_pass_is_set=bool(get("basic_auth_pass")),
        description=str(get("description") or ""),
        extra_params=get("extra_params"),
        model_version=backend.model_version,
        timeout=float(get("timeout") or 100.0),
        created_at=created,
        updated_at=created,
        auto_update=bool(get("auto_update", True)),
        project=project.id,
    )
