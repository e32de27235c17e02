"""ZIP, TAR and RAR: the files inside, one by one, unpacked only as they are asked for.

Nothing is written under a name from an archive, and limits are kept while unpacking: what the
archive says of its sizes is not believed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import IO, Any, NamedTuple

from label_studio_lite.errors import TooLarge
from label_studio_lite.importing.streams import Borrowed, Readable, Spool
from label_studio_lite.importing.upload import MEGABYTE, ReadOptions, Upload, failed, kind

_ENCRYPTED = 0x1
_RATIO_FROM = 64 * MEGABYTE
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError),
    NotImplementedError,  # zipfile's, for a compression that it does not know
    # what these modules let through for archives that are damaged within
    *(ValueError, LookupError, struct.error, RuntimeError, OverflowError),
)
# formats that are ZIP files inside and not meant to be unpacked (.xlsx, .npz…) have other names
_ZIP_NAMES = frozenset(
    {".zip", ".rar", "", ".json", ".csv", ".tsv", ".txt", ".html", ".htm", ".xml"}
)
_TAR_NAMES = (".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")


class Member(NamedTuple):
    """A file in an archive, and how to read it; what is read is counted."""

    name: str
    open: Callable[[], IO[bytes]]


class Budget:
    """How much of an archive may still be unpacked."""

    def __init__(self, upload: Upload, options: ReadOptions) -> None:
        upload.stream.seek(0, io.SEEK_END)
        self._packed = upload.stream.tell()
        upload.stream.seek(0)
        self._name = upload.name
        self._options = options
        self._entries = 0
        self._bytes = 0

    def count(self) -> None:
        """One more entry. Raises ``TooLarge``."""
        self._entries += 1
        limit = self._options.max_archive_entries
        if self._entries > limit:
            raise TooLarge(f"{self._name} has more than {limit} files")

    def spend(self, size: int) -> None:
        """More bytes were unpacked. Raises ``TooLarge``."""
        self._bytes += size
        limit, ratio = self._options.max_archive_bytes, self._options.max_archive_ratio
        if self._bytes > limit:
            raise TooLarge(f"{self._name} unpacks to more than {limit} bytes")
        if self._bytes > max(_RATIO_FROM, ratio * self._packed):
            raise TooLarge(f"{self._name} unpacks to more than {ratio} times its size")


class _Counted(Borrowed):
    """A stream that spends a budget as it is read."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        super().__init__(stream)
        self._budget = budget

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        self._budget.spend(size)
        return size


Opener = Callable[[Upload, Budget], Iterator[Member]]


def opener(upload: Upload) -> Opener | None:
    """The way to open it, by its first bytes, then its name; None when it is no archive."""
    head = upload.head()
    name = upload.name.lower()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip if kind(upload).lower() in _ZIP_NAMES else None
    if head.startswith(b"Rar!\x1a\x07") or name.endswith(".rar"):
        return _rar
    if name.endswith(".zip"):
        return _zip
    return _tar if name.endswith(_TAR_NAMES) else None


def files(upload: Upload, options: ReadOptions, open_archive: Opener) -> Iterator[Upload]:
    """The files of an archive, named ``archive/path``; a stream is good until the next is asked.

    Folders, links, hidden files and macOS' own notes are passed over. Raises ``TooLarge``, and
    ``Invalid`` for a broken archive, one with a password, or an archive inside.
    """
    budget = Budget(upload, options)
    try:
        for member in open_archive(upload, budget):
            if _hidden(member.name):
                continue
            spool = _unpacked(member)
            with spool.stream:
                file = Upload(f"{upload.name}/{member.name}", spool.rewound())
                if opener(file) is not None:
                    raise failed(file, "an archive inside an archive is not read; unpack it first")
                yield file
    except _errors() as error:
        raise failed(upload, str(error) or type(error).__name__) from error


def _errors() -> tuple[type[Exception], ...]:
    """What broken archives raise; an optional package's own error only where it is in use."""
    rarfile = sys.modules.get("rarfile")
    return (*_BROKEN, rarfile.Error) if rarfile else _BROKEN


def _unpacked(member: Member) -> Spool:
    spool = Spool()
    try:
        with closing(member.open()) as packed:
            while chunk := packed.read(MEGABYTE):
                spool.write(chunk)
    except BaseException:
        spool.stream.close()
        raise
    return spool


def _hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or any(p.startswith(".") and p.strip(".") for p in parts)


def _zip(upload: Upload, budget: Budget) -> Iterator[Member]:
    with zipfile.ZipFile(upload.stream) as archive:
        for info in archive.infolist():
            budget.count()
            if info.flag_bits & _ENCRYPTED:
                raise zipfile.BadZipFile(f"{info.filename} needs a password")
            if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
                yield Member(info.filename, partial(_opened, archive, info, budget))


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> IO[bytes]:
    return io.BufferedReader(_Counted(archive.open(info), budget), MEGABYTE)


def _tar(upload: Upload, budget: Budget) -> Iterator[Member]:
    """In stream mode, so that everything unpacked passes by and is counted, headers too."""
    counted = io.BufferedReader(_Counted(_decompressed(upload), budget), MEGABYTE)
    with tarfile.open(fileobj=counted, mode="r|") as archive:
        for info in archive:
            budget.count()
            if info.isfile():
                yield Member(info.name, partial(_extracted, archive, info))


def _decompressed(upload: Upload) -> Readable:
    head = upload.head()
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=upload.stream)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(upload.stream)
    return lzma.LZMAFile(upload.stream) if head.startswith(b"\xfd7zXZ\0") else upload.stream


def _extracted(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    if stream is None:
        raise tarfile.ReadError(f"{info.name} is no file")
    return stream


def _rar(upload: Upload, budget: Budget) -> Iterator[Member]:
    try:
        import rarfile
    except ImportError as error:
        raise failed(
            upload,
            "RAR needs the Python package rarfile and the program unrar, unar or bsdtar; "
            "install them, or pack the files as ZIP",
        ) from error
    with rarfile.RarFile(upload.stream) as archive:
        for info in archive.infolist():
            budget.count()
            if not info.is_dir() and not info.is_symlink():
                yield Member(info.filename, partial(_opened, archive, info, budget))
