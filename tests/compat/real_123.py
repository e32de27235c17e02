"""The real Label Studio 1.23.2, installed once and run as a black box, for runs by night.

Its virtual environment takes 1 GB and minutes to build. ``LS_COMPAT_URL`` and ``LS_COMPAT_TOKEN``
name one that runs already, by day, too.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from tests.compat.servers import ServerProcess
from tests.ml import environments

VERSION = "1.23.2"
_PATIENCE = 300.0  # seconds; the first start makes its database


class Unavailable(Exception):
    """There is no real one to ask; the text says why."""


class RealServer(ServerProcess):
    """``label-studio start`` with its data in ``directory``, and a user with ``token``.

    Only loopback is used: it may fetch from there, and no https leaves the machine.
    """

    announced: ClassVar[re.Pattern[str]] = re.compile(r"http://[^\s:/]+:(\d+)/")
    probe = "/health"

    def __init__(self, python: Path, directory: Path) -> None:
        super().__init__(directory, patience=_PATIENCE)
        self.token = secrets.token_hex(20)
        self._python = python

    def command(self, port: int) -> Sequence[str]:
        start = [str(self._python), str(self._python.with_name("label-studio")), "start"]
        user = ["--username", "one@example.com", "--password", secrets.token_hex(8)]
        access = ["--user-token", self.token, "--enable-legacy-api-token"]
        where = ["--data-dir", str(self.directory), "--internal-host", "127.0.0.1"]
        return [*start, "-b", *where, "-p", str(port), *user, *access]

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            "COLLECT_ANALYTICS": "0",
            "LATEST_VERSION_CHECK": "0",
            "SSRF_PROTECTION_ENABLED": "0",
            "ML_BLOCK_LOCAL_IP": "0",
        }


@contextmanager
def place(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of a real one and a token of it; a new one keeps its data in ``folder``.

    ``Unavailable`` by day, where none is named, and where it cannot be installed.
    """
    if url := os.environ.get("LS_COMPAT_URL"):
        yield url, os.environ["LS_COMPAT_TOKEN"]
        return
    if os.environ.get("LSL_NIGHTLY") != "1":
        raise Unavailable("run with LSL_NIGHTLY=1, or name a real Label Studio in LS_COMPAT_URL")
    if os.name != "posix":
        raise Unavailable("the real Label Studio is run on POSIX systems only")
    try:
        python = environments.environment(f"label-studio-{VERSION}", f"label-studio=={VERSION}")
    except environments.BuildFailed as error:
        raise Unavailable(f"{VERSION} cannot be installed: {error}") from error
    with RealServer(python, folder) as server:
        assert isinstance(server, RealServer)
        yield server.url, server.token
