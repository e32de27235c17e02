"""What somebody needs who labels one task after the other: the next task, ahead of time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from label_studio_lite.core import sampling
from label_studio_lite.core.addresses import sites_of
from label_studio_lite.core.model import Task
from label_studio_lite.core.revision import revision
from label_studio_lite.service.drafts import Draft

if TYPE_CHECKING:
    from label_studio_lite.core.sampling import OpenTasks
    from label_studio_lite.service.project import Project
    from label_studio_lite.service.walks import Walk


_MOST_SITES = 24  # a page that had to name more could as well name none


@dataclass(frozen=True, slots=True)
class Work:
    """A task to label. ``revisions`` names what each of its completions says, by its id;
    ``sites`` are those that its media come from."""

    task: Task
    draft: Draft | None
    revisions: dict[int, str]
    sites: frozenset[str]


class LabelStream:
    """The stream of tasks of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self._sites: set[str] = set()

    def sites(self) -> list[str]:
        """The sites that media of the tasks shown so far come from, for a page's policy."""
        return ["http:", "https:"] if len(self._sites) > _MOST_SITES else sorted(self._sites)

    def open(self, task_id: int) -> Work:
        """``NotFound`` for an unknown id."""
        return self._work(self._store.read_task(task_id))

    def next(self, exclude: Collection[int] = ()) -> Work | None:
        """The next task that is not among ``exclude``, those that the client has already.

        When tasks are chosen by their scores, what comes next depends on what is being saved: then
        the best one is given, excluded or not.
        """
        method = str(self._project.settings.get("sampling"))
        tasks = _Without(self._store, frozenset(exclude))
        while True:
            try:
                task_id = sampling.next_task(method, tasks, self._project.random)
            except IndexError:  # the last open task was completed this moment
                continue
            if task_id is None:
                return None
            for task in self._store.read_tasks([task_id]):
                return self._work(task)  # none when it was deleted this moment: choose again

    def following(
        self, walk: Walk, after: int | None = None, exclude: Collection[int] = ()
    ) -> Work | None:
        """The next task of a walk behind ``after``, labeled or not; None at its end."""
        for task_id in walk.following(after, exclude):
            for task in self._store.read_tasks([task_id]):
                return self._work(task)  # none when it was deleted since
        return None

    def _work(self, task: Task) -> Work:
        revisions = {
            completion.id: revision(completion)
            for completion in task.completions
            if isinstance(completion.fields.get("id"), int)
        }
        sites = frozenset(sites_of(task.data) | self._project.cloud_media.sites(task.data))
        self._sites |= sites
        return Work(task, self._project.drafts.of(task), revisions, sites)


class _Without:
    """The open tasks without some of them."""

    def __init__(self, tasks: OpenTasks, excluded: frozenset[int]) -> None:
        self._tasks = tasks
        self._excluded = sorted(i for i in excluded if tasks.first_open(after=i - 1) == i)

    def first_open(self, after: int | None = None) -> int | None:
        found = self._tasks.first_open(after)
        while found is not None and found in self._excluded:
            found = self._tasks.first_open(after=found)
        return found

    def open_count(self) -> int:
        return max(self._tasks.open_count() - len(self._excluded), 0)

    def nth_open(self, n: int) -> int:
        """Excluded tasks before the one that is meant push it further back."""
        place, found = n, self._tasks.nth_open(n)
        while True:
            before = sum(excluded <= found for excluded in self._excluded)
            if place == n + before:
                return found
            place = n + before
            found = self._tasks.nth_open(place)

    def best_scored(self, largest: bool) -> int | None:
        return self._tasks.best_scored(largest)
