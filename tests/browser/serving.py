"""A real server process for a browser to talk to."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from label_studio_lite.core.model import RawTask
from label_studio_lite.service.creating import NewProject, create_project
from label_studio_lite.service.project import open_project

ROOT = Path(__file__).parents[2]
STARTED = re.compile(r"at (http://\S+?)/?(?:\?\S*)?$", re.MULTILINE)
PATIENCE = 30.0


class Server:
    """``label-studio start`` on a project directory, or on a folder of many."""

    command = "start"

    def __init__(
        self,
        folder: Path,
        *,
        many: bool = False,
        options: Sequence[str] = (),
        launcher: Sequence[str] = (),
        now: bool = True,
    ) -> None:
        self.folder = folder
        self.options = [*(["--data-dir"] if many else []), str(folder), *options]
        self.launcher = launcher
        self.port = 0
        self.url = ""
        self._process: subprocess.Popen[str] | None = None
        if now:
            self.start()

    def start(self) -> None:
        """On the port it had before, if it was started already."""
        log = self.folder.parent / f"{self.folder.name}.log"
        program = [*self.launcher, sys.executable, "-m", "label_studio_lite"]
        command = [*program, self.command, *self.options]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [*command, "--no-browser", "--port", str(self.port)],
                stdout=output, stderr=subprocess.STDOUT, text=True, env=environment,
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = STARTED.search(log.read_text())
            if found:
                self.url = found[1]
                self.port = int(self.url.rpartition(":")[2])
                return
            assert self._process.poll() is None, log.read_text()
            time.sleep(0.02)
        raise AssertionError(f"not started: {log.read_text()}")

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    def pause(self) -> None:
        """It neither answers nor refuses from now on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    # -- what is in the project ---------------------------------------------------------------

    def completions(self, task_id: int = 0) -> list[dict[str, Any]]:
        return completions_in(self.folder, task_id)

    def result(self, task_id: int = 0) -> list[dict[str, Any]]:
        """The result of the only completion of a task."""
        listed = self.completions(task_id)
        assert len(listed) == 1, listed
        found: list[dict[str, Any]] = listed[0]["result"]
        return found

    def values(self, task_id: int = 0) -> list[dict[str, Any]]:
        return [region["value"] for region in self.result(task_id)]

    def get(self, path: str) -> Any:
        response = requests.get(f"{self.url}/{path}", timeout=PATIENCE)
        response.raise_for_status()
        return response.json()

    def post(self, path: str, body: Any) -> Any:
        response = requests.post(f"{self.url}/{path}", json=body, timeout=PATIENCE)
        assert response.ok, response.text
        return response.json() if response.content else None

    def delete(self, path: str) -> None:
        assert requests.delete(f"{self.url}/{path}", timeout=PATIENCE).ok


class Many(Server):
    """``label-studio start --data-dir``: a server of many projects, added before it starts."""

    def __init__(self, folder: Path) -> None:
        self.names: list[str] = []
        super().__init__(folder, many=True, now=False)

    def add(
        self,
        name: str,
        config: str,
        tasks: Sequence[Any],
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        make_project(self.folder / name, config, tasks, settings)
        self.names = sorted([*self.names, name])

    def path(self, name: str) -> str:
        """Projects are numbered as they are found: by the names of their folders."""
        return f"projects/{self.names.index(name) + 1}"

    def completions_of(self, name: str, task_id: int) -> list[dict[str, Any]]:
        return completions_in(self.folder / name, task_id)


class Sessions(Server):
    """``label-studio start-multi-session``: a project of its own for every visitor."""

    command = "start-multi-session"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        super().__init__(folder, now=False)
        self.options = ["--root-dir", str(folder)]
        self.start()


def completions_in(project: Path, task_id: int) -> list[dict[str, Any]]:
    """The completions of a task as they are on disk."""
    path = project / "completions" / f"{task_id}.json"
    if not path.is_file():
        return []
    listed: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["completions"]
    return listed


def make_project(
    folder: Path, config: str, tasks: Sequence[Any], settings: Mapping[str, Any] | None = None
) -> Path:
    """A project directory with tasks in it, without a server; made as ``init`` makes it."""
    create_project(folder, NewProject(config, dict(settings or {})))
    project = open_project(folder)
    try:
        if tasks:
            project.imports.import_items(RawTask(task) for task in tasks)
    finally:
        project.close()
    return folder
