"""Counts over the completions of a project that can be added up: what Insights are made of.

A :class:`Statistics` is made for a part of the tasks; those of all parts together (``+=``) say
the same as one of all tasks. Nothing is remembered of a single task but of those that are worth
a look.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from label_studio_lite.core.agreement import Tallies, Tally, compare, share_in
from label_studio_lite.core.model import Completion, Task
from label_studio_lite.core.regions import labels_of

_STEP = math.log(1.15)  # the width of a bin of lead times
_LEAST = 0.1  # seconds; what is quicker is in the first bin
_MOST_TOGETHER = 30  # labels of one completion whose pairs are counted
_SKIPPED_KEPT, _LOWEST_KEPT = 50, 20
_REASONS = ("skip_reason", "reason", "comment")
_PEOPLE = ("created_username", "completed_by")

Label = tuple[str, str]
"""Control and label."""


class Moment(NamedTuple):
    """A time where the project is worked on: ``2024-05-17``, Monday is 0, 0 to 23."""

    day: str
    weekday: int
    hour: int


class Skipped(NamedTuple):
    """A completion that is a skip; ``at`` in seconds."""

    at: float
    task: int
    reason: str


class Agreed(NamedTuple):
    """How far the people who did a task agree, from 0 to 1."""

    share: float
    task: int


@dataclass(slots=True)
class Statistics:
    """``days`` counts (day, skipped), ``hours`` (weekday, hour), ``lead`` lead times by
    :func:`bin_of`, ``labels`` and ``used`` regions and completions by label, ``together``
    completions by pair of labels. ``between`` compares people, ``models`` each model version
    with people; ``shares`` counts tasks by tenths of agreement."""

    tasks: int = 0
    completions: int = 0
    skips: int = 0
    days: Counter[tuple[str, bool]] = field(default_factory=Counter)
    hours: Counter[tuple[int, int]] = field(default_factory=Counter)
    lead: Counter[int] = field(default_factory=Counter)
    lead_total: float = 0.0
    labels: Counter[Label] = field(default_factory=Counter)
    used: Counter[Label] = field(default_factory=Counter)
    together: Counter[tuple[Label, Label]] = field(default_factory=Counter)
    people: Counter[tuple[str, bool]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    compared: int = 0
    agreement: float = 0.0
    shares: Counter[int] = field(default_factory=Counter)
    lowest: list[Agreed] = field(default_factory=list)
    between: Tallies = field(default_factory=dict)
    models: dict[str, Tallies] = field(default_factory=dict)
    model_tasks: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Statistics) -> Statistics:
        self.tasks += other.tasks
        self.completions += other.completions
        self.skips += other.skips
        self.lead_total += other.lead_total
        self.compared += other.compared
        self.agreement += other.agreement
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        self.skipped = [*self.last_skipped(), *other.last_skipped()]
        self.lowest = [*self.least_agreed(), *other.least_agreed()]
        _add(self.between, other.between)
        for version, tallies in other.models.items():
            _add(self.models.setdefault(version, {}), tallies)
        return self

    def last_skipped(self) -> list[Skipped]:
        """The newest first, the last few."""
        return sorted(self.skipped, reverse=True)[:_SKIPPED_KEPT]

    def least_agreed(self) -> list[Agreed]:
        """Tasks whose people agree least, the worst first, a few."""
        return sorted(self.lowest)[:_LOWEST_KEPT]

    def add(self, task: Task, moment: Callable[[float], Moment]) -> None:
        """Count a task that is completed."""
        self.tasks += 1
        done: list[Completion] = []
        for completion in task.completions:
            self._add_completion(task.id, completion, moment)
            if not completion.was_cancelled:
                done.append(completion)
        if len(done) > 1:
            self._compare_people(task.id, done)
        if done and task.predictions:
            self._compare_models(task, done)

    def _add_completion(
        self, task_id: int, completion: Completion, moment: Callable[[float], Moment]
    ) -> None:
        skipped = completion.was_cancelled
        self.completions += 1
        self.people[_first(completion, _PEOPLE), skipped] += 1
        if completion.created_at > 0:
            when = moment(completion.created_at)
            self.days[when.day, skipped] += 1
            self.hours[when.weekday, when.hour] += 1
        if skipped:
            self.skips += 1
            reason = _first(completion, _REASONS)
            self.reasons[reason] += 1
            self.skipped.append(Skipped(completion.created_at, task_id, reason))
            return
        if completion.lead_time is not None and completion.lead_time > 0:
            self.lead[bin_of(completion.lead_time)] += 1
            self.lead_total += completion.lead_time
        self._add_labels(completion)

    def _add_labels(self, completion: Completion) -> None:
        found: Counter[Label] = Counter()
        for region in completion.result:
            if isinstance(region, dict) and isinstance(region.get("from_name"), str):
                found.update((region["from_name"], label) for label in set(labels_of(region)))
        self.labels.update(found)
        self.used.update(found.keys())
        self.together.update(combinations(sorted(found)[:_MOST_TOGETHER], 2))

    def _compare_people(self, task_id: int, done: list[Completion]) -> None:
        """Every pair of completions of one task; the task counts with their mean."""
        shares = []
        for one, other in combinations(done, 2):
            tallies: Tallies = {}
            compare(one.result, other.result, tallies)
            shares.append(share_in(tallies))
            _add(self.between, tallies)
        share = sum(shares) / len(shares)
        self.compared += 1
        self.agreement += share
        self.shares[min(int(share * 10), 9)] += 1
        if share < 1:
            self.lowest.append(Agreed(share, task_id))

    def _compare_models(self, task: Task, done: list[Completion]) -> None:
        """The newest prediction of each version with the newest completion that proves
        something: what was accepted from a prediction does not."""
        proof = [c for c in done if "accepted_prediction" not in c.fields]
        if not proof:
            return
        newest = max(proof, key=lambda completion: completion.changed_at)
        for version, result in {p.model_version: p.result for p in task.predictions}.items():
            compare(result, newest.result, self.models.setdefault(version, {}))
            self.model_tasks[version] += 1


_COUNTERS = ("days", "hours", "lead", "labels", "used", "together", "people", "reasons", "shares",
             "model_tasks")  # fmt: skip


def bin_of(seconds: float) -> int:
    """The bin that a lead time is counted in; each is 15 % longer than the one before."""
    return int(math.log(max(seconds, _LEAST) / _LEAST) / _STEP)


def limits_of(number: int) -> tuple[float, float]:
    """From and to where a bin goes, in seconds."""
    return _LEAST * math.exp(number * _STEP), _LEAST * math.exp((number + 1) * _STEP)


def percentile(lead: Counter[int], share: float) -> float | None:
    """The lead time below which this share of completions is, in seconds; None without any."""
    wanted = share * lead.total()
    passed = 0
    for number in sorted(lead):
        if passed + lead[number] >= wanted:
            low, high = limits_of(number)
            inside = (wanted - passed) / lead[number]
            return float(low + (high - low) * inside)
        passed += lead[number]
    return None


def _first(completion: Completion, names: Iterable[str]) -> str:
    for name in names:
        value = completion.fields.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def _add(total: Tallies, other: Tallies) -> None:
    for key, tally in other.items():
        into = total.setdefault(key, Tally())
        into.both += tally.both
        into.model_only += tally.model_only
        into.people_only += tally.people_only


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        _add({("", ""): whole}, {("", ""): tally})
    return whole


def whole_of(tallies: Tallies) -> Tally:
    """All labels together."""
    return _sum(tallies.values())
