"""``completions/``: one file per labeled task, compared with what the index remembers.

A file is read only when its size or time differ from those that were seen last: a first start,
or a change by hand.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import WorkSummary
from label_studio_lite.store.changes import summary_of
from label_studio_lite.store.index import UNSIGNED, Signature

_PRIME, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1
_NAME = re.compile(r"(0|[1-9][0-9]{0,15})\.json")


class WorkFile(NamedTuple):
    """A completion file that is new or has changed; ``summary`` None when it is damaged."""

    task_id: int
    signature: Signature
    summary: WorkSummary | None
    problem: str = ""


def signature_of(stat: os.stat_result) -> Signature:
    """The inode tells two versions apart that were put in the same tick of the clock."""
    inode = 0 if sys.platform == "win32" else stat.st_ino  # scandir has none there
    return Signature(stat.st_size, (stat.st_mtime_ns + inode * _PRIME) & _MASK)


def changed(
    folder: Path, known: Callable[[int], Signature | None], step: Callable[[int], None]
) -> Iterator[WorkFile]:
    """The files that differ from the known signatures, by task id; names that are no task id are
    left alone. ``step`` is told how many were seen."""
    differing: list[tuple[int, Signature]] = []
    for number, entry in enumerate(_entries(folder), 1):
        match = _NAME.fullmatch(entry.name)
        if match:
            signature = _signature(entry)
            if known(int(match[1])) != signature or signature == UNSIGNED:
                differing.append((int(match[1]), signature))
        if number % 10_000 == 0:
            step(number)
    for task_id, signature in sorted(differing):
        yield _read(folder / f"{task_id}.json", task_id, signature)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from entries


def _signature(entry: os.DirEntry[str]) -> Signature:
    try:
        return signature_of(entry.stat())
    except OSError:  # a link that leads nowhere: reading it will tell
        return UNSIGNED


def _read(path: Path, task_id: int, signature: Signature) -> WorkFile:
    try:
        work = jsontext.loads(path.read_bytes(), lenient=True)
        summary = summary_of(work) if isinstance(work, dict) else None
    except (OSError, ValueError, OverflowError) as error:
        return WorkFile(task_id, signature, None, str(error) or type(error).__name__)
    if summary is None or not isinstance(work.get("completions", []), list):
        return WorkFile(
            task_id, signature, None, "an object with a list of completions is expected"
        )
    return WorkFile(task_id, signature, summary)
