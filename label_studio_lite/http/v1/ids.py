"""Public ids: routes such as ``/api/tasks/<id>`` name no project, so the id itself says it.

See ``core/public_ids.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g

from label_studio_lite.core.public_ids import COMPLETIONS, FEW, TASKS, UPLOADS, place_of, public_id
from label_studio_lite.errors import FieldsInvalid, NotFound
from label_studio_lite.http.context import server

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

__all__ = [
    "COMPLETIONS", "FEW", "TASKS", "UPLOADS", "named_project", "place", "project", "public",
    "task",
]  # fmt: skip


def public(project: Project, own: int, size: int = TASKS) -> int:
    """The id by which clients of 1.x know something that a project calls ``own``."""
    return public_id(project.id, own, size)


def project(project_id: int) -> Project:
    """The project of this request from now on; ``NotFound``."""
    g.project = found = server().workspace.get(project_id)
    return found


def place(number: int | str, size: int, what: str) -> tuple[Project, int]:
    """The project that something is in, and its id there; ``NotFound``. Whether it exists there
    is not looked at."""
    project_id, own = place_of(_number(number, what), size)
    try:
        return project(project_id), own
    except NotFound as error:
        raise NotFound(f"there is no {what} {number}") from error


def task(number: int | str) -> tuple[Project, int]:
    """The project of a task and its id there; ``NotFound``."""
    found, own = place(number, TASKS, "task")
    if not found.tasks.has(own):
        raise NotFound(f"there is no task {number}")
    return found, own


def named_project(value: Any) -> Project:
    """The project that a body or a query names; ``FieldsInvalid`` when it names none."""
    try:
        return project(int(value))
    except (TypeError, ValueError, NotFound) as error:
        message = f'Invalid pk "{value}" - object does not exist.'
        raise FieldsInvalid({"project": [message]}) from error


def _number(value: int | str, what: str) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise NotFound(f"there is no {what} {value}")
    return int(text)
