"""The official SDKs of today and of yesterday against our server, and where asked against 1.23.2.

The same scripts are run against a real Label Studio (``tests/compat/real_123.py``: by night, or
where one is named), to show that they tell the truth.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compat.servers import OurServer
from tests.ml import environments

SCRIPTS = Path(__file__).parent / "clients"
CLIENTS = {
    # the classic client does not say that it needs setuptools
    "sdk_0": ("label-studio-sdk==0.0.34", "setuptools<81"),
    "sdk_1": ("label-studio-sdk==1.0.20",),
    "sdk_2": ("label-studio-sdk==2.1.2",),
}
CLIENTS["quick_start"] = CLIENTS["sdk_2"]
_ENVIRONMENTS = {"quick_start": "sdk_2"}  # scripts that share one
_BUILD_TIMEOUT = 900  # seconds; the first test of all may have to install it

pytestmark = [pytest.mark.compat, pytest.mark.timeout(_BUILD_TIMEOUT)]


class WorkspaceServer(OurServer):
    """``label-studio start`` without a project, in ``directory``."""

    probe = "/health"

    def command(self, port: int) -> list[str]:
        start = [sys.executable, "-m", "label_studio_lite", "start"]
        where = ["--data-dir", str(self.directory), "-b", "-p", str(port)]
        return [*start, *where, *self.options]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[WorkspaceServer]:
    folder = tmp_path / "projects"
    folder.mkdir()
    with WorkspaceServer(folder) as server:
        assert isinstance(server, WorkspaceServer)
        yield server


def run(name: str, url: str, token: str, folder: Path) -> list[str]:
    """The steps that went well; all of them, or the test fails with what the script said."""
    try:
        python = environments.environment(_ENVIRONMENTS.get(name, name), *CLIENTS[name])
    except environments.BuildFailed as error:
        pytest.skip(f"{name} cannot be installed: {error}")
    done = subprocess.run(
        [python, SCRIPTS / f"{name}.py", url, token, folder],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", ["sdk_0", "sdk_1", "sdk_2"])
def test_a_client_finds_everything(name: str, workspace: WorkspaceServer, tmp_path: Path) -> None:
    assert run(name, workspace.url, "any", tmp_path)[-1] == "the end"


def test_the_quick_start_of_the_sdk(workspace: WorkspaceServer, tmp_path: Path) -> None:
    assert run("quick_start", workspace.url, "any", tmp_path) == ["created", "the end"]


def test_the_quick_start_on_the_only_project(tmp_path: Path) -> None:
    """As ``script/server`` serves it."""
    with OurServer(tmp_path / "my_project", "--init", "--template", "text_classification") as one:
        assert run("quick_start", one.url, "any", tmp_path) == ["project 1", "the end"]


# 1.23.2 itself does not pass what 1.0 of the SDK demands of tokens
@pytest.mark.parametrize("name", ["sdk_0", "sdk_2", "quick_start"])
def test_the_original_passes_the_same_script(
    name: str, original: tuple[str, str], tmp_path: Path
) -> None:
    assert run(name, *original, tmp_path)[-1] == "the end"
