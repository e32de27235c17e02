"""A server to measure: started as a process, asked over one connection, stopped at the end."""

from __future__ import annotations

import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

OURS = f"{shlex.quote(sys.executable)} -m label_studio_lite start {{folder}} -b -p {{port}}"
PATIENCE = 600.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """``command`` has ``{folder}`` and ``{port}`` in it."""

    def __init__(self, command: str, folder: Path) -> None:
        self.port = free_port()
        words = shlex.split(command.format(folder=shlex.quote(str(folder.name)), port=self.port))
        self.log = folder.parent / f"{folder.name}.log"
        environment = {**os.environ, "collect_analytics": "0", "HTTPS_PROXY": "http://127.0.0.1:9"}
        started = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                words, cwd=folder.parent, stdout=log, stderr=log, env=environment
            )
        self.connection = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE)
        self._wait()
        self.seconds_to_first_answer = time.perf_counter() - started

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask("GET", "/api/project")
                return
            except OSError:
                self.connection.close()
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(self.log.read_text()) from None
                time.sleep(0.005)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 500:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return answer.status, content

    def memory(self) -> int:
        """Resident bytes of the process."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self) -> float:
        """Seconds until it has stopped."""
        self.connection.close()
        started = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
        return time.perf_counter() - started

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: Any) -> None:
        if self.process.poll() is None:
            self.stop()
