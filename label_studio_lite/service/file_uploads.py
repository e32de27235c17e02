"""Uploaded files of a project, by number: media that tasks name, and files not imported yet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from label_studio_lite.errors import NotFound
from label_studio_lite.importing.upload import Upload
from label_studio_lite.service.imports import ImportResult
from label_studio_lite.store.uploads import original_name

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_TABLE = "uploads"


@dataclass(frozen=True, slots=True)
class FileUpload:
    """A file in ``upload/``; ``size`` in bytes."""

    id: int
    name: str
    size: int


class FileUploads:
    """The uploaded files of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._documents = project.documents
        self._uploads = project.uploads

    def all(self) -> list[FileUpload]:
        """By number. Files that were put there otherwise get one now."""
        names = self._uploads.names()
        known = {i: str(row["name"]) for i, row in self._documents.all(_TABLE).items()}
        for name in names:
            if name not in known.values():
                known[self._documents.add(_TABLE, {"name": name})] = name
        present = set(names)
        return [self._one(i, name) for i, name in sorted(known.items()) if name in present]

    def get(self, upload_id: int) -> FileUpload:
        """``NotFound``."""
        for found in self.all():
            if found.id == upload_id:
                return found
        raise NotFound(f"there is no uploaded file {upload_id}")

    def named(self, names: Sequence[str]) -> list[FileUpload]:
        """Those of these stored names."""
        return [found for found in self.all() if found.name in names]

    def stage(self, uploads: Sequence[Upload]) -> list[FileUpload]:
        """Keep files without importing them. ``StorageFull``, ``ReadOnly``."""
        for upload in uploads:
            upload.stream.seek(0)
        names = [self._uploads.save(upload.name, upload.stream).name for upload in uploads]
        return self.named(names)

    def reimport(self, upload_ids: Sequence[int]) -> ImportResult:
        """Import files that were kept. ``NotFound``, ``ImportInvalid``, ``Invalid``."""
        found = [self.get(upload_id) for upload_id in upload_ids]
        with ExitStack() as stack:
            uploads = []
            for one in found:
                path = self._uploads.path(one.name)
                if path is None:
                    raise NotFound(f"there is no uploaded file {one.id}")
                stream = stack.enter_context(path.open("rb"))
                uploads.append(Upload(original_name(one.name), stream))
            return self._project.imports.import_files(uploads)

    def delete(self, upload_ids: Sequence[int]) -> int:
        """Remove files; ``NotFound`` before any is removed. Returns how many there were."""
        found = [self.get(upload_id) for upload_id in upload_ids]
        for one in found:
            self._uploads.remove(one.name)
            self._documents.remove(_TABLE, one.id)
        return len(found)

    def _one(self, upload_id: int, name: str) -> FileUpload:
        path = self._uploads.path(name)
        return FileUpload(upload_id, name, path.stat().st_size if path else 0)
