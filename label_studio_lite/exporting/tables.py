"""CSV and TSV: one row per task, one column per data key and control."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.base import Context, Report
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.records import records

_BATCH = 500  # rows written at once


class TableExporter:
    """Rows of :func:`.records.records`; columns in the order in which they first appear.

    Values other than text and numbers are JSON text. Goes through the tasks twice, once for the
    columns. Without any row the file is one empty line, as 0.8.2's.
    """

    def __init__(self, name: str, delimiter: str, only_member: str, description: str) -> None:
        self.name = name
        self.title = name
        self.description = description
        self.only_member = only_member
        self._delimiter = delimiter
        self._special = re.compile(f'[{delimiter}"\r\n]')

    def available(self, config: LabelConfig) -> bool:
        return True

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> Report:
        if isinstance(tasks, Iterator):
            raise TypeError("tasks are gone through twice, an iterator would be empty then")
        report = Report()
        found = records(tasks, context.config, Report())
        columns = dict.fromkeys(key for _, record in found for key in record)
        with out.open(self.only_member) as stream:
            lines = [self._line(columns)]
            for task, record in records(tasks, context.config, report):
                for key in record.keys() - columns.keys():
                    report.note(task, None, f'column "{key}" came while the export ran')
                lines.append(self._line(record.get(key) for key in columns))
                if len(lines) >= _BATCH:
                    _flush(lines, stream)
            _flush(lines, stream)
        return report

    def _line(self, values: Iterable[Any]) -> str:
        return self._delimiter.join(map(self._cell, values)) + "\n"

    def _cell(self, value: Any) -> str:
        text = value if isinstance(value, str) else _text(value)
        if self._special.search(text):
            return '"' + text.replace('"', '""') + '"'
        return text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, (list, dict)) else str(value)


def _flush(lines: list[str], stream: IO[bytes]) -> None:
    # half of a surrogate pair, which JSON can hold and UTF-8 cannot, is written as its escape
    stream.write("".join(lines).encode(errors="backslashreplace"))
    lines.clear()


CSV = TableExporter("CSV", ",", "result.csv", "A table for spreadsheets, separated by commas.")
TSV = TableExporter("TSV", "\t", "result.tsv", "A table for spreadsheets, separated by tabs.")
