"""What the data manager filters and orders by, for all tasks at once, in little memory.

A column is made when it is first asked for: those of the store's index are copied from there,
those of the data are read from ``tasks.json`` in one pass, those of completions from the
completion files. From then on only tasks that changed are read again, and for some versions of
the table it is remembered what they were before. Columns that were not used for longest are
dropped when all together outgrow :data:`MEMORY`; long texts are not held at all.

A column of the data shows what ``tasks.json`` holds; a completion file's own copy is not looked
at.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from operator import sub
from typing import TYPE_CHECKING, Any

from label_studio_lite.core.compact import UNKNOWN, Codes, Column, Mixed, Numbers
from label_studio_lite.core.filters import DATA
from label_studio_lite.core.model import Task
from label_studio_lite.core.task_columns import FROM_COMPLETIONS, FROM_TASK, LISTS, NUMBERS
from label_studio_lite.core.task_fields import FieldReader, value_of
from label_studio_lite.service.imports import FIRST_ID
from label_studio_lite.service.table.news import MANY, News
from label_studio_lite.service.table.state import Table, compact
from label_studio_lite.store.changes import Change

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

MEMORY = 64 << 20  # bytes of columns that are kept at most, beside those in use
_AT_ONCE = 1024  # tasks that are read together
_DRAFTS = "draft_exists"
_ALWAYS = ("done", "completions", "cancelled_annotations", "total_predictions")

# Column → the type of its array, the columns of the store's index that it is made of, how, and
# which number means nothing
_INDEX: dict[str, tuple[str, tuple[str, ...], Callable[..., float], float | None]] = {
    "done": ("B", ("done",), int, None),
    "completions": ("I", ("completions",), int, None),
    "cancelled_annotations": ("I", ("cancelled",), int, None),
    "total_annotations": ("I", ("completions", "cancelled"), sub, None),
    "total_predictions": ("I", ("predictions",), int, None),
    "ground_truth": ("B", ("truths",), bool, None),
    "completed_at": ("d", ("completed_at",), float, 0.0),
    "predictions_score": ("d", ("score",), float, None),
}


class Columns:
    """The columns of one project. Not for several threads at once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self._drafts = project.drafts
        self._table = Table()
        self._read: dict[str, None] = {}  # columns that are not of the index, the least used first
        self._lock = threading.Lock()  # of what the store's listener tells
        self._news = News(is_much=True)
        self._store.listen(self._note)

    def _note(self, changes: Sequence[Change]) -> None:
        with self._lock:
            self._news.add(changes)

    def table(self, names: Iterable[str]) -> Table:
        """The table, as of now, with at least these columns. It changes with the next call."""
        with self._lock:
            news, self._news = self._news, News()
        try:
            if not news.is_none:
                self._follow(news)
            self._make(set(names))
        except BaseException:  # half of it may be done
            with self._lock:
                self._news = News(is_much=True)
            raise
        return self._table

    # -- following changes --------------------------------------------------------------------

    def _follow(self, news: News) -> None:
        """Bring the columns up to date."""
        table = self._table
        ids = self._store.task_ids() if news.has_moved or news.is_much else table.ids
        moved = table.moved(ids) if news.has_moved else set[int]()
        changed = news.tasks | moved
        if news.is_much or len(changed) > MANY:
            self._read.clear()
            table.begin(ids)
            table.add(self._of_ids(table.ids) | self._from_index(_ALWAYS))
            return
        before = {task_id: table.values(task_id) for task_id in changed}
        for task_id in news.texts:
            if (was := before[task_id]) is not None:
                was.update(dict.fromkeys(table.columns.keys() - was.keys(), UNKNOWN))
        if moved:
            table.align(ids, self._of_ids)
        self._read_again(changed)
        table.remember(before)

    def _read_again(self, task_ids: Iterable[int]) -> None:
        table, columns = self._table, self._table.columns
        rows = {i: row for i in sorted(task_ids) if (row := table.row(i)) is not None}
        for name in columns.keys() & _INDEX.keys():
            _, sources, made, _ = _INDEX[name]
            values = self._store.rows(rows, sources)
            for row, value in zip(rows.values(), values, strict=True):
                if value is not None:
                    columns[name].put(row, made(*value))
        drafted = self._drafts.task_ids() if _DRAFTS in self._read else ()
        for task in self._store.read_tasks(rows) if self._read else ():
            if (row := rows.get(task.id, -1)) >= 0:
                for name in self._read:
                    value = self._value(task, name, row, drafted)
                    columns[name].put(row, value)

    def _value(self, task: Task, name: str, row: int, drafted: Container[int]) -> Any:
        if name == _DRAFTS:
            return float(task.id in drafted)
        if name in FROM_COMPLETIONS:
            return FROM_COMPLETIONS[name](task.completions if task.completed else ())
        return next(self._dated(name, [value_of(task.fields, name)], row))

    # -- making -------------------------------------------------------------------------------

    def _make(self, names: set[str]) -> None:
        """Make the columns that are not there, and let others go where memory runs out."""
        table = self._table
        if "updated_at" in names:
            names = names | {"completed_at"}
        for name in self._read.keys() & names:
            self._read[name] = self._read.pop(name)  # used just now
        new = names - table.columns.keys()
        table.add(self._from_index(new & _INDEX.keys()))
        new -= _INDEX.keys()
        if _DRAFTS in new:
            drafted = self._drafts.task_ids()
            table.add({_DRAFTS: Numbers([float(i in drafted) for i in table.ids])})
        if works := sorted(new & FROM_COMPLETIONS.keys()):
            table.add(self._from_completions(works))
        if texts := sorted(new - FROM_COMPLETIONS.keys() - {_DRAFTS}):
            table.add(self._from_texts(texts))
        self._read.update(dict.fromkeys(sorted(new)))
        used = sum(table.columns[name].size for name in self._read)
        for name in list(self._read):
            if used > MEMORY and name not in names:
                del self._read[name]
                used -= table.drop(name).size

    def _of_ids(self, ids: Sequence[int]) -> dict[str, Column]:
        first = self._project.settings.get(FIRST_ID, 0) - 1
        if isinstance(ids, range):
            inner: Sequence[int] = range(ids.start - first, ids.stop - first)
        else:
            inner = array("q", ((-first).__add__(i) for i in ids))
        return {"id": Numbers(ids), "inner_id": Numbers(inner)}

    def _from_index(self, names: Iterable[str]) -> dict[str, Column]:
        """Columns out of the store's index; which may know of newer tasks than the table."""
        made: dict[str, Column] = {}
        for name in names:
            code, sources, make, nothing = _INDEX[name]
            ids, *columns = self._store.columns("ids", *sources).values()
            if compact(ids) != self._table.ids:
                rows = self._store.rows(self._table.ids, sources)
                values: Iterable[float] = (0 if row is None else make(*row) for row in rows)
            else:
                values = columns[0] if make in (int, float) else map(make, *columns)
            if not (isinstance(values, array) and values.typecode == code):
                values = array(code, values)
            made[name] = Numbers(values, nothing)
        return made

    def _from_texts(self, names: Sequence[str]) -> dict[str, Column]:
        """One pass over the stored tasks for all of these columns."""
        made = {name: self._empty(name) for name in names}
        for values in self._blocks(names, range(len(self._table.ids))):
            for column, part in zip(made.values(), values, strict=True):
                column.extend(part)
            if not any(column.is_held for column in made.values()):
                break
        return made

    def _empty(self, name: str) -> Column:
        if name in LISTS:
            return Codes()
        if name in NUMBERS:
            return Numbers()
        is_text = name.startswith(DATA) or name in FROM_TASK
        return Mixed(partial(self._texts_again, name) if is_text else None)

    def _texts_again(self, name: str, rows: range | None = None) -> Iterator[Any]:
        """The values of a column that is not held."""
        wanted = range(len(self._table.ids)) if rows is None else rows
        return chain.from_iterable(part for (part,) in self._blocks([name], wanted))

    def _blocks(self, names: Sequence[str], rows: range) -> Iterator[list[list[Any]]]:
        """The values of columns, many rows at a time."""
        reader = FieldReader(names)
        texts = self._store.texts(self._table.ids[rows.start : rows.stop])
        for start in range(rows.start, rows.stop, _AT_ONCE):
            values = reader.columns(list(islice(texts, _AT_ONCE)))
            yield [
                list(self._dated(name, part, start))
                for name, part in zip(names, values, strict=True)
            ]

    def _dated(self, name: str, values: Sequence[Any], row: int) -> Iterator[Any]:
        """The values of rows from ``row`` on; dates that tasks do not tell are put in."""
        if name not in ("created_at", "updated_at"):
            return iter(values)
        born = self._project.models.memory.created()
        dates = (born if stored is None else stored for stored in values)
        if name == "created_at":
            return dates
        labeled = self._table.numbers("completed_at")[row : row + len(values)]
        return map(max, dates, labeled)

    def _from_completions(self, names: Sequence[str]) -> dict[str, Column]:
        """One pass over the completion files for all of these columns."""
        table = self._table
        made = {name: self._empty(name) for name in names}
        for name, column in made.items():
            column.extend([FROM_COMPLETIONS[name](())] * len(table.ids))
        for task in self._store.read_tasks(self._store.completed_ids()):
            if (row := table.row(task.id)) is not None:
                for name, column in made.items():
                    column.put(row, FROM_COMPLETIONS[name](task.completions))
        return made
