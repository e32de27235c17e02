"""Where the files of an export go."""

from __future__ import annotations

import pickle
import shutil
import time
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Protocol

from label_studio_lite.errors import Invalid
from label_studio_lite.exporting.spool import on_disk

_COMPRESS_LEVEL = 3  # twice as fast as zlib's own choice, a tenth larger
_WORTH_PACKING = 200  # bytes; below, packing takes longer than it saves room
_COMPRESSED = frozenset(
    (".jpg", ".jpeg", ".png", ".gif", ".webp", ".mp3", ".ogg", ".flac", ".m4a", ".mp4", ".webm")
)
_PIECE = 1 << 18  # bytes
_READABLE = 0o644 << 16


class Output(Protocol):
    """``member`` is a relative path with ``/``, each given once; files are written one by one."""

    def open(self, member: str) -> AbstractContextManager[IO[bytes]]:
        """A stream for the content of a new file."""

    def put(self, member: str, content: bytes) -> None:
        """A new file with this content."""

    def add(self, member: str, source: IO[bytes]) -> None:
        """A new file with the rest of a stream as its content."""


class ZipOutput:
    """A ZIP archive written to ``stream``, a piece at a time; complete when the block ends.

    Its directory is kept on disk until then, so that memory does not grow with the number of
    files. That no name is given twice is the caller's to see to.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(
            stream,
            "w",
            zipfile.ZIP_DEFLATED,
            compresslevel=_COMPRESS_LEVEL,
        )
        self._made_at = _zip_time(time.localtime())
        self._directory = _Directory()
        self._archive.filelist = self._directory
        self._archive.NameToInfo = _NoNames()

    def __enter__(self) -> ZipOutput:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._archive.close()
        finally:
            self._directory.close()

    def open(self, member: str) -> AbstractContextManager[IO[bytes]]:
        entry = self._entry(member)
        if PurePosixPath(member).suffix.lower() in _COMPRESSED:
            entry.compress_type = zipfile.ZIP_STORED
        return self._archive.open(entry, "w", force_zip64=True)  # its size is not known yet

    def put(self, member: str, content: bytes) -> None:
        entry = self._entry(member)
        if len(content) < _WORTH_PACKING:
            entry.compress_type = zipfile.ZIP_STORED
        self._archive.writestr(entry, content, compresslevel=_COMPRESS_LEVEL)

    def add(self, member: str, source: IO[bytes]) -> None:
        with self.open(member) as target:
            shutil.copyfileobj(source, target, _PIECE)

    def _entry(self, member: str) -> zipfile.ZipInfo:
        if not member or member[0] == "/" or ".." in member.split("/") or "\\" in member:
            raise ValueError(f"{member!r} is no name for a file in an archive")
        entry = zipfile.ZipInfo(member, self._made_at)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = _READABLE
        return entry


class _Directory(list[zipfile.ZipInfo]):
    """The entries of an archive, on disk; ``zipfile`` appends them, and at the end reads all."""

    def __init__(self) -> None:
        super().__init__()
        self._spool = on_disk()
        self._count = 0

    def append(self, entry: zipfile.ZipInfo, /) -> None:
        pickle.dump(entry, self._spool, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[zipfile.ZipInfo]:
        self._spool.seek(0)
        for _ in range(self._count):
            yield pickle.load(self._spool)

    def close(self) -> None:
        self._spool.close()


class _NoNames(dict[str, zipfile.ZipInfo]):
    """In place of an archive's memory of all names."""

    def __setitem__(self, name: str, entry: zipfile.ZipInfo, /) -> None:
        """Forgotten at once."""


class BareOutput:
    """The only file of an export, written to ``stream`` as it is, without an archive."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.member: str | None = None

    def __enter__(self) -> BareOutput:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to complete; there for the sake of being used like a ``ZipOutput``."""

    @contextmanager
    def open(self, member: str) -> Iterator[IO[bytes]]:
        if self.member is not None:
            raise Invalid(
                f"This format makes several files ({self.member}, {member}…); ask for the ZIP"
            )
        self.member = member
        yield self._stream

    def put(self, member: str, content: bytes) -> None:
        with self.open(member) as stream:
            stream.write(content)

    def add(self, member: str, source: IO[bytes]) -> None:
        with self.open(member) as stream:
            shutil.copyfileobj(source, stream, _PIECE)


def _zip_time(now: time.struct_time) -> tuple[int, int, int, int, int, int]:
    """The least year that a ZIP knows is 1980."""
    return max(now.tm_year, 1980), now.tm_mon, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec
