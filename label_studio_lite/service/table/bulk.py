"""Changes of many tasks at once: what the data manager's actions do with a selection."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Completion, Task
from label_studio_lite.core.task_columns import user_of
from label_studio_lite.service.events import Event, changes_of
from label_studio_lite.store.changes import Change, DropTasks, put_task

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_CHUNK = 500  # tasks that are changed in one durable step


class Bulk:
    """The use cases of many tasks of one project. Ids of tasks that are gone are passed over."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    def delete_tasks(self, task_ids: Sequence[int]) -> int:
        """These tasks and all work on them, in one step; returns how many there were."""
        project = self._project
        with self._store.holding():
            known = [task_id for task_id in task_ids if self._store.has_task(task_id)]
            drafts = project.drafts.task_ids().intersection(known)
            if known:
                dropped = [change for i in drafts for change in project.drafts.dropping(i)]
                self._store.commit(DropTasks(known), *dropped)
                project.usage.forget()
                project.data_keys.forget()
        if known:
            project.events.publish([Event("some_tasks_deleted", task_ids=known)])
        return len(known)

    def delete_completions(
        self, task_ids: Sequence[int], users: Collection[int] | None = None
    ) -> int:
        """The completions of these tasks, or those by some users; returns how many.

        ``NotAllowed`` where the settings forbid it.
        """
        self._project.completions.check_deletable()

        def kept(task: Task) -> list[Completion] | None:
            if users is None or not task.completed:
                return [] if task.completed else None
            by = [
                user_of(completion.fields.get("completed_by")) for completion in task.completions
            ]
            pairs = zip(task.completions, by, strict=True)
            return [completion for completion, user in pairs if user not in users]

        return self._give(task_ids, kept)

    def accept_predictions(
        self, task_ids: Sequence[int], versions: Collection[str] | None = None
    ) -> int:
        """Make every prediction of these tasks, or those of some model versions, a completion.

        Returns how many there are now. ``Invalid`` for a prediction that the label config has no
        place for; the tasks of the same step stay as they were.
        """
        project = self._project

        def more(task: Task) -> list[Completion] | None:
            listed = list(task.completions)
            for prediction in task.predictions:
                if versions is None or prediction.model_version in versions:
                    body = project.predictions.as_completion(prediction)
                    listed.append(project.completions.made(_with(task, listed), body))
            return listed if len(listed) > len(task.completions) else None

        return self._give(task_ids, more)

    def _give(
        self, task_ids: Sequence[int], new: Callable[[Task], list[Completion] | None]
    ) -> int:
        """Give tasks other completions (None: as they are); by how many there are more or less."""
        completions, changed = self._project.completions, 0
        for chunk in _chunks(task_ids):
            with self._store.holding(*chunk):
                pairs = [
                    (task, found)
                    for task in self._store.read_tasks(chunk)
                    if self._store.has_task(task.id) and (found := new(task)) is not None
                ]
                if pairs:
                    self._store.commit(*(completions.saving(task, found) for task, found in pairs))
                for task, found in pairs:
                    old = task.completions if task.completed else []
                    changed += abs(len(found) - len(old))
                    self._project.usage.replaced(old, found)
                    self._project.events.publish(changes_of(task, found))
        return changed

    def remove_duplicates(self, task_ids: Sequence[int]) -> int:
        """Of tasks with the same data only the first stays, with the work on all of them.

        Returns how many are gone. Drafts of those go with them.
        """
        removed: list[int] = []
        with self._store.holding():
            for group in self._same(task_ids):
                first, *others = self._store.read_tasks(group)
                self._store.commit(*self._merged(first, others))
                removed += (task.id for task in others)
            if removed:
                self._project.usage.forget()
                self._project.data_keys.forget()
        if removed:
            self._project.events.publish([Event("some_tasks_deleted", task_ids=removed)])
        return len(removed)

    def _same(self, task_ids: Sequence[int]) -> Iterator[list[int]]:
        """Groups of tasks with the same data, ascending."""
        groups: dict[bytes, list[int]] = {}
        for task in self._store.read_tasks(sorted(task_ids)):
            if self._store.has_task(task.id):
                text = jsontext.dumps(task.data, sort_keys=True)
                digest = hashlib.blake2b(text, digest_size=16).digest()
                groups.setdefault(digest, []).append(task.id)
        return (group for group in groups.values() if len(group) > 1)

    def _merged(self, first: Task, others: Sequence[Task]) -> Iterator[Change]:
        """The changes that move all work to the first task and drop the others."""
        project = self._project
        listed = list(first.completions)
        predictions = [p.fields for task in (first, *others) for p in task.predictions]
        for task in others:
            for completion in task.completions:
                new = project.completions.made(_with(first, listed), completion.fields)
                listed.append(Completion({**completion.fields, "id": new.id}))
        if len(predictions) > len(first.predictions):
            bare = [{k: v for k, v in p.items() if k != "id"} for p in predictions]
            yield put_task(first.id, {**first.fields, "predictions": bare})
        if len(listed) > len(first.completions):
            yield project.completions.saving(first, listed)
        yield DropTasks([task.id for task in others])
        for task in others:
            yield from project.drafts.dropping(task.id)


def _with(task: Task, completions: Sequence[Completion]) -> Task:
    """The task as it is once these completions are saved."""
    return Task(task.id, task.fields, {"completions": [c.fields for c in completions]})


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
