"""A scripted ML backend, connected to a project where a test wants it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from label_studio_lite.service.project import Project
from tests.conftest import MakeProject
from tests.ml.scripted import Scripted, scripted_backend

PATIENCE = 20.0  # seconds until something in the background must have happened


@pytest.fixture
def backend() -> Iterator[Scripted]:
    with scripted_backend() as running:
        yield running


@pytest.fixture
def other_backend() -> Iterator[Scripted]:
    with scripted_backend() as running:
        yield running


@pytest.fixture
def connected(make_project: MakeProject, backend: Scripted) -> Project:
    """A project with the tasks a, b, c and the scripted backend under the name ``m``."""
    project = make_project(name="connected", ml_backends=[{"name": "m", "url": backend.url}])
    add_tasks(project, "a", "b", "c")
    return project


def add_tasks(project: Project, *texts: str) -> None:
    from label_studio_lite.core.model import RawTask

    project.imports.import_items([RawTask({"text": text}) for text in texts])


def eventually(holds: Callable[[], object]) -> None:
    """Fails when it does not come true in time."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
