"""JSON: the completion files as they are."""

from __future__ import annotations

from collections.abc import Iterable

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.base import Context, Report
from label_studio_lite.exporting.json_list import json_list
from label_studio_lite.exporting.output import Output


class JsonExporter:
    """A list of what ``completions/*.json`` hold, skips included, in the order of the tasks.

    A task that is not completed is written as ``tasks.json`` has it, with a list of completions.
    """

    name = "JSON"
    title = "JSON"
    description = "All completions with everything that is known about them, in one list."
    only_member = "result.json"

    def available(self, config: LabelConfig) -> bool:
        return True

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> Report:
        report = Report()
        with out.open(self.only_member) as stream, json_list(stream) as append:
            for task in tasks:
                append({"completions": [], **task.fields} if task.work is None else task.work)
                report.read += 1
                report.written += 1
        return report
