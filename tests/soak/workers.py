"""Clients of a soak: each does its part until told to stop, and writes down what was promised."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.conftest import choice

PATIENCE = 60.0  # seconds for one answer
TASKS_AT_MOST = 200  # of one writer, so that the project stops growing


class Gone(Exception):
    """The server was killed before it answered: what was asked for may have happened or not."""


@dataclass
class Target:
    """Where the server is just now; None while it is not running."""

    url: str | None = None

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """``Gone`` when no whole answer came."""
        if self.url is None:
            raise Gone
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, PATIENCE)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        finally:
            connection.close()


@dataclass
class Books:
    """What one writer was promised: for each of its tasks the states that it may be in.

    A state is the completions' numbers, or None for a task that is gone. More than one state is
    possible after a request without an answer, until somebody looks.
    """

    tasks: dict[int, set[tuple[int, ...] | None]] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)  # marks of imports without an answer
    acknowledged: int = 0


class Worker(threading.Thread):
    """Repeats :meth:`step`. What goes wrong is kept in ``failure``."""

    def __init__(self, target: Target, stop: threading.Event, seed: str) -> None:
        super().__init__(name=seed, daemon=True)
        self.target = target
        self.chance = random.Random(seed)
        self.failure: BaseException | None = None
        self.pause = threading.Event()  # set: rest until it is cleared
        self.idle = threading.Event()
        self._stop_now = stop

    def run(self) -> None:
        try:
            while not self._stop_now.is_set():
                if self.pause.is_set() or self.target.url is None:
                    self.idle.set()
                    self._stop_now.wait(0.05)
                    continue
                self.idle.clear()
                try:
                    self.step()
                except Gone:
                    self._stop_now.wait(0.05)
        except BaseException as error:
            self.failure = error
        finally:
            self.idle.set()

    def step(self) -> None:
        raise NotImplementedError


class Writer(Worker):
    """Imports, labels, changes and deletes tasks of its own."""

    def __init__(self, target: Target, stop: threading.Event, seed: str) -> None:
        super().__init__(target, stop, seed)
        self.books = Books()
        self._number = 0

    def step(self) -> None:
        known = [i for i, states in self.books.tasks.items() if states != {None}]
        draw = self.chance.random()
        if not known or (draw < 0.1 and len(known) < TASKS_AT_MOST):
            self._import()
        elif draw < 0.15 and len(known) > TASKS_AT_MOST // 2:
            self._drop(self.chance.choice(known))
        else:
            self._label(self.chance.choice(known))

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _import(self) -> None:
        mark = f"{self.name}-{self._next()}"
        items = [{"text": "x" * 200, "mark": mark} for _ in range(self.chance.randint(1, 40))]
        self.books.imports.add(mark)
        status, answer = self.target.call("POST", "/api/project/import", items)
        assert status == 201, answer
        self.books.imports.discard(mark)
        self.books.acknowledged += 1
        for task_id in json.loads(answer)["new_task_ids"]:
            self.books.tasks[task_id] = {()}

    def _label(self, task_id: int) -> None:
        number = self._next()
        body = {"result": [choice()], "lead_time": number}
        self._change(
            task_id, "POST", f"/api/tasks/{task_id}/completions", body,
            lambda old: None if old is None else (*old, number), 201,
        )  # fmt: skip
        if self.chance.random() < 0.5:
            self._change(
                task_id, "DELETE", f"/api/tasks/{task_id}/completions", None, lambda old: (), 204
            )

    def _drop(self, task_id: int) -> None:
        self._change(task_id, "DELETE", f"/api/tasks/{task_id}", None, lambda old: None, 204)

    def _change(
        self,
        task_id: int,
        method: str,
        path: str,
        body: Any,
        effect: Callable[[tuple[int, ...] | None], tuple[int, ...] | None],
        expected: int,
    ) -> None:
        before = self.books.tasks[task_id]
        after = {effect(state) for state in before}
        self.books.tasks[task_id] = before | after
        status, answer = self.target.call(method, path, body)
        if status == 404 and None in before:
            self.books.tasks[task_id] = {None}
            return
        assert status == expected, (method, path, status, answer[:300])
        self.books.tasks[task_id] = after
        self.books.acknowledged += 1


class Reader(Worker):
    """Looks at lists, single tasks, pages and the next task, and exports now and then."""

    PATHS = (
        *("/api/tasks?page=1&page_size=50", "/api/project", "/api/project/next", "/", "/welcome"),
        *("/api/tasks?order=-completed_at", "/static/css/ui.css", "/api/tasks/0", "/nothing"),
        *("/api/projects/1/", "/api/tasks?project=1&page=1&page_size=30", "/api/label/next"),
    )
    EXPORTS = ("JSON", "CSV", "JSON_MIN")

    def step(self) -> None:
        if self.chance.random() < 0.02:
            path = f"/api/project/export?format={self.chance.choice(self.EXPORTS)}"
        else:
            path = self.chance.choice(self.PATHS)
        status, answer = self.target.call("GET", path)
        assert status < 500, (path, status, answer[:300])
