"""``export/``: finished exports, named by the second in which they were made."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound
from label_studio_lite.store.fs import FileSystem, refusal

FOLDER = "export"


@dataclass(slots=True)
class NewFile:
    """An export on its way: written through ``stream``, at ``path`` once it is whole."""

    stream: BinaryIO
    path: Path


class ExportFiles:
    """The exports of one project."""

    def __init__(self, fs: FileSystem, project: Path) -> None:
        self._fs = fs
        self.folder = project / FOLDER

    @contextmanager
    def create(self, suffix: str) -> Iterator[NewFile]:
        """A file with a name of its own; left by an error, nothing remains of it."""
        try:
            self._fs.make_dir(self.folder)
            file = self._claim(suffix)
        except OSError as error:
            raise refusal(error, FOLDER) from error
        staged = file.with_name(f".{file.name}.tmp")
        try:
            with staged.open("w+b") as stream:
                yield NewFile(stream, file)
                stream.flush()
            self._fs.replace(staged, file)
        except BaseException as error:
            self._fs.remove(staged)
            self._fs.remove(file)
            if isinstance(error, OSError):
                raise refusal(error, f"{FOLDER}/{file.name}") from error
            raise

    def _claim(self, suffix: str) -> Path:
        """Take a name that nobody else has, also of two exports in one second."""
        stamp = time.strftime("%Y-%m-%d-%H-%M-%S")
        number = 1
        while True:
            name = f"{stamp}{suffix}" if number == 1 else f"{stamp}-{number}{suffix}"
            try:
                os.close(os.open(self.folder / name, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                number += 1
            else:
                return self.folder / name

    def list(self) -> list[Json]:
        """``{"name", "size", "created_at"}`` (bytes, seconds) of each, the newest first."""
        found = []
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
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
        path = self.folder / name
        try:
            known = name == path.name and path.is_file() and not path.is_symlink()
        except (OSError, ValueError):  # a name that no file system takes
            known = False
        if not known or name.startswith("."):
            raise NotFound(f"there is no export {name[:200]}")
        return path

    def remove(self, name: str) -> None:
        """``NotFound`` for an unknown name."""
        self._fs.remove(self.path(name))
