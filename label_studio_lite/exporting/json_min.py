"""JSON_MIN: one flat record per task."""

from __future__ import annotations

from collections.abc import Iterable

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.base import Context, Report
from label_studio_lite.exporting.json_list import json_list
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.records import records


class JsonMinExporter:
    """A list of :func:`.records.records`."""

    name = "JSON_MIN"
    title = "JSON, short"
    description = "One flat object per task: its data and the values of the newest completion."
    only_member = "result.json"

    def available(self, config: LabelConfig) -> bool:
        return True

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> Report:
        report = Report()
        with out.open(self.only_member) as stream, json_list(stream) as append:
            for _, record in records(tasks, context.config, report):
                append(record)
        return report
