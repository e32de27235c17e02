"""``.staged/``: files that were sent for an import that has not been asked for yet.

Each is stored as ``<32 hex digits>-<name>``, which is its id; folders are in the name, too. They
outlive a restart, so that an import that was cut off can go on, and are forgotten a day after
they came.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from label_studio_lite.errors import NotFound
from label_studio_lite.store.fs import FileSystem, refusal
from label_studio_lite.store.uploads import base_name

FOLDER = ".staged"
KEPT = 24 * 3600  # seconds
_CHUNK = 1 << 20
_LONGEST = 200  # bytes of a name
_NAME = re.compile(r"[0-9a-f]{32}-(.+)", re.DOTALL)


class Staged(NamedTuple):
    """A file that waits; ``size`` is in bytes."""

    id: str
    name: str
    size: int


class StagedFiles:
    """The waiting files of one project."""

    def __init__(self, fs: FileSystem, project: Path) -> None:
        self._fs = fs
        self.folder = project / FOLDER

    def add(self, name: str, stream: IO[bytes]) -> Staged:
        """Keep a file until it is imported. Raises ``StorageFull``, ``ReadOnly``."""
        path = self.folder / f"{time.time_ns():016x}{secrets.token_hex(8)}-{_written(name)}"
        try:
            self._fs.make_dir(self.folder)
            self._fs.put(path, _chunks(stream), durable=False)
            return _staged(path)
        except OSError as error:
            raise refusal(error, name) from error

    def all(self) -> list[Staged]:
        """Those that came first are first."""
        if not self.folder.is_dir():
            return []
        paths = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        found = []
        for path in sorted(paths):  # an id begins with its time
            with suppress(FileNotFoundError):  # removed this moment
                found.append(_staged(path))
        return found

    def path(self, file_id: str) -> Path:
        """``NotFound`` for an unknown id."""
        path = self.folder / file_id
        if path.name == file_id and _NAME.fullmatch(file_id) and path.is_file():
            return path
        raise NotFound(f"there is no staged file {file_id}; they are kept for a day")

    def get(self, file_id: str) -> Staged:
        """``NotFound`` for an unknown id."""
        return _staged(self.path(file_id))

    def remove(self, file_id: str) -> None:
        """``NotFound`` for an unknown id."""
        self._fs.remove(self.path(file_id))

    def forget(self, before: float) -> None:
        """Remove what came before this time, in seconds since the epoch."""
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                with suppress(FileNotFoundError):  # renamed or removed this moment
                    if path.stat().st_mtime < before:
                        self._fs.remove(path)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _staged(path: Path) -> Staged:
    found = _NAME.fullmatch(path.name)
    assert found is not None
    name = found[1].replace("%2F", "/").replace("%25", "%")
    return Staged(path.name, name, path.stat().st_size)


def _written(name: str) -> str:
    """The client's name with its folders, as the name of a file; shorter where it is too long."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    base = base_name(name)
    whole = "/".join([*parts[:-1], base]).replace("%", "%25").replace("/", "%2F")
    if len(whole.encode()) <= _LONGEST:
        return whole
    stem, dot, extension = base.replace("%", "%25").rpartition(".")
    room = max(0, _LONGEST - len(f"{dot}{extension}".encode()))
    return f"{stem.encode()[:room].decode(errors='ignore')}{dot}{extension}"
