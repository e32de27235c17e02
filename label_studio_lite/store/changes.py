"""The changes that a project can undergo, and their form in the journal.

A record's head is ``{"ops": [op, …]}``; an op that carries bytes says how many, and the record's
body is those bytes, one after the other. Every op states a result, not a difference, so that
replaying a journal twice gives what replaying it once does. A head may also hold ``answer``, a
client's request id and what it was answered; ``batch``, the name of a batch, with ``commit`` and
the number of its ``parts`` where it counts from here on; ``deleted``, a list of task ids, each
with the highest completion id that it had, where the ops leave a lower one; and ``was``, a list of
the files that the ops replace: path and CRC-32 of what came from the journal, path and signature
(``store/index.py``) of a settled completion file.

======================================= ==========================================================
op                                      meaning
======================================= ==========================================================
``["add", first id, count, bytes]``     new tasks, one JSON object per line
``["task", id, bytes]``                 the JSON object of one task, in place of the one before
``["drop", [id, …]]``                   tasks are gone, and their completions
``["file", path, bytes]``               a file of the project as a whole (completions, settings)
``["gone", path]``                      a file is gone
``["clear"]``                           all tasks and completions are gone, ids begin anew
======================================= ==========================================================
"""

from __future__ import annotations

import math
import re
import zlib
from array import array
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json, WorkSummary, summarise
from label_studio_lite.store.index import ID_LIMIT, Facts

COMPLETIONS = "completions"
_WORK_FILE = re.compile(COMPLETIONS + r"/(0|[1-9][0-9]*)\.json")


@dataclass(slots=True)
class AddTasks:
    """New tasks with consecutive ids. ``text`` is one JSON object per line, each with its id."""

    first_id: int
    text: bytes
    lengths: array[int]
    facts: Sequence[Facts] | None = None  # None: no task brings predictions

    @classmethod
    def of_lines(
        cls, first_id: int, lines: Sequence[bytes], facts: Sequence[Facts] | None = None
    ) -> AddTasks:
        return cls(first_id, b"\n".join(lines), array("I", map(len, lines)), facts)

    @property
    def size(self) -> int:
        """Bytes of ``text``, also after it was let go of."""
        return sum(self.lengths) + max(len(self.lengths) - 1, 0)

    @property
    def ids(self) -> range:
        return range(self.first_id, self.first_id + len(self.lengths))

    def offsets(self, start: int) -> Iterable[int]:
        """Where each line begins, when the text begins at ``start``."""
        steps = map((1).__add__, self.lengths)
        return islice(accumulate(steps, initial=start), len(self.lengths))


@dataclass(slots=True)
class PutTask:
    """A task as a whole, in place of the one with this id. ``text`` is JSON on one line."""

    id: int
    text: bytes
    facts: Facts
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = len(self.text)


@dataclass(slots=True)
class DropTasks:
    """Tasks and their completions are removed; unknown ids are passed over."""

    ids: Sequence[int]


@dataclass(slots=True)
class PutFile:
    """A file of the project, replaced as a whole; ``path`` is relative, with forward slashes."""

    path: str
    content: bytes
    summary: WorkSummary | None = None  # of a completion file; found out when not given
    size: int = field(init=False)  # of the content, also after it was let go of
    crc: int = field(init=False)  # likewise

    def __post_init__(self) -> None:
        self.size, self.crc = len(self.content), zlib.crc32(self.content)
        if self.summary is None and work_task_id(self.path) is not None:
            self.summary = summary_of(jsontext.loads(self.content, lenient=True))


@dataclass(slots=True)
class DropFile:
    """A file of the project is removed; fine when there is none."""

    path: str


@dataclass(slots=True)
class Clear:
    """All tasks and completions are removed and ids begin anew."""


Change = AddTasks | PutTask | DropTasks | PutFile | DropFile | Clear


def work_path(task_id: int) -> str:
    """The completion file of a task."""
    return f"{COMPLETIONS}/{task_id}.json"


def work_task_id(path: str) -> int | None:
    """The task whose completion file this is, or None."""
    match = _WORK_FILE.fullmatch(path)
    return int(match[1]) if match else None


def put_task(task_id: int, fields: Json) -> PutTask:
    """``fields`` is the task's JSON object without completions; its id is set."""
    value = {"id": task_id, **{key: item for key, item in fields.items() if key != "id"}}
    return PutTask(task_id, jsontext.dumps(value), facts_of(value))


def put_work(task_id: int, work: Json) -> PutFile:
    """``work`` is the content of the completion file, as 0.8.x writes it (sorted, indented)."""
    content = jsontext.pretty(work, sort_keys=True)
    return PutFile(work_path(task_id), content, summary_of(work))


def drop_work(task_id: int) -> DropFile:
    """The task is no longer completed."""
    return DropFile(work_path(task_id))


def summary_of(work: Json) -> WorkSummary:
    """What the index keeps of a completion file. ``OverflowError`` for a time beyond all times."""
    summary = summarise(work)
    last_id = summary.last_id
    if last_id >= ID_LIMIT:
        ids = [item.get("id") for item in work["completions"] if isinstance(item, dict)]
        last_id = max((i for i in ids if isinstance(i, int) and i < ID_LIMIT), default=0)
    return replace(summary, completed_at=float(summary.completed_at), last_id=last_id)


def facts_of(task: Json) -> Facts:
    """What the index keeps of a task; tolerant of odd predictions in old files."""
    predictions = task.get("predictions")
    if not isinstance(predictions, list) or not predictions:
        return Facts()
    found = [item.get("score") for item in predictions if isinstance(item, dict)]
    scores = [
        score for score in found if isinstance(score, (int, float)) and not isinstance(score, bool)
    ]
    try:
        mean = float(sum(scores) / len(scores)) if scores else math.nan
    except OverflowError:  # a number that no model ever gave
        mean = math.nan
    return Facts(len(predictions), mean)


# -- journal form -------------------------------------------------------------------------------


def encode(changes: Iterable[Change]) -> tuple[list[Any], bytes]:
    """The ops of the head, and the body. ``ValueError`` for what could not be read back."""
    ops: list[Any] = []
    parts: list[bytes] = []
    for change in changes:
        if isinstance(change, AddTasks):
            if not change.lengths:
                continue
            if change.text.count(b"\n") != len(change.lengths) - 1:
                raise ValueError("each task of an import must be one line of text")
            ops.append(["add", change.first_id, len(change.lengths), len(change.text)])
            parts.append(change.text)
        elif isinstance(change, PutTask):
            ops.append(["task", change.id, len(change.text)])
            parts.append(change.text)
        elif isinstance(change, DropTasks):
            ops.append(["drop", list(change.ids)])
        elif isinstance(change, PutFile):
            ops.append(["file", change.path, len(change.content)])
            parts.append(change.content)
        elif isinstance(change, DropFile):
            ops.append(["gone", change.path])
        else:
            ops.append(["clear"])
    return ops, parts[0] if len(parts) == 1 else b"".join(parts)


def decode(ops: Iterable[Sequence[Any]], body: bytes) -> list[Change]:
    """The changes of a record read back, with all that the index wants to know of them."""
    changes: list[Change] = []
    position = 0
    for op in ops:
        size = op[-1] if op[0] in ("add", "task", "file") else 0
        content = body[position : position + size]
        position += size
        changes.append(_decode(op, content))
    return changes


def _decode(op: Sequence[Any], content: bytes) -> Change:
    match op[0]:
        case "add":
            lines = content.split(b"\n")
            facts = None
            if b'"predictions"' in content:
                facts = [facts_of(jsontext.loads(line, lenient=True)) for line in lines]
            return AddTasks.of_lines(op[1], lines, facts)
        case "task":
            return PutTask(op[1], content, facts_of(jsontext.loads(content, lenient=True)))
        case "drop":
            return DropTasks(op[1])
        case "file":
            return PutFile(op[1], content)
        case "gone":
            return DropFile(op[1])
        case "clear":
            return Clear()
        case unknown:
            raise ValueError(f"unknown change {unknown!r} in the journal")


def body_size(change: Change) -> int:
    """How many bytes of the body belong to a change."""
    return change.size if isinstance(change, (AddTasks, PutTask, PutFile)) else 0


def let_go(change: Change) -> Change:
    """The change without its bytes, once these are in the journal."""
    if isinstance(change, AddTasks):
        return AddTasks(change.first_id, b"", change.lengths, change.facts)
    if isinstance(change, (PutTask, PutFile)):
        light = copy(change)
        if isinstance(light, PutTask):
            light.text = b""
        else:
            light.content = b""
        return light
    return change
