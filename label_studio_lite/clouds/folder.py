"""Files of a folder on this machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from label_studio_lite.clouds.base import CHUNK, HIDDEN, Content, Entry, Field, Kind, Values, text
from label_studio_lite.errors import BackendFailed, Invalid, NotFound, OutOfRange
from label_studio_lite.outgoing import Outgoing


class FolderStorage:
    """Keys are paths below the folder, with ``/``. Hidden files are not seen, and nothing outside
    of the folder, whatever links say."""

    def __init__(self, values: Values, outgoing: Outgoing) -> None:
        given = text(values, "path")
        if not given:
            raise Invalid("Path must be set for Local Files storage")
        self._given = given
        self._root = Path(os.path.realpath(given))

    def _path(self, key: str) -> Path:
        path = Path(os.path.realpath(self._root / key))
        if "\0" in key or not key or not path.is_relative_to(self._root) or path == self._root:
            raise Invalid(f"{key!r} is not a path below {self._given}")
        return path

    @contextmanager
    def _failures(self, key: str = "") -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFound(f"there is no file {key} in {self._given}") from error
        except OSError as error:
            raise BackendFailed(f"{self._given}/{key}: {error.strerror}") from error

    # -- the interface ------------------------------------------------------------------------

    def validate(self, prefix: str = "") -> None:
        if not self._root.is_dir():
            raise Invalid(f'Absolute local path "{self._given}" does not exist')
        with self._failures():
            next(self._root.iterdir(), None)

    def list(self, prefix: str = "", *, recursive: bool = True) -> Iterator[Entry]:
        """In the order of the paths, folder by folder."""
        if not self._root.is_dir():
            raise BackendFailed(f"there is no folder {self._given}")
        start = self._root / prefix.rpartition("/")[0]
        if not start.is_dir() or not Path(os.path.realpath(start)).is_relative_to(self._root):
            return
        for path in self._below(start, recursive):
            key = path.relative_to(self._root).as_posix()
            if not key.startswith(prefix):
                continue
            try:
                stat = self._path(key).stat()
            except (Invalid, FileNotFoundError):  # leads elsewhere, or is gone by now
                continue
            yield Entry(key, stat.st_size, f"{stat.st_size}-{stat.st_mtime_ns}")

    def _below(self, folder: Path, recursive: bool) -> Iterator[Path]:
        with self._failures():
            entries = sorted(folder.iterdir())
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if recursive and not entry.is_symlink():
                    yield from self._below(entry, recursive)
            elif entry.is_file():
                yield entry

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Content:
        with self._failures(key):
            stream = self._path(key).open("rb")
            size = os.fstat(stream.fileno()).st_size
        end = size if stop is None else min(stop, size)
        if start >= size and start:
            stream.close()
            raise OutOfRange(f"{key} has {size} bytes")
        return Content(self._chunks(stream, start, end), size, start, end, close=stream.close)

    def _chunks(self, stream: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
        with self._failures():
            stream.seek(start)
            while start < stop and (part := stream.read(min(CHUNK, stop - start))):
                yield part
                start += len(part)

    def write(self, key: str, content: bytes, content_type: str = "application/json") -> None:
        """Beside it first, then renamed: nobody reads half a file. The store's way of writing
        (``store/fs.py``) is for the project's folder, and flushes; this is a copy of what is
        safe there."""
        path = self._path(key)
        temp = path.with_name(f"{HIDDEN}{secrets.token_hex(4)}")
        with self._failures(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temp.open("wb") as stream:
                    stream.write(content)
                temp.replace(path)
            finally:
                temp.unlink(missing_ok=True)

    def delete(self, key: str) -> None:
        with self._failures(key):
            self._path(key).unlink(missing_ok=True)

    def presign(self, key: str, seconds: int) -> str | None:
        return None

    def link(self, key: str) -> str | None:
        return None

    def close(self) -> None:
        """Nothing is held open."""


KIND = Kind(
    name="localfiles",
    title="Local files",
    open=FolderStorage,
    place="path",
    prefix="path",
    fields=(Field("path", "Folder", required=True, help="An absolute path on this machine"),),
)
