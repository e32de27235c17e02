"""Which tasks a request of the data manager means."""

from __future__ import annotations

from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.filters import Query, parse_query
from label_studio_lite.core.model import Json
from label_studio_lite.core.task_columns import SYSTEM
from label_studio_lite.errors import FieldsInvalid, Invalid
from label_studio_lite.http.v1 import ids
from label_studio_lite.service.project import Project

_PARTS = ("filters", "ordering", "selectedItems")


def of_text(project: Project, text: str, view: Json) -> Query:
    """From the JSON of a ``query`` parameter; what it leaves out a view's data may say."""
    try:
        value = jsontext.loads(text) if text else {}
    except ValueError as error:
        raise FieldsInvalid({"query": [f"it is not JSON: {error}"]}) from error
    if not isinstance(value, dict):
        raise FieldsInvalid({"query": ["Expected a dictionary of items."]})
    try:
        return of_parts(project, value, view)
    except Invalid as error:
        raise FieldsInvalid({"query": [error.detail]}) from error


def of_parts(project: Project, value: Json, view: Json) -> Query:
    """From an object with ``filters``, ``ordering`` and ``selectedItems``. ``Invalid``."""
    base = ids.public(project, 0)
    given: dict[str, Any] = {k: v for k, v in value.items() if k in _PARTS and v is not None}
    stored = {k: v for k, v in view.items() if k in ("filters", "ordering") and v is not None}
    return parse_query(stored | given, SYSTEM, lambda public_id: public_id - base)


def view_of(project_id: int | None, view_id: int | None) -> tuple[Project, Json]:
    """The project that is meant, and the data of the view, if one is named.

    ``NotFound`` for an unknown one, or a view of another project.
    """
    if view_id is None:
        return ids.project(project_id or 0), {}
    project, own = ids.place(view_id, ids.FEW, "view")
    if project_id not in (None, project.id):
        raise FieldsInvalid({"view": [f"view {view_id} is not one of project {project_id}"]})
    return project, project.views.get(own).data
