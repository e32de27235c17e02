"""``export/``: finished exports, named by the second in which they were made.

Those of a project that cannot be written to are in a temporary folder, until it is closed.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound, ReadOnly
from label_studio_lite.store.fs import FileSystem, refusal

FOLDER = "export"


@dataclass(slots=True)
class NewFile:
    """An export on its way: written through ``stream``, at ``path`` once it is whole.

    Where it is not ``kept`` it goes when the project is closed.
    """

    stream: BinaryIO
    path: Path
    kept: bool


class ExportFiles:
    """The exports of one project."""

    def __init__(self, fs: FileSystem, project: Path) -> None:
        self._fs = fs
        self.folder = project / FOLDER
        self._spare: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    @contextmanager
    def create(self, suffix: str) -> Iterator[NewFile]:
        """A file with a name of its own; left by an error, nothing remains of it."""
        try:
            file = self._claim(self.folder, suffix)
        except ReadOnly:
            file = self._claim(self._elsewhere(), suffix)
        staged = file.with_name(f".{file.name}.tmp")
        try:
            with staged.open("w+b") as stream:
                yield NewFile(stream, file, file.parent == self.folder)
                stream.flush()
            self._fs.replace(staged, file)
        except BaseException as error:
            self._fs.remove(staged)
            self._fs.remove(file)
            if isinstance(error, OSError):
                raise refusal(error, f"{FOLDER}/{file.name}") from error
            raise

    def _elsewhere(self) -> Path:
        with self._lock:
            if self._spare is None:
                self._spare = tempfile.TemporaryDirectory(prefix="label-studio-export-")
            return Path(self._spare.name)

    def _claim(self, folder: Path, suffix: str) -> Path:
        """Take a name that nobody else has, also of two exports in one second."""
        stamp = time.strftime("%Y-%m-%d-%H-%M-%S")
        number = 1
        try:
            self._fs.make_dir(folder)
            while True:
                name = f"{stamp}{suffix}" if number == 1 else f"{stamp}-{number}{suffix}"
                try:
                    os.close(os.open(folder / name, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    number += 1
                else:
                    return folder / name
        except OSError as error:
            raise refusal(error, FOLDER) from error

    def close(self) -> None:
        """Exports that are elsewhere go."""
        if self._spare is not None:
            self._spare.cleanup()

    def _folders(self) -> Iterator[Path]:
        yield self.folder
        if self._spare is not None:
            yield Path(self._spare.name)

    def list(self) -> list[Json]:
        """``{"name", "size", "created_at"}`` (bytes, seconds) of each, the newest first."""
        found = []
        folders = [folder for folder in self._folders() if folder.is_dir()]
        for path in chain.from_iterable(folder.iterdir() for folder in folders):
            try:
                stat = path.stat()
            except FileNotFoundError:  # removed this moment
                continue
            if path.is_file() and not path.name.startswith(".") and stat.st_size > 0:
                found.append((stat.st_mtime_ns, path.name, stat))
        return [
            {"name": name, "size": stat.st_size, "created_at": stat.st_mtime}
            for _, name, stat in sorted(found, key=lambda one: one[:2], reverse=True)
        ]

    def names(self) -> Sequence[str]:
        """Names of the finished exports, the newest first."""
        return [file["name"] for file in self.list()]

    def path(self, name: str) -> Path:
        """``NotFound`` for a name that is none of :meth:`names`."""
        for folder in self._folders():
            path = folder / name
            try:
                known = name == path.name and path.is_file() and not path.is_symlink()
            except (OSError, ValueError):  # a name that no file system takes
                known = False
            if known and not name.startswith("."):
                return path
        raise NotFound(f"there is no export {name[:200]}")

    def remove(self, name: str) -> None:
        """``NotFound`` for an unknown name."""
        path = self.path(name)
        try:
            self._fs.remove(path)
        except OSError as error:
            raise refusal(error, f"{FOLDER}/{name}") from error
