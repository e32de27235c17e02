"""CSV and TSV: the first row names the keys, each further row is a task."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple, TextIO

from label_studio_lite.core.model import RawTask
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.columns import Column, Convert, Kind
from label_studio_lite.importing.encodings import Encoding, detect, opened
from label_studio_lite.importing.upload import MEGABYTE, ReadOptions, Upload, failed, kind

DELIMITERS = ",;\t|"
_SAMPLE = 65_536  # characters
_BATCH = 2_000  # rows
_END = "\ue000end of the table\ue000"  # a row of our own, from a range no text uses

# Python's own limit, 128 KB, is too small for documents; it is one for the whole process
csv.field_size_limit(64 * MEGABYTE)


class Table(NamedTuple):
    """How a file is read as a table: what was found out about it, for people to check."""

    encoding: Encoding
    delimiter: str
    header: list[str]


def read(upload: Upload, options: ReadOptions) -> Iterator[RawTask]:
    """Rows as ``{"data": {header: value}}``, in two passes: types of columns, then tasks.

    A short row is filled with empty text (spreadsheets leave trailing blanks out); ``Invalid``
    names a row with more values than the header, counting rows as spreadsheets do.
    """
    table = describe(upload, options)
    with opened(upload, table.encoding, newline="") as text:
        converts = _learn(upload, table, text)
    with opened(upload, table.encoding, newline="") as text:
        for number, row in _rows(upload, table, text):
            for index, convert in converts:
                row[index] = convert(row[index])
            data = dict(zip(table.header, row, strict=True))
            yield RawTask({"data": data}, None, f"{upload.name} row {number}")


def describe(upload: Upload, options: ReadOptions) -> Table:
    """Encoding, delimiter and keys. ``Invalid`` when there is no row at all."""
    encoding = detect(upload, options.encoding)
    with opened(upload, encoding, newline="") as text:
        sample = text.read(_SAMPLE) + text.readline()
        cut_off = bool(text.read(1))
    try:
        tabs = kind(upload).lower() == ".tsv"
        delimiter = "\t" if tabs else sniff(sample, cut_off=cut_off)
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        first = next((row for row in reader if row), None)
    except csv.Error as error:
        raise failed(upload, error) from error
    if first is None:
        raise failed(upload, "No columns to parse from file")
    return Table(encoding, delimiter, unique(first))


def sniff(sample: str, *, cut_off: bool) -> str:
    """The first delimiter that splits the header and most rows alike; comma if none does."""
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = [len(row) for row in islice(reader, 200) if row]
        if cut_off and len(widths) > 1:
            widths.pop()
        if widths and widths[0] > 1 and widths.count(widths[0]) * 2 > len(widths):
            return delimiter
    return DELIMITERS[0]


def unique(header: Iterable[str]) -> list[str]:
    """Names for all columns, as 0.8.2 makes them: ``a, a.1``, and ``Unnamed: 2`` for none."""
    names: list[str] = []
    counts: dict[str, int] = {}
    for index, written in enumerate(header):
        name = written or f"Unnamed: {index}"
        while name in counts:
            counts[name] += 1
            name = f"{name}.{counts[name] - 1}"
        counts[name] = 1
        names.append(name)
    return names


def _learn(upload: Upload, table: Table, text: TextIO) -> list[tuple[int, Convert]]:
    """The columns that are not text, by index."""
    columns = [Column() for _ in table.header]
    rows = _rows(upload, table, text)
    while batch := [row for _, row in islice(rows, _BATCH)]:
        for column, values in zip(columns, zip(*batch, strict=True), strict=True):
            column.learn(values)
        if all(column.kind is Kind.TEXT for column in columns):
            break
    converts = ((index, column.convert()) for index, column in enumerate(columns))
    return [(index, convert) for index, convert in converts if convert is not None]


def _rows(upload: Upload, table: Table, text: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Rows behind the header, as long as it, with their numbers."""
    header_seen = False
    reader = csv.reader(chain(text, (_END,)), delimiter=table.delimiter)
    try:
        for number, row in enumerate(reader, 1):
            if not row:
                continue
            if row[-1].endswith(_END):
                if row == [_END]:
                    return
                raise _broken(upload, table, f"EOF inside string starting at row {number}")
            if not header_seen:
                header_seen = True
            elif len(row) == len(table.header):
                yield number, row
            elif len(row) > 1 or row[0].strip():
                yield number, _fitted(upload, table, number, row)
    except csv.Error as error:
        raise _broken(upload, table, error) from error


def _fitted(upload: Upload, table: Table, number: int, row: list[str]) -> list[str]:
    width = len(table.header)
    if any(row[width:]):
        raise _broken(upload, table, f"Expected {width} fields in row {number}, saw {len(row)}")
    return row[:width] + [""] * (width - len(row))


def _broken(upload: Upload, table: Table, reason: object) -> Invalid:
    read_as = f" (read as {table.encoding})" if table.encoding.guessed else ""
    return failed(upload, f"{reason}{read_as}")
