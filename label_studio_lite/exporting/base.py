"""What an export format is, and what it tells about its work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.output import BareOutput, Output, ZipOutput

__all__ = ["BareOutput", "Context", "Exporter", "Output", "Report", "Skipped", "ZipOutput"]


class Skipped(NamedTuple):
    """Something that the export does not hold, and why.

    ``whole``: the task is not in the export at all. Otherwise it is, without a completion or a
    part of one. ``completion_id`` is None where the reason is no single completion, or has no id.
    """

    task_id: int
    completion_id: int | None
    reason: str
    whole: bool


@dataclass(slots=True)
class Report:
    """What became of the tasks.

    Every task is either written or skipped as a whole: ``read == written + len(left_out)``.
    """

    read: int = 0
    written: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def left_out(self) -> set[int]:
        """The ids of tasks that are not in the export at all."""
        return {item.task_id for item in self.skipped if item.whole}

    def leave_out(self, task: Task, reason: str) -> None:
        """The task that was read is not written."""
        self.skipped.append(Skipped(task.id, None, reason, whole=True))

    def note(self, task: Task, completion_id: int | None, reason: str) -> None:
        """The task is written without this."""
        self.skipped.append(Skipped(task.id, completion_id, reason, whole=False))


@dataclass(frozen=True, slots=True)
class Context:
    """What a format may need besides the tasks."""

    config: LabelConfig


class Exporter(Protocol):
    """A format. ``name`` is what clients ask for; ``title`` and ``description`` are for people.

    ``only_member`` is the name of the one file that it makes, None when it makes several.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def only_member(self) -> str | None: ...

    def available(self, config: LabelConfig) -> bool:
        """Whether it makes sense for a label config; it can be asked for in any case."""

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> Report:
        """Write all files. A task that does not fit is reported, it never stops the export.

        ``tasks`` must give the same tasks each time it is gone through: some formats do so twice
        and refuse an iterator with ``TypeError``. The caller says which and in which order:
        completed ones, as 0.8.2, or all.
        """
