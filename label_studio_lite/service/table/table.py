"""The list of tasks as the data manager sees it: filtered, ordered, in pages.

Answers are kept as lists of ids and brought up to date task by task, so that the next page, or
the same page after a label, costs little even of a million tasks.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from label_studio_lite.core.filters import Filter, Query, Selection
from label_studio_lite.service import freeing
from label_studio_lite.service.table.columns import Columns
from label_studio_lite.service.table.views import TaskView

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_KEPT = 4  # answers that are kept
_ALL = Selection()


class Page(NamedTuple):
    """Ids of the tasks at some positions, and how many were found in all.

    ``completions`` counts skips, too, ``cancelled`` only these; both, and ``predictions``, are of
    all tasks found.
    """

    ids: Sequence[int]
    total: int
    completions: int
    cancelled: int
    predictions: int


_LABELED = Query((Filter("total_annotations", "greater", "Number", 0.0),))


class TaskTable:
    """The filtered and ordered tasks of one project. Safe for many threads.

    The first question about a column of the data reads all tasks once.
    """

    def __init__(self, project: Project) -> None:
        self._store = project.store
        self._columns = Columns(project)
        self._lock = threading.Lock()
        self._views: dict[tuple[Query, bool], TaskView] = {}  # the least used first

    def page(self, query: Query, start: int, stop: int) -> Page:
        """The tasks at positions ``start`` to ``stop``. ``Invalid`` for a bad pattern.

        A selection of no tasks at all is not looked at, as in 1.x.
        """
        if query.selection != _ALL and query.selection.ids:
            return self._selected(query, start, stop)
        if not query.filters and not query.ordering:
            counts = self._store.counts()
            found = (counts.completions, counts.cancelled, counts.predictions)
            return Page(self._store.page("id", start, stop), counts.tasks, *found)
        with self._lock:
            view = self._view(query)
            return Page(view.ids[start:stop].tolist(), len(view.ids), *view.totals)

    def _selected(self, query: Query, start: int, stop: int) -> Page:
        ids = self.ids(query)
        completions = cancelled = predictions = 0
        for task in self._store.read_tasks(ids):
            completions += len(task.completions)
            cancelled += sum(completion.was_cancelled for completion in task.completions)
            predictions += len(task.predictions)
        return Page(list(ids[start:stop]), len(ids), completions, cancelled, predictions)

    def labeled(self) -> int:
        """How many tasks have a completion that is no skip."""
        return self.page(_LABELED, 0, 0).total

    def ids(self, query: Query) -> Sequence[int]:
        """The ids of all tasks that are found and selected, in order. ``Invalid``."""
        with self._lock:
            ids = self._view(query).ids
            if query.selection == _ALL:
                return ids[:]
            return array("q", filter(_chosen(query.selection), ids))

    def next_open(self, query: Query) -> int | None:
        """The first task found and selected that is not completed. ``Invalid``."""
        with self._lock:
            view = self._view(query, only_open=True)
            return next(filter(_chosen(query.selection), view.ids), None)

    def _view(self, query: Query, *, only_open: bool = False) -> TaskView:
        """The answer to a query, as of now."""
        key = replace(query, selection=_ALL), only_open
        table = self._columns.table(query.columns())
        view = self._views.pop(key, None)
        if view is None or not view.follow():
            base = self._view(query) if only_open else None
            view = TaskView(key[0], table, open_of=base)
            freeing.free(len(table.ids))
        self._views[key] = view
        while len(self._views) > _KEPT:
            del self._views[next(iter(self._views))]
        return view


def _chosen(selection: Selection) -> Callable[[int], bool]:
    ids = selection.ids
    if selection.all:
        return lambda task_id: task_id not in ids
    return ids.__contains__
