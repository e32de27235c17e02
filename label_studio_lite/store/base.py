"""What every store offers to the rooms above: the verbs, and their promises.

:class:`~label_studio_lite.store.directory.DirectoryStore` keeps them on disk;
:class:`~label_studio_lite.store.memory.MemoryStore` in memory, for tests. One contract suite
(``tests/store/contract.py``) runs on both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from label_studio_lite.core.model import Json, Task, WorkSummary
from label_studio_lite.store.changes import Change
from label_studio_lite.store.index import Counts

Listener = Callable[[Sequence[Change]], None]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should know about the files of a project.

    ``path`` is relative to the project; ``kind`` is one of ``damaged`` (set aside into
    ``quarantine/``), ``edited`` (a change by hand was taken over), ``recovered`` (work of a run
    that was cut off was brought back) and ``orphan`` (completions without a task).
    """

    kind: str
    path: str
    detail: str


class Batch(Protocol):
    """Many changes that count together or not at all, whatever their size."""

    def add(self, *changes: Change) -> None:
        """Write changes that do not count yet."""

    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        """Make all of them count, durably."""


class Store(Protocol):
    """The tasks, completions and settings files of one project. Safe for many threads.

    Writing raises ``StorageFull`` or ``ReadOnly`` and then has changed nothing, neither in memory
    nor on disk. Reading sees only what is durable.
    """

    @property
    def notes(self) -> Sequence[Note]: ...

    @property
    def read_only(self) -> str | None:
        """Why nothing can be changed, or None."""

    # reading
    def counts(self) -> Counts: ...
    def has_task(self, task_id: int) -> bool: ...
    def task_ids(self) -> Sequence[int]:
        """All ids, ascending: a copy."""

    def completed_ids(self) -> Sequence[int]:
        """Ids of the tasks that have a completion file, ascending: a copy."""

    def page(self, order: str, start: int, stop: int) -> list[int]:
        """See :meth:`TaskIndex.page`."""

    def read_task(self, task_id: int) -> Task:
        """``NotFound`` for an unknown id."""

    def columns(self, *names: str) -> dict[str, Sequence[Any]]:
        """Copies of columns of the index: one value for each task, in the order of ids.

        Names are those of :attr:`TaskIndex.COLUMNS` and ``done``; all are of one moment.
        """

    def rows(
        self, task_ids: Iterable[int], names: Sequence[str]
    ) -> Iterator[tuple[Any, ...] | None]:
        """Of each task the values of some such columns; None for one that is not there."""

    def texts(self, task_ids: Iterable[int]) -> Iterator[bytes | None]:
        """The JSON text of each task as it is stored, None for one that is gone.

        Much faster than reading tasks one by one where ids are ascending.
        """

    def read_tasks(self, task_ids: Iterable[int]) -> Iterator[Task]:
        """Tasks in the order of the ids; ids that are gone by then are passed over.

        Ids of completions whose task is gone (``orphan_ids``) are read too.
        """

    def orphan_ids(self) -> list[int]: ...
    def work_summary(self, task_id: int) -> WorkSummary | None:
        """None while the task is not completed."""

    def last_completion_id(self, task_id: int) -> int:
        """The highest id that a completion of the task ever had, 0 if none; deleted ones too."""

    def read_file(self, path: str) -> bytes | None:
        """A small file of the project (``config.json``…); None when there is none."""

    def file_paths(self, folder: str) -> list[str]:
        """The small files in a folder of the project, in no order."""

    def answered(self, key: str) -> Json | None:
        """What the request with this client's id was answered, if it was."""

    # sampling, see label_studio_lite.core.sampling
    def first_open(self, after: int | None = None) -> int | None: ...
    def open_count(self) -> int: ...
    def nth_open(self, n: int) -> int: ...
    def best_scored(self, largest: bool) -> int | None: ...

    # writing
    def commit(self, *changes: Change, answer: tuple[str, Json] | None = None) -> None:
        """All changes or none; durable on return."""

    def batch(self) -> AbstractContextManager[Batch]:
        """Left without a commit, nothing has happened."""

    def adding(self) -> AbstractContextManager[int]:
        """Hold the right to add tasks; gives the next free id."""

    def holding(self, *task_ids: int) -> AbstractContextManager[None]:
        """Hold the right to change these tasks; without ids, all tasks and the settings.

        A read, a decision and a commit that belong together are made while holding.
        """

    def listen(self, listener: Listener) -> None:
        """Be told of every durable change, in order. Called under the mutex: be quick."""

    def checkpoint(self) -> None:
        """Bring all files up to date and empty the journal.

        Raises ``StorageFull``, ``ReadOnly`` or ``Conflict``; then nothing is lost, and all is
        still to be done.
        """

    def close(self) -> None: ...
