"""How far the models of a project and its people agree, by model version and label."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from label_studio_lite.core.agreement import Tallies, Tally, compare
from label_studio_lite.core.model import Completion, Json, Task

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


def _newest(task: Task, with_accepted: bool) -> Completion | None:
    usable = [
        completion
        for completion in task.completions
        if not completion.was_cancelled
        and (with_accepted or "accepted_prediction" not in completion.fields)
    ]
    return max(usable, key=lambda completion: completion.changed_at, default=None)
