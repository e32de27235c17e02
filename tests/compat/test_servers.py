"""The harness itself: both servers start, stop and fail as they should."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compat import real_082
from tests.compat.compare import Answer, assert_same
from tests.compat.servers import ServerFailed, ServerProcess

Start = Callable[..., ServerProcess]

TEXTS = [
    {"text": "a"},
    {"data": {"text": "Ünï 猫"}, "predictions": [{"result": [], "score": 0.5}]},
]
CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
REGION = {
    "from_name": "mood",
    "to_name": "text",
    "type": "choices",
    "value": {"choices": ["good"]},
}
READS = ["/api/tasks", "/api/tasks/0", "/api/tasks/1", "/api/project/next", "/api/completions"]


def reads(server: ServerProcess) -> dict[str, Answer]:
    return {path: Answer.of(server.request("GET", path)) for path in READS}


def test_a_project_goes_to_and_fro(real: Start, ours: Start, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    server = real(folder, "--init")
    server.request("POST", "/api/project/config", json={"label_config": CONFIG})
    server.request("POST", "/api/project/import", json=TEXTS)
    server.request("POST", "/api/tasks/1/completions", json={"result": [REGION], "lead_time": 2})
    before = reads(server)
    server.restart()
    for path, answer in reads(server).items():
        assert_same(before[path], answer)
    server.stop()

    server = ours(folder)
    for path, answer in reads(server).items():
        assert_same(before[path], answer)
    saved = server.request("POST", "/api/tasks/0/completions", json={"result": [REGION]})
    assert saved.json() == {"id": 1}
    after = reads(server)
    server.stop()

    server = real(folder)
    for path, answer in reads(server).items():
        assert_same(answer, after[path])


def test_a_busy_port_is_not_mistaken_for_ours(
    real: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = real(tmp_path / "first", "--init")
    port = int(first.url.rpartition(":")[2])
    monkeypatch.setattr("tests.compat.servers._free_port", lambda: port)
    second = real(tmp_path / "second", "--init")
    assert second.url != first.url
    assert second.request("GET", "/api/project").json()["project_name"] == "second"


def test_a_server_that_ends_shows_its_log(real: Start, tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match="missing"):
        real(tmp_path / "missing")


def test_nothing_runs_after_the_test(real: Start, tmp_path: Path) -> None:
    server = real(tmp_path / "project", "--init")
    process: Any = server.process
    assert json.loads(server.request("GET", "/api/health").text) == {"status": "up"}
    server.stop()
    assert process.poll() is not None
    assert server.process is None


def test_without_python_3_8_there_is_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python3.8"  # like a shim of pyenv for a version that is not there
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(real_082.Unavailable, match=r"Python 3\.8"):
        real_082.python_38()
