"""The README's model in the loop works as printed, with a real backend, as a person sees it."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.configs import MOOD
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.serving import Server
from tests.browser.visiting import Visit
from tests.compat.real_082 import Unavailable
from tests.ml import environments
from tests.ml.test_real_backends import TEXTS, label_of

README = Path(__file__).parents[2] / "README.md"
TRAINED = 60.0  # seconds within which a training is over
LOOK = 700  # milliseconds: who submits again at once is taken to have pressed twice
KEYS = {"good": "1", "bad": "2"}

pytestmark = pytest.mark.timeout(900)  # seconds; the first run of all installs the backend


def session(name: str) -> str:
    """The commands of the README below this mark."""
    found = re.search(rf"<!-- {name}\b.*?-->\n```sh\n(.*?)```", README.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


class Printed(environments.MLServer):
    """The backend, made and served by the commands of the README.

    Only the environment is one that the tests keep, and the port is a free one.
    """

    def __init__(self, python: Path, folder: Path) -> None:
        super(environments.MLServer, self).__init__(folder / "my_classifier")
        shutil.copytree(environments.EXAMPLES, folder, dirs_exist_ok=True)
        (folder / "ml-env").symlink_to(python.parents[1], target_is_directory=True)
        go, install, init, self._serve = session("model").strip().split("\n")
        assert go == "cd examples/ml"
        assert install.startswith("python3 -m venv ml-env && ml-env/bin/pip install -r ")
        subprocess.run(init.split(), cwd=folder, check=True, capture_output=True)

    def command(self, port: int) -> list[str]:
        python, *words = self._serve.replace("9090", str(port)).split()
        return [str(self.directory.parent / python), *words]


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Printed]:
    try:
        python = environments.python_109()
    except Unavailable as reason:
        pytest.skip(str(reason))
    (tmp_path / "ml").mkdir()
    with ExitStack() as stack:
        server = Printed(python, tmp_path / "ml")
        stack.enter_context(server)
        yield server


def type_in(name: str, server: Server, backend: Printed) -> None:
    """Type the commands of the README, with the addresses that are really served."""
    commands = session(name).replace("http://localhost:8080", server.url)
    commands = commands.replace("http://localhost:9090", backend.url)
    command = commands.replace("curl ", "curl -sS --fail-with-body ")
    done = subprocess.run(["bash", "-euc", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def version(server: Server) -> str | None:
    """That of the live prediction for the last task."""
    predictions = server.get(f"api/tasks/{len(TEXTS) - 1}").get("predictions", [])
    return predictions[0]["model_version"] if predictions else None


def train(server: Server, backend: Printed) -> None:
    time.sleep(1.1)  # the backend names a version by the second
    before = version(server)
    type_in("train", server, backend)
    deadline = time.monotonic() + TRAINED
    while version(server) in (None, before):
        assert time.monotonic() < deadline, "the training did not end"
        time.sleep(0.2)


def label(tab: Visit, numbers: range) -> None:
    for number in numbers:
        tab.wait_for_task(number)
        tab.press(KEYS[label_of(TEXTS[number])], "Control+Enter")
    tab.wait_saved()


def test_as_printed(serve: Serve, visit: MakeVisit, backend: Printed) -> None:
    server = serve(MOOD, [{"text": text} for text in TEXTS], {"ml_live_timeout": 60})
    type_in("connect", server, backend)
    tab = visit(server).label()
    label(tab, range(20))
    train(server, backend)

    tab.label()
    for number in range(20, 24):
        tab.wait_for_task(number)
        expect(tab.page.locator("#chips")).to_contain_text("begun from")
        tab.page.wait_for_timeout(LOOK)
        tab.press("Control+Enter")
    tab.wait_saved()
    for number in range(20, 24):
        assert server.values(number) == [{"choices": [label_of(TEXTS[number])]}]

    train(server, backend)
    tab.label()
    tab.wait_for_task(24)
    tab.picture("pages/label-prediction")
    prediction = server.get("api/tasks/24")["predictions"][0]
    assert prediction["result"][0]["value"] == {"choices": [label_of(TEXTS[24])]}
    assert prediction["score"] > 0.5
