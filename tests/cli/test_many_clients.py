"""The real server under many clients at once, and killed while it answers them."""

from __future__ import annotations

import http.client
import json
import random
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from label_studio_lite.service.creating import NewProject, create_project
from tests.cli.conftest import RunningServer, Serve
from tests.conftest import CHOICES
from tests.store.conftest import NIGHTLY

CHOICE = {"from_name": "mood", "to_name": "text", "type": "choices"}
BATCH = 6  # tasks of one import
WRITERS = 6


def completion(mark: str) -> dict[str, Any]:
    return {"result": [{**CHOICE, "value": {"choices": ["good"]}}], "mark": mark}


def tasks_of(server: RunningServer) -> dict[int, Any]:
    """All tasks by id, as the API gives them."""
    return {task["id"]: task for task in server.json("/api/tasks?page=1&page_size=1000000")}


class Client:
    """One connection, kept open. ``acknowledged``: what it sent and was answered with 2xx."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.imports: dict[str, list[int]] = {}  # mark of a batch → ids
        self.completions: dict[str, tuple[int, int]] = {}  # mark → (task id, completion id)

    def post(self, path: str, body: object) -> Any:
        headers = {"Content-Type": "application/json"}
        self.connection.request("POST", path, json.dumps(body), headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 201, (answer.status, content)
        return json.loads(content)

    def close(self) -> None:
        self.connection.close()

    def import_batch(self, number: int) -> list[int]:
        mark = f"{self.name}-{number}"
        ids: list[int] = self.post("/api/project/import", [{"text": mark}] * BATCH)["new_task_ids"]
        self.imports[mark] = ids
        return ids

    def complete(self, task_id: int, number: int) -> None:
        mark = f"{self.name}-{number}-{task_id}"
        answer = self.post(f"/api/tasks/{task_id}/completions", completion(mark))
        self.completions[mark] = (task_id, answer["id"])


def verify(tasks: dict[int, Any], clients: list[Client]) -> None:
    """Nothing acknowledged is missing, no import is half there, no id was given twice."""
    by_mark: dict[str, list[int]] = {}
    for task in tasks.values():
        by_mark.setdefault(task["data"]["text"], []).append(task["id"])
    assert {len(ids) for ids in by_mark.values()} <= {BATCH}
    for client in clients:
        for mark, ids in client.imports.items():
            assert by_mark[mark] == ids
        for mark, (task_id, completion_id) in client.completions.items():
            found = {c["id"]: c["mark"] for c in tasks[task_id]["completions"]}
            assert found.get(completion_id) == mark
    given = [c["id"] for task in tasks.values() for c in task.get("completions", ())]
    assert len(given) == len(set(given))


def project(folder: Path) -> Path:
    create_project(folder / "project", NewProject(CHOICES))
    return folder / "project"


def in_parallel(clients: list[Client], work: Callable[[Client], None]) -> None:
    with ThreadPoolExecutor(len(clients)) as pool:
        for done in [pool.submit(work, client) for client in clients]:
            done.result()


def test_sixteen_clients_import_and_complete_at_once(serve: Serve, tmp_path: Path) -> None:
    project(tmp_path)
    server = serve("start", "project")
    clients = [Client(server.url, f"client-{number}") for number in range(16)]
    shared = clients[0].import_batch(-1)

    def work(client: Client) -> None:
        for number in range(4):
            for task_id in [*client.import_batch(number), shared[number]]:
                client.complete(task_id, number)

    in_parallel(clients, work)
    for client in clients:
        client.close()
    tasks = tasks_of(server)
    assert len(tasks) == BATCH * (16 * 4 + 1)
    assert sum(len(task.get("completions", ())) for task in tasks.values()) == 16 * 4 * 7
    verify(tasks, clients)
    assert server.stop() == 0
    verify(tasks_of(serve("start", "project")), clients)


@pytest.mark.timeout(1800 if NIGHTLY else 300)
def test_killed_while_it_answers(serve: Serve, tmp_path: Path) -> None:
    folder = project(tmp_path)
    clients: list[Client] = []
    dice = random.Random()
    for life in range(200 if NIGHTLY else 20):
        server = serve("start", "project")
        verify(tasks_of(server), clients)
        writers = [Client(server.url, f"{life}-{number}") for number in range(WRITERS)]
        clients += writers
        stopped = threading.Event()
        some = threading.Semaphore(0)

        def work(client: Client, stopped: threading.Event, some: threading.Semaphore) -> None:
            number = 0
            try:
                while not stopped.is_set():
                    for task_id in client.import_batch(number)[:2]:
                        client.complete(task_id, number)
                    number += 1
                    some.release()
            except (OSError, http.client.HTTPException):
                assert stopped.is_set(), "the server went before it was killed"
            finally:
                client.close()

        threads = [
            threading.Thread(target=work, args=(client, stopped, some)) for client in writers
        ]
        for thread in threads:
            thread.start()
        for _ in range(dice.randrange(1, 60)):  # rounds of work before the blow
            assert some.acquire(timeout=60)
        stopped.set()
        server.process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
        server.process.wait()
    server = serve("start", "project")
    verify(tasks_of(server), clients)
    assert not (folder / "quarantine").exists() or not [
        path for path in (folder / "quarantine").iterdir() if "journal" not in path.name
    ]
    assert sum(len(client.completions) for client in clients) > 100
