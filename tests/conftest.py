"""Fixtures that every room uses: a project in a folder of its own, and a client for it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings

from label_studio_lite.app import Server, create_app
from label_studio_lite.http.auth import Access
from label_studio_lite.service.creating import NewProject, create_project
from label_studio_lite.service.project import Project
from label_studio_lite.service.workspace import OneProject
from label_studio_lite.store.directory import DirectoryStore
from tests import coverage, judging
from tests.client import Client

CHOICES = (
    '<View><Text name="text" value="$text"/>'
    '<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>'
    "</View>"
)
BOXES = (
    '<View><Image name="img" value="$image"/>'
    '<RectangleLabels name="box" toName="img"><Label value="Cat"/><Label value="Dog"/>'
    "</RectangleLabels></View>"
)
ENTITIES = (
    '<View><Text name="text" value="$text"/>'
    '<Labels name="ner" toName="text"><Label value="PER"/><Label value="LOC"/></Labels></View>'
)


# how long an example takes depends on what else the machine does
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


class Clock:
    """A clock that a test sets; seconds since the epoch."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a real Label Studio 1.x, and a token; skipped where there is none."""
    from tests.compat import real_123

    with ExitStack() as stack:
        try:
            found = stack.enter_context(real_123.place(tmp_path_factory.mktemp("original")))
        except real_123.Unavailable as reason:
            pytest.skip(str(reason))
        yield found


RIGHTS = "-dac_override,-dac_read_search"  # what lets root write where nobody may


@pytest.fixture(scope="session")
def launcher() -> Sequence[str]:
    """What goes before a command so that permissions hold for it, for root, too."""
    if os.geteuid() != 0:
        return ()
    words = ("setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}")
    probe = [*words, sys.executable, "-c", "import label_studio_lite"]
    if shutil.which(words[0]) is None or subprocess.run(probe).returncode != 0:
        pytest.skip("root may do anything here")
    return words


MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path, clock: Clock) -> Iterator[MakeProject]:
    """``make_project(label_config, **settings)``: an open project; closed after the test."""
    made: list[Project] = []

    def make(label_config: str = CHOICES, *, name: str = "project", **settings: Any) -> Project:
        folder = tmp_path / name
        create_project(folder, NewProject(label_config, settings))
        store = DirectoryStore(folder, keeper=False)
        project = Project(store, store.folder, clock=clock, random=random.Random(1))
        made.append(project)
        return project

    yield make
    for project in made:
        project.close()


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    return make_project()


def app_of(project: Project, access: Access | None = None) -> Flask:
    app = create_app(Server(OneProject(project), access or Access()))
    app.testing = True
    # an error that nobody expected is answered as in production, not raised into the test
    app.config["PROPAGATE_EXCEPTIONS"] = False
    coverage.note(app)
    judging.judge(app)
    app.test_client_class = Client
    return app


@pytest.fixture
def client(project: Project) -> Client:
    """Speaks to a server of one project with the label config ``CHOICES``."""
    return Client(app_of(project))


def choice(value: str = "good") -> dict[str, Any]:
    """A region that ``CHOICES`` makes."""
    value_ = {"choices": [value]}
    return {"from_name": "mood", "to_name": "text", "type": "choices", "value": value_}
