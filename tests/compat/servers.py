"""Servers under comparison, each run as its own process on a port of 127.0.0.1."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import requests

CHECKOUT = Path(__file__).resolve().parents[2]
NO_PROXY = "http://127.0.0.1:9"  # where nobody listens: no request leaves this machine
LOG_TAIL = 6000  # characters of the log that a failure shows
_PAUSE = 0.05  # seconds between two looks at a server that is starting


class ServerFailed(AssertionError):
    """The server ended, or did not answer in time; the message holds the end of its log."""


class ServerProcess:
    """A server of ``directory``, running inside a ``with`` block.

    ``options`` are added to its command line; ``env`` to its environment, which otherwise holds
    only what a program needs to run, so that nothing of the developer's account leaks in.
    """

    announced: ClassVar[re.Pattern[str]]  # where its log tells the port it listens on
    probe: ClassVar[str] = "/api/health"

    def __init__(
        self,
        directory: Path,
        *options: str,
        env: Mapping[str, str] | None = None,
        patience: float = 60.0,
    ) -> None:
        self.directory = directory
        self.options = options
        self.url = ""
        self.patience = patience
        self.process: subprocess.Popen[bytes] | None = None
        self._env = dict(env or {})
        self._home = tempfile.TemporaryDirectory(prefix="lsl-home-")
        self._log = Path(self._home.name) / "log"

    def command(self, port: int) -> Sequence[str]:
        """The command line that serves ``directory`` on ``port``."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Its environment: a home of its own, no way to the network for https."""
        kept = {k: os.environ[k] for k in ("PATH", "TZ", "SYSTEMROOT") if k in os.environ}
        return {
            **kept,
            "HOME": self._home.name,
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "HTTPS_PROXY": NO_PROXY,
            **self._env,
        }

    @property
    def log(self) -> str:
        """What the server has printed so far, both streams."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Returns when the server answers; ``ServerFailed`` when it does not."""
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(_free_port()),
                cwd=self.directory.parent,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop for good; the log is gone."""
        self.stop()
        self._home.cleanup()

    def stop(self, *, kill: bool = False) -> None:
        """Ask the process to end and wait; end it by force after ten seconds, or with ``kill``."""
        process, self.process = self.process, None
        if process is None:
            return
        if kill:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Stop and start on the same project, which exists by now."""
        self.stop()
        self.options = tuple(option for option in self.options if option != "--init")
        self.start()

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """One request, outside of any session; redirects are not followed."""
        kwargs = {"timeout": 30, "allow_redirects": False, **kwargs}
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the developer is not asked for 127.0.0.1
            return session.request(method, self.url + path, **kwargs)

    def _wait(self) -> None:
        deadline = time.monotonic() + self.patience
        while not self._answers():
            if self.process is None or self.process.poll() is not None:
                raise ServerFailed(f"the server ended while starting\n{self.log[-LOG_TAIL:]}")
            if time.monotonic() > deadline:
                raise ServerFailed(f"no answer in {self.patience} s\n{self.log[-LOG_TAIL:]}")
            time.sleep(_PAUSE)

    def _answers(self) -> bool:
        """Whether it listens. The port is read from its log: the one asked for may be taken."""
        found = self.announced.search(self.log)
        if found is None:
            return False
        self.url = f"http://127.0.0.1:{found[1]}"
        try:
            self.request("GET", self.probe)
        except requests.ConnectionError:
            return False
        return True

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        # pytest shows it with a failure only
        print(f"--- log of {type(self).__name__}\n{self.log[-LOG_TAIL:]}")
        self.close()


class OurServer(ServerProcess):
    """``python -m label_studio_lite start DIR`` of this checkout."""

    announced = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)")

    def command(self, port: int) -> Sequence[str]:
        start = [sys.executable, "-m", "label_studio_lite", "start", self.directory.name]
        return [*start, "-b", "-p", str(port), *self.options]

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "PYTHONPATH": str(CHECKOUT)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
