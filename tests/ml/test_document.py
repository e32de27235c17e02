"""docs/ml.md: its commands work as printed, and it names every setting."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from label_studio_lite.service.ml import backends, predicting, training
from tests.cli.conftest import RunningServer
from tests.compat.real_082 import Unavailable
from tests.compat.servers import CHECKOUT
from tests.ml import environments
from tests.ml.environments import MLServer

DOCUMENT = CHECKOUT / "docs" / "ml.md"


def block(name: str) -> str:
    found = re.search(rf"<!-- {name}: .*?```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.timeout(900)  # seconds; the first run of all installs the backend
def test_model_in_the_loop(tmp_path: Path) -> None:
    try:
        python = environments.python_109()
    except Unavailable as reason:
        pytest.skip(str(reason))
    install, init, start = block("backend").splitlines()
    requirements = environments.REQUIREMENTS.relative_to(CHECKOUT)
    assert install.endswith(f"pip install -r {requirements}")  # as environments.py does
    words = shlex.split(init)
    assert words[:2] == ["ml-env/bin/label-studio-ml", "init"]
    script = CHECKOUT / words[words.index("--script") + 1]
    assert start == f"ml-env/bin/python {words[2]}/_wsgi.py --host 127.0.0.1 --port 9090"

    with MLServer(python, script, tmp_path / words[2]) as backend:
        line = block("project").replace("\\\n", "").replace("http://localhost:9090", backend.url)
        program, *args = shlex.split(line)
        assert program == "label-studio"
        # a busy machine is no reason to pass over a backend that works
        (tmp_path / "base.json").write_text('{"ml_live_timeout": 60}')
        ours = RunningServer([*args, "-p", "0", "-c", "base.json"], tmp_path)
        try:
            session(ours)
        finally:
            ours.stop()


def session(ours: RunningServer) -> None:
    commands = block("session").replace("http://localhost:8080", ours.url)
    done = subprocess.run(
        ["bash", "-euc", commands.replace("curl ", "curl -sS --fail-with-body -w '\\n' ")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + ours.output
    imported, before, started, after, ready = (
        json.loads(line) for line in done.stdout.splitlines() if line
    )
    assert imported["completion_count"] == 4
    assert before["predictions"][0]["result"] == []
    assert started == {"details": "Training started"}
    assert after["data"] == {"text": "Lovely staff, clean towels"}
    assert after["predictions"][0]["result"][0]["value"] == {"choices": ["Praise"]}
    assert ready == {"details": "predictions are ready"}
    last = ours.json("/api/tasks/5")["predictions"][0]
    assert (last["created_by"], last["result"][0]["value"]["choices"]) == (
        "classifier",
        ["Complaint"],
    )


def test_every_setting_is_explained() -> None:
    text = DOCUMENT.read_text()
    described = re.findall(r"``(\w+)``", backends.__doc__ or "")
    assert len(described) > 10
    for key in [*described, predicting.LIVE_TIMEOUT, training.AUTOMATIC, training.EVERY]:
        assert f"`{key}`" in text, key


@pytest.mark.parametrize("name", ["text_classifier", "entity_gazetteer"])
def test_the_examples_have_three_commands(name: str) -> None:
    folder = environments.EXAMPLES / name
    readme = (folder / "README.md").read_text()
    commands = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)[0].splitlines()
    assert len(commands) == 3
    assert f"{name}/requirements.txt" in commands[0]
    assert f"{name}/model.py" in commands[1]
    assert (folder / "requirements.txt").read_text() == environments.REQUIREMENTS.read_text()
