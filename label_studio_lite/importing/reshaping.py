"""Items of an import in other words: those of 1.x, and predictions among the data.

An item that Label Studio 1.x has exported says ``annotations``, writes times as ISO 8601 and
carries numbers and names that mean something on its own server only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json, RawBlock, RawTask
from label_studio_lite.core.simple_values import region_of
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.upload import Hosted

Item = RawTask | RawBlock | Hosted

# what another server made for itself; the rest of an annotation is kept
_THEIRS = (
    "task", "project", "created_username", "created_ago", "updated_by", "result_count",
    "import_id", "last_action", "last_created_by", "draft_created_at", "prediction",
    "bulk_created",
)  # fmt: skip
# the same of a task; all of it is counted or numbered anew
_OF_TASKS = (
    "annotations", "drafts", "project", "inner_id", "total_annotations", "cancelled_annotations",
    "total_predictions", "comment_count", "unresolved_comment_count", "last_comment_updated_at",
    "updated_by", "comment_authors", "file_upload", "is_labeled", "overlap", "allow_skip",
    "precomputed_agreement", "predictions",
)  # fmt: skip
_MARK = b'"annotations"'


def modern(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, those of 1.x in the words of 0.8.x."""
    for item in items:
        if isinstance(item, RawBlock) and _MARK in item.text:
            for single in item.tasks():
                yield _translated(single)
        else:
            yield _translated(item) if isinstance(item, RawTask) else item


def preannotated(
    items: Iterable[Item], keys: Sequence[str], config: LabelConfig
) -> Iterator[Item]:
    """The same items; what their data hold under ``keys`` stays there, and is a prediction of
    the version ``preannotated`` with the score 1, as in 1.x."""
    for item in items:
        if isinstance(item, Hosted):
            yield item
            continue
        for single in item.tasks() if isinstance(item, RawBlock) else [item]:
            yield _with_predictions(single, keys, config)


def _translated(item: RawTask) -> RawTask:
    value = item.value
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        return item
    annotations = value.get("annotations")
    if not isinstance(annotations, list):
        return item
    made = {key: field for key, field in value.items() if key not in _OF_TASKS}
    made["completions"] = [*value.get("completions", []), *map(_completion, annotations)]
    predictions = value.get("predictions")
    if isinstance(predictions, list):  # an export may list only their ids
        made["predictions"] = [p for p in predictions if not isinstance(p, int)]
    return RawTask(made, None, item.where)


def _completion(annotation: Any) -> Any:
    if not isinstance(annotation, dict):
        return annotation
    made: Json = {key: value for key, value in annotation.items() if key not in _THEIRS}
    made.setdefault("result", [])
    for key in ("created_at", "updated_at"):
        if isinstance(made.get(key), str):
            made[key] = _seconds(made[key])
        if made.get(key, 0) is None:
            del made[key]
    if not made.get("was_cancelled", True):
        del made["was_cancelled"]
    return made


def _seconds(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp())


def _with_predictions(item: RawTask, keys: Sequence[str], config: LabelConfig) -> RawTask:
    if not isinstance(item.value, dict):
        return item
    whole = isinstance(item.value.get("data"), dict)
    data: Json = item.value["data"] if whole else item.value
    missing = [key for key in keys if key not in data]
    if missing:
        raise Invalid(f"{item.where or 'item'}: the data have no {missing[0]!r}")
    found = [
        {"result": region_of(config, data[key]), "model_version": "preannotated", "score": 1.0}
        for key in keys
    ]
    made: Json = {**item.value} if whole else {"data": data}
    made["predictions"] = [*(made.get("predictions") or []), *found]
    return RawTask(made, None, item.where)
