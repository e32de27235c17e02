"""Running commands: in this process where they end, as a process where they serve."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from label_studio_lite.cli.main import cli

PATIENCE = 60.0  # seconds until a server that does not answer fails the test


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("init", "my_project")`` in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def command(*args: object) -> Result:
        return CliRunner().invoke(cli, [str(arg) for arg in args])

    return command


class RunningServer:
    """``label-studio ARGS`` as a process that serves; ``launcher`` are words before it."""

    def __init__(
        self,
        args: list[str],
        folder: Path,
        env: dict[str, str] | None = None,
        launcher: Sequence[str] = (),
    ) -> None:
        self.log = folder / f"server-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*launcher, sys.executable, "-m", "label_studio_lite", *args],
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            )
        self.url = self._wait()

    def _wait(self) -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = re.search(r"serves .* at (https?://[^/\s]+)/", self.output)
            if found:
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.stop()
        raise AssertionError(f"the server did not start:\n{self.output}")

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def request(
        self, path: str, body: Any = None, *, method: str | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and content; a body is sent as JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def json(self, path: str, body: Any = None, **more: Any) -> Any:
        return json.loads(self.request(path, body, **more)[1])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


Serve = Callable[..., RunningServer]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """``serve("start", "my_project", …)``: a running server on a free port; stopped at the end."""
    with ExitStack() as stack:

        def start(
            *args: object, env: dict[str, str] | None = None, launcher: Sequence[str] = ()
        ) -> RunningServer:
            words = [str(arg) for arg in args]
            if "-p" not in words:
                words += ["-p", "0"]
            server = RunningServer([*words, "-b"], tmp_path, env, launcher)
            stack.callback(server.stop)
            return server

        yield start
