"""Where the files of an export go."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Protocol

from label_studio_lite.errors import Invalid

_COMPRESS_LEVEL = 3  # twice as fast as zlib's own choice, a tenth larger
_COMPRESSED = frozenset(
    (".jpg", ".jpeg", ".png", ".gif", ".webp", ".mp3", ".ogg", ".flac", ".m4a", ".mp4", ".webm")
)


class Output(Protocol):
    """``member`` is a relative path with ``/``, each given once; files are written one by one."""

    def open(self, member: str) -> AbstractContextManager[IO[bytes]]:
        """A stream for the content of a new file."""

    def add(self, member: str, path: Path) -> None:
        """A copy of a file on disk."""


class ZipOutput:
    """A ZIP archive written to ``stream``, a piece at a time; complete when the block ends."""

    def __init__(self, stream: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(
            stream,
            "w",
            zipfile.ZIP_DEFLATED,
            compresslevel=_COMPRESS_LEVEL,
            strict_timestamps=False,
        )

    def __enter__(self) -> ZipOutput:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def open(self, member: str) -> AbstractContextManager[IO[bytes]]:
        self._check(member)
        return self._archive.open(member, "w", force_zip64=True)  # its size is not known yet

    def add(self, member: str, path: Path) -> None:
        self._check(member)
        packed = PurePosixPath(member).suffix.lower() in _COMPRESSED
        how = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        self._archive.write(path, member, how)

    def _check(self, member: str) -> None:
        parts = PurePosixPath(member).parts
        if not parts or parts[0] == "/" or ".." in parts or "\\" in member:
            raise ValueError(f"{member!r} is no name for a file in an archive")
        if member in self._archive.NameToInfo:
            raise ValueError(f"{member!r} is in the archive already")


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

    def add(self, member: str, path: Path) -> None:
        with self.open(member) as stream, path.open("rb") as source:
            shutil.copyfileobj(source, stream)
