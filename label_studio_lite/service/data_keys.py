"""Which keys the data of the tasks have, and how many tasks have each.

Counted once, when first asked for, and kept up to date from then on.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.store.base import Store


class DataKeys:
    """The data keys of one project. Changes are told while adding or holding."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counts: Counter[str] | None = None

    def counts(self) -> Counter[str]:
        """Key → number of tasks with it. The caller keeps tasks from changing meanwhile."""
        with self._lock:
            if self._counts is None:
                self._counts = Counter(chain.from_iterable(map(_keys_in, self._texts())))
            return self._counts

    def _texts(self) -> Iterator[bytes]:
        texts = self._store.texts(self._store.task_ids())
        return (text for text in texts if text is not None)

    def common(self) -> set[str] | None:
        """The keys that every task has; None when there are no tasks."""
        total = self._store.counts().tasks
        if total == 0:
            return None
        return {key for key, count in self.counts().items() if count == total}

    def replaced(self, old: Iterable[Any], new: Iterable[Any]) -> None:
        """The data of some tasks were replaced or removed."""
        with self._lock:
            if self._counts is not None:
                self._counts.subtract(key for data in old for key in _keys(data))
                self._counts.update(key for data in new for key in _keys(data))

    def added(self, keys: Counter[tuple[str, ...]]) -> None:
        """Tasks came: how many have exactly these keys."""
        with self._lock:
            if self._counts is not None:
                for names, count in keys.items():
                    for key in names:
                        self._counts[key] += count

    def forget(self) -> None:
        """Count anew when next asked."""
        with self._lock:
            self._counts = None


class _Shape(msgspec.Struct, gc=False):
    """What is looked at of a task: the keys of its data, not their values."""

    data: dict[str, msgspec.Raw] | None = None


_shape = msgspec.json.Decoder(_Shape).decode


def _keys_in(text: bytes) -> Iterable[str]:
    try:
        return _shape(text).data or ()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _keys(jsontext.loads(text, lenient=True).get("data"))


def _keys(data: Any) -> Iterable[str]:
    return data if isinstance(data, dict) else ()
