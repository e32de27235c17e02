"""The requests of the legacy API that are measured."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.limits import one_flush, parse_and_write
from bench.server import Server

CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
RESULT = json.dumps(
    {
        "lead_time": 3.5,
        "result": [
            {
                "from_name": "mood",
                "to_name": "text",
                "type": "choices",
                "value": {"choices": ["good"]},
            }
        ],
    }
).encode()

Row = dict[str, float]


def make_project(folder: Path, *, scored: bool = False, sampling: str = "sequential") -> None:
    """An empty project directory that 0.8.2 and we open."""
    folder.mkdir(parents=True)
    (folder / "completions").mkdir()
    (folder / "config.xml").write_text(CONFIG)
    (folder / "tasks.json").write_text("{}")
    settings = {
        "title": "Bench", "description": "", "protocol": "http://", "host": "localhost",
        "port": 8080, "debug": False, "label_config": "config.xml", "input_path": "tasks.json",
        "output_dir": "completions", "instruction": "", "allow_delete_completions": True,
        "templates_dir": "examples", "editor": {"debug": False}, "sampling": sampling,
        "ml_backends": [], "task_page_auto_update_timer": 10000,
        "source": {"name": "Tasks", "type": "tasks-json", "path": "tasks.json"},
        "target": {"name": "Completions", "type": "completions-dir", "path": "completions"},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(settings))


def tasks_body(count: int) -> bytes:
    """A JSON list; about 120 bytes for each task."""
    text = "a text of the length that a short message or the caption of a picture has, number"
    rows = (
        b'{"text":"%b %d","source":"bench","n":%d}' % (text.encode(), n, n) for n in range(count)
    )
    return b"[" + b",".join(rows) + b"]"


def measure(command: str, folder: Path, count: int) -> Row:
    """Seconds for each request, by name; bytes where the name says so."""
    make_project(folder)
    row: Row = {}
    with Server(command, folder) as server:
        body = tasks_body(count)
        row["import all"] = _once(server, "POST", "/api/project/import", body)
        row["limit: parse and write once"] = parse_and_write(body, folder.parent)
        _requests(server, row, count)
        row["memory after"] = server.memory()
        row["stop"] = server.stop()
    for name in ("start", "start again"):
        with Server(command, folder) as server:
            row[name] = server.seconds_to_first_answer
            row[f"memory after {name}"] = server.memory()
            if name == "start again":
                _in_calm(server, row, count)
    row["limit: one flush"] = one_flush(folder.parent)
    return row


def _requests(server: Server, row: Row, count: int) -> None:
    def ask(method: str, path: str, body: bytes | None = None, rounds: int = 30) -> float:
        return statistics.median(_once(server, method, path, body) for _ in range(rounds))

    one = b'[{"text":"one more"}]'
    row["import one more"] = ask("POST", "/api/project/import", one, 10)
    last = max(1, count // 10)
    row["page, first"] = ask("GET", "/api/tasks?page=1", rounds=10)
    row["page, last"] = ask("GET", f"/api/tasks?page={last}", rounds=10)
    row["next"] = ask("GET", "/api/project/next", rounds=10)
    saved = iter(range(count))
    row["save"] = _each(server, "POST", lambda n: f"/api/tasks/{n}/completions", saved, 100)
    updated = iter(range(count))
    row["update"] = _each(
        server, "PATCH", lambda n: f"/api/tasks/{n}/completions/{n * 1000 + 1}", updated, 100
    )
    row["page, newest first"] = ask("GET", "/api/tasks?order=-completed_at", rounds=10)
    row["delete one"] = _each(
        server, "DELETE", lambda n: f"/api/tasks/{n}", iter(range(count - 1, 0, -1)), 10
    )
    row["export JSON"] = _once(server, "GET", "/api/project/export?format=JSON")
    row["export CSV"] = _once(server, "GET", "/api/project/export?format=CSV")


def _in_calm(server: Server, row: Row, count: int) -> None:
    """The same once more, while nothing is folded in the background as after a large import."""
    for name, path in (
        ("next", "/api/project/next"),
        ("page, first", "/api/tasks?page=1"),
        ("page, last", f"/api/tasks?page={max(1, count // 10)}"),
    ):
        times = [_once(server, "GET", path) for _ in range(30)]
        row[f"{name}, in calm"] = statistics.median(times)
    saved = range(count // 2, count)
    row["save, in calm"] = _each(
        server, "POST", lambda n: f"/api/tasks/{n}/completions", saved, 100
    )


def _each(
    server: Server, method: str, path: Callable[[int], str], ids: Iterable[int], rounds: int
) -> float:
    times = []
    for _, task_id in zip(range(rounds), ids, strict=False):
        times.append(_once(server, method, path(task_id), RESULT if method != "DELETE" else None))
    return statistics.median(times)


def _once(server: Server, method: str, path: str, body: bytes | None = None) -> float:
    started = time.perf_counter()
    status, content = server.ask(method, path, body)
    if status >= 400:
        raise RuntimeError(f"{method} {path}: {status} {content[:200]!r}")
    return time.perf_counter() - started
