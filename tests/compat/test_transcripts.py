"""The real 0.8.2 answers the recorded requests as recorded.

So the projects from which we replay them are the right ones, and a difference of ours is ours.
"""

from __future__ import annotations

import http.client
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.compat.compare import Answer
from tests.http.legacy import transcripts
from tests.http.legacy.transcript_answers import mismatches
from tests.http.legacy.transcript_backend import ml_backend
from tests.http.legacy.transcript_states import Scenario
from tests.http.legacy.transcript_verdicts import DELIBERATE, IGNORED, UNREPLAYABLE

pytestmark = pytest.mark.skipif(
    not transcripts.SAMPLE.exists(), reason=f"the recording is not at {transcripts.SAMPLE}"
)


def send(url: str, kwargs: dict[str, Any]) -> Answer:
    """One request as it is: no library tidies up its path or adds headers."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    query = f"?{quote(kwargs['query_string'], safe='=&%/,')}" if "query_string" in kwargs else ""
    body, headers = kwargs.get("data"), kwargs.get("headers", {})
    try:
        connection.request(kwargs["method"], kwargs["path"] + query, body, headers)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    named = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, named, content)


@pytest.mark.parametrize("scenario", transcripts.SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_real_one_answers_as_recorded(real: Any, tmp_path: Path, scenario: Scenario) -> None:
    entries = transcripts.load()
    folder = tmp_path / "project"
    with ExitStack() as stack:
        backend = transcripts.NO_BACKEND
        if scenario.backend:
            backend = stack.enter_context(ml_backend(scenario.backend))
        early = replace(scenario, work={}) if scenario.late else scenario
        transcripts.write_project(early, folder, backend)
        options = []
        if scenario.login:
            options = ["--username", scenario.login[0], "--password", scenario.login[1]]
        server = real(folder, *options)
        transcripts.write_work(scenario, folder)
        found = []
        for step in scenario.steps:
            entry = entries[step] if isinstance(step, str) else step
            answer = send(server.url, transcripts.request_kwargs(entry, backend))
            if isinstance(entry, transcripts.Entry):
                differing = mismatches(entry, answer, as_recorded=True)
                found += [f"{entry.id}: {line}" for line in differing]
            else:
                assert answer.status < 400, f"{step}: {answer.body!r}"
    assert not found, "\n".join(found)


def test_every_recorded_request_has_its_place() -> None:
    entries = transcripts.load()
    placed = [step for scene in transcripts.SCENARIOS for step in scene.steps if type(step) is str]
    assert len(placed) == len(set(placed))
    assert entries.keys() == set(placed) | UNREPLAYABLE.keys()
    assert not set(placed) & UNREPLAYABLE.keys()
    assert DELIBERATE.keys() | IGNORED.keys() <= set(placed)
