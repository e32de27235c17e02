"""A project on a medium that cannot be written to: everything that only reads works."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PATIENCE, Run, RunningServer, Serve


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Iterator[Path]:
    """A project with one task that is done and one that is not."""
    run("init", "p", "--template", "text_classification")
    tasks = [{"text": "a"}, {"data": {"text": "b"}, "completions": [{"result": []}]}]
    (tmp_path / "t.json").write_text(json.dumps(tasks))
    run("import", "p", "t.json")
    project = tmp_path / "p"
    below = [project, *project.rglob("*")]
    for path in below:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield project
    for path in below:
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where temporary files go."""
    made = tmp_path / "temporary"
    made.mkdir()
    return made


def command(launcher: Sequence[str], *args: str) -> subprocess.CompletedProcess[str]:
    words = [*launcher, sys.executable, "-m", "label_studio_lite", *args]
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)


def names(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def test_is_exported_to_where_one_says(folder: Path, launcher: Sequence[str]) -> None:
    before = names(folder)
    done = command(launcher, "export", "p", "-o", "out.zip")
    assert (done.returncode, done.stdout) == (0, "out.zip: 1 of 1 tasks written\n"), done.stderr
    with zipfile.ZipFile("out.zip") as archive:
        [task] = json.loads(archive.read("result.json"))
    assert task["data"] == {"text": "b"}
    nowhere = command(launcher, "export", "p")
    assert nowhere.returncode == 1
    assert nowhere.stderr == "Error: p cannot be written to; say where to export with -o\n"
    assert names(folder) == before


def test_a_token_that_nobody_else_would_know_is_not_shown(
    folder: Path, launcher: Sequence[str]
) -> None:
    done = command(launcher, "user", "p", "--show-token")
    assert (done.returncode, done.stdout) == (1, "")
    assert ".accounts.json cannot be written" in done.stderr


def test_is_served_and_exported(
    serve: Serve, folder: Path, launcher: Sequence[str], temporary: Path
) -> None:
    before = names(folder)
    server = serve("start", "p", launcher=launcher, env={"TMPDIR": str(temporary)})
    status, content = server.request("/api/project/export?format=JSON")
    assert status == 200, content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [task["id"] for task in json.loads(archive.read("result.json"))] == [1]
    status, content = server.request("/api/projects/1/export?exportType=JSON")
    assert (status, len(json.loads(content))) == (200, 1)
    job = ended(server, server.json("/api/exports", {"format": "JSON"}))
    assert (job["status"], job["error"]) == ("completed", None)
    files = server.json("/api/project/exports")
    assert job["result"]["name"] in [file["name"] for file in files]
    for file in files:
        status, content = server.request(f"/api/project/exports/{file['name']}")
        assert (status, len(content)) == (200, file["size"])
    status, content = server.request("/api/tasks/0/completions", {"result": []})
    assert status == 503, content
    assert server.stop() == 0
    assert list(temporary.iterdir()) == []
    assert names(folder) == before


def ended(server: RunningServer, job: Any) -> Any:
    deadline = time.monotonic() + PATIENCE
    while job["status"] == "running" and time.monotonic() < deadline:
        time.sleep(0.02)
        job = server.json(f"/api/jobs/{job['id']}")
    return job
