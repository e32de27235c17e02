"""An invented time series, for sample tasks: the same every time, a hundred rows long."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

ROWS = 100

_START = datetime(2020, 1, 1)
_DAY_FIELDS = frozenset("dejaAU")
_CLOCK_FIELDS = frozenset("HIMSLfp")
_FIELDS = {  # of d3's time formats, which the editor reads; name → format of Python's str.format
    "Y": "{0:%Y}",
    "y": "{0:%y}",
    "m": "{0:%m}",
    "d": "{0:%d}",
    "e": "{0.day:2d}",
    "j": "{0:%j}",
    "H": "{0:%H}",
    "I": "{0:%I}",
    "M": "{0:%M}",
    "S": "{0:%S}",
    "p": "{0:%p}",
    "L": "000",
    "f": "000000",
    "Z": "+0000",
    "%": "%",
}


def time_series(
    time: str | None, channels: Sequence[str], time_format: str | None = None
) -> dict[str, list[float | int | str]]:
    """``{column: values}``: the time column, if named, then the channels.

    Times are row numbers, or texts where ``time_format`` is a format (``%Y-%m-%d``,
    ``yyyy-MM-dd``).
    """
    columns: dict[str, list[float | int | str]] = {}
    if time is not None:
        columns[time] = [_time(row, time_format or "") for row in range(ROWS)]
    for nth, channel in enumerate(channels, start=1):
        columns[channel] = [_level(row, nth) for row in range(ROWS)]
    return columns


def time_series_csv(
    time: str | None, channels: Sequence[str], time_format: str | None, separator: str
) -> str:
    """The same as CSV, one line for each row; without a time column, an unnamed one counts rows.

    Columns that are all named by numbers are a file without a header, numbered from the left.
    """
    columns = time_series(time or "", channels, time_format)
    names = list(columns)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=_delimiter(separator), lineterminator="\n")
    if all(name.isdecimal() and len(name) < 10 for name in names):
        names.sort(key=int)
    else:
        writer.writerow(names)
    writer.writerows(zip(*(columns[name] for name in names), strict=True))
    return text.getvalue()


def _delimiter(separator: str) -> str:
    """A separator as label configs write it: a character, ``tab`` or ``\\t``."""
    if separator in ("tab", "\\t", "\t"):
        return "\t"
    return separator if len(separator) == 1 and separator not in '"\r\n' else ","


def _time(row: int, time_format: str) -> int | str:
    if time_format == "yyyy-MM-dd":
        time_format = "%Y-%m-%d"
    if "%" not in time_format:
        return row
    moment = _START + row * _step(time_format)
    return re.sub(r"%-?(.)", lambda field: _field(field, moment), time_format)


def _step(time_format: str) -> timedelta:
    """Small enough to be a series, large enough for the format to show it."""
    fields = set(re.findall(r"%-?(.)", time_format))
    if fields & _DAY_FIELDS:
        return timedelta(days=1)
    return timedelta(minutes=1) if fields & _CLOCK_FIELDS else timedelta(days=366)


def _field(field: re.Match[str], moment: datetime) -> str:
    known = _FIELDS.get(field[1])
    return field[0] if known is None else known.format(moment)


def _level(row: int, nth: int) -> float:
    """A slow and a quick wave, and one short burst, different for each channel."""
    wave = math.sin(row / (6 + 2 * nth)) + 0.3 * math.sin(row * 0.9 + nth)
    burst = 2.0 if 60 <= row - 5 * nth < 66 else 0.0
    return round(wave + burst, 4)
