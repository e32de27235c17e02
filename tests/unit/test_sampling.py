"""Which task comes next."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from label_studio_lite.core.sampling import METHODS, next_task
from label_studio_lite.errors import Invalid


class Tasks:
    """Open tasks and their scores, as an index would answer about them."""

    def __init__(self, scores: dict[int, float | None]) -> None:
        self.scores = scores

    def first_open(self, after: int | None = None) -> int | None:
        return min((i for i in self.scores if after is None or i > after), default=None)

    def open_count(self) -> int:
        return len(self.scores)

    def nth_open(self, n: int) -> int:
        return sorted(self.scores)[n]

    def best_scored(self, largest: bool) -> int | None:
        scored = {i: score for i, score in self.scores.items() if score is not None}
        if not scored:
            return None
        return (max if largest else min)(scored, key=lambda i: scored[i])


OPEN = Tasks({5: 0.4, 2: None, 9: 0.1, 7: 0.8})
UNSCORED = Tasks({4: None, 3: None})
NONE = Tasks({})


def ask(method: str, tasks: Tasks) -> int | None:
    return next_task(method, tasks, Random(1))


@pytest.mark.parametrize("method", ["sequential", "Sequential sampling"])
def test_sequential(method: str) -> None:
    assert ask(method, OPEN) == 2


@pytest.mark.parametrize("method", ["uniform", "Uniform sampling"])
def test_uniform_offers_every_task_alike(method: str) -> None:
    random = Random(0)
    found = Counter(next_task(method, OPEN, random) for _ in range(4000))
    assert set(found) == {2, 5, 7, 9}
    assert all(850 < count < 1150 for count in found.values())


def test_prediction_scores() -> None:
    assert ask("prediction-score-min", OPEN) == 9
    assert ask("prediction-score-max", OPEN) == 7
    assert ask("Uncertainty sampling", OPEN) == 9


def test_without_scores_only_uncertainty_sampling_goes_on() -> None:
    assert ask("prediction-score-min", UNSCORED) is None
    assert ask("prediction-score-max", UNSCORED) is None
    assert ask("Uncertainty sampling", UNSCORED) == 3


@pytest.mark.parametrize("method", [*METHODS, *filter(None, METHODS.values())])
def test_nothing_left(method: str) -> None:
    assert ask(method, NONE) is None


@pytest.mark.parametrize("method", ["", "Sequential", "random"])
def test_unknown_methods(method: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(method, OPEN)
    assert refusal.value.detail == f"Unknown sampling method {method}"
