"""Differences between operating systems, as far as they can be tried on one of them."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.errors import ReadOnly, StorageFull
from label_studio_lite.store import fs as seam
from label_studio_lite.store.fs import FileSystem, content_of, is_temp, refusal, temp_name


def test_put_replaces_a_file_as_a_whole(scratch: Path) -> None:
    fs = FileSystem()
    path = scratch / "a.json"
    fs.put(path, b"old", durable=True)
    fs.put(path, (b"n", b"e", b"w"), durable=False)
    assert path.read_bytes() == b"new"
    assert list(scratch.iterdir()) == [path]


def test_put_that_fails_leaves_the_old_file_and_nothing_else(scratch: Path) -> None:
    fs = FileSystem()
    path = scratch / "a.json"
    fs.put(path, b"old", durable=True)

    def chunks() -> Any:
        yield b"half"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        fs.put(path, chunks(), durable=True)
    assert path.read_bytes() == b"old"
    assert list(scratch.iterdir()) == [path]


def test_temporary_names_are_known_again() -> None:
    assert is_temp(temp_name(Path("/x/tasks.json")).name)
    for name in ("tasks.json", ".lock", ".a.tmp", "a.lsl-tmp"):
        assert not is_temp(name)


def test_large_files_are_flushed_bit_by_bit(scratch: Path) -> None:
    flushed: list[int] = []

    class Watched(FileSystem):
        def flush(self, fd: int) -> None:
            flushed.append(os.fstat(fd).st_size)

    Watched().put(scratch / "big", (bytes(1 << 20) for _ in range(30)), durable=True)
    assert len(flushed) == 4
    assert flushed[-1] == 30 << 20


def test_rename_is_tried_again_where_a_scanner_holds_the_file(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seam, "_WINDOWS", True)
    (scratch / "a").write_bytes(b"a")
    real, failures = Path.replace, [1, 2, 3]

    def replace(self: Path, target: Path) -> Path:
        if failures:
            failures.pop()
            raise PermissionError(errno.EACCES, "held by a virus scanner")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    FileSystem().replace(scratch / "a", scratch / "b")
    assert (scratch / "b").read_bytes() == b"a"


def test_rename_is_not_tried_for_ever(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seam, "_WINDOWS", True)
    monkeypatch.setattr(seam, "_RENAME_PATIENCE", 0.1)

    def replace(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "held for ever")

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(PermissionError):
        FileSystem().replace(scratch / "a", scratch / "b")


def test_folders_are_not_flushed_on_windows(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seam, "_WINDOWS", True)
    FileSystem().flush_dir(scratch / "is-not-there")


class Fcntl:
    """In the place of ``fcntl.fcntl``."""

    def __init__(self, error: int = 0) -> None:
        self.calls: list[int] = []
        self._error = error

    def __call__(self, fd: int, command: int) -> None:
        self.calls.append(command)
        if self._error:
            raise OSError(self._error, os.strerror(self._error))


@pytest.fixture
def descriptor(scratch: Path) -> Any:
    fd = os.open(scratch / "file", os.O_RDWR | os.O_CREAT)
    yield fd
    os.close(fd)


def test_the_drive_is_told_to_flush_on_macos(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = Fcntl()
    monkeypatch.setattr(seam, "_MAC", True)
    monkeypatch.setattr("fcntl.fcntl", fcntl)
    FileSystem().flush(descriptor)
    assert fcntl.calls == [51]


def test_a_volume_without_full_flush_gets_an_ordinary_one(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(seam, "_MAC", True)
    monkeypatch.setattr("fcntl.fcntl", Fcntl(errno.ENOTSUP))
    monkeypatch.setattr("os.fsync", flushed.append)
    FileSystem().flush(descriptor)
    assert flushed == [descriptor]


def test_a_full_flush_that_fails_is_an_error(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seam, "_MAC", True)
    monkeypatch.setattr("fcntl.fcntl", Fcntl(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        FileSystem().flush(descriptor)


def test_without_positioned_reads(
    scratch: Path, descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows; the position for writing is not disturbed."""
    monkeypatch.delattr("os.pread")
    fs = FileSystem()
    fd = fs.open_append(scratch / "log")
    fs.write_all(fd, b"0123456789")
    assert fs.read(fd, 3, 4) == b"3456"
    fs.write_all(fd, b"abc")
    assert fs.read(fd, 0, 99) == b"0123456789abc"
    fs.close(fd)


def test_without_fdatasync(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.delattr("os.fdatasync", raising=False)
    monkeypatch.setattr("os.fsync", flushed.append)
    FileSystem().flush(descriptor)
    assert flushed == [descriptor]


def test_many_files_are_flushed_at_once_where_that_is_offered(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [scratch / f"{number}.json" for number in range(100)]
    for path in paths:
        path.write_bytes(b"{}")
    calls: list[str] = []

    class Watched(FileSystem):
        offers = True

        def flush(self, fd: int) -> None:
            calls.append("file")

        def flush_dir(self, path: Path) -> None:
            calls.append("folder")

        def flush_all(self, path: Path) -> bool:
            calls.append("all")
            return self.offers

    fs = Watched()
    fs.flush_files(paths)
    assert calls == ["all"]
    fs.offers = False
    calls.clear()
    fs.flush_files([*paths, scratch / "gone.json", scratch / "no-folder/x.json"])
    assert calls.count("file") == 100
    assert calls.count("folder") == 1


def test_the_whole_file_system_can_be_flushed(scratch: Path) -> None:
    assert FileSystem().flush_all(scratch) in (True, False)


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_flush_folders(
    code: int, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(fd: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.fsync", fsync)
    FileSystem().flush_dir(scratch)


def test_what_a_failure_means() -> None:
    for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        assert isinstance(refusal(OSError(code, "full"), "x"), StorageFull)
    for code in (errno.EACCES, errno.EROFS, errno.EIO):
        assert isinstance(refusal(OSError(code, "no"), "x"), ReadOnly)


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 200_000])
def test_a_file_is_read_to_its_end(scratch: Path, size: int) -> None:
    path = scratch / "a.json"
    content = os.urandom(size)
    path.write_bytes(content)
    assert content_of(str(path)) == content
    path.unlink()
    with pytest.raises(FileNotFoundError):
        content_of(str(path))
