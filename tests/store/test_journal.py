"""A damaged journal: what nobody was promised is dropped, everything else is reported."""

from __future__ import annotations

import random
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from label_studio_lite.errors import Damaged
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.durability import Durability
from label_studio_lite.store.records import Recovered, Tail, frame, recover, salvage
from tests.store import build
from tests.store.faults import FlushHook
from tests.store.reference import Image, Reference, look
from tests.store.sessions import abandon

SEGMENT = ".journal/00000001.log"


def crashed(folder: Path, durability: Durability = "always", changes: int = 4) -> list[Image]:
    """A project whose journal holds a few records; what could be seen after each of them."""
    store = DirectoryStore(folder, keeper=False, durability=durability)
    reference = Reference()
    images = [reference.image()]
    for number in range(changes):
        change = build.add(0, 2) if number == 0 else build.work(number % 2, number)
        store.commit(change)
        images.append(reference.apply(change).image())
    abandon(store)
    return images


def records(folder: Path) -> list[Recovered]:
    return [item for item in recover(folder / ".journal") if isinstance(item, Recovered)]


def everything(folder: Path) -> dict[str, bytes]:
    """All files of a folder, but for the lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def ends(content: bytes) -> Iterator[int]:
    """Where each record ends, read in the plainest way."""
    position = 0
    while position < len(content):
        header = content[position : position + 33]
        position += 33 + int(header[9:19]) + 1
        yield position


def test_torn_at_every_byte(scratch: Path) -> None:
    source = scratch / "source"
    source.mkdir()
    images = crashed(source)
    content = (source / SEGMENT).read_bytes()
    whole = list(ends(content))
    assert len(whole) == 4
    for size in range(len(content)):
        folder = scratch / "torn"
        shutil.copytree(source, folder)
        shutil.rmtree(folder / "completions")
        (folder / SEGMENT).write_bytes(content[:size])
        store = DirectoryStore(folder, keeper=False)
        kept = sum(end <= size for end in whole)
        assert look(store) == images[kept]
        torn = content[([0, *whole])[kept] : size]
        found = [path.read_bytes() for path in folder.glob("quarantine/*")]
        assert found == ([torn] if torn else [])
        abandon(store)
        again = DirectoryStore(folder, keeper=False)
        assert look(again) == images[kept]
        assert len(list(folder.glob("quarantine/*"))) == len(found)
        abandon(again)
        shutil.rmtree(folder)


@pytest.mark.parametrize("durability", ["always", "second", "os"])
def test_one_flipped_bit_at_every_byte(durability: Durability, scratch: Path) -> None:
    """Only records that were not known to be flushed may be dropped; the others are reported."""
    source = scratch / "source"
    source.mkdir()
    images = crashed(source, durability)
    content = (source / SEGMENT).read_bytes()
    starts = [0, *ends(content)]
    dice = random.Random(7)
    for at in range(len(content)):
        flipped = bytearray(content)
        flipped[at] ^= 1 << dice.randrange(8)
        folder = scratch / "flipped"
        shutil.copytree(source, folder)
        shutil.rmtree(folder / "completions")
        (folder / SEGMENT).write_bytes(flipped)
        record = sum(start <= at for start in starts) - 1
        last_flushed = 3 if durability == "always" else 0
        if record < last_flushed:
            before = everything(folder)
            with pytest.raises(Damaged, match=r"00000001\.log is damaged at byte"):
                DirectoryStore(folder, keeper=False)
            assert everything(folder) == before
        else:
            store = DirectoryStore(folder, keeper=False)
            assert look(store) == images[record]
            kept = [path.read_bytes() for path in folder.glob("quarantine/*")]
            assert kept == [bytes(flipped[starts[record] :])]
            abandon(store)
        shutil.rmtree(folder)


def test_all_eight_bits(project: Path) -> None:
    crashed(project, changes=1)
    content = (project / SEGMENT).read_bytes()
    for at in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[at] ^= 1 << bit
            (project / SEGMENT).write_bytes(flipped)
            (tail,) = recover(project / ".journal")
            assert isinstance(tail, Tail)
            assert tail.content == flipped


@pytest.mark.parametrize("kept", range(5))
@pytest.mark.parametrize("filler", [b"", b"\0" * 700, b"x" * 30])
def test_several_records_after_the_last_flush(kept: int, filler: bytes, scratch: Path) -> None:
    """With durability "second" and "os" a power cut may take a good deal; it stays in order."""
    source = scratch / "source"
    source.mkdir()
    images = crashed(source, "os", changes=5)
    content = (source / SEGMENT).read_bytes()
    position = [0, *ends(content)][kept]
    (source / SEGMENT).write_bytes(content[:position] + filler)
    shutil.rmtree(source / "completions", ignore_errors=True)
    store = DirectoryStore(source, keeper=False)
    assert look(store) == images[kept]
    store.close()


def test_a_hole_in_what_was_not_flushed_drops_all_behind_it(project: Path) -> None:
    images = crashed(project, "os", changes=5)
    content = bytearray((project / SEGMENT).read_bytes())
    first, second, *_ = ends(bytes(content))
    content[first:second] = bytes(second - first)
    (project / SEGMENT).write_bytes(content)
    shutil.rmtree(project / "completions")
    store = DirectoryStore(project, keeper=False)
    assert look(store) == images[1]
    abandon(store)


def test_damage_in_an_older_segment_is_reported(project: Path) -> None:
    crashed(project)
    store = DirectoryStore(project, keeper=False)
    store.commit(build.work(1, 9))
    abandon(store)
    path = project / SEGMENT
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged):
        DirectoryStore(project, keeper=False)


def test_a_torn_tail_is_dropped_although_an_empty_segment_follows(project: Path) -> None:
    """So a turnover looks that failed half-way, with the old segment written to ever after."""
    images = crashed(project)
    path = project / SEGMENT
    path.write_bytes(path.read_bytes() + b"torn")
    (project / ".journal/00000002.log").touch()
    store = DirectoryStore(project, keeper=False)
    assert look(store) == images[-1]
    store.close()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b'{"ops":[["teleport",5]]}', b""),
        (b'{"ops":[["add",99999999999999999999,1,2]]}', b"{}"),
    ],
)
def test_a_change_of_a_newer_version_is_not_passed_over(
    project: Path, head: bytes, body: bytes
) -> None:
    crashed(project)
    start = frame(1, 0, head, body) + body
    with (project / SEGMENT).open("ab") as file:
        file.write(start + b"\n")
    before = everything(project)
    with pytest.raises(Damaged, match="does not understand"):
        DirectoryStore(project, keeper=False)
    assert everything(project) == before


def test_a_record_of_another_segment_is_no_record(project: Path) -> None:
    """A file system may show blocks of an older file after a power cut."""
    crashed(project, changes=1)
    path = project / SEGMENT
    path.rename(project / ".journal/00000004.log")
    (item,) = recover(project / ".journal")
    assert isinstance(item, Tail)


def test_what_looks_like_a_record_inside_of_a_damaged_one_is_none(project: Path) -> None:
    folder = project / ".journal"
    folder.mkdir()
    inner = frame(1, 10**9, b'{"ops":[["clear"]]}', b"") + b"\n"
    outer = frame(1, 0, b'{"ops":[["file","config.xml",%d]]}' % len(inner), inner)
    following = frame(1, 0, b'{"ops":[]}', b"") + b"\n"
    damaged = bytearray(outer + inner + b"\n")
    damaged[40] ^= 1
    (project / SEGMENT).write_bytes(bytes(damaged) + following)
    tail, record = salvage(folder)
    assert isinstance(tail, Tail) and tail.content == damaged
    assert isinstance(record, Recovered) and record.head == {"ops": []}


def test_records_can_be_read_as_text(project: Path) -> None:
    crashed(project, changes=1)
    header, head, first, second = (project / SEGMENT).read_text().splitlines()
    crc, length, flushed = header.split(" ")
    assert int(length) == len(f"{head}\n{first}\n{second}")
    assert flushed == "000000000000"
    rest = f"{length} {flushed}\n{head}\n{first}\n{second}".encode()
    assert int(crc, 16) == zlib.crc32(rest, zlib.crc32(b"1"))
    size = len(f"{first}\n{second}")
    assert head == f'{{"ops":[["add",0,2,{size}]]}}'


def test_every_damage_is_salvaged_around(project: Path) -> None:
    crashed(project)
    content = bytearray((project / SEGMENT).read_bytes())
    first, second, *_ = ends(bytes(content))
    content[first + 50] ^= 4
    (project / SEGMENT).write_bytes(content)
    kinds = [type(item) for item in salvage(project / ".journal")]
    assert kinds == [Recovered, Tail, Recovered, Recovered]
    (tail,) = (item for item in salvage(project / ".journal") if isinstance(item, Tail))
    assert tail.content == content[first:second]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (b'{"durability": "os"}', "os"),
        (b'{"durability": "second"}', "second"),
        (b"{}", "always"),
        (b"[]", "always"),
        (b"{", "always"),
        (b'{"durability": "never"}', "always"),
        (b'{"durability": ["os"]}', "always"),
    ],
)
def test_the_settings_say_when_a_change_is_flushed(
    settings: bytes, expected: str, scratch: Path
) -> None:
    (scratch / "config.json").write_bytes(settings)
    flushes: list[int] = []
    store = DirectoryStore(scratch, fs=FlushHook(lambda: flushes.append(1)), keeper=False)
    flushes.clear()
    store.commit(build.add(0, 1))
    assert bool(flushes) == (expected == "always")
    assert store.durability == expected
    store.close()
