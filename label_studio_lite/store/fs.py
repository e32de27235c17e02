"""The one seam for files: every write, flush, rename and lock of a project goes through here.

Tests put a recording or failing :class:`FileSystem` in its place and so can replay a power cut
at any moment, or a full disk at any call. Differences between operating systems live nowhere
else:

* ``flush`` is ``fdatasync`` on Linux, ``F_FULLFSYNC`` on macOS (where ``fsync`` leaves data in the
  drive's cache; volumes that do not know it get ``fsync``), ``_commit`` on Windows;
* a rename is made durable by flushing its folder, which Windows neither needs nor offers;
* on Windows a rename fails while a virus scanner or an indexer holds the file, so it is retried.
"""

from __future__ import annotations

import ctypes
import errno
import json
import logging
import os
import stat
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from label_studio_lite.errors import ReadOnly, StorageFull

log = logging.getLogger(__name__)

_BINARY = getattr(os, "O_BINARY", 0)
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_WINDOWS = sys.platform == "win32"
_MAC = sys.platform == "darwin"
_RENAME_PATIENCE = 2.0  # seconds that a rename is retried on Windows
_F_FULLFSYNC = 51  # macOS; the fcntl module does not name it everywhere
_NOT_OFFERED = (errno.EINVAL, errno.ENOTSUP, errno.ENOTTY, errno.ENOSYS)
_MANY = 32  # files beyond which one flush of the whole file system is cheaper
_PIECE = 1 << 16  # bytes of a small file that are read at once
_STRIDE = 8 << 20  # bytes after which a large file is flushed while it is being written

TEMP_SUFFIX = ".lsl-tmp"  # not what any other program would use: leftovers are removed


def temp_name(path: Path) -> Path:
    """Where a file is written before it is renamed to ``path``: beside it, hidden."""
    return path.with_name(f".{path.name}{TEMP_SUFFIX}")


def is_temp(name: str) -> bool:
    """Whether a file of this name is a leftover of an interrupted write."""
    return name.startswith(".") and name.endswith(TEMP_SUFFIX)


class FileSystem:
    """File operations as the operating system offers them; all raise ``OSError``."""

    def __init__(self) -> None:
        self._seek_lock = threading.Lock()

    # -- primitives ---------------------------------------------------------------------------

    def open_append(self, path: Path) -> int:
        """A descriptor for reading and appending; the file is made when missing."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY | _CLOEXEC, 0o666)

    def open_new(self, path: Path) -> int:
        """A descriptor for writing an empty file, replacing an older one of that name."""
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | _BINARY | _CLOEXEC
        return os.open(path, flags, 0o666)

    def open_read(self, path: Path) -> int:
        return os.open(path, os.O_RDONLY | _BINARY | _CLOEXEC)

    def close(self, fd: int) -> None:
        os.close(fd)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        """Bytes written, possibly fewer than given."""
        return os.write(fd, data)

    def read(self, fd: int, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``; safe for concurrent readers."""
        if hasattr(os, "pread"):
            return os.pread(fd, length, offset)
        with self._seek_lock:
            os.lseek(fd, offset, os.SEEK_SET)
            return os.read(fd, length)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def flush(self, fd: int) -> None:
        """Return when the file's bytes are on the medium."""
        if _MAC:
            _full_flush(fd)
        elif hasattr(os, "fdatasync"):
            os.fdatasync(fd)
        else:
            os.fsync(fd)

    def flush_dir(self, path: Path) -> None:
        """Return when names made, renamed or removed in this folder are on the medium."""
        if _WINDOWS:
            return
        fd = os.open(path, os.O_RDONLY | _CLOEXEC)
        try:
            os.fsync(fd)
        except OSError as error:
            if error.errno not in _NOT_OFFERED:
                raise
        finally:
            os.close(fd)

    def flush_all(self, path: Path) -> bool:
        """Flush the whole file system that holds ``path``; False where that is not offered."""
        if not sys.platform.startswith("linux"):
            return False
        libc = ctypes.CDLL(None, use_errno=True)
        if not hasattr(libc, "syncfs"):
            return False
        fd = os.open(path, os.O_RDONLY | _CLOEXEC)
        try:
            if libc.syncfs(fd) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code), str(path))
        finally:
            os.close(fd)
        return True

    def replace(self, source: Path, target: Path) -> None:
        """Rename, taking the place of ``target``; atomic for every reader."""
        deadline = time.monotonic() + _RENAME_PATIENCE
        while True:
            try:
                source.replace(target)
                return
            except PermissionError:
                if not _WINDOWS or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def remove(self, path: Path) -> None:
        """Remove a file; fine when it is gone already."""
        with suppress(FileNotFoundError):
            path.unlink()

    def mkdir(self, path: Path) -> None:
        """Make one folder; ``FileExistsError`` when there is one."""
        path.mkdir()

    # -- built from them ----------------------------------------------------------------------

    def write_all(self, fd: int, data: bytes | memoryview) -> None:
        """Write everything; a short write is continued."""
        view = memoryview(data)
        while view:
            view = view[self.write(fd, view) :]

    def make_dir(self, path: Path) -> None:
        """Make one folder, durably; fine when it exists."""
        try:
            self.mkdir(path)
        except FileExistsError:
            return
        self.flush_dir(path.parent)

    def put(
        self,
        path: Path,
        content: bytes | Iterable[bytes | memoryview],
        *,
        durable: bool,
        private: bool = False,
    ) -> None:
        """Replace a file as a whole: readers see the old content or the new, never a mixture.

        With ``durable`` the new content is on the medium on return, and so is its name. The file
        keeps its permissions, unless it is ``private``: then only its owner may read it. A link
        to a file stays one.
        """
        if path.is_symlink():
            path = Path(os.path.realpath(path))
        temp = self.stage(path, content, durable=durable, private=private)
        try:
            self.replace(temp, path)
        except BaseException:
            with suppress(OSError):  # what it would have been about is raised already
                self.remove(temp)
            raise
        if durable:
            self.flush_dir(path.parent)

    def stage(
        self,
        path: Path,
        content: bytes | Iterable[bytes | memoryview],
        *,
        durable: bool,
        private: bool = False,
    ) -> Path:
        """Write what is to replace ``path`` into a file beside it, whose name is returned."""
        temp = temp_name(path)
        chunks = (content,) if isinstance(content, bytes) else content
        try:
            fd = self.open_new(temp)
            try:
                _set_mode(fd, path, private)
                self._write_chunks(fd, chunks, durable=durable)
            finally:
                self.close(fd)
        except BaseException:
            with suppress(OSError):  # what it would have been about is raised already
                self.remove(temp)
            raise
        return temp

    def _write_chunks(
        self, fd: int, chunks: Iterable[bytes | memoryview], *, durable: bool
    ) -> None:
        """Large files are flushed bit by bit, lest a flush of the journal has to wait for all."""
        written = 0
        for chunk in chunks:
            self.write_all(fd, chunk)
            written += len(chunk)
            if durable and written > _STRIDE:
                self.flush(fd)
                written = 0
        if durable:
            self.flush(fd)

    def flush_files(self, paths: list[Path]) -> None:
        """Make files that were put without ``durable`` durable, contents and names."""
        folders = {path.parent for path in paths if path.parent.is_dir()}
        if len(paths) > _MANY and all(self.flush_all(folder) for folder in folders):
            return
        for path in paths:
            try:
                fd = self.open_append(path) if _WINDOWS else self.open_read(path)
            except FileNotFoundError:
                continue  # removed since; its folder is flushed below
            try:
                self.flush(fd)
            finally:
                self.close(fd)
        for folder in folders:
            self.flush_dir(folder)

    def lock(self, path: Path) -> Lock:
        """Take the exclusive lock of ``path``; ``BlockingIOError`` when another process has it."""
        fd = os.open(path, os.O_RDWR | os.O_CREAT | _BINARY | _CLOEXEC, 0o666)
        try:
            _lock_descriptor(fd)
        except OSError:
            os.close(fd)
            raise
        return Lock(fd)


class Lock:
    """A held lock. It goes with its process, so one that was killed leaves nothing to clean up."""

    def __init__(self, fd: int) -> None:
        self._fd: int | None = fd

    def note(self, holder: dict[str, Any]) -> None:
        """Leave a note about the holder, for those who find the lock taken; a mere courtesy."""
        if self._fd is None:
            return
        try:
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, json.dumps(holder).encode())
        except OSError as error:
            log.warning("it could not be noted who holds the lock: %s", error)

    def release(self) -> None:
        """Let go. Safe to call twice."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)

    def __del__(self) -> None:
        self.release()


def _full_flush(fd: int) -> None:
    import fcntl

    try:
        fcntl.fcntl(fd, _F_FULLFSYNC)
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise
        os.fsync(fd)


def _set_mode(fd: int, path: Path, private: bool) -> None:
    """Give a file that is to replace ``path`` its permissions, or its owner's alone."""
    if not hasattr(os, "fchmod"):
        return
    with suppress(OSError):  # a new file, or a file system without permissions
        mode = 0o600 if private else stat.S_IMODE(path.stat().st_mode)
        if mode != stat.S_IMODE(os.fstat(fd).st_mode):
            os.fchmod(fd, mode)


def _lock_descriptor(fd: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            # a byte far behind the note, so that the note stays readable to others
            os.lseek(fd, 1 << 30, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK, errno.EWOULDBLOCK):
            raise BlockingIOError(error.errno, "held by another process") from error
        raise


def content_of(path: str) -> bytes:
    """All of a small file, with half of the system calls that ``open`` makes of it."""
    fd = os.open(path, os.O_RDONLY | _BINARY | _CLOEXEC)
    try:
        pieces = list(iter(partial(os.read, fd, _PIECE), b""))
    finally:
        os.close(fd)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def is_full(error: OSError) -> bool:
    """Whether an error means that there is no space (or quota) left."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def refusal(error: OSError, what: str) -> StorageFull | ReadOnly:
    """What a failed write of ``what`` means for those who asked for it."""
    if is_full(error):
        return StorageFull(f"there is no space left to write {what} ({error.strerror})")
    return ReadOnly(f"{what} cannot be written ({error})")
