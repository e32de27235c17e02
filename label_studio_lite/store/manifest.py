"""``.journal/manifest.json``: which ``tasks.json`` the journal continues, and from where.

A fold writes the new ``tasks.json`` beside the old one and renames it. Before the rename the
manifest lists both, each with the first segment that is not yet part of it; whichever of the two
a crash leaves, the next start knows what to replay. When the file is neither (somebody put another
one there after a crash), a few remembered tasks tell an edited file from a foreign one.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.tasks_file import TasksFile

NAME = "manifest.json"


class Base(msgspec.Struct):
    """A ``tasks.json``: its size and CRC-32, and the first segment that is newer than it."""

    size: int
    crc: int
    first_segment: int
    stat: list[int] = []  # see `stat_signature`


class Manifest(msgspec.Struct, omit_defaults=True):
    """What is known across restarts and is nowhere else."""

    bases: list[Base] = []
    samples: dict[int, int] = {}  # task id → CRC-32 of its canonical JSON
    next_id: int = 0  # ids of deleted tasks are not given again
    last_ids: dict[int, int] = {}  # task id → highest completion id, where it was deleted
    answers: dict[str, Json] = {}  # client's request id → what was answered
    # CRC-32 of settings files as last settled; for completion files, the index knows them
    files: dict[str, int] = {}


def stat_signature(stat: os.stat_result | None) -> list[int]:
    """By which a file is known to be the same without reading it; empty for no file."""
    if stat is None:
        return []
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def base_of(file: TasksFile, first_segment: int, crc: int | None = None) -> Base:
    return Base(
        size=file.size,
        crc=file.crc() if crc is None else crc,
        first_segment=first_segment,
        stat=stat_signature(file.stat),
    )


def is_base(base: Base, file: TasksFile) -> bool:
    """Whether ``file`` is the one described."""
    if base.stat and base.stat == stat_signature(file.stat):
        return True
    return base.size == file.size and base.crc == file.crc()


def checksum(content: bytes) -> int:
    """By which a settings file is known to be as it was last settled."""
    return zlib.crc32(content)


def sample(task: Json) -> int:
    """A checksum that does not depend on formatting."""
    return zlib.crc32(jsontext.dumps(task, sort_keys=True))


@dataclass(slots=True)
class Manifests:
    """Reads and writes the manifest of one journal folder."""

    fs: FileSystem
    folder: Path
    current: Manifest = field(default_factory=Manifest)
    known: bool = False  # whether there was one
    problem: str | None = None  # why the one that is there cannot be read

    def load(self) -> None:
        """Without a manifest that can be read, nothing is known."""
        try:
            value = jsontext.loads((self.folder / NAME).read_bytes())
            self.current = msgspec.convert(value, Manifest, str_keys=True)
            self.known = True
        except FileNotFoundError:
            self.current = Manifest()
        except ValueError as error:
            self.current, self.problem = Manifest(), str(error)

    def save(self) -> None:
        """Durably."""
        content = jsontext.pretty(msgspec.to_builtins(self.current))
        self.fs.put(self.folder / NAME, content, durable=True)
