"""A task and a completion as one flat record, which JSON_MIN and the tables share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.spans import in_codepoints
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import NEWEST, Choosing
from label_studio_lite.exporting.report import id_of

_SIZES = ("original_width", "original_height")
_BARE_KEYS = {"Choices": "choices", "TextArea": "text"}


@dataclass(frozen=True, slots=True)
class Records:
    """``{…data, "id": task id, <control>: value}`` for each task, or for each completion.

    A control's value is the list of its regions' values with ``original_width`` and
    ``original_height``; text offsets are in code points. For the tags in ``bare`` one region
    stands alone, and a single choice or text is its bare text. Where a task can have several
    records, or ``named``, each says which completion it is: ``annotator``, ``annotation_id``,
    ``created_at``, ``updated_at``, ``lead_time``, as in Label Studio 1.x. Data under the name of a
    control are ``apart`` from it, under ``_data_<key>``, as in its tables: else what nobody has
    labeled would look as if it were.
    """

    choosing: Choosing = NEWEST
    bare: tuple[str, ...] = ("Choices",)
    named: bool = False
    apart: bool = False

    def of(self, tasks: Iterable[Task], context: Context) -> Iterator[tuple[Task, Json]]:
        """The records in the order of the tasks; ``context.report`` counts and tells the rest.

        A task that nobody has worked on has one record, without values.
        """
        choosing = context.wish.over(self.choosing)
        named = self.named or not choosing.newest
        controls = context.config.controls if self.apart else {}
        for task in tasks:
            chosen = choosing.of(task, context.report)
            if chosen is None:
                continue
            context.report.tasks.written += 1
            head = {f"_data_{k}" if k in controls else k: v for k, v in task.data.items()}
            head["id"] = context.wording.task_id(task.id)
            for completion in chosen:
                values = self._values(task, completion, context)
                about = _about(completion, context) if named else {}
                yield task, {**head, **values, **about}
            if not chosen:
                yield task, {**head, **(_NOBODY if named else {})}

    def _values(self, task: Task, completion: Completion, context: Context) -> Json:
        report = context.report
        values: dict[str, list[Any]] = {}
        if not isinstance(completion.fields.get("result"), list):
            report.lose(task, completion, "its result is no list of regions")
            report.regions.read += 1
        for region in completion.result:
            report.regions.read += 1
            name, value = _named_value(region, task, context)
            if name is None:
                report.lose(task, completion, *value)
            else:
                values.setdefault(name, []).append(value)
                report.regions.written += 1
        return {name: self._simple(items, name, context.config) for name, items in values.items()}

    def _simple(self, items: list[Json], name: str, config: LabelConfig) -> Any:
        control = config.control(name)
        if control is None or control.tag not in self.bare:
            return items
        simple = [_bare(item, _BARE_KEYS[control.tag]) for item in items]
        return simple[0] if len(simple) == 1 else simple


_NOBODY: Json = dict.fromkeys(
    ("annotator", "annotation_id", "created_at", "updated_at", "lead_time")
)


def _about(completion: Completion, context: Context) -> Json:
    own_id = id_of(completion)
    created = completion.fields.get("created_at")
    return {
        "annotator": context.wording.annotator(completion),
        "annotation_id": None if own_id is None else context.wording.completion_id(own_id),
        "created_at": _time(created),
        "updated_at": _time(completion.fields.get("updated_at", created)),
        "lead_time": completion.lead_time,
    }


def _time(value: Any) -> str | None:
    """Seconds since the epoch as 1.x writes a time; text stays as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value if isinstance(value, str) else None
    try:
        return datetime.fromtimestamp(value, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except (OverflowError, ValueError, OSError):
        return None


def _named_value(region: Any, task: Task, context: Context) -> tuple[str | None, Any]:
    """The control's name and the value; or None, and the reason why there is none."""
    if not isinstance(region, dict):
        return None, ("a region is no object",)
    name, value = region.get("from_name"), region.get("value")
    if not isinstance(name, str):
        return None, (f"a region of type {region.get('type')} belongs to no control",)
    if context.config.control(name) is None:
        return None, ("a region belongs to a control that is not in the label config", name)
    if not isinstance(value, dict):
        return None, ("a region has no value", name)
    value = in_codepoints(region, task.data, context.config, context.units)["value"]
    sizes = {key: region[key] for key in _SIZES if key in region}
    return name, {**{key: value[key] for key in value if key != "type"}, **sizes}


def _bare(item: Json, key: str) -> Any:
    found = item.get(key)
    if isinstance(found, list) or (isinstance(found, str) and key == "choices"):
        return found[0] if len(found) == 1 else item
    return item
