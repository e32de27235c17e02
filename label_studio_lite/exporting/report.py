"""What an export tells of its work: every item is written, or listed with the reason.

Tasks, completions and regions are counted apart, and for each ``read == written + left out``.
Items are kept on disk while they are many, so that memory does not grow with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import IO, Any, NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.exporting.spool import on_disk

MEMBER = "export_report.json"
_MOST_REASONS = 500  # that are summed up apart
_MORE = "other reasons; the items have them"


class Kind(str, Enum):
    """What an item is about; all but the last are not in the export.

    ``changed``: it is there in another form (a box without its rotation, a file renamed).
    """

    TASK = "task"
    COMPLETION = "completion"
    REGION = "region"
    VALUE = "value"
    MEDIA = "media"
    CHANGED = "changed"


class Item(NamedTuple):
    """``times`` things of one kind with the same reason, in one completion of one task.

    ``reason`` is one of few phrases, ``detail`` what is special about this one.
    ``completion_id`` is None where it is no single completion, or one without an id.
    """

    kind: Kind
    task_id: int
    completion_id: int | None
    reason: str
    detail: str = ""
    times: int = 1

    def to_json(self) -> Json:
        shown: Json = {"kind": self.kind.value, "task": self.task_id}
        if self.completion_id is not None:
            shown["completion"] = self.completion_id
        shown["reason"] = self.reason
        if self.detail:
            shown["detail"] = self.detail
        return {**shown, "count": self.times} if self.times > 1 else shown


@dataclass(slots=True)
class Tally:
    """``left_out`` is all that was read and not written."""

    read: int = 0
    written: int = 0

    @property
    def left_out(self) -> int:
        return self.read - self.written

    def to_json(self) -> Json:
        return {"read": self.read, "written": self.written, "left_out": self.left_out}


@dataclass(slots=True)
class Report:
    """Filled by the exporter; :meth:`close` it when its items are not asked for any more.

    ``regions`` are those of the completions that were written; ``about`` is what else is to be
    known of how it was made.
    """

    tasks: Tally = field(default_factory=Tally)
    completions: Tally = field(default_factory=Tally)
    regions: Tally = field(default_factory=Tally)
    about: Json = field(default_factory=dict)
    _counts: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    _pending: dict[Item, int] = field(default_factory=dict)
    _spool: IO[bytes] | None = None

    # -- filling ------------------------------------------------------------------------------

    def leave_out(self, task: Task, reason: str, detail: str = "") -> None:
        """The task that was read is not in the export, and none of its completions is."""
        self._add(Item(Kind.TASK, task.id, None, reason, detail))

    def drop(self, task: Task, completion: Completion, reason: str) -> None:
        """The task is in it without this completion."""
        self._add(Item(Kind.COMPLETION, task.id, id_of(completion), reason))

    def lose(self, task: Task, completion: Completion, reason: str, detail: str = "") -> None:
        """The completion is in it without this region."""
        self._add(Item(Kind.REGION, task.id, id_of(completion), reason, detail))

    def miss(self, kind: Kind, task: Task, reason: str, detail: str = "") -> None:
        """The task is in it without this file, or this value."""
        self._add(Item(kind, task.id, None, reason, detail))

    def change(
        self, task: Task, completion: Completion | None, reason: str, detail: str = ""
    ) -> None:
        """Something is in it in another form."""
        completion_id = id_of(completion) if completion is not None else None
        self._add(Item(Kind.CHANGED, task.id, completion_id, reason, detail))

    def _add(self, item: Item) -> None:
        if self._pending and next(iter(self._pending)).task_id != item.task_id:
            self._settle()
        self._pending[item] = self._pending.get(item, 0) + 1
        key = (item.kind, item.reason)
        if key not in self._counts and len(self._counts) >= _MOST_REASONS:
            key = (item.kind, _MORE)
        self._counts[key] += 1

    def _settle(self) -> None:
        if not self._pending:
            return
        if self._spool is None:
            self._spool = on_disk()
        for item, count in self._pending.items():
            self._spool.write(jsontext.dumps(item._replace(times=count)) + b"\n")
        self._pending.clear()

    # -- asking -------------------------------------------------------------------------------

    @property
    def skipped(self) -> int:
        """How many things are not in the export."""
        return sum(n for (kind, _), n in self._counts.items() if kind is not Kind.CHANGED)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self._counts and not self.about

    def summary(self) -> list[Json]:
        """``{"kind", "reason", "count"}``, the most frequent first."""
        return [
            {"kind": kind.value, "reason": reason, "count": count}
            for (kind, reason), count in self._counts.most_common()
        ]

    def counts(self) -> Json:
        """The numbers, without the items; a format that takes files whole counts tasks only."""
        tallies = {
            "tasks": self.tasks,
            "completions": self.completions,
            "regions": self.regions,
        }
        counted = {n: t.to_json() for n, t in tallies.items() if t.read or n == "tasks"}
        return {**counted, "skipped": self.skipped, "summary": self.summary()}

    def items(self) -> Iterator[Item]:
        """All items, in the order of the tasks; not after :meth:`close`."""
        self._settle()
        if self._spool is None:
            return
        self._spool.seek(0)
        for line in self._spool:
            kind, *rest = jsontext.loads(line)
            yield Item(Kind(kind), *rest)
        self._spool.seek(0, 2)

    def write(self, stream: IO[bytes], about: Json) -> None:
        """The whole report as JSON; ``about`` says what was exported."""
        head = jsontext.dumps({**about, **self.about, **self.counts()})
        stream.write(head[:-1] + b',"items":[')
        before = b"\n"
        for item in self.items():
            stream.write(before + jsontext.dumps(item.to_json()))
            before = b",\n"
        stream.write(b"\n]}\n")

    def close(self) -> None:
        if self._spool is not None:
            self._spool.close()


def id_of(completion: Completion) -> int | None:
    """None for a completion of an old file that has no proper id."""
    found: Any = completion.fields.get("id")
    return found if isinstance(found, int) and not isinstance(found, bool) else None
