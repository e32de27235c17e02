"""Streams that readers make of other streams."""

from __future__ import annotations

import io
import tempfile
from typing import Any, BinaryIO, Protocol

from label_studio_lite.errors import StorageFull
from label_studio_lite.importing.upload import MEGABYTE

IN_MEMORY = 8 * MEGABYTE


class Readable(Protocol):
    """All that is asked of a stream which others own."""

    def read(self, size: int = ..., /) -> bytes: ...


class Borrowed(io.RawIOBase):
    """Reads from a stream that others own: closing this leaves that one open.

    It also makes a whole stream of what has little more than ``read``, such as Python 3.10's
    ``SpooledTemporaryFile``.
    """

    def __init__(self, stream: Readable) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # any buffer that can be written to
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class Spool:
    """A place for bytes whose number is not known: memory first, then a temporary file.

    Write, then take ``stream``, which is the caller's to close; the file vanishes with it.
    """

    def __init__(self) -> None:
        self.stream: BinaryIO = io.BytesIO()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Raises ``StorageFull`` when there is no room for temporary files."""
        try:
            if isinstance(self.stream, io.BytesIO) and self.size + len(chunk) > IN_MEMORY:
                self._to_disk(self.stream)
            self.stream.write(chunk)
        except OSError as error:
            raise StorageFull(f"no room in {tempfile.gettempdir()}: {error}") from error
        self.size += len(chunk)

    def rewound(self) -> BinaryIO:
        """The stream at its beginning."""
        self.stream.seek(0)
        return self.stream

    def _to_disk(self, memory: io.BytesIO) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115  it outlives this function
        try:
            file.write(memory.getbuffer())
        except OSError:
            file.close()
            raise
        self.stream = file
