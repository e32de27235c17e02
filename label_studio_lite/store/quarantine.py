"""``quarantine/``: files that cannot be read, or that would be overwritten, are kept here.

Nothing is ever deleted from it by the program.
"""

from __future__ import annotations

import time
from pathlib import Path

from label_studio_lite.store.fs import FileSystem

FOLDER = "quarantine"


class Quarantine:
    """Sets files of one project aside, under names that tell when and what they were."""

    def __init__(self, fs: FileSystem, project: Path) -> None:
        self._fs = fs
        self._project = project

    def move(self, path: str) -> str:
        """Take the file out of the way; returns where it is now, relative to the project."""
        target = self._free(path)
        self._fs.replace(self._project / path, target)
        self._fs.flush_dir((self._project / path).parent)
        self._fs.flush_dir(target.parent)
        return self._name(target)

    def keep(self, path: str, content: bytes) -> str:
        """Keep bytes that came from ``path``; once, however often a start finds them."""
        folder = self._project / FOLDER
        for kept in folder.iterdir() if folder.is_dir() else ():
            same = kept.name.endswith(f"-{_flat(path)}") and kept.stat().st_size == len(content)
            if same and kept.read_bytes() == content:
                return self._name(kept)
        target = self._free(path)
        self._fs.put(target, content, durable=True)
        return self._name(target)

    def _free(self, path: str) -> Path:
        folder = self._project / FOLDER
        self._fs.make_dir(folder)
        stamp = time.strftime("%Y-%m-%d-%H-%M-%S")
        name = _flat(path)
        target = folder / f"{stamp}-{name}"
        number = 2
        while target.exists():
            target = folder / f"{stamp}-{number}-{name}"
            number += 1
        return target

    def _name(self, target: Path) -> str:
        return f"{FOLDER}/{target.name}"


def _flat(path: str) -> str:
    return path.replace("/", "-")
