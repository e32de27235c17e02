"""JSON: the completion files as they are."""

from __future__ import annotations

from collections.abc import Iterable

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import EVERYTHING
from label_studio_lite.exporting.json_list import json_list
from label_studio_lite.exporting.output import Output


class JsonExporter:
    """A list of what ``completions/*.json`` hold, skips included, in the order of the tasks.

    A task that is not completed is written as ``tasks.json`` has it, with a list of completions.
    ``predictions`` adds those that are stored with the tasks.
    """

    only_member = "result.json"
    fetches = False

    def __init__(self, name: str, title: str, description: str, *, predictions: bool) -> None:
        self.name = name
        self.title = title
        self.description = description
        self.holds = "everything, as it is stored"
        self.cannot = "nothing" if predictions else "predictions"
        self._predictions = predictions

    def available(self, config: LabelConfig) -> bool:
        return True

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        report = context.report
        with out.open(self.only_member) as stream, json_list(stream) as append:
            if self._is_plain(context):
                for task in tasks:
                    append(_stored(task))
                    report.tasks.read += 1
                report.tasks.written = report.tasks.read
                return
            for task in tasks:
                chosen = context.wish.over(EVERYTHING).of(task, report)
                if chosen is not None:
                    append(self._item(task, chosen, context))
                    report.tasks.written += 1

    def _is_plain(self, context: Context) -> bool:
        """Whether files are written as they are, without a look at their completions."""
        return (
            context.wish.over(EVERYTHING) == EVERYTHING
            and context.wording.task is None
            and not (self._predictions or context.predictions)
        )

    def _item(self, task: Task, chosen: list[Completion], context: Context) -> Json:
        regions = sum(len(completion.result) for completion in chosen)
        context.report.regions.read += regions
        context.report.regions.written += regions
        if context.wording.task is not None:
            return context.wording.task(task, chosen)
        item = dict(_stored(task))
        if context.wish.over(EVERYTHING) != EVERYTHING:
            item["completions"] = [completion.fields for completion in chosen]
        if self._predictions or context.predictions:
            item["predictions"] = [prediction.fields for prediction in task.predictions]
        return item


def _stored(task: Task) -> Json:
    return {"completions": [], **task.fields} if task.work is None else task.work


JSON = JsonExporter(
    "JSON",
    "JSON",
    "All completions with everything that is known about them, in one list.",
    predictions=False,
)
JSON_WITH_PREDICTIONS = JsonExporter(
    "JSON_WITH_PREDICTIONS",
    "JSON with predictions",
    "All completions, and beside them the predictions of each task, in one list.",
    predictions=True,
)
