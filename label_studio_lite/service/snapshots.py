"""Export snapshots: what a project held at one moment, kept to be written in any format later.

The content is a JSON list in ``export/``, as the format ``JSON_WITH_PREDICTIONS`` writes it, so it
is of use without us. The row of a snapshot in the documents says which file it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json, RawTask, Task
from label_studio_lite.errors import Conflict, NotFound
from label_studio_lite.exporting.base import Wording
from label_studio_lite.exporting.registry import V1
from label_studio_lite.importing.reading import read
from label_studio_lite.importing.upload import Hosted, Upload, one_by_one
from label_studio_lite.service.exports import Exported, Making, Selection

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_TABLE = "snapshots"
_FORMAT = "JSON_WITH_PREDICTIONS"

Taken = Callable[[Task], "Task | None"]
"""What a snapshot takes of a task; None for one that is left out."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Times in seconds since the epoch. ``converted`` is ``{"id", "export_type"}`` of each format
    that was made of it."""

    id: int
    title: str
    created_at: float
    finished_at: float
    md5: str
    tasks: int
    file: str
    options: Json = field(default_factory=dict)
    converted: list[Json] = field(default_factory=list)


class Snapshots:
    """The export snapshots of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._documents = project.documents

    def all(self) -> list[Snapshot]:
        """Oldest first."""
        return [_snapshot(i, row) for i, row in self._documents.all(_TABLE).items()]

    def get(self, snapshot_id: int) -> Snapshot:
        """``NotFound``."""
        rows = self._documents.all(_TABLE)
        if snapshot_id not in rows:
            raise NotFound(f"there is no export {snapshot_id}")
        return _snapshot(snapshot_id, rows[snapshot_id])

    def create(
        self,
        title: str,
        *,
        ids: Collection[int] | None = None,
        taken: Taken = lambda task: task,
        options: Json | None = None,
    ) -> Snapshot:
        """Keep what is ``taken`` of the tasks, of those with these ids; done when it returns."""
        project = self._project
        started = project.clock()
        made = project.exports.export(
            _FORMAT,
            Selection(ids=None if ids is None else list(ids), all_tasks=True),
            Making(formats=V1, raw=True),
            taken=lambda task: self._with_draft(taken(task)),
        )
        digest = hashlib.md5(usedforsecurity=False)
        with made.path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        row = {
            "title": title,
            "created_at": started,
            "finished_at": project.clock(),
            "md5": digest.hexdigest(),
            "tasks": made.counts["tasks"]["written"],
            "file": made.name,
            "options": options or {},
            "converted": [],
        }
        return _snapshot(self._documents.add(_TABLE, row), row)

    def _with_draft(self, task: Task | None) -> Task | None:
        draft = None if task is None else self._project.drafts.of(task)
        if task is None or draft is None:
            return task
        kept = {"drafts": [draft.fields]}
        return Task(task.id, task.fields | kept, None if task.work is None else task.work | kept)

    def convert(self, snapshot_id: int, name: str) -> Json:
        """Note a format as wanted; ``Invalid`` for an unknown one, ``Conflict`` for one that is
        noted. It is written when it is asked for."""
        V1.find(name)
        snapshot = self.get(snapshot_id)
        if any(made["export_type"] == name for made in snapshot.converted):
            raise Conflict(f"Conversion to {name} already started")
        made = {"id": len(snapshot.converted) + 1, "export_type": name}
        self._documents.change(_TABLE, snapshot_id, lambda row: row["converted"].append(made))
        return made

    def write(self, snapshot_id: int, name: str, wording: Wording) -> Exported:
        """The snapshot in a format. ``Invalid`` for an unknown one, ``NotFound``."""
        exporter = V1.find(name)
        tasks = _Kept(self._project, self.get(snapshot_id))
        making = Making(formats=V1, wording=wording, raw=exporter.only_member is not None)
        return self._project.exports.export(name, Selection(all_tasks=True), making, tasks=tasks)

    def delete(self, snapshot_id: int) -> None:
        """Its file goes, too; ``NotFound``."""
        snapshot = self.get(snapshot_id)
        self._documents.remove(_TABLE, snapshot_id)
        if snapshot.file in self._project.export_files.names():
            self._project.export_files.remove(snapshot.file)


class _Kept:
    """The tasks of a snapshot; can be gone through again."""

    def __init__(self, project: Project, snapshot: Snapshot) -> None:
        self._project = project
        self._snapshot = snapshot

    def __iter__(self) -> Iterator[Task]:
        path = self._project.export_files.path(self._snapshot.file)
        with path.open("rb") as stream:
            found = read(Upload(path.name, stream), self._project.imports.options())
            for item in one_by_one(item for item in found if not isinstance(item, Hosted)):
                yield _task(item)


def _task(item: RawTask) -> Task:
    fields: Json = item.value
    work = {key: value for key, value in fields.items() if key != "predictions"}
    return Task(int(fields["id"]), fields, work if fields.get("completions") else None)


def _snapshot(snapshot_id: int, row: Json) -> Snapshot:
    known = {key: row[key] for key in Snapshot.__slots__ if key in row}
    return Snapshot(**{**known, "id": snapshot_id})
