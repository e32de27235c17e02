"""Uploaded files of a project, by number: media that tasks name, and files not imported yet.

The number of a file comes from its stored name, so that nothing has to be kept of a million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from label_studio_lite.errors import NotFound
from label_studio_lite.importing.upload import Upload
from label_studio_lite.service.imports import ImportResult
from label_studio_lite.store.uploads import original_name

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


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
        self._uploads = project.uploads

    def all(self) -> list[FileUpload]:
        """By name."""
        return [self._one(number, name) for number, name in self._numbered().items()]

    def get(self, upload_id: int) -> FileUpload:
        """``NotFound``."""
        name = self._numbered().get(upload_id)
        if name is None:
            raise NotFound(f"there is no uploaded file {upload_id}")
        return self._one(upload_id, name)

    def named(self, names: Collection[str]) -> list[FileUpload]:
        """Those of these stored names."""
        wanted = set(names)
        return [self._one(i, name) for i, name in self._numbered().items() if name in wanted]

    def _numbered(self) -> dict[int, str]:
        """Two names of one number are next to never; then the second has the next one."""
        found: dict[int, str] = {}
        for name in self._uploads.names():
            digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=5).digest()
            number = int.from_bytes(digest, "big")
            while number in found:
                number += 1
            found[number] = name
        return found

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
        return len(found)

    def _one(self, upload_id: int, name: str) -> FileUpload:
        path = self._uploads.path(name)
        return FileUpload(upload_id, name, path.stat().st_size if path else 0)
