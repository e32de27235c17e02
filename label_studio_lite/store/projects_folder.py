"""Folders of projects: making a project directory, and a folder that holds many."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Conflict, Invalid
from label_studio_lite.store.changes import COMPLETIONS
from label_studio_lite.store.fs import FileSystem, refusal
from label_studio_lite.store.opening import JOURNAL

MARKER = "config.json"  # a folder that has it is a project directory
TRASH = ".trash"


def is_project(folder: Path) -> bool:
    """Whether this is a project directory, of ours or of 0.8.x."""
    return (folder / MARKER).is_file()


@dataclass(frozen=True, slots=True)
class Made:
    """A project directory that was just made; ``before`` are the names that its folder already
    had, None where there was no folder, ``set_aside`` the new place of an older project."""

    folder: Path
    before: frozenset[str] | None
    set_aside: Path | None

    def undo(self) -> None:
        """Leave everything as it was before."""
        if self.before is None:
            if self.folder.exists():
                shutil.rmtree(self.folder)
        else:
            for path in self.folder.iterdir():
                if path.name not in self.before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        if self.set_aside:
            self.set_aside.rename(self.folder)


def make_project(folder: Path, files: Mapping[str, bytes], *, force: bool = False) -> Made:
    """Make a project directory with these files (relative path → content), durably.

    ``config.json`` is written last, so that an interrupted start leaves no half a project. With
    ``force`` an older project in the way is set aside beside it. Files of the same names that
    hold something else are not touched. Raises ``Conflict``, ``Invalid``, ``StorageFull``,
    ``ReadOnly``; then all is as it was before.
    """
    fs = FileSystem()
    set_aside = None
    if folder.exists() and not folder.is_dir():
        raise Invalid(f"{folder} is not a directory")
    if is_project(folder):
        if not force:
            raise Conflict(f'{folder} already exists. Use "--force" option to recreate it.')
        set_aside = _aside(folder)
    _refuse_to_overwrite(folder, files)
    before = frozenset(p.name for p in folder.iterdir()) if folder.exists() else None
    made = Made(Path(os.path.realpath(folder)), before, set_aside)
    try:
        made.folder.mkdir(parents=True, exist_ok=True)
        fs.make_dir(made.folder / COMPLETIONS)
        for path, content in sorted(files.items(), key=lambda item: item[0] == MARKER):
            fs.put(made.folder / path, content, durable=True)
        fs.flush_dir(made.folder.parent)
    except OSError as error:
        made.undo()
        raise refusal(error, str(folder)) from error
    return made


def _refuse_to_overwrite(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        there = folder / path
        if there.exists() and not (there.is_file() and there.read_bytes() == content):
            raise Conflict(f"{there} is there already, and a new project would overwrite it")
    if any((folder / COMPLETIONS).glob("*")):
        raise Conflict(f"{folder / COMPLETIONS} is there already, and it is not empty")


def _aside(folder: Path) -> Path:
    folder = Path(os.path.realpath(folder))
    target = folder.with_name(f"{folder.name}.old-{time.strftime('%Y-%m-%d-%H-%M-%S')}")
    number = 2
    while target.exists():
        target = target.with_name(f"{target.name}-{number}")
        number += 1
    folder.rename(target)
    return target


class ProjectsFolder:
    """A folder whose subfolders are projects."""

    def __init__(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise Invalid(f"{folder} is not a directory")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal(error, str(folder)) from error
        self.folder = folder

    def names(self) -> list[str]:
        """Names of the subfolders that are projects, sorted."""
        return sorted(p.name for p in self.folder.iterdir() if self._is_named(p) and is_project(p))

    @staticmethod
    def _is_named(path: Path) -> bool:
        return not path.name.startswith(".")

    def settings(self, name: str) -> dict[str, Any]:
        """What a project's ``config.json`` says, without opening it; {} where it says nothing."""
        try:
            said = jsontext.loads((self.folder / name / MARKER).read_bytes(), lenient=True)
        except (OSError, ValueError):
            return {}  # opening it tells what is wrong
        return said if isinstance(said, dict) else {}

    def changed_at(self, name: str) -> float:
        """When a project was last worked on, in seconds: the newest of what changes with it."""
        folder = self.folder / name
        watched = (folder, folder / MARKER, folder / COMPLETIONS, folder / JOURNAL)
        return max((p.stat().st_mtime for p in watched if p.exists()), default=0.0)

    def free_name(self, wanted: str) -> str:
        """``wanted``, or with a number behind it when there is such a folder already."""
        name, number = wanted, 2
        while (self.folder / name).exists():
            name, number = f"{wanted}-{number}", number + 1
        return name

    def throw_away(self, name: str) -> Path:
        """Move a project into ``.trash/``, from where a person may take it back."""
        trash = self.folder / TRASH
        trash.mkdir(exist_ok=True)
        target = trash / f"{time.strftime('%Y-%m-%d-%H-%M-%S')}-{name}"
        (self.folder / name).rename(target)
        return target
