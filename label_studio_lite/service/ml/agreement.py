"""How far the models of a project and its people agree, by model version and label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, compress
from typing import TYPE_CHECKING

from label_studio_lite.core.agreement import Tallies, Tally, compare, share_of
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.regions import labels_of
from label_studio_lite.core.task_columns import user_of

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


@dataclass(slots=True)
class VersionAgreement:
    """Of one model version: the tasks that were compared, and counts by control and label."""

    tasks: int = 0
    tallies: Tallies = field(default_factory=dict)

    def to_json(self) -> Json:
        """The tasks, the shares over all labels together, and the rows of each label."""
        whole = Tally()
        for tally in self.tallies.values():
            whole.both += tally.both
            whole.model_only += tally.model_only
            whole.people_only += tally.people_only
        shares = {"precision": whole.precision, "recall": whole.recall, "f1": whole.f1}
        return {"tasks": self.tasks, **shares, "labels": self.rows()}

    def rows(self) -> list[Json]:
        """One for each label, by name; shares are None where there is nothing to divide by."""
        return [
            {
                "control": control,
                "label": label,
                "both": tally.both,
                "model_only": tally.model_only,
                "people_only": tally.people_only,
                "precision": tally.precision,
                "recall": tally.recall,
                "f1": tally.f1,
            }
            for (control, label), tally in sorted(self.tallies.items())
        ]


@dataclass(slots=True)
class TaskAgreement:
    """Of one task, without skips. ``mean`` is over all pairs of completions, None without any.

    ``matrix`` compares users, each with each; None where a user has only one completion to
    compare with itself. ``labels`` counts regions by control and label.
    """

    completions: int
    mean: float | None
    users: list[int]
    matrix: list[list[float | None]]
    labels: Counter[tuple[str, str]]


class Agreement:
    """Comparisons of stored predictions and completions of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def by_version(self, *, with_accepted: bool = False) -> dict[str, VersionAgreement]:
        """By model version (``""`` for those that name none).

        Each completed task counts once for a version: its newest completion that is no skip,
        against the newest prediction. Completions that were accepted from a prediction prove
        nothing about it and count only ``with_accepted``.
        """
        found: dict[str, VersionAgreement] = {}
        store = self._project.store
        for task in store.read_tasks(store.completed_ids()):
            people = _newest(task, with_accepted)
            if people is None:
                continue
            for version, result in {p.model_version: p.result for p in task.predictions}.items():
                agreement = found.setdefault(version, VersionAgreement())
                agreement.tasks += 1
                compare(result, people.result, agreement.tallies)
        return found

    def of_task(self, task_id: int) -> TaskAgreement:
        """How far those who did a task agree. ``NotFound``."""
        done = [
            c for c in self._project.store.read_task(task_id).completions if not c.was_cancelled
        ]
        pairs = {
            (one, other): share_of(done[one].result, done[other].result)
            for one, other in combinations(range(len(done)), 2)
        }
        by = [user_of(completion.fields.get("completed_by")) for completion in done]
        users = sorted(set(by))

        def between(user: int, peer: int) -> float | None:
            shares = [s for (i, j), s in pairs.items() if {by[i], by[j]} == {user, peer}]
            return _mean(shares)

        return TaskAgreement(
            completions=len(done),
            mean=_mean(list(pairs.values())),
            users=users,
            matrix=[[between(user, peer) for peer in users] for user in users],
            labels=Counter(_labels(region for completion in done for region in completion.result)),
        )

    def predicted_labels(self) -> Counter[tuple[str, str]]:
        """How often predictions have each label, by control and label."""
        store = self._project.store
        columns = store.columns("ids", "predictions")
        found = Counter[tuple[str, str]]()
        for task in store.read_tasks(compress(columns["ids"], columns["predictions"])):
            found.update(_labels(region for p in task.predictions for region in p.result))
        return found


def _newest(task: Task, with_accepted: bool) -> Completion | None:
    usable = [
        completion
        for completion in task.completions
        if not completion.was_cancelled
        and (with_accepted or "accepted_prediction" not in completion.fields)
    ]
    return max(usable, key=lambda completion: completion.changed_at, default=None)


def _labels(regions: Iterable[Json]) -> Iterator[tuple[str, str]]:
    for region in regions:
        if isinstance(region, dict) and isinstance(region.get("from_name"), str):
            yield from ((region["from_name"], label) for label in set(labels_of(region)))


def _mean(shares: Sequence[float]) -> float | None:
    return sum(shares) / len(shares) if shares else None
