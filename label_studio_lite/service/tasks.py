"""Looking at tasks, choosing the next one, replacing and deleting them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from label_studio_lite.core import sampling
from label_studio_lite.core.filters import DATA, Query
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.validation import CheckedTask
from label_studio_lite.errors import Invalid
from label_studio_lite.service.events import Event
from label_studio_lite.store.changes import Change, Clear, DropTasks, put_task

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

# what a client may order the list by → the store's name for it
ORDERS = {
    "id": "id",
    "completed_at": "completed_at",
    "has_cancelled_completions": "cancelled",
}


class Tasks:
    """The use cases of tasks of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    def list_tasks(self, *, order: str = "id", page: int = 1, page_size: int = 10) -> list[Task]:
        """A page, counted from 1; past the end it is empty. ``-`` before an order reverses it."""
        name = order.removeprefix("-")
        if name not in ORDERS:
            raise Invalid(f"Incorrect order {order!r}; known are {', '.join(ORDERS)}")
        sign = "-" if order.startswith("-") else ""
        start = (page - 1) * page_size
        ids = self._store.page(sign + ORDERS[name], start, start + page_size)
        return list(self._store.read_tasks(ids))

    def slice(self, start: int, stop: int, *, newest_first: bool = False) -> list[Task]:
        """The tasks at these places, counted from 0, by id."""
        ids = self._store.page("-id" if newest_first else "id", start, stop)
        return list(self._store.read_tasks(ids))

    def read(self, task_ids: Iterable[int]) -> list[Task]:
        """Tasks in the order of the ids; those that are gone are passed over."""
        return list(self._store.read_tasks(task_ids))

    def data_keys(self) -> list[str]:
        """The keys that the data of tasks have, in the order in which they were met."""
        with self._store.adding(), self._store.holding():
            return list(+self._project.data_keys.counts())

    def unknown_keys(self, query: Query) -> list[str]:
        """Keys of data that the query names and no task has."""
        named = {name.removeprefix(DATA) for name in query.columns() if name.startswith(DATA)}
        return sorted(named.difference(self.data_keys()))

    def ids(self) -> Sequence[int]:
        """Of all tasks, ascending."""
        return self._store.task_ids()

    def has(self, task_id: int) -> bool:
        return self._store.has_task(task_id)

    def get_task(self, task_id: int) -> Task:
        """``NotFound`` for an unknown id."""
        return self._store.read_task(task_id)

    def completed_ids(self) -> Sequence[int]:
        """Ids of tasks that have a completion file, ascending."""
        return self._store.completed_ids()

    def next_task(self) -> Task | None:
        """The task to label now, by the project's ``sampling``; None when all are completed."""
        method = self._project.settings.get("sampling")
        while True:
            task_id = sampling.next_task(str(method), self._store, self._project.random)
            if task_id is None:
                return None
            for task in self._store.read_tasks([task_id]):
                return task  # none when it was deleted this moment: choose again

    def replace_task(self, task_id: int, body: Any) -> Task:
        """The body becomes the task, everywhere. ``NotFound``, ``Invalid``.

        It may be ``{data, predictions?, completions?, meta?}``, bare data, or a list of one of
        them. Completions in it take the place of those that the task had; without them, those
        stay.
        """
        if isinstance(body, list):
            if len(body) != 1:
                raise Invalid(f"one task is expected, not a list of {len(body)}")
            body = body[0]
        with self._store.holding(task_id):
            self._replace(self._store.read_task(task_id), body)
        return self._store.read_task(task_id)

    def change_task(self, task_id: int, changes: Json) -> Task:
        """Replace ``data``, ``meta`` or other keys; the rest stays. ``NotFound``, ``Invalid``."""
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            stored = {**task.fields}
            if task.completed:
                stored.pop("completions", None)
            stamp = {"updated_at": int(self._project.clock())}
            self._replace(task, {**stored, "data": task.data, **changes, **stamp})
        return self._store.read_task(task_id)

    def _replace(self, task: Task, body: Any) -> None:
        """The caller holds the task."""
        checked = self._project.validator().check(body, 0)
        if isinstance(checked, str):
            raise Invalid(checked)
        completions = task.completions if task.completed else []
        if not checked.bare and "completions" in body:
            now = int(self._project.clock())
            completions = [
                Completion(fields) for fields in numbered(task.id, checked.completions, now)
            ]
        new = Task(task.id, stored_fields(task.id, checked), task.work and {**task.work})
        changes: list[Change] = [put_task(task.id, new.fields)]
        if completions or task.completed:
            if new.work is not None:
                new.work["data"] = checked.data
            changes.append(self._project.completions.saving(new, completions))
        self._store.commit(*changes)
        self._project.usage.replaced(task.completions if task.completed else (), completions)
        self._project.data_keys.replaced([task.data], [checked.data])

    def delete_task(self, task_id: int) -> None:
        """The task and its completions; ``NotFound`` for an unknown id."""
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            self._store.commit(DropTasks([task_id]), *self._project.drafts.dropping(task_id))
            self._project.usage.replaced(task.completions if task.completed else (), ())
            self._project.data_keys.replaced([task.data], ())
        self._project.events.publish([Event("some_tasks_deleted", task_ids=[task_id])])

    def delete_all_tasks(self) -> None:
        """All tasks and completions; ids begin anew. Uploads and exports stay."""
        with self._store.adding(), self._store.holding():
            gone = self._store.task_ids()
            self._store.commit(Clear(), *self._project.storages.forgetting())
            self._project.usage.forget()
            self._project.data_keys.forget()
        self._project.events.publish([Event("tasks_deleted", task_ids=gone)])


def stored_fields(task_id: int, checked: CheckedTask) -> Json:
    """What ``tasks.json`` holds of a task: everything but its completions."""
    fields: Json = {"id": task_id, "data": checked.data}
    if checked.meta is not None:
        fields["meta"] = checked.meta
    if checked.predictions:
        fields["predictions"] = list(checked.predictions)
    return fields | {k: v for k, v in checked.rest.items() if k not in fields}


def numbered(task_id: int, completions: Iterable[Json], now: int) -> list[Json]:
    """Completions that came with a task, with ids of ours; a creation time they bring is kept."""
    return [
        {"created_at": now, **item, "id": task_id * 1000 + number}
        for number, item in enumerate(completions, 1)
    ]
