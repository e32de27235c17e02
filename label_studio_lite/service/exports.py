"""Bringing results out."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from label_studio_lite.core.filters import Query
from label_studio_lite.core.model import Json, Task
from label_studio_lite.errors import Invalid, NotFound
from label_studio_lite.exporting.base import Context, Exporter, Wording
from label_studio_lite.exporting.choosing import Wish
from label_studio_lite.exporting.media import Media
from label_studio_lite.exporting.output import BareOutput, ZipOutput
from label_studio_lite.exporting.registry import LEGACY, Registry
from label_studio_lite.exporting.report import MEMBER, Report
from label_studio_lite.service.own_media import Fetcher, own_path

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

Progress = Callable[[int], None]  # how many tasks were written so far


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported: completed tasks, unless ``all_tasks``; of those ``ids``, if given.

    ``query`` finds tasks in the language of the task list; its order does not count. ``wish`` says
    which of their completions are taken, ``predictions`` whether JSON has theirs.
    """

    ids: Sequence[int] | None = None
    query: Query | None = None
    all_tasks: bool = False
    wish: Wish = field(default_factory=Wish)
    predictions: bool = False


@dataclass(frozen=True, slots=True)
class Making:
    """How an export is made. ``formats`` and ``wording`` are a dialect's.

    ``raw`` is the format's one file as it is, without a ZIP around it. ``media``: whether remote
    files are fetched; None as the format says.
    """

    formats: Registry = LEGACY
    wording: Wording = field(default_factory=Wording)
    raw: bool = False
    media: bool | None = None
    tokenizer: str = "words"
    progress: Progress = lambda count: None


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export. ``name`` is the one to offer it under; ``kept`` is whether it is there
    when the project is closed.

    ``counts`` is the report without its items: ``{"tasks": {"read", "written", "left_out"},
    "completions"?, "regions"?, "skipped", "summary": [{"kind", "reason", "count"}]}``.
    """

    path: Path
    name: str
    counts: Json
    kept: bool = True

    @property
    def skipped(self) -> int:
        """How many things are not in it."""
        return int(self.counts["skipped"])


class Exports:
    """The exports of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def available(self, formats: Registry = LEGACY) -> list[Exporter]:
        """The formats that can hold what the label config makes."""
        return formats.available(self._project.label_config.current)

    def described(self, formats: Registry = LEGACY) -> list[Json]:
        """See :meth:`Registry.described`."""
        return formats.described(self._project.label_config.current)

    def export(
        self,
        name: str,
        selection: Selection = Selection(),
        making: Making = Making(),
        *,
        taken: Callable[[Task], Task | None] | None = None,
        tasks: Iterable[Task] | None = None,
    ) -> Exported:
        """Write an export into ``export/``, in the order of the ids.

        Completions whose task is gone are exported, too. What a format cannot hold is told in
        ``export_report.json`` in the ZIP. Raises ``Invalid`` for an unknown format, ``NotFound``
        for an id that is none; then nothing is left behind. ``taken`` gives what is taken of a
        task, or None; ``tasks`` are exported in place of the project's own, and must be the same
        each time.
        """
        exporter = making.formats.find(name)
        if making.raw and exporter.only_member is None:
            raise Invalid(f"{name} makes several files; leave raw out and take the ZIP")
        suffix = Path(exporter.only_member or "").suffix if making.raw else ".zip"
        report = Report()
        context = self._context(exporter, selection, making, report)
        try:
            if tasks is None:
                tasks = _Tasks(self._project, selection, making.progress, taken)
                tasks.report_open(report)
            with self._project.export_files.create(suffix) as file:
                if making.raw:
                    exporter.write(tasks, BareOutput(file.stream), context)
                else:
                    with ZipOutput(file.stream) as output:
                        exporter.write(tasks, output, context)
                        if not report.empty:
                            with output.open(MEMBER) as stream:
                                report.write(stream, {"format": name})
            return Exported(file.path, file.path.name, report.counts(), file.kept)
        finally:
            report.close()

    def _context(
        self, exporter: Exporter, selection: Selection, making: Making, report: Report
    ) -> Context:
        project = self._project
        fetches = exporter.fetches if making.media is None else making.media
        return Context(
            config=project.label_config.current,
            wish=selection.wish,
            units=project.editors.offsets,
            predictions=selection.predictions,
            tokenizer=making.tokenizer,
            now=project.clock(),
            media=Media(
                lambda address: own_path(address, project), Fetcher(project) if fetches else None
            ),
            wording=making.wording,
            report=report,
        )

    # -- finished ones ------------------------------------------------------------------------

    def list(self) -> list[Json]:
        """``{"name", "size", "created_at"}`` of each file, the newest first."""
        return self._project.export_files.list()

    def path(self, name: str) -> Path:
        """``NotFound`` for an unknown name."""
        return self._project.export_files.path(name)

    def remove(self, name: str) -> None:
        """``NotFound`` for an unknown name."""
        self._project.export_files.remove(name)


class _Tasks:
    """The tasks of an export; can be gone through again by formats that need two passes."""

    def __init__(
        self,
        project: Project,
        selection: Selection,
        progress: Progress,
        taken: Callable[[Task], Task | None] | None,
    ) -> None:
        self._store = project.store
        self._all = selection.all_tasks
        self._progress = progress
        self._taken = taken
        self._asked = sorted(set(selection.ids)) if selection.ids is not None else None
        orphans = set(self._store.orphan_ids()) if self._asked else set()
        for task_id in self._asked or ():
            if task_id not in orphans and not self._store.has_task(task_id):
                raise NotFound(f"there is no task {task_id}")
        found = project.task_table.ids(selection.query) if selection.query is not None else None
        self._found = None if found is None else array("q", sorted(found))

    def report_open(self, report: Report) -> None:
        """Tasks that were asked for by id and are left out, because nobody has worked on them."""
        for task_id in sorted(set(self._asked or ()).difference(self._ids())):
            report.tasks.read += 1
            report.leave_out(Task(task_id, {}), "it is not completed, or not found by the filter")

    def __iter__(self) -> Iterator[Task]:
        found: Iterable[Task] = self._store.read_tasks(self._ids())
        if self._taken is not None:
            found = (task for task in map(self._taken, found) if task is not None)
        for count, task in enumerate(found):
            yield task
            self._progress(count + 1)

    def _ids(self) -> Iterable[int]:
        store = self._store
        tasks = store.task_ids() if self._all else store.completed_ids()
        ids: Iterable[int] = heapq.merge(tasks, store.orphan_ids())
        for chosen in (self._asked, self._found):
            if chosen is not None:
                ids = _in_both(ids, chosen)
        return ids


def _in_both(ids: Iterable[int], others: Iterable[int]) -> Iterator[int]:
    """What two ascending sequences have in common."""
    remaining = iter(others)
    other = next(remaining, None)
    for one in ids:
        while other is not None and other < one:
            other = next(remaining, None)
        if other == one:
            yield one
