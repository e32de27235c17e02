"""Public ids: routes such as ``/api/tasks/<id>`` name no project, so the id itself says it.

The public id of a task of project *p* is ``(p - 1) * 10**8`` and its id there; of a completion or
a prediction, ``(p - 1) * 10**11`` and its id there; of what a project has few of (views, ML
backends, uploads…), ``(p - 1) * 10**6``. For project 1 public and own ids are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g

from label_studio_lite.errors import FieldsInvalid, NotFound
from label_studio_lite.http.context import server

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

TASKS = 10**8
COMPLETIONS = 10**11
FEW = 10**6


def public(project: Project, own: int, size: int = TASKS) -> int:
    """The id by which clients of 1.x know something that a project calls ``own``."""
    return (project.id - 1) * size + own


def project(project_id: int) -> Project:
    """The project of this request from now on; ``NotFound``."""
    g.project = found = server().workspace.get(project_id)
    return found


def place(public_id: int | str, size: int, what: str) -> tuple[Project, int]:
    """The project that something is in, and its id there; ``NotFound``. Whether it exists there
    is not looked at."""
    number = _number(public_id, what)
    try:
        return project(number // size + 1), number % size
    except NotFound as error:
        raise NotFound(f"there is no {what} {public_id}") from error


def task(public_id: int | str) -> tuple[Project, int]:
    """The project of a task and its id there; ``NotFound``."""
    found, own = place(public_id, TASKS, "task")
    if not found.tasks.has(own):
        raise NotFound(f"there is no task {public_id}")
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
