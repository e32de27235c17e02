"""JSON_MIN: flat records."""

from __future__ import annotations

from collections.abc import Iterable

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import ALL
from label_studio_lite.exporting.json_list import json_list
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.records import Records

HOLDS = "data, id and every control's values, text offsets in code points"
CANNOT = "relations, and regions that belong to no control of the label config"


class JsonMinExporter:
    """A list of :class:`.records.Records`."""

    name = "JSON_MIN"
    title = "JSON, short"
    only_member = "result.json"
    fetches = False
    holds = HOLDS

    def __init__(self, records: Records) -> None:
        self._records = records
        each = "task" if records.choosing.newest else "completion"
        self.description = f"One flat object for each {each}: its data and its values."
        older = "older completions; " if records.choosing.newest else ""
        self.cannot = f"{older}{CANNOT}"

    def available(self, config: LabelConfig) -> bool:
        return True

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        with out.open(self.only_member) as stream, json_list(stream) as append:
            for _, record in self._records.of(tasks, context):
                append(record)


JSON_MIN = JsonMinExporter(Records())
JSON_MIN_1X = JsonMinExporter(Records(choosing=ALL, bare=("Choices", "TextArea"), named=True))
