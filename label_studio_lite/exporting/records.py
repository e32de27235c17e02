"""A task and its newest completion as one flat record, which JSON_MIN and the tables share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.exporting.base import Report

_SIZES = ("original_width", "original_height")


def records(
    tasks: Iterable[Task], config: LabelConfig, report: Report
) -> Iterator[tuple[Task, Json]]:
    """``{…data, "id": task id, <control>: value}`` of each task, in 0.8.2's shape.

    The newest completion that is no skip counts. A control's value is the list of its regions'
    values with ``original_width`` and ``original_height``; one region of ``Choices`` stands
    alone, and a single choice is its bare text. A task that nobody has worked on has no values.
    All else goes to ``report``, which counts the tasks as read and as written.
    """
    for task in tasks:
        report.read += 1
        values: Json = {}
        if task.completed or task.completions:
            completion = _counting(task, report)
            if completion is None:
                continue
            values = _values(task, completion, config, report)
        report.written += 1
        yield task, {**task.data, "id": task.id, **values}


def _counting(task: Task, report: Report) -> Completion | None:
    given = [completion for completion in task.completions if not completion.was_cancelled]
    if not given:
        report.leave_out(task, "only skipped" if task.completions else "no completion left")
        return None
    newest = max(given, key=lambda completion: completion.created_at)
    for completion in task.completions:
        if completion.was_cancelled:
            report.note(task, _id(completion), "skipped by the annotator")
        elif completion.fields is not newest.fields:
            report.note(task, _id(completion), "not the newest completion of its task")
    return newest


def _values(task: Task, completion: Completion, config: LabelConfig, report: Report) -> Json:
    values: dict[str, list[Any]] = {}
    if not isinstance(completion.fields.get("result"), list):
        report.note(task, _id(completion), "its result is no list of regions")
    for region in completion.result:
        name, value = _named_value(region, config)
        if name is None:
            report.note(task, _id(completion), str(value))
        else:
            values.setdefault(name, []).append(value)
    return {name: _simple(items, name, config) for name, items in values.items()}


def _named_value(region: Any, config: LabelConfig) -> tuple[str | None, Any]:
    """The control's name and the value; or None and the reason why there is none."""
    if not isinstance(region, dict):
        return None, "a region is no object"
    name, value = region.get("from_name"), region.get("value")
    if not isinstance(name, str):
        return None, f"a region of type {region.get('type')} belongs to no control"
    control = config.control(name)
    if control is None:
        return None, f'a region belongs to "{name}", which is not in the label config'
    if not isinstance(value, dict):
        return None, f'a region of "{name}" has no value'
    sizes = {key: region[key] for key in _SIZES if key in region}
    return name, {**{key: value[key] for key in value if key != "type"}, **sizes}


def _simple(items: list[Json], name: str, config: LabelConfig) -> Any:
    control = config.control(name)
    if control is None or control.tag != "Choices":
        return items
    choices = [_bare(item) for item in items]
    return choices[0] if len(choices) == 1 else choices


def _bare(item: Json) -> Any:
    choices = item.get("choices")
    return choices[0] if isinstance(choices, (list, str)) and len(choices) == 1 else item


def _id(completion: Completion) -> int | None:
    found = completion.fields.get("id")
    return found if isinstance(found, int) else None
