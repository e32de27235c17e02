"""A file system whose n-th call fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from label_studio_lite.store.fs import FileSystem, Lock

FULL = (errno.ENOSPC, errno.EDQUOT)
NEEDS_SPACE = ("open_append", "open_new", "write", "mkdir", "lock")


class FaultyFileSystem(FileSystem):
    """Fails the calls that change the disk numbered ``first`` (from 1) to ``first + count - 1``.

    ``code`` is the ``errno``. Of a write that fails, half has arrived when ``torn``. With
    ``short`` nothing fails, but writes are cut in half. ``failed`` names the calls that did.
    """

    def __init__(
        self, first: int, code: int = errno.EIO, *, count: int = 1, torn: bool = False
    ) -> None:
        super().__init__()
        self.calls = 0
        self.failed: list[str] = []
        self._range = range(first, first + count)
        self._code = code
        self._torn = torn

    def _step(self, name: str, path: Path | None = None) -> None:
        self.calls += 1
        if self.calls in self._range and (len(self._range) == 1 or name in NEEDS_SPACE):
            self.failed.append(name)
            raise OSError(self._code, os.strerror(self._code), path and str(path))

    def open_append(self, path: Path) -> int:
        self._step("open_append", path)
        return super().open_append(path)

    def open_new(self, path: Path) -> int:
        self._step("open_new", path)
        return super().open_new(path)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        try:
            self._step("write")
        except OSError:
            if self._torn:
                super().write(fd, data[: len(data) // 2])
            raise
        return super().write(fd, data)

    def truncate(self, fd: int, size: int) -> None:
        self._step("truncate")
        super().truncate(fd, size)

    def flush(self, fd: int) -> None:
        self._step("flush")

    def flush_dir(self, path: Path) -> None:
        self._step("flush_dir", path)

    def flush_all(self, path: Path) -> bool:
        self._step("flush_all", path)
        return True

    def replace(self, source: Path, target: Path) -> None:
        self._step("replace", target)
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        self._step("remove", path)
        super().remove(path)

    def mkdir(self, path: Path) -> None:
        self._step("mkdir", path)
        super().mkdir(path)

    def lock(self, path: Path) -> Lock:
        self._step("lock", path)
        return super().lock(path)


class ShortWrites(FileSystem):
    """Writes at most three bytes at once, as a pipe or a nearly full disk may."""

    def write(self, fd: int, data: bytes | memoryview) -> int:
        return super().write(fd, data[:3])


class FlushHook(FileSystem):
    """Calls a function before each flush, e.g. one that raises."""

    def __init__(self, hook: Callable[[], None]) -> None:
        super().__init__()
        self.hook = hook

    def flush(self, fd: int) -> None:
        self.hook()
        super().flush(fd)
