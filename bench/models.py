"""Predictions for all tasks, against a backend that answers at once.

    python -m bench.models                            our server, 10,000 tasks
    python -m bench.models --peer COMMAND             and the real 0.8.2, at --peer-tasks of them

The backend speaks the protocol of 0.8.x and echoes an empty choice, so that what is measured is
the server: its calls and its writing. Printed, and written to ``bench/MODELS.md``.
"""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from bench.legacy import RESULT, make_project
from bench.server import OURS, Server

RESULTS = Path(__file__).parent / "MODELS.md"
REGION = json.loads(RESULT)["result"][0]


class Echo(BaseHTTPRequestHandler):
    """Every task gets the same prediction; every call is counted."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    calls: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        self._answer({"status": "UP", "model_dir": "echo", "v2": False})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        prediction = {"result": [REGION], "score": 0.5}
        results = [prediction for _ in body.get("tasks", ())]
        self._answer({"results": results, "model_version": "echo", "is_training": False})

    def _answer(self, value: Any) -> None:
        self.calls[self.path] += 1
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Silence."""


@contextmanager
def echo() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def measure(command: str, tasks: int) -> tuple[float, int]:
    """Seconds, and calls to the backend, for predictions of all tasks."""
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary, echo() as url:
        folder = Path(temporary) / "project"
        make_project(folder)
        with Server(command, folder) as server:
            texts = [{"text": f"number {number}"} for number in range(tasks)]
            server.ask("POST", "/api/project/import", json.dumps(texts).encode())
            connect = json.dumps({"ml_backend": f"echo={url}"}).encode()
            status, content = server.ask("PATCH", "/api/project", connect)
            assert status == 201, content
            Echo.calls.clear()
            started = time.perf_counter()
            status, content = server.ask("POST", "/api/models/predictions?mode=all_tasks", b"{}")
            taken = time.perf_counter() - started
            assert status < 300, content
            _, last = server.ask("GET", f"/api/tasks/{tasks - 1}")
            assert json.loads(last)["predictions"], "the last task has no prediction"
            return taken, sum(Echo.calls.values())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.models", description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--peer", help="a command that starts 0.8.2, with {folder} and {port}")
    parser.add_argument("--peer-tasks", type=int, default=1_000)
    given = parser.parse_args()
    runs = [("ours", OURS, given.tasks)]
    if given.peer:
        runs += [("ours", OURS, given.peer_tasks), ("0.8.2", given.peer, given.peer_tasks)]
    command = " ".join(["python -m bench.models", *map(shlex.quote, sys.argv[1:])])
    lines = [
        "# Predictions for all tasks\n",
        f"Made by `{command}` on {platform.system()} {platform.machine()}, Python"
        f" {platform.python_version()}.\n",
        "| server | tasks | seconds | tasks a second | calls to the backend |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, start, tasks in runs:
        seconds, calls = measure(start, tasks)
        row = f"| {name} | {tasks:,} | {seconds:.2f} | {tasks / seconds:,.0f} | {calls:,} |"
        lines.append(row)
        print(row, flush=True)
    RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
