"""A part of an export that waits on disk until its place in the file is reached."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from label_studio_lite.core import jsontext

_IN_MEMORY = 1 << 20  # bytes
_PIECE = 1 << 18  # bytes
_LINES = 256


def on_disk() -> IO[bytes]:
    """A file without a name, in memory while it is small; the caller's to close."""
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


class Spool:
    """JSON values, one in a line, with ``between`` in front of each line break but the last.

    In memory while they are few. :meth:`close` it.
    """

    def __init__(self, between: bytes = b",") -> None:
        self.count = 0
        self._between = between + b"\n"
        self._file = on_disk()
        self._lines: list[bytes] = []  # that are still to be written to it

    def append(self, item: Any) -> None:
        self._lines.append(jsontext.dumps(item))
        self.count += 1
        if len(self._lines) == _LINES:
            self._flush()

    def _flush(self) -> None:
        before = self._between if self.count > len(self._lines) else b""
        self._file.write(before + self._between.join(self._lines))
        self._lines.clear()

    def copy_to(self, stream: IO[bytes]) -> None:
        """All of them, and a line break behind."""
        if self._lines:
            self._flush()
        self._file.seek(0)
        for piece in iter(lambda: self._file.read(_PIECE), b""):
            stream.write(piece)
        stream.write(b"\n" if self.count else b"")

    def close(self) -> None:
        self._file.close()
