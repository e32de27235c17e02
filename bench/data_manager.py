"""The requests of 1.x's data manager that are measured; ``DATA_MANAGER.md`` has the numbers.

The same requests go to a real Label Studio 1.x where one is named, up to a size that it bears.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import requests

from bench.legacy import CONFIG, RESULT, Row, make_project, tasks_body
from bench.server import OURS, Server

RESULTS = Path(__file__).parent / "DATA_MANAGER.md"
_ROUNDS = 10
_PEER_BATCH = 20_000  # tasks that the peer is sent at once


class Place(Protocol):
    """A server with an empty project."""

    project: int

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]: ...


class Peer:
    """A running Label Studio 1.x."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Token {token}"
        body = json.dumps({"title": "Bench", "label_config": CONFIG}).encode()
        self.project = json.loads(self.ask("POST", "/api/projects/", body)[1])["id"]

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} if body else {}
        answer = self._session.request(method, self._url + path, data=body, headers=headers)
        return answer.status_code, answer.content


class Ours:
    """A server of ours of one project."""

    project = 1

    def __init__(self, server: Server) -> None:
        self.ask = server.ask


def run(sizes: list[int], peer: tuple[str, str] | None, peer_limit: int, heading: str) -> None:
    """Measure and write the document."""
    parts = [heading]
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            make_project(Path(folder) / "ours")
            with Server(OURS, Path(folder) / "ours") as server:
                rows = [_measure(Ours(server), size)]
                rows[0]["memory after"] = server.memory()
        if peer and size <= peer_limit:
            rows.append(_measure(Peer(*peer), size))
        parts.append(_table(size, rows))
        print(parts[-1], flush=True)
    RESULTS.write_text("\n".join(parts))


def _measure(place: Place, count: int) -> Row:
    row = {"import all": _import(place, count)}
    listed = _list(place, page_size=1)
    first_id = json.loads(listed[1])["tasks"][0]["id"]
    row["list, first page"] = _median(place)
    row["list, last page"] = _median(place, page=max(1, count // 100))
    words = f"number {count // 3}"
    conditions: dict[str, dict[str, Any]] = {
        "filter a number": {"filters": _filter("data.n", "greater", "Number", count // 2)},
        "filter words": {"filters": _filter("data.text", "contains", "String", words)},
        "filter by annotations": {"filters": _filter("total_annotations", "equal", "Number", 0)},
        "order by a number": {"ordering": ["-tasks:data.n"]},
        "order by words": {"ordering": ["tasks:data.text"]},
    }
    for name, query in conditions.items():
        row[f"{name}, first time"] = _list(place, query)[0]
        row[f"{name}, again"] = _median(place, query)
    row["annotate"] = _annotate(place, first_id, count)
    query = conditions["order by a number"]
    row["the same order after a label"] = _list(place, query)[0]
    row["next of a filter, first time"] = _next(place, conditions["filter a number"])
    row["next of a filter, again"] = _next(place, conditions["filter a number"])
    row["export JSON"] = _once(
        place, "GET", f"/api/projects/{place.project}/export?exportType=JSON"
    )[0]
    return row


def _import(place: Place, count: int) -> float:
    path = f"/api/projects/{place.project}/import"
    if isinstance(place, Ours):
        return _once(place, "POST", path, tasks_body(count))[0]
    tasks = json.loads(tasks_body(count))
    parts = [tasks[at : at + _PEER_BATCH] for at in range(0, count, _PEER_BATCH)]
    return sum(_once(place, "POST", path, json.dumps(part).encode())[0] for part in parts)


def _annotate(place: Place, first_id: int, count: int) -> float:
    times = [
        _once(place, "POST", f"/api/tasks/{first_id + n}/annotations/", RESULT)[0]
        for n in range(min(50, count))
    ]
    return statistics.median(times)


def _next(place: Place, query: dict[str, Any]) -> float:
    asked = urlencode({"project": place.project, "id": "next_task"})
    body = {"selectedItems": {"all": True, "excluded": []}, **query}
    return _once(place, "POST", f"/api/dm/actions/?{asked}", json.dumps(body).encode())[0]


def _median(place: Place, query: dict[str, Any] | None = None, page: int = 1) -> float:
    return statistics.median(_list(place, query, page=page)[0] for _ in range(_ROUNDS))


def _list(
    place: Place, query: dict[str, Any] | None = None, *, page: int = 1, page_size: int = 100
) -> tuple[float, bytes]:
    params = {
        "project": place.project,
        "page": page,
        "page_size": page_size,
        "query": json.dumps(query or {}),
    }
    return _once(place, "GET", f"/api/tasks/?{urlencode(params)}")


def _once(place: Place, method: str, path: str, body: bytes | None = None) -> tuple[float, bytes]:
    started = time.perf_counter()
    status, content = place.ask(method, path, body)
    if status >= 400:
        raise RuntimeError(f"{method} {path}: {status} {content[:200]!r}")
    return time.perf_counter() - started, content


def _filter(column: str, operator: str, kind: str, value: object) -> dict[str, Any]:
    item = {
        "filter": f"filter:tasks:{column}",
        "operator": operator,
        "type": kind,
        "value": value,
    }
    return {"conjunction": "and", "items": [item]}


def _table(size: int, rows: list[Row]) -> str:
    ours, peer = rows[0], rows[1] if len(rows) > 1 else None
    head = ["", "ours", *(["1.23.2", "1.23.2 ÷ ours"] if peer else [])]
    lines = [f"## {size:,} tasks\n", _line(head), _line(["---"] * len(head))]
    for name, value in ours.items():
        cells = [name, _shown(name, value)]
        if peer and name in peer:
            cells += [_shown(name, peer[name]), f"{peer[name] / value:,.1f}"]
        lines.append(_line(cells + [""] * (len(head) - len(cells))))
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(name: str, value: float) -> str:
    if name.startswith("memory"):
        return f"{value / 1e6:,.0f} MB"
    return f"{value:,.2f} s" if value >= 1 else f"{value * 1000:,.2f}"
