"""What the data manager filters and orders by, for all tasks at once, in little memory.

A column is made when it is first asked for: those of the store's index are copied from there,
those of the data are read from ``tasks.json`` in one pass, those of completions from the
completion files. From then on only tasks that changed are read again. Columns that were not used
for longest are dropped when all together outgrow :data:`MEMORY`.

A column of the data shows what ``tasks.json`` holds; a completion file's own copy is not looked
at.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import sub
from typing import TYPE_CHECKING, Any

from label_studio_lite.core.compact import Codes, Column, Mixed, Numbers
from label_studio_lite.core.filters import DATA
from label_studio_lite.core.task_columns import (
    FROM_COMPLETIONS,
    FROM_TASK,
    LISTS,
    NUMBERS,
)
from label_studio_lite.core.task_fields import FieldReader, value_of
from label_studio_lite.service import drafts
from label_studio_lite.service.imports import FIRST_ID
from label_studio_lite.store.changes import (
    Change,
    Clear,
    DropFile,
    PutFile,
    PutTask,
    work_task_id,
)

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

MEMORY = 256 << 20  # bytes of columns that are kept at most, beside those in use
_LOGGED = 50  # versions of the table whose changes are remembered
_MANY = 20_000  # changed tasks from which on columns are made anew
_DRAFTS = "draft_exists"
_ALWAYS = ("ids", "done", "completions", "cancelled", "predictions")
_INDEX = {
    "completed_at": "completed_at",
    "updated_at": "completed_at",
    "predictions_score": "score",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Tasks in the order of ids, of one moment. ``log`` has, for this version and those right
    before it, the tasks that changed with it; None: too many to tell."""

    version: int
    ids: Sequence[int]
    done: Sequence[int]
    completions: Sequence[int]
    cancelled: Sequence[int]
    predictions: Sequence[int]
    columns: Mapping[str, Column]
    log: Mapping[int, frozenset[int] | None]

    def row(self, task_id: int) -> int | None:
        """The row of a task, or None."""
        ids = self.ids
        guess = task_id - ids[0] if ids else -1
        if not (0 <= guess < len(ids) and ids[guess] == task_id):
            guess = bisect_left(ids, task_id)
        return guess if guess < len(ids) and ids[guess] == task_id else None

    def changed_since(self, version: int) -> set[int] | None:
        """The tasks that differ from the table of an earlier version; None: too many to tell."""
        changed: set[int] = set()
        for later in range(version + 1, self.version + 1):
            tasks = self.log.get(later)
            if tasks is None:
                return None
            changed |= tasks
        return changed


class Columns:
    """The columns of one project. Not for several threads at once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self._drafts = project.drafts
        self._kept: dict[str, Column] = {}  # those that are read, the least used first
        self._ids: Sequence[int] = ()
        self._version = 0
        self._log: dict[int, frozenset[int] | None] = {}
        self._table: Table | None = None
        self._lock = threading.Lock()  # of what the store's listener tells
        self._news = _News()
        self._store.listen(self._note)

    def _note(self, changes: Sequence[Change]) -> None:
        with self._lock:
            self._news.add(changes)

    def table(self, names: Iterable[str]) -> Table:
        """A table with these columns, as of now."""
        wanted = set(names)
        with self._lock:
            news, self._news = self._news, _News()
        old = self._table
        if old is not None and news.is_none:
            if wanted <= old.columns.keys():
                return old
            wanted |= old.columns.keys()
        derived = wanted - self._read_names(wanted)
        index = self._store.columns(*_ALWAYS, *(_INDEX[name] for name in wanted & _INDEX.keys()))
        changed = self._follow(index["ids"], news)
        self._make(wanted - derived)
        columns = {name: self._shown(name, index) for name in wanted - derived}
        columns |= {name: self._derived(name, index) for name in derived}
        if changed is None or changed:
            self._version += 1
            self._log = {**self._log, self._version: changed}
            self._log.pop(self._version - _LOGGED, None)
        always = {name: index[name] for name in _ALWAYS}
        self._table = Table(self._version, **always, columns=columns, log=self._log)
        return self._table

    def _read_names(self, names: set[str]) -> set[str]:
        return {
            name
            for name in names
            if name.startswith(DATA)
            or name in FROM_TASK
            or name in FROM_COMPLETIONS
            or name == _DRAFTS
        }

    def _shown(self, name: str, index: Mapping[str, Sequence[Any]]) -> Column:
        column = self._kept[name]
        if name not in ("created_at", "updated_at"):
            return column
        born = self._project.models.memory.created()  # of tasks that do not say when they came
        dates = array("d", (born if stored is None else stored for stored in column))
        if name == "updated_at":
            dates = array("d", map(max, dates, index["completed_at"]))
        return Numbers(dates)

    def _derived(self, name: str, index: Mapping[str, Sequence[Any]]) -> Column:
        """A column that the index has, or nearly."""
        if name == "total_annotations":
            values = array("q", map(sub, index["completions"], index["cancelled"]))
            return Numbers(values)
        if name in _INDEX:
            return Numbers(index[_INDEX[name]], 0.0 if name == "completed_at" else None)
        if name == "inner_id":
            first = self._project.settings.get(FIRST_ID, 0)
            return Numbers(array("q", map((1 - first).__add__, index["ids"])))
        known = {"cancelled_annotations": "cancelled", "total_predictions": "predictions"}
        return Numbers(index[known.get(name, "ids")])

    # -- following changes --------------------------------------------------------------------

    def _follow(self, ids: Sequence[int], news: _News) -> frozenset[int] | None:
        """Bring the columns that are kept up to date; the tasks that changed, None for many."""
        if news.is_much:
            self._kept.clear()
            self._ids = ids
            return None
        old = self._ids
        changed = set(news.tasks)
        if news.has_moved or len(old) != len(ids):
            changed |= self._align(old, ids)
        self._ids = ids
        if len(changed) > _MANY:
            self._kept.clear()
            return None
        self._read_again(changed)
        return frozenset(changed)

    def _align(self, old: Sequence[int], ids: Sequence[int]) -> set[int]:
        """Give the kept columns the rows of ``ids``; those that came or went."""
        if len(ids) >= len(old) and (not old or ids[len(old) - 1] == old[-1]):
            came = set(ids[len(old) :])  # ids only ever grow, so none in between has gone
            if len(came) <= _MANY:
                for column in self._kept.values():
                    for _ in came:
                        column.append(None)
            return came
        before, now = set(old), set(ids)
        if self._kept:
            row_of = dict(zip(old, range(len(old)), strict=True))
            rows = [row_of.get(task_id) for task_id in ids]
            self._kept = {name: column.keep(rows) for name, column in self._kept.items()}
        return before ^ now

    def _read_again(self, task_ids: Iterable[int]) -> None:
        if not self._kept:
            return
        drafted = self._drafts.task_ids() if _DRAFTS in self._kept else ()
        for task in self._store.read_tasks(sorted(task_ids)):
            row = bisect_left(self._ids, task.id)
            if row == len(self._ids) or self._ids[row] != task.id:
                continue
            for name, column in self._kept.items():
                if name == _DRAFTS:
                    value = float(task.id in drafted)
                elif name in FROM_COMPLETIONS:
                    value = FROM_COMPLETIONS[name](task.completions if task.completed else ())
                else:
                    value = value_of(task.fields, name)
                column.put(row, value)

    # -- making -------------------------------------------------------------------------------

    def _make(self, names: set[str]) -> None:
        """Make the columns that are not there, and let others go where memory runs out."""
        for name in names & self._kept.keys():
            self._kept[name] = self._kept.pop(name)  # used just now
        new = names - self._kept.keys()
        works = new & FROM_COMPLETIONS.keys()
        if texts := new - works - {_DRAFTS}:
            self._read_texts(sorted(texts))
        if works:
            self._read_completions(sorted(works))
        if _DRAFTS in new:
            drafted = self._drafts.task_ids()
            self._kept[_DRAFTS] = Numbers([float(i in drafted) for i in self._ids])
        used = sum(column.size for column in self._kept.values())
        for name in list(self._kept):
            if used > MEMORY and name not in names:
                used -= self._kept.pop(name).size

    def _read_texts(self, names: Sequence[str]) -> None:
        """One pass over the stored tasks for all of these columns."""
        reader = FieldReader(names)
        made = [_empty(name) for name in names]
        puts = [column.append for column in made]
        for text in self._store.texts(self._ids):
            for put, value in zip(puts, reader.values(text), strict=True):
                put(value)
        self._kept.update(zip(names, made, strict=True))

    def _read_completions(self, names: Sequence[str]) -> None:
        """One pass over the completion files for all of these columns."""
        made = {name: _empty(name) for name in names}
        for name, column in made.items():
            nothing = FROM_COMPLETIONS[name](())
            for _ in self._ids:
                column.append(nothing)
        row = -1
        for task in self._store.read_tasks(self._store.completed_ids()):
            row = bisect_left(self._ids, task.id, row + 1)
            if row == len(self._ids) or self._ids[row] != task.id:
                row -= 1
                continue
            for name, column in made.items():
                column.put(row, FROM_COMPLETIONS[name](task.completions))
        self._kept.update(made)


class _News:
    """What changed since columns were last brought up to date."""

    def __init__(self) -> None:
        self.tasks: set[int] = set()
        self.has_moved = self.is_much = False
        self.is_none = True

    def add(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.is_none = False
            if isinstance(change, (PutFile, DropFile)):
                for task_id in (work_task_id(change.path), drafts.task_of(change.path)):
                    if task_id is not None:
                        self.tasks.add(task_id)
            elif isinstance(change, PutTask):
                self.tasks.add(change.id)
                self.has_moved = True  # it may be a new one between others
            elif isinstance(change, Clear):
                self.is_much = True
            else:
                self.has_moved = True
        if self.is_much or len(self.tasks) > _MANY:
            self.tasks.clear()
            self.is_much = True


def _empty(name: str) -> Column:
    if name in LISTS:
        return Codes()
    return Numbers() if name in NUMBERS else Mixed()
