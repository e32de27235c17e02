"""Tasks, completions and predictions as a Label Studio 1.x takes and gives them.

A task that is sent carries its id here in ``meta`` (:data:`MARK`): by it a task is known again
when an import got no answer. What 1.x has no place for (dates of completions, keys that are not
its own) stays here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Any

from label_studio_lite.core.dates import seconds_of
from label_studio_lite.core.jsontext import dumps
from label_studio_lite.core.model import Completion, Json, Prediction, Task

MARK = "label_studio_lite"
_TITLE = (3, 50)  # characters that a title has at least and at most
_SAMPLING = {
    "sequential": "Sequential sampling",
    "uniform": "Uniform sampling",
    "prediction-score-min": "Uncertainty sampling",
    "prediction-score-max": "Uncertainty sampling",
}
_KEPT = (
    "show_instruction",
    "show_skip_button",
    "enable_empty_annotation",
    "maximum_annotations",
    "color",
)

Address = Callable[[str], str]  # an address of a file → the one that the other side knows


# -- there --------------------------------------------------------------------------------------


def project_out(settings: Json, label_config: str, title: str) -> Json:
    """The body that makes the project there; titles are cut and filled up to what is taken."""
    shortest, longest = _TITLE
    return {
        "title": title[:longest].ljust(shortest, "_"),
        "description": str(settings.get("description") or ""),
        "label_config": label_config,
        "expert_instruction": str(settings.get("instruction") or ""),
        "sampling": _SAMPLING.get(str(settings.get("sampling")), "Sequential sampling"),
        **{key: settings[key] for key in _KEPT if settings.get(key) is not None},
    }


def task_out(task: Task, origin: str, address: Address) -> Json:
    """A task for an import, with all work on it. ``origin`` is the name of the project here."""
    return {
        "data": mapped(task.data, address),
        "meta": meta_out(task, origin),
        "annotations": [annotation_out(completion) for completion in task.completions],
        "predictions": [prediction_out(prediction) for prediction in task.predictions],
    }


def meta_out(task: Task, origin: str) -> Json:
    meta = task.fields.get("meta")
    own = meta if isinstance(meta, dict) else {} if meta is None else {"meta": meta}
    return {**own, MARK: {"id": task.id, "project": origin}}


def annotation_out(completion: Completion) -> Json:
    return {
        "result": completion.result,
        "was_cancelled": completion.was_cancelled,
        "ground_truth": completion.ground_truth,
        "lead_time": completion.lead_time,
    }


def prediction_out(prediction: Prediction) -> Json:
    return {
        "result": prediction.result,
        "score": prediction.score,
        "model_version": prediction.model_version,
    }


# -- and back -----------------------------------------------------------------------------------


def settings_in(project: Json) -> Json:
    """What ``config.json`` keeps of a project that was made there."""
    names = {name: ours for ours, name in reversed(_SAMPLING.items())}
    return {
        "title": str(project.get("title") or ""),
        "description": str(project.get("description") or ""),
        "instruction": str(project.get("expert_instruction") or ""),
        "sampling": names.get(str(project.get("sampling")), "sequential"),
        **{key: project[key] for key in _KEPT if project.get(key) is not None},
    }


def task_in(task: Json, address: Address) -> Json:
    """A task for an import here, with completions and predictions."""
    meta = {k: v for k, v in (task.get("meta") or {}).items() if k != MARK}
    fields: Json = {"data": mapped(task["data"], address)}
    if meta:
        fields["meta"] = meta
    completions = [completion_in(item) for item in task.get("annotations") or ()]
    predictions = [prediction_in(item) for item in task.get("predictions") or ()]
    if completions:
        fields["completions"] = completions
    if predictions:
        fields["predictions"] = predictions
    return fields


def completion_in(annotation: Json) -> Json:
    fields: Json = {
        "result": annotation.get("result") or [],
        "created_at": int(seconds_of(annotation["created_at"])),
    }
    if annotation.get("lead_time") is not None:
        fields["lead_time"] = annotation["lead_time"]
    if annotation.get("was_cancelled"):
        fields["was_cancelled"] = True
    if annotation.get("ground_truth"):
        fields["honeypot"] = True
    if annotation.get("updated_at"):
        fields["updated_at"] = int(seconds_of(annotation["updated_at"]))
    return fields


def prediction_in(prediction: Json) -> Json:
    fields: Json = {"result": prediction.get("result") or []}
    for key in ("score", "model_version"):
        if prediction.get(key) not in (None, ""):
            fields[key] = prediction[key]
    return fields


# -- both ---------------------------------------------------------------------------------------


def mark_of(task: Json, origin: str) -> int | None:
    """The id that a task there has in the project ``origin``, if it came from that."""
    meta = task.get("meta")
    mark = meta.get(MARK) if isinstance(meta, dict) else None
    if not isinstance(mark, dict) or mark.get("project") != origin:
        return None
    found = mark.get("id")
    return found if isinstance(found, int) else None


def state_here(task: Task) -> str:
    """Another one whenever the task or the work on it has changed here."""
    return f"{zlib.crc32(dumps([task.fields, task.work])):08x}"


def state_there(task: Json) -> str:
    """The same of a task as it was listed there."""
    works = [
        sorted(sameness(item) for item in task.get(key) or ())
        for key in ("annotations", "predictions")
    ]
    parts = [dumps([task.get("data"), task.get("meta")]), *works[0], b"|", *works[1]]
    return f"{zlib.crc32(b' '.join(parts)):08x}"


def sameness(work: Json) -> bytes:
    """Of an annotation or a prediction, here or there: equal when they say the same."""
    keys = ("result", "was_cancelled", "ground_truth", "lead_time", "score", "model_version")
    return dumps({key: work.get(key) or None for key in keys})


def mapped(value: Any, address: Address) -> Any:
    """The same data with addresses of files replaced."""
    if isinstance(value, dict):
        return {key: mapped(item, address) for key, item in value.items()}
    if isinstance(value, list):
        return [mapped(item, address) for item in value]
    return address(value) if isinstance(value, str) else value


def matched(ours: Iterable[Json], theirs: Iterable[Json]) -> list[Json | None]:
    """For each of ours one of theirs that says the same, each used once; None for none."""
    left = list(theirs)
    found: list[Json | None] = []
    for item in ours:
        key = sameness(item)
        twin = next((other for other in left if sameness(other) == key), None)
        if twin is not None:
            left.remove(twin)
        found.append(twin)
    return found
