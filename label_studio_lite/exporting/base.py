"""What an export format is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.offsets import Units
from label_studio_lite.exporting.choosing import Wish
from label_studio_lite.exporting.media import Media
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.report import Report

Annotators = Callable[[Completion], Any]


def annotator(completion: Completion) -> Any:
    """Who made a completion, as far as it says: the id of 1.x, else the name of 0.8.x."""
    by = completion.fields.get("completed_by")
    if isinstance(by, dict):
        by = by.get("id")
    return completion.fields.get("created_username") if by is None else by


@dataclass(frozen=True, slots=True)
class Wording:
    """How a dialect names things in what it exports.

    ``task_id`` and ``completion_id`` make public ids of ours; ``annotator`` says who made a
    completion. ``task`` is what JSON writes of a task with the completions that were chosen, None
    for the content of the completion file.
    """

    task_id: Callable[[int], int] = lambda task_id: task_id
    completion_id: Callable[[int], int] = lambda completion_id: completion_id
    annotator: Annotators = annotator
    task: Callable[[Task, Sequence[Completion]], Json] | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a format is given besides the tasks.

    ``wish`` says which completions are taken. ``units`` is what stored text offsets count.
    ``predictions``: JSON holds them, too. ``tokenizer`` is a rule of ``core/tokens.py``. ``now``
    is in seconds since the epoch.
    """

    config: LabelConfig
    wish: Wish = field(default_factory=Wish)
    units: Units = "utf16"
    predictions: bool = False
    tokenizer: str = "words"
    now: float = 0.0
    media: Media = field(default_factory=Media)
    wording: Wording = field(default_factory=Wording)
    report: Report = field(default_factory=Report)


class Exporter(Protocol):
    """A format. ``name`` is what clients ask for; the texts are for people.

    ``holds`` and ``cannot`` say what it takes of a project and what it leaves out and reports.
    ``only_member`` is the name of the one file that it makes, None when it makes several.
    ``fetches``: it copies files, so that remote ones are fetched unless it is said otherwise.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def holds(self) -> str: ...

    @property
    def cannot(self) -> str: ...

    @property
    def only_member(self) -> str | None: ...

    @property
    def fetches(self) -> bool: ...

    def available(self, config: LabelConfig) -> bool:
        """Whether it makes sense for a label config; it can be asked for in any case."""

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        """Write all files, and tell ``context.report`` what became of each item.

        A task that does not fit is reported, it never stops the export. ``tasks`` must give the
        same tasks each time it is gone through: some formats do so twice and refuse an iterator
        with ``TypeError``. The caller says which and in which order.
        """
