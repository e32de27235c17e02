"""Imports in steps: send files, look at what was understood, then import them, or forget them."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from label_studio_lite.errors import ImportInvalid, Invalid
from label_studio_lite.importing.upload import Upload
from label_studio_lite.service.import_preview import Preview, preview
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

    def _opened(
        self, files: Iterable[Staged], running: Running | None = None
    ) -> Generator[Upload, None, None]:
        """One after the other: there may be more of them than a process may have open."""
        for file in files:
            with _Watched(self._files.path(file.id), running) as raw:
                yield Upload(file.name, cast("BinaryIO", io.BufferedReader(raw, _READ_AT_ONCE)))

    # -- importing ----------------------------------------------------------------------------

    def start(self, file_ids: Sequence[str], *, skip_bad: bool = False) -> Job:
        """Import these files in the background: all of them or nothing; see :mod:`.jobs`.

        With ``skip_bad``, bad items are passed over. ``total`` and ``done`` of the job are bytes;
        its ``counts`` say at the end what came: ``tasks``, ``first_id``, ``completions``,
        ``predictions``, ``left_out``. ``NotFound`` for an unknown id.
        """
        if not file_ids:
            raise Invalid('"files" must be the ids of staged files')
        for file_id in file_ids:
            self._files.path(file_id)
        return self._project.jobs.start(KIND, {"files": list(file_ids), "skip_bad": skip_bad})

    def _run(self, running: Running) -> None:
        """Also takes up an import that was cut off; one that had been done is not done again."""
        job = running.job
        files = [self._files.get(file_id) for file_id in job.params["files"]]
        job.total, job.done = sum(file.size for file in files), 0
        try:
            with closing(self._opened(files, running)) as uploads:
                result = self._project.imports.import_files(
                    uploads,
                    skip_bad=bool(job.params["skip_bad"]),
                    request_id=f"import-job-{job.id}-{job.created_at}",
                )
        except _Stopped:
            return
        except ImportInvalid as error:
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
