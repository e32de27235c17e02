"""Imports in steps: send files, look at what was understood, then import them, or forget them."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, InvalidItems
from label_studio_lite.importing.upload import Upload
from label_studio_lite.service.finished_work import Brought, How
from label_studio_lite.service.import_preview import Preview, preview
from label_studio_lite.service.imports import ImportResult
from label_studio_lite.service.jobs import Job, Running
from label_studio_lite.store.staged import KEPT, Staged, StagedFiles

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

KIND = "import"
_READ_AT_ONCE = 1 << 20


class Staging:
    """The imports in steps of one project. Nothing of it counts until :meth:`start`."""

    def __init__(self, project: Project, files: StagedFiles) -> None:
        self._project = project
        self._files = files
        project.jobs.register(KIND, self._run)

    # -- files --------------------------------------------------------------------------------

    def add(self, uploads: Sequence[Upload]) -> list[Staged]:
        """Keep files for a day. Raises ``StorageFull``, ``ReadOnly``."""
        self._files.forget(self._project.clock() - KEPT)
        return [self._files.add(upload.name, upload.stream) for upload in uploads]

    def all(self) -> list[Staged]:
        return self._files.all()

    def remove(self, file_id: str) -> None:
        """``NotFound`` for an unknown id."""
        self._files.remove(file_id)

    def preview(self, file_ids: Sequence[str]) -> Preview:
        """What an import of these files would bring. ``NotFound`` for an unknown id."""
        files = [self._files.get(file_id) for file_id in file_ids]
        with closing(self._opened(files)) as uploads:
            return preview(self._project, uploads)

    def preview_finished(self, file_ids: Sequence[str], name: str, how: How) -> Brought:
        """What these files would bring as finished work. ``NotFound``, ``Invalid``."""
        files = [self._files.get(file_id) for file_id in file_ids]
        with closing(self._opened(files)) as uploads:
            work = self._project.finished_work
            return work.import_uploads(name, uploads, replace(how, dry_run=True))

    def _opened(
        self, files: Iterable[Staged], running: Running | None = None
    ) -> Generator[Upload, None, None]:
        """One after the other: there may be more of them than a process may have open."""
        for file in files:
            with _Watched(self._files.path(file.id), running) as raw:
                yield Upload(file.name, cast("BinaryIO", io.BufferedReader(raw, _READ_AT_ONCE)))

    # -- importing ----------------------------------------------------------------------------

    def start(
        self, file_ids: Sequence[str], *, skip_bad: bool = False, finished: Json | None = None
    ) -> Job:
        """Import these files in the background: all of them or nothing; see :mod:`.jobs`.

        With ``skip_bad``, bad items are passed over. ``finished`` is for finished work:
        ``{"format", "as"?, "media_url"?, "set_label_config"?}``.

        ``total`` and ``done`` of the job are bytes; its ``counts`` say at the end what came:
        ``tasks``, ``first_id``, ``completions``, ``predictions``, ``left_out``. ``NotFound`` for
        an unknown id.
        """
        if not file_ids:
            raise Invalid('"files" must be the ids of staged files')
        for file_id in file_ids:
            self._files.path(file_id)
        if finished is not None:
            how_of(finished)
        params = {"files": list(file_ids), "skip_bad": skip_bad, "finished": finished}
        return self._project.jobs.start(KIND, params)

    def _import(self, job: Job, uploads: Iterable[Upload]) -> ImportResult:
        key = f"import-job-{job.id}-{job.created_at}"
        if job.params.get("finished"):
            name, how = how_of(job.params["finished"])
            work = self._project.finished_work
            brought = work.import_uploads(name, uploads, replace(how, request_id=key))
            assert brought.result is not None
            return brought.result
        return self._project.imports.import_files(
            uploads, skip_bad=bool(job.params["skip_bad"]), request_id=key
        )

    def _run(self, running: Running) -> None:
        """Also takes up an import that was cut off; one that had been done is not done again."""
        job = running.job
        files = [self._files.get(file_id) for file_id in job.params["files"]]
        job.total, job.done = sum(file.size for file in files), 0
        try:
            with closing(self._opened(files, running)) as uploads:
                result = self._import(job, uploads)
        except _Stopped:
            return
        except InvalidItems as error:
            raise Invalid("\n".join(error.messages)) from error
        job.done = job.total
        job.counts = {
            "tasks": result.task_count,
            "first_id": result.first_id,
            "completions": result.completion_count,
            "predictions": result.prediction_count,
            "left_out": result.left_out,
        }
        for file in files:
            self._files.remove(file.id)


def how_of(finished: Json) -> tuple[str, How]:
    """The format and how it is imported, from what a client says. ``Invalid``."""
    name, role = finished.get("format"), finished.get("as", "completions")
    if not isinstance(name, str) or role not in ("completions", "predictions"):
        raise Invalid('"format" must be a name, and "as" completions or predictions')
    how = How(
        role=role,
        media_url=str(finished.get("media_url") or ""),
        set_config=bool(finished.get("set_label_config")),
    )
    return name, how


class _Stopped(Exception):
    """The import was cancelled, or the server stops."""


class _Watched(io.FileIO):
    """A file that tells a job how far it is read, and ends the reading when the job is to stop."""

    def __init__(self, path: Path, running: Running | None) -> None:
        super().__init__(path, "rb")
        self._running = running
        self._furthest = 0

    def readinto(self, buffer: Any) -> int:  # any buffer that can be written to
        size = super().readinto(buffer) or 0
        self._tell()
        return size

    def readall(self) -> bytes:
        content = super().readall()
        self._tell()
        return content

    def _tell(self) -> None:
        if self._running is None:
            return
        if self._running.stop.is_set():
            raise _Stopped
        at = self.tell()
        if at > self._furthest:
            done = self._running.job.done + at - self._furthest
            self._running.progress(done=done, position=None)
            self._furthest = at
