"""Ids by which a server of many projects names what is in them; for project 1 they are its own.

The public id of a task of project *p* is ``(p - 1) * 10**8`` and its id there; of a completion or
a prediction, ``(p - 1) * 10**11`` and its id there; of an uploaded file, ``(p - 1) * 2 * 10**12``;
of what a project has few of (views, ML backends, comments…), ``(p - 1) * 10**6``.
"""

from __future__ import annotations

TASKS = 10**8
COMPLETIONS = 10**11
UPLOADS = 2 * 10**12
FEW = 10**6


def public_id(project_id: int, own: int, size: int = TASKS) -> int:
    """The id by which others know what a project calls ``own``."""
    return (project_id - 1) * size + own


def place_of(public: int, size: int = TASKS) -> tuple[int, int]:
    """The project that something is in, and its id there."""
    return public // size + 1, public % size
