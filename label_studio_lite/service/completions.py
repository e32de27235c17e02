"""Saving, changing and deleting labeling results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.revision import revision
from label_studio_lite.core.validation import check_result
from label_studio_lite.errors import Conflict, NotAllowed, NotFound
from label_studio_lite.service.events import Event, changes_of
from label_studio_lite.store.changes import Change, drop_work, put_work

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

# set by the server, whatever a client sends with a new completion
_OURS = ("id", "created_at", "updated_at", "was_cancelled", "skipped")


class Completions:
    """The use cases of completions of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    def complete(self, task_id: int, body: Json, *, was_cancelled: bool = False) -> Completion:
        """Save a new completion. Unknown keys of ``body`` are kept.

        An ``id`` that the task already has updates that completion, as in 0.8.x. A ``unique_id``
        that it already has is a repeated submit: the completion of the first one is returned and
        nothing is changed. Raises ``NotFound`` (task) and ``Invalid`` (result).
        """
        if was_cancelled:
            body = {"result": [], **body}
        check_result(body.get("result"))
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            found = _find(task, "unique_id", body.get("unique_id"))
            if found is not None:
                return found
            found = _find(task, "id", body.get("id"))
            if found is not None:
                kept = {key: value for key, value in body.items() if key not in _OURS}
                return self._update(task, found, kept | {"was_cancelled": was_cancelled})
            completion = self.made(task, body, was_cancelled=was_cancelled)
            self._save(task, [*task.completions, completion])
        return completion

    def made(self, task: Task, body: Json, *, was_cancelled: bool = False) -> Completion:
        """A new completion of a task that the caller holds; it is not saved yet."""
        fields = {key: value for key, value in body.items() if key not in _OURS}
        fields |= {"id": self._next_id(task), "created_at": int(self._project.clock())}
        if was_cancelled:
            fields["was_cancelled"] = True
        return Completion(fields)

    def update(
        self, task_id: int, completion_id: int, body: Json, *, based_on: str | None = None
    ) -> Completion:
        """Merge ``body`` into a completion; ``NotFound`` for an unknown task or completion.

        With ``based_on`` (see ``core/revision.py``), ``Conflict`` when it says something else now.

        ``created_at`` stays unless the body has one; a changed result sets ``updated_at``, which
        is what the task list is ordered by.
        """
        if "result" in body:
            check_result(body["result"])
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            found = _find(task, "id", completion_id)
            if found is None:
                raise NotFound(f"task {task_id} has no completion {completion_id}")
            if based_on is not None and revision(found) != based_on:
                raise Conflict(f"completion {completion_id} was changed elsewhere meanwhile")
            return self._update(task, found, body)

    def _update(self, task: Task, old: Completion, body: Json) -> Completion:
        fields = {**old.fields, **body, "id": old.id}
        if "was_cancelled" in body:
            fields["was_cancelled"] = bool(body["was_cancelled"])
            if "was_cancelled" not in old.fields and not fields["was_cancelled"]:
                del fields["was_cancelled"]
        if fields.get("result") != old.fields.get("result") and "created_at" not in body:
            fields["updated_at"] = int(self._project.clock())
        new = Completion(fields)
        self._save(task, [new if c.fields == old.fields else c for c in task.completions])
        return new

    def delete(self, task_id: int, completion_id: int) -> bool:
        """False when there was none. With its last completion gone a task is open again."""
        self.check_deletable()
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            kept = [c for c in task.completions if c.fields.get("id") != completion_id]
            if len(kept) == len(task.completions):
                return False
            self._save(task, kept)
        return True

    def delete_of_task(self, task_id: int) -> None:
        """All completions of one task; fine when there is none, or no such task."""
        self.check_deletable()
        with self._store.holding(task_id):
            for task in self._store.read_tasks([task_id]):
                if task.completed:
                    self._save(task, [])

    def delete_all(self) -> None:
        """Every completion of the project. 0.8.x does not ask ``allow_delete_completions``."""
        with self._store.holding():
            ids = [*self._store.completed_ids(), *self._store.orphan_ids()]
            self._store.commit(*(drop_work(task_id) for task_id in ids))
            self._project.usage.forget()
        self._project.events.publish([Event("completions_deleted", task_ids=ids)])

    def find(self, completion_id: int) -> tuple[Task, Completion]:
        """The completion with this id and its task; ``NotFound``.

        The id says which task it is of. Files that were made elsewhere may number otherwise:
        these tasks are looked through, when there is none where it should be.
        """
        store = self._store
        expected = completion_id // 1000
        others = (
            task_id
            for task_id in [*store.completed_ids(), *store.orphan_ids()]
            if store.last_completion_id(task_id) // 1000 != task_id
        )
        for task_ids in ([expected], others):
            for task in store.read_tasks(task_ids):
                found = _find(task, "id", completion_id)
                if found is not None:
                    return task, found
        raise NotFound(f"there is no completion {completion_id}")

    # -- shared -------------------------------------------------------------------------------

    def _save(self, task: Task, completions: list[Completion]) -> None:
        self._store.commit(self.saving(task, completions))
        self._project.usage.replaced(task.completions if task.completed else (), completions)
        self._project.events.publish(changes_of(task, completions))

    def saving(self, task: Task, completions: list[Completion]) -> Change:
        """The change of the store that gives a task these completions, in place of all others.

        Keys of the completion file that we do not know stay.
        """
        if not completions:
            return drop_work(task.id)
        work = dict(task.work or {})
        work["completions"] = [completion.fields for completion in completions]
        return put_work(task.id, work | {"data": task.data, "id": task.id})

    def _next_id(self, task: Task) -> int:
        """``task id * 1000 + n``, never one that a deleted completion had."""
        found = (completion.fields.get("id") for completion in task.completions)
        known = [number for number in found if isinstance(number, int)]
        return max(self._store.last_completion_id(task.id), task.id * 1000, *known) + 1

    def check_deletable(self) -> None:
        """``NotAllowed`` where the settings forbid to delete completions."""
        if not self._project.settings.get("allow_delete_completions"):
            raise NotAllowed("Completion removing is not allowed in server config")


def _find(task: Task, key: str, value: Any) -> Completion | None:
    if value is None:
        return None
    return next((c for c in task.completions if c.fields.get(key) == value), None)
