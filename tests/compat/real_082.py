"""The real Label Studio 0.8.2, installed once and run as a black box.

It needs Python 3.8, where each version that it was released with still installs. The virtual
environment lives in the user's cache folder, named by a digest of the pinned requirements.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.compat.servers import NO_PROXY, ServerProcess

REQUIREMENTS = Path(__file__).with_name("requirements-0.8.2.txt")


class Unavailable(Exception):
    """This machine cannot run the real one; the text says why."""


class BuildFailed(Exception):
    """Python 3.8 is here, but the pinned packages could not be installed."""


def python_38() -> Path:
    """A working Python 3.8: on PATH, or one of pyenv's; ``Unavailable`` without one."""
    on_path = shutil.which("python3.8")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = [Path(on_path)] if on_path else []
    found += sorted(pyenv.glob("versions/3.8*/bin/python"), reverse=True)
    for candidate in found:
        if _version_of(candidate).startswith("3.8."):  # pyenv's shims exist but may not run
            return candidate
    raise Unavailable("Label Studio 0.8.2 needs Python 3.8 (on PATH as python3.8, or in pyenv)")


@functools.cache
def environment() -> Path:
    """The folder of a virtual environment with Label Studio 0.8.2; built when there is none.

    Building takes about a minute and needs a package index (``BuildFailed``). Processes that ask
    at the same time wait for the first; an environment that does not work is built anew.
    """
    if os.name != "posix":
        raise Unavailable("the real Label Studio is run on POSIX systems only")
    python = python_38()
    facts = [REQUIREMENTS.read_text(), _version_of(python), platform.machine()]
    name = "ls-0.8.2-" + hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
    target = _cache_folder() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.with_name(f"{name}.lock")):
        if not _works(target):
            _build(python, target)
    return target


class RealServer(ServerProcess):
    """``label-studio start DIR`` of 0.8.2 on a free port; ``--init`` is the caller's to add."""

    announced = re.compile(r"Running on https?://[^\s:/]+:(\d+)")
    subcommand = "start"

    def command(self, port: int) -> Sequence[str]:
        start = [*label_studio(), self.subcommand, self.directory.name]
        return [*start, "--host", "localhost", "-b", "-p", str(port), *self.options]

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "collect_analytics": "0"}


class RealMultiSessionServer(RealServer):
    """``label-studio start-multi-session``; ``directory`` is the folder of all projects."""

    probe = "/no-such-page"  # every routed request without a cookie makes a project

    def command(self, port: int) -> Sequence[str]:
        start = [*label_studio(), "start-multi-session", "--root-dir", self.directory.name]
        return [*start, "--host", "localhost", "-b", "-p", str(port), *self.options]


def label_studio() -> list[str]:
    """The beginning of its command lines."""
    return _label_studio_of(environment())


def _label_studio_of(folder: Path) -> list[str]:
    """Its script does not run by itself: it names the Python of the folder that was renamed."""
    return [str(folder / "bin" / "python"), str(folder / "bin" / "label-studio")]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "label-studio-lite-tests"


def _version_of(python: Path) -> str:
    code = "import platform; print(platform.python_version())"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30)
    except OSError:
        return ""
    return done.stdout.strip()


def _works(folder: Path) -> bool:
    """Whether Label Studio starts from there; it may be half deleted, or its Python gone."""
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": os.defpath, "HOME": home, "collect_analytics": "0", "HTTPS_PROXY": NO_PROXY}
        command = [*_label_studio_of(folder), "version"]
        try:
            return subprocess.run(command, capture_output=True, env=env).returncode == 0
        except OSError:
            return False


def _build(python: Path, target: Path) -> None:
    """Build beside ``target`` and move it there when it is complete."""
    for leaving in target.parent.glob(f"{target.name}-*"):  # of builds that were killed
        shutil.rmtree(leaving, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    try:
        _run([python, "-m", "venv", building])
        install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _run([building / "bin" / "python", "-m", "pip", *install, "-r", REQUIREMENTS])
        if target.exists():
            shutil.rmtree(target)
        building.rename(target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        line = " ".join(map(str, command))
        raise BuildFailed(f"`{line}` failed: {done.stdout[-1500:]}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
