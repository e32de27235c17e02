"""The whole product, with outgoing connections forbidden: nothing even tries to make one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from label_studio_lite.http import legacy, pages
from tests.cli.conftest import Run, RunningServer, Serve

# A hook of the interpreter itself, which no library can pass by. It is imported at the start of
# every Python process; what is not allowed is noted and refused.
GUARD = """
import os, sys

def hook(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        target = args[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        target = args[0]
    elif event in ("subprocess.Popen", "os.system", "webbrowser.open", "urllib.Request"):
        target = args
    else:
        return
    name = target[0] if isinstance(target, tuple) and target else target
    if event.startswith("socket.get") and name in ("127.0.0.1", "0.0.0.0", "localhost"):
        return
    with open(os.environ["GUARD_NOTES"], "a") as notes:
        notes.write(f"{event} {target!r}\\n")
    raise PermissionError(f"{event} {target!r} is not allowed here")

sys.addaudithook(hook)
"""
RESULT = {"from_name": "mood", "to_name": "text", "type": "choices"}


@pytest.fixture
def guard(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    root = Path(__file__).parents[2]
    return {
        "PYTHONPATH": f"{tmp_path / 'guard'}:{root}",
        "GUARD_NOTES": str(tmp_path / "notes.txt"),
    }


def notes(guard: dict[str, str]) -> str:
    path = Path(guard["GUARD_NOTES"])
    return path.read_text() if path.exists() else ""


def test_the_guard_guards(serve: Serve, guard: dict[str, str]) -> None:
    server = serve("start", "p", "--init", "--template", "text_classification", env=guard)
    body = {"ml_backend": "http://127.0.0.1:9"}
    assert server.request("/api/project", body, method="PATCH")[0] >= 400
    assert "socket." in notes(guard)


def use_everything(server: RunningServer) -> None:
    """A day's work, and every address that takes no argument."""
    assert server.request("/api/project/import", [{"text": "a"}, {"text": "b"}])[0] == 201
    completion = {"result": [{**RESULT, "value": {"choices": ["Praise"]}}], "lead_time": 1}
    assert server.request("/api/tasks/0/completions", completion)[0] == 201
    assert server.request("/api/tasks/0/completions/1", completion, method="PATCH")[0] == 201
    assert server.request("/api/project/export?format=JSON")[0] == 200
    assert server.request("/api/models/train", {}, method="POST")[0] == 400  # no backend
    server.request("/api/models/predictions?mode=all_tasks", {}, method="POST")
    for route in (*legacy.ROUTES, *pages.ROUTES):
        if route.method == "GET" and "<" not in route.rule:
            assert server.request(route.rule)[0] < 500, route.rule
    config = server.json("/api/project")["label_config_line"]
    assert server.request("/api/project/config", {"label_config": config})[0] == 201


def test_a_project(serve: Serve, guard: dict[str, str], tmp_path: Path) -> None:
    args = ("start", "p", "--init", "--template", "text_classification")
    server = serve(*args, env=guard)
    use_everything(server)
    assert server.stop() == 0
    assert notes(guard) == ""
    assert len(json.loads((tmp_path / "p" / "tasks.json").read_text())) == 2


def test_a_folder_of_projects_bound_openly(
    serve: Serve, run: Run, guard: dict[str, str], tmp_path: Path
) -> None:
    run("init", "one", "--root-dir", tmp_path / "all", "--template", "text_classification")
    where = ("--data-dir", tmp_path / "all", "--host", "0.0.0.0", "--no-auth")
    server = serve("start", *where, env=guard)
    server.url = f"http://127.0.0.1:{server.url.rpartition(':')[2]}"
    use_everything(server)
    assert server.stop() == 0
    assert notes(guard) == ""
