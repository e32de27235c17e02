"""Which task to label next."""

from __future__ import annotations

from random import Random
from typing import Protocol

from label_studio_lite.errors import Invalid

METHODS = {
    "sequential": "Sequential sampling",
    "uniform": "Uniform sampling",
    "prediction-score-min": "Uncertainty sampling",
    "prediction-score-max": None,
}
"""0.8.x's names of the sampling methods, each with 1.x's; either is understood."""


class OpenTasks(Protocol):
    """The tasks that are not completed, as an index answers about them."""

    def first_open(self, after: int | None = None) -> int | None:
        """The lowest id above ``after``, or of all."""

    def open_count(self) -> int:
        """How many there are."""

    def nth_open(self, n: int) -> int:
        """The ``n``-th id, counted from 0 in the order of ids."""

    def best_scored(self, largest: bool) -> int | None:
        """The id with the largest or smallest prediction score; None when none has a score."""


def next_task(method: str, tasks: OpenTasks, random: Random) -> int | None:
    """The id of the next task, None when there is none left; ``Invalid`` for an unknown method.

    As in 0.8.x, ``prediction-score-…`` never offers tasks without a score. 1.x's uncertainty
    sampling offers them after the others.
    """
    if method in ("sequential", "Sequential sampling"):
        return tasks.first_open()
    if method in ("uniform", "Uniform sampling"):
        count = tasks.open_count()
        return tasks.nth_open(random.randrange(count)) if count else None
    if method in ("prediction-score-min", "prediction-score-max"):
        return tasks.best_scored(largest=method == "prediction-score-max")
    if method == "Uncertainty sampling":
        lowest = tasks.best_scored(largest=False)
        return tasks.first_open() if lowest is None else lowest
    raise Invalid(f"Unknown sampling method {method}")
