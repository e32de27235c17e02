"""Checking what a backend answered: everything wrong in it becomes ``BadAnswer``."""

from __future__ import annotations

from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.core.regions import fault_of
from label_studio_lite.ml.base import BadAnswer, Predictions, WrongCount


def model_version(body: Json, who: str) -> str:
    """Of ``{"model_version": …}``; backends of 1.0.9 give a number."""
    version = _version(body)
    if version is None:
        raise BadAnswer(f'{who}: "model_version" is missing in the answer')
    return version


def predictions(body: Json, count: int, who: str) -> Predictions:
    """Of ``{"results": […], "model_version"?}`` for ``count`` tasks.

    Each result is a prediction or, in 1.x, a list of them; ``{}`` and null are none. A version
    that the answer as a whole names is given to the predictions that name none.
    """
    results = body.get("results")
    if not isinstance(results, list):
        raise BadAnswer(f'{who}: "results" is not a list')
    if len(results) != count:
        raise WrongCount(f"{who}: {len(results)} results for {_tasks(count)}")
    version = _version(body)
    return [
        [_prediction(item, version, f"{who}: result {at}") for item in _items(result) if item]
        for at, result in enumerate(results)
    ]


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _items(result: Any) -> list[Any]:
    return result if isinstance(result, list) else [result]


def _prediction(item: Any, version: str | None, who: str) -> Json:
    if not isinstance(item, dict):
        raise BadAnswer(f"{who} is no object")
    regions = item.get("result")
    if not isinstance(regions, list):
        raise BadAnswer(f'{who}: "result" is not a list')
    for at, region in enumerate(regions):
        fault = fault_of(region)
        if fault is not None:
            raise BadAnswer(f"{who}, region {at}: {fault}")
    score = item.get("score")
    if isinstance(score, bool) or not isinstance(score, (int, float, type(None))):
        raise BadAnswer(f'{who}: "score" is not a number')
    own = _version(item) or version
    return item if own is None else {**item, "model_version": own}


def _version(body: Json) -> str | None:
    version = body.get("model_version")
    if isinstance(version, bool) or not isinstance(version, (str, int, float)):
        return None
    return str(version)
