"""Bringing results out."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Task
from label_studio_lite.errors import Invalid
from label_studio_lite.exporting import registry
from label_studio_lite.exporting.base import BareOutput, Context, Exporter, Report, ZipOutput

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export: the file, the name to offer it under, and what was left out."""

    path: Path
    name: str
    report: Report


class Exports:
    """The exports of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    def names(self) -> list[str]:
        """Every format there is."""
        return registry.names()

    def available(self) -> list[Exporter]:
        """The formats that can hold what the label config makes."""
        return registry.exporters(self._project.label_config.current)

    def export(self, name: str, *, all_tasks: bool = False, raw: bool = False) -> Exported:
        """Write an export into ``export/``; ``Invalid`` for an unknown format.

        Completed tasks are exported, in id order, and completions whose task is gone; with
        ``all_tasks`` also those that are not completed. ``raw`` is the format's one file as it
        is, without a ZIP around it.
        """
        exporter = registry.find(name)
        context = Context(config=self._project.label_config.current)
        tasks = _Tasks(self._project, all_tasks=all_tasks)
        if raw and exporter.only_member is None:
            raise Invalid(f"{name} makes several files; leave raw out and take the ZIP")
        suffix = Path(exporter.only_member or "").suffix if raw else ".zip"
        with self._project.export_files.create(suffix) as file:
            output = BareOutput(file.stream) if raw else ZipOutput(file.stream)
            with output:
                report = exporter.write(tasks, output, context)
        return Exported(file.path, file.path.name, report)


class _Tasks:
    """The tasks of an export; can be gone through again by formats that need two passes."""

    def __init__(self, project: Project, *, all_tasks: bool) -> None:
        self._store = project.store
        self._all = all_tasks

    def __iter__(self) -> Iterator[Task]:
        return self._store.read_tasks(self._ids())

    def _ids(self) -> Iterable[int]:
        tasks = self._store.task_ids() if self._all else self._store.completed_ids()
        return heapq.merge(tasks, self._store.orphan_ids())
