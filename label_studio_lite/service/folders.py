"""Folders of media that are labeled where they are: nothing is copied.

A task remembers its file as ``task_path`` (0.8.x's word) and, in ``meta.file``, size and time of
it; so a rescan knows what is new, what has changed and what is gone. Work is never deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json, RawTask, Task
from label_studio_lite.errors import Invalid
from label_studio_lite.importing import folders
from label_studio_lite.service.jobs import Job, Running
from label_studio_lite.service.local_files import ROOTS
from label_studio_lite.store.changes import put_task

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

KIND = "folder"
_MOST_COUNTED = 50_000  # files

Progress = Callable[[int], None]


class _Stopped(Exception):
    """The scan was cancelled, or the server stops."""


@dataclass(slots=True)
class Scan:
    """What a scan found, in files: ``gone`` ones keep their task, marked as missing."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """A folder of this machine: the folders in it, and media below it, counted up to a limit."""

    path: str
    parent: str
    folders: list[str]
    media: dict[str, int]
    complete: bool
    served: bool


class Folders:
    """The served folders of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        project.jobs.register(KIND, self._run)

    def roots(self) -> list[str]:
        """Absolute paths, as declared."""
        return [str(root) for root in self._project.settings.get(ROOTS) or []]

    def serve(self, folder: Path, *, progress: Progress = lambda count: None) -> Scan:
        """Declare a folder and make a task of each media file below it."""
        if not folder.is_dir():
            raise Invalid(f"{folder} is not a folder")
        root = str(folder.absolute())
        if root not in self.roots():
            self._project.settings.change({ROOTS: [*self.roots(), root]})
        return self.rescan(progress=progress)

    def look(self, folder: Path) -> Look:
        """What is there to serve; ``Invalid`` for what is no folder, or cannot be read."""
        folder = folder.expanduser().absolute()
        if not folder.is_dir():
            raise Invalid(f"{folder} is not a folder")
        media = folders.count(folder, _MOST_COUNTED)
        inside = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
        return Look(
            path=str(folder),
            parent=str(folder.parent),
            folders=sorted(name for name in inside if (folder / name).is_dir()),
            media=media,
            complete=sum(media.values()) < _MOST_COUNTED,
            served=str(folder) in self.roots(),
        )

    def start(self, folder: Path | None) -> Job:
        """Serve a folder in the background, or look again into all of them; see :mod:`.jobs`.

        ``done`` counts files; the ``counts`` at the end are those of :class:`Scan`.
        """
        if folder is not None and not folder.expanduser().is_dir():
            raise Invalid(f"{folder} is not a folder")
        path = None if folder is None else str(folder.expanduser().absolute())
        return self._project.jobs.start(KIND, {"folder": path}, join=True)

    def _run(self, running: Running) -> None:
        folder = running.job.params["folder"]

        def progress(count: int) -> None:
            if running.stop.is_set():
                raise _Stopped
            running.progress(done=count, position=None)

        try:
            scan = (
                self.rescan(progress=progress)
                if folder is None
                else self.serve(Path(folder), progress=progress)
            )
        except _Stopped:
            return
        running.job.counts = asdict(scan)

    def rescan(self, *, progress: Progress = lambda count: None) -> Scan:
        """Look again into every declared folder. Doing it twice changes nothing more."""
        scan = Scan()
        known = {path: task for task in self._tasks() if (path := task.fields.get("task_path"))}
        fresh: list[RawTask] = []
        for number, (path, item) in enumerate(self._files(), 1):
            progress(number)
            task = known.pop(path, None)
            if task is None:
                fresh.append(item)
            else:
                self._update(task, item.value["meta"]["file"], scan)
        roots = tuple(f"{root}/" for root in self.roots())
        for path, task in known.items():
            if path.replace("\\", "/").startswith(roots):
                self._update(task, None, scan)
        if fresh:
            scan.added = self._project.imports.import_items(fresh).task_count
        return scan

    def _tasks(self) -> Iterator[Task]:
        return self._store.read_tasks(self._store.task_ids())

    def _files(self) -> Iterator[tuple[str, RawTask]]:
        key = next(iter(self._project.label_config.current.data_types), "image")
        for root in self.roots():
            if Path(root).is_dir():
                for item in folders.media(Path(root), key):
                    path = Path(item.value["task_path"])
                    stat = path.stat()
                    meta = {"file": {"size": stat.st_size, "mtime": int(stat.st_mtime)}}
                    yield str(path), item._replace(value={**item.value, "meta": meta})

    def _update(self, task: Task, found: Json | None, scan: Scan) -> None:
        """``found`` is the file's size and time, None when it is gone."""
        stored = task.fields.get("meta")
        meta: Json = stored if isinstance(stored, dict) else {}
        old = meta.get("file") or {}
        if found is None:
            if old.get("missing"):
                return
            new, scan.gone = {**old, "missing": True}, scan.gone + 1
        elif old == found:
            return
        elif old.get("missing"):
            new, scan.back = found, scan.back + 1
        else:
            new, scan.changed = found, scan.changed + 1
        with self._store.holding(task.id):
            for fresh in self._store.read_tasks([task.id]):
                self._store.commit(
                    put_task(task.id, {**fresh.fields, "meta": {**meta, "file": new}})
                )
