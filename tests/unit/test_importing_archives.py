"""Archives: what is read of them, what is passed over, what is refused."""

from __future__ import annotations

import io
import sys
import tarfile
import tempfile
import types
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO, Any, BinaryIO, Literal, NoReturn

import pytest

from label_studio_lite.core.model import RawTask
from label_studio_lite.errors import Invalid, StorageFull, TooLarge
from label_studio_lite.importing import streams
from label_studio_lite.importing.reading import read
from label_studio_lite.importing.upload import Hosted, ReadOptions, Upload, one_by_one

OPTIONS = ReadOptions("text")
TASK = b'[{"text": "x"}]'
Mode = Literal["w:", "w:gz", "w:bz2", "w:xz"]


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(*members: tuple[str, bytes], mode: Mode = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


def found(
    body: bytes, name: str, options: ReadOptions = OPTIONS, formats: Counter[str] | None = None
) -> list[Any]:
    """Values of tasks, names and contents of media."""
    values: list[Any] = []
    for item in read(Upload(name, io.BytesIO(body)), options, formats):
        if isinstance(item, Hosted):
            values.append((item.name, item.stream.read()))
        else:
            values += [task.value for task in one_by_one([item])]
    return values


def tasks(upload: Upload) -> Iterator[RawTask]:
    """The items of an archive without media."""
    return one_by_one(item for item in read(upload, OPTIONS) if not isinstance(item, Hosted))


MEMBERS = (
    ("x.json", TASK),
    ("d/y.CSV", b"text\nz2\n"),
    ("d/", b""),
    ("d/lines.txt", b"a\nb\n"),
    ("d\\photo one.jpg", b"\xff\xd8"),
    ("__MACOSX/x.json", b"no JSON"),
    ("d/._x.json", b"no JSON"),
    (".hidden/x.json", b"no JSON"),
    ("../../up.json", b'{"text": "up"}'),
    ("table.xlsx", zipped(("xl/workbook.xml", b"<a/>"))),
)
EXPECTED = [
    {"text": "x"},
    {"data": {"text": "z2"}},
    {"data": {"text": "a"}},
    {"data": {"text": "b"}},
    ("photo one.jpg", b"\xff\xd8"),
    {"text": "up"},
    ("table.xlsx", MEMBERS[-1][1]),
]


def test_zip() -> None:
    formats = Counter[str]()
    assert found(zipped(*MEMBERS), "a.ZIP", formats=formats) == EXPECTED
    assert formats == {".json": 2, ".CSV": 1, ".txt": 1, ".jpg": 1, ".xlsx": 1}


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.tar", "w:"),
        ("a.tgz", "w:gz"),
        ("a.tar.gz", "w:gz"),
        ("A.Tar.Bz2", "w:bz2"),
        ("a.txz", "w:xz"),
    ],
)
def test_tar(name: str, mode: Mode) -> None:
    members = [member for member in MEMBERS if member[0] != "d/"]
    assert found(tarred(*members, mode=mode), name) == EXPECTED


def test_zip_by_content_whatever_the_name() -> None:
    assert found(zipped(("x.json", TASK)), "blob") == [{"text": "x"}]
    assert found(zipped(("x.json", TASK)), "x.json") == [{"text": "x"}]
    assert found(zipped(("x.json", TASK)), "x.rar") == [{"text": "x"}]


def test_formats_that_are_zip_inside_are_media() -> None:
    body = zipped(("x.json", TASK))
    assert found(body, "model.npz") == [("model.npz", body)]


def test_an_empty_archive_has_nothing() -> None:
    assert found(zipped(), "a.zip") == []


def test_messages_name_archive_and_file() -> None:
    (task,) = tasks(Upload("a.zip", io.BytesIO(zipped(("d/x.json", TASK)))))
    assert task.where == "a.zip/d/x.json item 0"
    with pytest.raises(Invalid, match=r"input file a\.zip/d/x\.json: item 0: Expecting value"):
        found(zipped(("d/x.json", b"[")), "a.zip")


@pytest.mark.parametrize("inner", ["i.zip", "i.json", "i", "i.tar", "i.rar"])
def test_archives_inside_are_refused(inner: str) -> None:
    content = zipped(("x.json", TASK)) if inner[-3:] not in ("tar", "rar") else b""
    with pytest.raises(Invalid, match=rf"a\.zip/d/{inner}: an archive inside an archive"):
        found(zipped(("d/" + inner, content)), "a.zip")


def test_broken_archives() -> None:
    with pytest.raises(Invalid, match=r"input file a\.zip: File is not a zip file"):
        found(b"no archive", "a.zip")
    with pytest.raises(Invalid, match=r"input file a\.tar\.gz: "):
        found(b"no archive", "a.tar.gz")
    with pytest.raises(Invalid, match=r"input file a\.tgz: "):
        found(tarred(*MEMBERS[:2])[:-30], "a.tgz")
    broken = bytearray(zipped(("x.json", TASK), method=zipfile.ZIP_STORED))
    broken[broken.index(b"text")] ^= 1
    with pytest.raises(Invalid, match=r"Bad CRC-32 for file 'x\.json'"):
        found(bytes(broken), "a.zip")


def test_a_password() -> None:
    body = bytearray(zipped(("x.json", TASK)))
    body[6] |= 1  # the flag, in the file's own header and in the directory
    body[body.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Invalid, match=r"input file a\.zip: x\.json needs a password"):
        found(bytes(body), "a.zip")


def test_too_many_files() -> None:
    options = ReadOptions("text", max_archive_entries=2)
    members = [(f"{n}.txt", b"x") for n in range(3)]
    for body, name in ((zipped(*members), "a.zip"), (tarred(*members), "a.tgz")):
        with pytest.raises(TooLarge, match="has more than 2 files"):
            found(body, name, options)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_too_many_bytes_whatever_the_archive_says(pack: Callable[..., bytes]) -> None:
    name = "a.zip" if pack is zipped else "a.tgz"
    options = ReadOptions("text", max_archive_bytes=100_000)
    assert len(found(pack(("x.bin", b"x" * 70_000)), name, options)) == 1
    with pytest.raises(TooLarge, match="unpacks to more than 100000 bytes"):
        found(pack(("x.bin", b"x" * 70_000), ("y.bin", b"x" * 70_000)), name, options)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_bombs(pack: Callable[..., bytes]) -> None:
    body = pack(("x.bin", bytes(80 << 20)))
    with pytest.raises(TooLarge, match="unpacks to more than 200 times its size"):
        found(body, "a.zip" if pack is zipped else "a.tgz")


def test_hidden_files_of_a_tar_count_too() -> None:
    body = tarred((".hidden", bytes(80 << 20)), ("x.json", TASK))
    with pytest.raises(TooLarge, match="unpacks to more than 200 times its size"):
        found(body, "a.tgz")


def test_large_files_go_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "IN_MEMORY", 1000)
    content = bytes(range(256)) * 8
    body = zipped(("small.bin", b"x"), ("large.bin", content))
    kinds = []
    for item in read(Upload("a.zip", io.BytesIO(body)), OPTIONS):
        assert isinstance(item, Hosted)
        kinds.append(isinstance(item.stream, io.BytesIO))
        assert item.stream.read() == (b"x" if item.name == "small.bin" else content)
    assert kinds == [True, False]


def test_no_room_for_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(streams, "IN_MEMORY", 10)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(StorageFull, match="No space left on device"):
        found(zipped(("x.bin", bytes(100))), "a.zip")


def test_streams_are_closed_behind_the_reader() -> None:
    body = zipped(("1.bin", b"1"), ("2.bin", b"2"))
    upload = Upload("a.zip", io.BytesIO(body))
    items = list(read(upload, OPTIONS))
    assert [isinstance(item, Hosted) and item.stream.closed for item in items] == [True, True]
    assert not upload.stream.closed


def test_rar_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rarfile", None)
    with pytest.raises(
        Invalid, match="RAR needs the Python package rarfile and the program unrar"
    ):
        found(b"Rar!\x1a\x07\x00", "a")


class FakeRar:
    """As much of ``rarfile.RarFile`` as is used, over a ZIP."""

    class Error(Exception):
        pass

    def __init__(self, stream: BinaryIO) -> None:
        self.archive = zipfile.ZipFile(stream)

    def __enter__(self) -> FakeRar:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def infolist(self) -> Iterator[types.SimpleNamespace]:
        for info in self.archive.infolist():
            yield types.SimpleNamespace(
                filename=info.filename,
                is_dir=info.is_dir,
                is_symlink=lambda name=info.filename: name.startswith("link"),
            )

    def open(self, info: types.SimpleNamespace) -> IO[bytes]:
        if info.filename == "broken.json":
            raise self.Error("Cannot find working tool")
        return self.archive.open(info.filename)


def test_rar_with_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = types.SimpleNamespace(RarFile=FakeRar, Error=FakeRar.Error)
    monkeypatch.setitem(sys.modules, "rarfile", fake)
    body = zipped(("d/", b""), ("link.json", b"no"), ("x.json", TASK), ("broken.json", b""))
    upload = Upload("a", io.BytesIO(b"Rar!\x1a\x07\x00" + body))
    values = []
    with pytest.raises(Invalid, match=r"input file a: Cannot find working tool"):
        for task in tasks(upload):
            values.append(task.value)
    assert values == [{"text": "x"}]
