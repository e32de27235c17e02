"""A model for the ML server of Label Studio 0.8.2: counts the words of each choice.

It runs in an environment of its own (Python 3.8), see ``environments.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from label_studio.ml import LabelStudioMLBase


class WordCounts(LabelStudioMLBase):
    """``train_output`` is ``{"words": {choice: {word: count}}}``."""

    def predict(self, tasks: list[dict[str, Any]], **kwargs: Any) -> list[dict[str, Any]]:
        words = self.train_output.get("words") if self.train_output else None
        if not words:
            return [{"result": [], "score": 0.0} for _ in tasks]
        return [self.chosen(task["data"]["text"].split(), words) for task in tasks]

    def chosen(self, found: list[str], words: dict[str, dict[str, int]]) -> dict[str, Any]:
        known = {
            choice: 1 + sum(counts.get(word, 0) for word in found)
            for choice, counts in words.items()
        }
        best = max(known, key=known.__getitem__)
        name, control = next(iter(self.parsed_label_config.items()))
        region = {
            "from_name": name,
            "to_name": control["to_name"][0],
            "type": "choices",
            "value": {"choices": [best]},
        }
        return {"result": [region], "score": known[best] / sum(known.values())}

    def fit(
        self, completions: Iterable[dict[str, Any]], workdir: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        words: dict[str, Counter[str]] = {}
        for task in completions:
            for completion in task["completions"]:
                for region in completion["result"]:
                    counts = words.setdefault(region["value"]["choices"][0], Counter())
                    counts.update(task["data"]["text"].split())
        return {"words": words}
