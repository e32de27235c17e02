"""Tasks, completions and predictions as the domain sees them.

Each is a typed view on the JSON object that it was read from, so that keys which we do not know
are carried through and an object that is written back has the keys it came with, no more.
Times are seconds since the epoch (UTC).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Invalid

Json = dict[str, Any]


class RawTask(NamedTuple):
    """One item of an import, before anything is known about its worth.

    ``value`` is the decoded item; ``raw`` its exact JSON text where the source was JSON;
    ``where`` names the item for error messages (``item 3``, ``rows.csv row 12``).
    """

    value: Any
    raw: bytes | None = None
    where: str = ""


class RawBlock(NamedTuple):
    """Many items of an import at once: a JSON list, on one line.

    ``text`` is the list and ``items`` the JSON text of each of its items, as ``msgspec.Raw`` has
    it; ``name`` is the file's, for messages.
    """

    text: bytes
    items: Sequence[msgspec.Raw]
    name: str

    def tasks(self) -> Iterator[RawTask]:
        """The same items, one by one; ``Invalid`` for one with a number beyond all floats."""
        prefix = f"{self.name} item" if self.name else "item"
        for number, item in enumerate(self.items):
            raw = bytes(item)
            try:
                value = jsontext.loads(raw)
            except ValueError as error:
                message = f"Failed to parse input file {self.name}: item {number}: {error}"
                raise Invalid(message) from error
            yield RawTask(value, raw, f"{prefix} {number}")


class Completion:
    """One labeling result of a task. ``fields`` is its JSON object.

    Shape on disk (0.8.x): ``{"id": int, "result": [region, …], "created_at": seconds,
    "lead_time": seconds?, "was_cancelled": bool?, …}``.
    """

    __slots__ = ("fields",)

    def __init__(self, fields: Json) -> None:
        self.fields = fields

    @property
    def id(self) -> int:
        return int(self.fields["id"])

    @property
    def result(self) -> list[Json]:
        result = self.fields.get("result")
        return result if isinstance(result, list) else []

    @property
    def created_at(self) -> float:
        """0 where an old or hand-written file has none."""
        value = self.fields.get("created_at")
        return float(value) if isinstance(value, (int, float)) else 0.0

    @property
    def changed_at(self) -> float:
        """When the result was last changed; ``updated_at`` is ours, 0.8.x has none."""
        value = self.fields.get("updated_at")
        return max(self.created_at, value if isinstance(value, (int, float)) else 0.0)

    @property
    def lead_time(self) -> float | None:
        value = self.fields.get("lead_time")
        return float(value) if isinstance(value, (int, float)) else None

    @property
    def was_cancelled(self) -> bool:
        """True for a skip; ``skipped`` is the word of 0.7."""
        return bool(self.fields.get("was_cancelled") or self.fields.get("skipped"))

    @property
    def ground_truth(self) -> bool:
        """0.8.x stores the star as ``honeypot``."""
        return bool(self.fields.get("ground_truth", self.fields.get("honeypot")))

    def __repr__(self) -> str:
        return f"Completion({self.fields!r})"


class Prediction:
    """A model's result for a task: ``{"result": […], "score": float?, "model_version": str?}``."""

    __slots__ = ("fields",)

    def __init__(self, fields: Json) -> None:
        self.fields = fields

    @property
    def result(self) -> list[Json]:
        result = self.fields.get("result")
        return result if isinstance(result, list) else []

    @property
    def score(self) -> float | None:
        value = self.fields.get("score")
        return float(value) if isinstance(value, (int, float)) else None

    @property
    def model_version(self) -> str:
        return str(self.fields.get("model_version") or "")


@dataclass(slots=True)
class Task:
    """One item to label.

    ``fields`` is what ``tasks.json`` holds for it (``id``, ``data`` and optionally ``meta``,
    ``predictions``…). ``work`` is the content of ``completions/<id>.json``, or None while there
    is no such file; a task is *completed* when the file exists, even if it lists nothing.
    """

    id: int
    fields: Json
    work: Json | None = None

    @property
    def data(self) -> Json:
        """The values to label; the completion file's own copy wins, as in 0.8.x."""
        if self.work is not None and isinstance(self.work.get("data"), dict):
            data: Json = self.work["data"]
            return data
        stored = self.fields.get("data")
        return stored if isinstance(stored, dict) else {}

    @property
    def completed(self) -> bool:
        return self.work is not None

    @property
    def completions(self) -> list[Completion]:
        """Those of the completion file, else those that ``tasks.json`` itself carries."""
        source: Mapping[str, Any] = self.fields if self.work is None else self.work
        return [Completion(item) for item in _objects(source.get("completions"))]

    @property
    def predictions(self) -> list[Prediction]:
        return [Prediction(item) for item in _objects(self.fields.get("predictions"))]


@dataclass(frozen=True, slots=True)
class WorkSummary:
    """What the index remembers of a completion file without reading it again.

    ``completed_at`` is the largest ``changed_at`` (seconds), 0 when nothing is listed.
    """

    count: int
    cancelled: int
    completed_at: float
    last_id: int = field(default=0)
    truths: int = field(default=0)  # marked as ground truth


def summarise(work: Json) -> WorkSummary:
    """The summary of a completion file's content; tolerant of damaged items."""
    completions = [Completion(item) for item in _objects(work.get("completions"))]
    ids = [c.fields["id"] for c in completions if isinstance(c.fields.get("id"), int)]
    return WorkSummary(
        count=len(completions),
        cancelled=sum(c.was_cancelled for c in completions),
        completed_at=max((c.changed_at for c in completions), default=0.0),
        last_id=max(ids, default=0),
        truths=sum(c.ground_truth for c in completions),
    )


def _objects(value: Any) -> Iterable[Json]:
    """The JSON objects in ``value``; anything else that an old file may hold is passed over."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
