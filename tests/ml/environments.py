"""Virtual environments with real servers and clients, and ML backend servers as processes.

They live in the user's cache folder beside that of the real 0.8.2, named by a digest of what is
in them. Building one needs a package index.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.compat import real_082
from tests.compat.real_082 import Unavailable
from tests.compat.servers import CHECKOUT, ServerProcess

EXAMPLES = CHECKOUT / "examples" / "ml"
REQUIREMENTS = EXAMPLES / "text_classifier" / "requirements.txt"


class BuildFailed(Exception):
    """The packages of an environment could not be installed."""


@functools.cache
def python_109() -> Path:
    """A Python with ``label-studio-ml`` 1.0.9 and what our examples need."""
    if os.name != "posix":
        raise Unavailable("label-studio-ml 1.0.9 is run on POSIX systems only")
    return environment("ml-1.0.9", "-r", REQUIREMENTS, facts=REQUIREMENTS.read_text())


def environment(name: str, *requirements: str | Path, facts: str = "") -> Path:
    """The Python of an environment with these arguments of pip installed; built once.

    ``facts`` tell what the arguments do not; ``BuildFailed`` where there is no package index.
    """
    known = [facts or " ".join(map(str, requirements))]
    known += [platform.python_version(), platform.machine()]
    digest = hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]
    base = os.environ.get("XDG_CACHE_HOME")
    cache = (Path(base) if base else Path.home() / ".cache") / "label-studio-lite-tests"
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / f"{name}-{digest}"
    with _locked(cache / f"{target.name}.lock"):
        if not (target / "complete").exists():
            _build(target, *requirements)
    return target / "bin" / "python"


def python_082() -> Path:
    """A Python with the real Label Studio 0.8.2, whose ML server comes with it."""
    return real_082.environment() / "bin" / "python"


def label_studio_ml(python: Path) -> list[str]:
    """The beginning of its command lines; its script may name a Python that has moved."""
    return [str(python), str(python.with_name("label-studio-ml"))]


class MLServer(ServerProcess):
    """A backend made by ``label-studio-ml init`` in ``directory``, served."""

    announced = re.compile(r"Running on https?://[^\s:/]+:(\d+)")
    probe = "/health"

    def __init__(self, python: Path, script: Path, directory: Path) -> None:
        super().__init__(directory)
        self._python = python
        command = [*label_studio_ml(python), "init", directory.name, "--script", str(script)]
        _run(command, cwd=directory.parent)

    def command(self, port: int) -> Sequence[str]:
        wsgi = f"{self.directory.name}/_wsgi.py"
        return [str(self._python), wsgi, "--host", "127.0.0.1", "--port", str(port)]


def _build(target: Path, *requirements: str | Path) -> None:
    """Build in place; what an interrupted build left is thrown away first."""
    shutil.rmtree(target, ignore_errors=True)
    _run([sys.executable, "-m", "venv", target])
    pip = [str(target / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    _run([*pip, "--quiet", *requirements])
    (target / "complete").touch()


def _run(command: Sequence[str | Path], cwd: Path | None = None) -> None:
    with tempfile.TemporaryFile("w+") as log:
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, cwd=cwd)
        if done.returncode:
            log.seek(0)
            line = " ".join(map(str, command))
            raise BuildFailed(f"`{line}` failed: {log.read()[-1500:]}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
