"""``label-studio user``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, Serve


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    run("init", "p", "--template", "text_classification")
    return tmp_path / "p"


def test_a_password_that_was_set_is_asked_for(
    run: Run, serve: Serve, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("label_studio_lite.cli.user._asked", lambda: "geheim")
    result = run("user", "p", "--set-password", "--username", "me")
    assert "password   set" in result.output
    assert "geheim" not in "".join(p.read_text() for p in folder.glob(".acc*"))
    server = serve("start", "p")
    assert server.request("/api/project")[0] == 401
    assert server.request("/api/project", Authorization="Basic bWU6Z2VoZWlt")[0] == 200
    server.stop()
    assert "password   none" in run("user", "p", "--no-password").output
    assert serve("start", "p").request("/api/project")[0] == 200


def test_a_running_server_takes_over_a_new_token(run: Run, serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--password", "pw")
    old = run("user", "p", "--show-token").output.strip()
    assert server.request("/api/project", Authorization=f"Token {old}")[0] == 200
    new = run("user", "p", "--reset-token").output.strip()
    assert new != old
    assert server.request("/api/project", Authorization=f"Token {old}")[0] == 401
    assert server.request("/api/project", Authorization=f"Token {new}")[0] == 200


def test_a_folder_of_projects(run: Run, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    result = run("user", "--data-dir", "all", "--email", "me@example.com")
    assert "me@example.com" in result.output
    assert (tmp_path / "all" / ".accounts.json").is_file()


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["nothing"], "no project"),
        (["p", "--data-dir", "p"], "leave it out"),
        (["p", "--set-password", "--no-password"], "contradict"),
        (["p", "--username", "a:b"], "no user name"),
    ],
)
def test_what_does_not_fit(run: Run, folder: Path, args: list[str], reason: str) -> None:
    result = run("user", *args)
    assert result.exit_code == 1
    assert reason in result.output
