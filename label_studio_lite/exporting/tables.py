"""CSV and TSV: one row per record, one column per data key and control."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import IO, Any

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import ALL
from label_studio_lite.exporting.json_min import CANNOT, HOLDS
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.records import Records
from label_studio_lite.exporting.report import Kind, Report

_PIECE = 1 << 17  # characters written at once
_LATE = "its column came while the export ran"


class TableExporter:
    """Rows of :class:`.records.Records`. Values other than text and numbers are JSON text.

    As in 0.8.2, columns come in the order in which they first appear, and without any row the
    file is one empty line. ``newer`` is 1.x's way: sorted columns, all text in quotes. Goes
    through the tasks twice, once for the columns.
    """

    holds = HOLDS
    fetches = False

    def __init__(
        self, name: str, delimiter: str, records: Records, *, newer: bool, title: str = ""
    ) -> None:
        self.name = name
        self.title = title or name
        sign = "commas" if delimiter == "," else "tabs"
        each = "task" if records.choosing.newest else "completion"
        self.description = f"A table for spreadsheets, separated by {sign}, a row for each {each}."
        older = "older completions; " if records.choosing.newest else ""
        self.cannot = f"{older}{CANNOT}"
        self.only_member = "result.csv" if delimiter == "," else "result.tsv"
        self._delimiter = delimiter
        self._records = records
        self._newer = newer
        self._special = re.compile(f'[{delimiter}"\r\n]')

    def available(self, config: LabelConfig) -> bool:
        return True

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        if isinstance(tasks, Iterator):
            raise TypeError("tasks are gone through twice, an iterator would be empty then")
        columns = self._columns(tasks, context)
        with out.open(self.only_member) as stream:
            lines, size = [self._line(columns)], 0
            for task, record in self._records.of(tasks, context):
                for key in record.keys() - columns.keys():
                    context.report.miss(Kind.VALUE, task, _LATE, key)
                lines.append(self._line(record.get(key) for key in columns))
                size += len(lines[-1])
                if size >= _PIECE:
                    _flush(lines, stream)
                    size = 0
            _flush(lines, stream)

    def _columns(self, tasks: Iterable[Task], context: Context) -> dict[str, None]:
        scratch = Report()
        found = self._records.of(tasks, replace(context, report=scratch))
        columns = dict.fromkeys(key for _, record in found for key in record)
        scratch.close()
        return dict.fromkeys(sorted(columns)) if self._newer else columns

    def _line(self, values: Iterable[Any]) -> str:
        return self._delimiter.join(map(self._cell, values)) + "\n"

    def _cell(self, value: Any) -> str:
        text = value if isinstance(value, str) else self._text(value)
        quoted = self._newer and not isinstance(value, (bool, int, float))
        if quoted or self._special.search(text):
            return '"' + text.replace('"', '""') + '"'
        return text

    def _text(self, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, (list, dict)):
            return str(value)
        if self._newer:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return json.dumps(value)


def _flush(lines: list[str], stream: IO[bytes]) -> None:
    # half of a surrogate pair, which JSON can hold and UTF-8 cannot, is written as its escape
    stream.write("".join(lines).encode(errors="backslashreplace"))
    lines.clear()


_NEWER = Records(choosing=ALL, bare=("Choices", "TextArea"), named=True, apart=True)
CSV = TableExporter("CSV", ",", Records(), newer=False)
TSV = TableExporter("TSV", "\t", Records(), newer=False)
CSV_1X = TableExporter("CSV", ",", _NEWER, newer=True)
TSV_1X = TableExporter("TSV", "\t", _NEWER, newer=True)
CSV_ALL = TableExporter(
    "CSV_ALL", ",", _NEWER, newer=True, title="CSV of every annotator's result"
)
