"""``upload/``: media files that came with an import, named ``<md5 of the bytes>-<name>``."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from label_studio_lite.store.fs import TEMP_SUFFIX, FileSystem, refusal

FOLDER = "upload"
_CHUNK = 1 << 20
_NAME_LIMIT = 180  # bytes kept of a name, so that any file system takes it
_EXTENSION_LIMIT = 20  # characters; what is longer is no extension
# what ends a path in an address, or begins an escape there, and what Windows has in no name
_RESERVED = str.maketrans(dict.fromkeys('#?%"*:<>|', "_"))


class Saved(NamedTuple):
    """A stored file; ``is_new`` is false when the same file was there already."""

    name: str
    is_new: bool


class Uploads:
    """The uploaded files of one project."""

    def __init__(self, fs: FileSystem, project: Path) -> None:
        self._fs = fs
        self.folder = project / FOLDER

    def save(self, name: str, stream: IO[bytes]) -> Saved:
        """Store a file durably. Raises ``StorageFull``, ``ReadOnly``.

        The same bytes under the same name are stored once.
        """
        digest = hashlib.md5(usedforsecurity=False)
        staged = self.folder / f".{uuid.uuid4().hex}{TEMP_SUFFIX}"

        def chunks() -> Iterator[bytes]:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                yield chunk

        try:
            self._fs.make_dir(self.folder)
            self._fs.put(staged, chunks(), durable=True)
            stored = f"{digest.hexdigest()}-{base_name(name).translate(_RESERVED)}"
            is_new = not (self.folder / stored).exists()
            self._fs.replace(staged, self.folder / stored)
            self._fs.flush_dir(self.folder)
        except OSError as error:
            self._fs.remove(staged)
            raise refusal(error, f"{FOLDER}/{name}") from error
        return Saved(stored, is_new)

    def path(self, stored: str) -> Path | None:
        """The file of a stored name; None when there is none, or the name leads elsewhere."""
        if PurePosixPath(stored).name != stored or "\\" in stored or stored.startswith("."):
            return None
        path = self.folder / stored
        try:
            found = path.is_file() and (not path.is_symlink() or self._is_inside(path))
        except (OSError, ValueError):  # a name that no file system takes
            return None
        return path if found else None

    def _is_inside(self, link: Path) -> bool:
        """Whether it leads to a file of this folder, which may be a link itself."""
        return Path(os.path.realpath(link)).is_relative_to(os.path.realpath(self.folder))

    def remove(self, stored: str) -> None:
        """Remove a file; fine when it is gone."""
        if self.path(stored) is not None:
            self._fs.remove(self.folder / stored)

    def names(self) -> list[str]:
        """Stored names, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(p.name for p in self.folder.iterdir() if self.path(p.name) is not None)


def original_name(stored: str) -> str:
    """The name under which a file was uploaded."""
    return stored.partition("-")[2] or stored


def base_name(name: str) -> str:
    """The name without folders, short enough for any file system; never hidden, never empty."""
    base = name.replace("\\", "/").rpartition("/")[2]
    base = "".join(filter(str.isprintable, base)).lstrip(".") or "file"
    if len(base.encode()) <= _NAME_LIMIT:
        return base
    stem, dot, extension = base.rpartition(".")
    if not stem or len(extension) > _EXTENSION_LIMIT or not extension.isascii():
        return _cut(base, _NAME_LIMIT)
    return f"{_cut(stem, _NAME_LIMIT - len(extension) - 1)}{dot}{extension}"


def _cut(text: str, size: int) -> str:
    """No more than ``size`` bytes of it, in whole characters."""
    return text.encode()[:size].decode(errors="ignore")
