"""Exports in the background: with progress, of all that a query finds, and with their report.

The ``result`` of such a job is ``{"name", "size", "counts"}``: the file in ``export/``, its bytes,
and what was read, written and left out (see :class:`.exports.Exported`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from label_studio_lite.core import tokens
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid
from label_studio_lite.exporting.base import Exporter
from label_studio_lite.exporting.choosing import Wish
from label_studio_lite.exporting.registry import LEGACY
from label_studio_lite.service.exports import Making, Selection
from label_studio_lite.service.jobs import Job, Running

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

KIND = "export"
_FLAGS = ("all_tasks", "predictions", "raw")
_WISHES = ("newest", "skipped", "ground_truth", "media")
_TOKENIZED = ("CONLL2003", "SPACY")
_WITH_PREDICTIONS = ("JSON",)


class _Stopped(Exception):
    """The export was cancelled, or the server stops."""


class ExportJobs:
    """The exports in the background of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        project.jobs.register(KIND, self._run, only_reads=True)

    def formats(self) -> list[Json]:
        """Each with what it holds and what not, and which of our options mean something to it.

        ``{"name", "title", "description", "holds", "cannot", "available", "options"}``; those
        that fit the label config first.
        """
        config = self._project.label_config.current
        listed = [
            {
                "name": exporter.name,
                "title": exporter.title,
                "description": exporter.description,
                "holds": exporter.holds,
                "cannot": exporter.cannot,
                "available": exporter.available(config),
                "options": _options(exporter),
            }
            for exporter in LEGACY.all()
        ]
        return sorted(listed, key=lambda each: not each["available"])

    def start(self, body: Json) -> Job:
        """Begin an export; ``Invalid`` for what could not be done. ``body``:

        ``format``; ``query``, ``state`` and ``search`` (see :mod:`.task_rows`): of these tasks
        alone; ``all_tasks``: also those that nobody has worked on; ``newest``, ``skipped``,
        ``ground_truth``: which completions, where not as the format has it; ``predictions``;
        ``media``: whether remote files are fetched; ``tokenizer``; ``raw``: no ZIP.
        """
        exporter = LEGACY.find(str(body.get("format") or ""))
        for name in (*_FLAGS, *_WISHES):
            if not isinstance(body.get(name), (bool, type(None))):
                raise Invalid(f'"{name}" must be true or false')
        if body.get("raw") and exporter.only_member is None:
            raise Invalid(f"{exporter.name} makes several files; leave raw out and take the ZIP")
        if body.get("tokenizer") not in (None, *tokens.names()):
            raise Invalid(f'"tokenizer" is none of {", ".join(tokens.names())}')
        self._project.task_rows.wanted(body)
        return self._project.jobs.start(KIND, dict(body))

    def _run(self, running: Running) -> None:
        job, body = running.job, running.job.params

        def progress(count: int) -> None:
            if running.stop.is_set():
                raise _Stopped
            running.progress(done=min(count, job.total), position=None)

        selection = self._selection(body)
        job.total = self._total(selection)
        making = Making(
            raw=bool(body.get("raw")),
            media=body.get("media"),
            tokenizer=body.get("tokenizer") or "words",
            progress=progress,
        )
        try:
            done = self._project.exports.export(body["format"], selection, making)
        except _Stopped:
            return
        job.done = job.total
        job.result = {"name": done.name, "size": done.path.stat().st_size, "counts": done.counts}

    def _selection(self, body: Json) -> Selection:
        ids: Any = None
        if any(body.get(key) not in (None, "", "all", {}) for key in ("query", "state", "search")):
            ids = self._project.task_rows.ids(self._project.task_rows.wanted(body))
        return Selection(
            ids=ids,
            all_tasks=bool(body.get("all_tasks")),
            wish=Wish(
                newest=body.get("newest"),
                skipped=body.get("skipped"),
                ground_truth=body.get("ground_truth"),
            ),
            predictions=bool(body.get("predictions")),
        )

    def _total(self, selection: Selection) -> int:
        counts = self._project.store.counts()
        most = counts.tasks if selection.all_tasks else counts.completed
        return most if selection.ids is None else min(most, len(selection.ids))


def _options(exporter: Exporter) -> list[str]:
    found = {
        "raw": exporter.only_member is not None,
        "media": exporter.fetches,
        "tokenizer": exporter.name in _TOKENIZED,
        "predictions": exporter.name in _WITH_PREDICTIONS,
    }
    return [name for name, has in found.items() if has]
