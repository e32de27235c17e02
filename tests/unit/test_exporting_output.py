"""Where exports go: an archive written piece by piece, or one bare file."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.errors import Invalid
from label_studio_lite.exporting.output import BareOutput, ZipOutput
from label_studio_lite.exporting.spool import Spool


class Sink(io.RawIOBase):
    """Takes bytes and forgets them; it cannot seek, like a connection."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def test_zip(tmp_path: Path) -> None:
    photo, note = tmp_path / "p.jpg", tmp_path / "n.txt"
    photo.write_bytes(b"\xff\xd8" * 500)
    note.write_bytes(b"note " * 500)
    os.utime(note, (0, 0))  # before 1980, where the dates of ZIP begin
    stream = io.BytesIO()
    with ZipOutput(stream) as out:
        with out.open("result.json") as member:
            member.write(b"[" + b" " * 10_000)
            member.write(b"]")
        out.add("images/ü.JPG", io.BytesIO(photo.read_bytes()))
        out.add("n.txt", io.BytesIO(note.read_bytes()))
    archive = zipfile.ZipFile(stream)
    assert archive.testzip() is None
    assert [(info.filename, info.file_size) for info in archive.infolist()] == [
        ("result.json", 10_002),
        ("images/ü.JPG", 1_000),
        ("n.txt", 2_500),
    ]
    packed = [info.compress_size < info.file_size for info in archive.infolist()]
    assert packed == [True, False, True]
    assert archive.read("n.txt") == note.read_bytes()


@pytest.mark.parametrize("name", ["", "/etc/x", "../x", "a/../../x", "a\\b"])
def test_names_that_lead_elsewhere(name: str) -> None:
    with ZipOutput(io.BytesIO()) as out:
        with pytest.raises(ValueError, match="no name for a file"):
            out.open(name)
        with pytest.raises(ValueError, match="no name for a file"):
            out.add(name, io.BytesIO())


def test_many_small_files() -> None:
    """Their directory is kept on disk until the end."""
    stream = io.BytesIO()
    with ZipOutput(stream) as out:
        for number in range(3_000):
            out.put(f"labels/{number}.txt", b"%d" % number)
    archive = zipfile.ZipFile(stream)
    assert len(archive.namelist()) == 3_000
    assert archive.read("labels/2999.txt") == b"2999"


def test_a_member_is_never_in_memory() -> None:
    piece = os.urandom(1 << 20)
    with ZipOutput(io.BufferedWriter(Sink())) as out, out.open("x") as member:
        tracemalloc.start()
        for _ in range(30):
            member.write(piece)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8 << 20


def test_bare() -> None:
    stream = io.BytesIO()
    with BareOutput(stream) as out, out.open("result.csv") as member:
        member.write(b"a\n")
    assert out.member == "result.csv"
    assert stream.getvalue() == b"a\n"
    with pytest.raises(Invalid, match=r"several files \(result\.csv, images/a\.jpg…\)"):
        out.open("images/a.jpg").__enter__()


def test_bare_copy_of_a_file() -> None:
    stream = io.BytesIO()
    out = BareOutput(stream)
    out.add("x", io.BytesIO(b"content"))
    assert (out.member, stream.getvalue()) == ("x", b"content")


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 512, 1000])
def test_a_spool_is_a_list_on_lines(count: int) -> None:
    stream = io.BytesIO()
    with closing(Spool()) as spool:
        for number in range(count):
            spool.append({"n": number})
        assert spool.count == count
        spool.copy_to(stream)
    text = stream.getvalue()
    assert text.count(b"\n") == count
    assert [item["n"] for item in json.loads(b"[" + text + b"]")] == list(range(count))
