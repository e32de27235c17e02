"""The columns that every project has in the data manager, and how their values are made.

Names, titles and types are those of 1.23.2. Values are those of
:mod:`label_studio_lite.core.matching`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from label_studio_lite.core.dates import seconds_of
from label_studio_lite.core.jsontext import dumps
from label_studio_lite.core.model import Completion, Json

USER = 1  # who labels where nobody is named: the one person of the server


class SystemColumn(NamedTuple):
    """One column. ``explore`` and ``labeling`` say whether lists show it at first."""

    title: str
    type: str
    explore: bool = True
    labeling: bool = False
    help: str = ""


SYSTEM: dict[str, SystemColumn] = {
    "id": SystemColumn("ID", "Number", help="Number of the task on this server"),
    "inner_id": SystemColumn("Inner ID", "Number", False, help="Its number in its project"),
    "completed_at": SystemColumn("Completed", "Datetime", help="When it was last labeled"),
    "total_annotations": SystemColumn(
        "Annotations", "Number", labeling=True, help="How many annotations it has, without skips"
    ),
    "cancelled_annotations": SystemColumn("Cancelled", "Number", help="How often it was skipped"),
    "total_predictions": SystemColumn("Predictions", "Number", help="How many predictions it has"),
    "annotators": SystemColumn("Annotated by", "List", help="Who labeled or skipped it"),
    "annotations_results": SystemColumn(
        "Annotation results", "String", False, help="What all annotations say, as text"
    ),
    "annotations_ids": SystemColumn(
        "Annotation IDs", "String", False, help="The ids of all annotations"
    ),
    "predictions_score": SystemColumn(
        "Prediction score", "Number", False, help="Mean score of all predictions"
    ),
    "predictions_model_versions": SystemColumn(
        "Prediction model versions", "List", False, help="Which models predicted it"
    ),
    "predictions_results": SystemColumn(
        "Prediction results", "String", False, help="What all predictions say, as text"
    ),
    "file_upload": SystemColumn("Upload filename", "String", False, help="The file it came in"),
    "storage_filename": SystemColumn(
        "Storage filename", "String", False, help="The object of a storage that it came from"
    ),
    "created_at": SystemColumn("Created at", "Datetime", False, help="When it came"),
    "updated_at": SystemColumn("Updated at", "Datetime", False, help="When it last changed"),
    "updated_by": SystemColumn("Updated by", "List", False, help="Who changed it last"),
    "avg_lead_time": SystemColumn(
        "Lead Time", "Time", False, help="Mean time that labeling took, in seconds"
    ),
    "draft_exists": SystemColumn("Drafts", "Boolean", False, help="Whether there is a draft"),
    "ground_truth": SystemColumn(
        "Ground truth", "Boolean", False, help="Whether an annotation is starred as the truth"
    ),
}

LISTS = frozenset(name for name, column in SYSTEM.items() if column.type == "List")
NUMBERS = frozenset(
    name
    for name, column in SYSTEM.items()
    if column.type in ("Number", "Datetime", "Time", "Boolean")
)
COUNTS = frozenset({"total_annotations", "cancelled_annotations", "total_predictions"})
"""Columns in which 0 is as good as nothing."""


# -- of what a task holds -----------------------------------------------------------------------


_EXACT = 1 << 53  # up to here a float is as exact as an integer


def of_data(value: Any) -> str | float | None:
    """A value of the data of a task: texts and numbers as they are, anything else as JSON."""
    if value is None or isinstance(value, (str, float)):
        return value
    if type(value) is int and -_EXACT <= value <= _EXACT:
        return float(value)
    return dumps(value).decode()


def date_of(value: Any) -> float | None:
    """Seconds since the epoch; None where there is none that can be read."""
    try:
        return seconds_of(value)
    except ValueError:
        return None


def results_of(items: Any) -> str | None:
    """All results of completions or predictions, as text without quotation marks."""
    results = [item["result"] for item in _objects(items) if item.get("result")]
    return " ".join(dumps(result).decode().replace('"', "") for result in results) or None


def versions_of(predictions: Any) -> tuple[str, ...]:
    """The model versions of predictions, each once, by name."""
    found = {p.get("model_version") for p in _objects(predictions)}
    return tuple(sorted(v for v in found if isinstance(v, str) and v))


FROM_TASK: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "predictions_results": ("predictions", results_of),
    "predictions_model_versions": ("predictions", versions_of),
    "file_upload": ("file_upload", of_data),
    "storage_filename": ("storage_filename", of_data),
    "created_at": ("created_at", date_of),
    "updated_at": ("updated_at", date_of),
}
"""Column → the key of the stored task that it is made of, and how."""


# -- of completions -----------------------------------------------------------------------------


def annotators_of(completions: Iterable[Completion]) -> tuple[str, ...]:
    """Ids of those who completed the task, each once."""
    return tuple(sorted({str(user_of(c.fields.get("completed_by"))) for c in completions}))


def updaters_of(completions: Iterable[Completion]) -> tuple[str, ...]:
    """The id of the one who changed the task last."""
    newest = max(completions, key=lambda c: c.changed_at, default=None)
    if newest is None:
        return ()
    by = newest.fields.get("updated_by", newest.fields.get("completed_by"))
    return (str(user_of(by)),)


def user_of(value: Any) -> int:
    """The user that a completion names by id or as an object."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, int) and not isinstance(value, bool) else USER


def completion_ids(completions: Iterable[Completion]) -> str | None:
    """``1001,1002``, without those that have no id."""
    ids = (c.fields.get("id") for c in completions)
    return ",".join(str(i) for i in ids if isinstance(i, int)) or None


def mean_lead_time(completions: Iterable[Completion]) -> float | None:
    """In seconds, of completions that tell theirs."""
    times = [t for c in completions if (t := c.lead_time) is not None and math.isfinite(t)]
    return sum(times) / len(times) if times else None


FROM_COMPLETIONS: dict[str, Callable[[Sequence[Completion]], Any]] = {
    "annotators": annotators_of,
    "annotations_results": lambda completions: results_of([c.fields for c in completions]),
    "annotations_ids": completion_ids,
    "updated_by": updaters_of,
    "avg_lead_time": mean_lead_time,
}


def _objects(value: Any) -> Iterable[Json]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
