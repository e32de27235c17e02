"""Our answers to the requests that were recorded from 0.8.2.

Equal in status, kind and content, but for the differences that ``transcript_verdicts`` lists
with their reasons. ``tests/compat/test_transcripts.py`` holds the recording itself to account.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from label_studio_lite.http.auth import DEFAULT_USER, Access
from label_studio_lite.service.project import Project, open_project
from tests.client import Client
from tests.compat.compare import Answer
from tests.conftest import app_of
from tests.http.legacy import transcripts
from tests.http.legacy.transcript_answers import mismatches
from tests.http.legacy.transcript_backend import ml_backend
from tests.http.legacy.transcript_states import Scenario

pytestmark = pytest.mark.skipif(
    not transcripts.SAMPLE.exists(), reason=f"the recording is not at {transcripts.SAMPLE}"
)


def client_of(project: Project, scenario: Scenario) -> Client:
    """With the login of the command line, or of config.json."""
    settings = scenario.settings
    user, password = scenario.login or (settings.get("username"), settings.get("password"))
    access = Access(username=user or DEFAULT_USER, password=password or "")
    return Client(app_of(project, access), use_cookies=False)


@pytest.mark.parametrize("scenario", transcripts.SCENARIOS, ids=lambda scenario: scenario.name)
def test_we_answer_as_recorded(tmp_path: Path, scenario: Scenario) -> None:
    entries = transcripts.load()
    found = []
    with ExitStack() as stack:
        backend = transcripts.NO_BACKEND
        if scenario.backend:
            backend = stack.enter_context(ml_backend(scenario.backend))
        transcripts.write_project(scenario, tmp_path / "project", backend)
        project = open_project(tmp_path / "project", name="project")
        stack.callback(project.close)
        client = client_of(project, scenario)
        for step in scenario.steps:
            entry = entries[step] if isinstance(step, str) else step
            kwargs = transcripts.request_kwargs(entry, backend)
            answer = Answer.of_test_client(client.open(**kwargs, buffered=True))
            if isinstance(entry, transcripts.Entry):
                found += [f"{entry.id}: {line}" for line in mismatches(entry, answer)]
            else:
                assert answer.status < 400, f"{step}: {answer.body!r}"
    assert not found, "\n".join(found)
