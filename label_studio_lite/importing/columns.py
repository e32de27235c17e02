"""Which columns of a table hold numbers or truth values.

A column is what 0.8.2's reader (pandas) would have made of it, unless that loses something: then
it stays text. Kept as text are numbers with leading zeros or a plus sign (``007``, ``+49…``),
with more digits than a number of that kind holds, and words such as ``NA`` beside other words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal, InvalidOperation
from enum import Enum
from math import isfinite
from typing import Any

MISSING = frozenset(
    ("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN")
) | frozenset(("<NA>", "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"))
"""What stands for a missing value among numbers and truth values; it becomes empty text."""

_TRUTH = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}
_WHOLE = r"-?(?:0|[1-9][0-9]*)"
_INTEGER = re.compile(rf"[ \t]*{_WHOLE}[ \t]*").fullmatch
_DECIMAL = re.compile(
    rf"[ \t]*(?:{_WHOLE}(?:\.[0-9]*)?|-?\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t]*"
).fullmatch
_LEAST, _MOST = -(2**63), 2**64 - 1
_EXACT_IN_DECIMAL = 2**53
_SAFE_LENGTH = 15  # characters; a decimal number of so many digits comes back from a float

Convert = Callable[[str], Any]


class Kind(Enum):
    """The narrowest kind that holds all values seen."""

    NOTHING = "nothing"
    TRUTH = "truth value"
    INTEGER = "integer"
    DECIMAL = "decimal number"
    TEXT = "text"


class Column:
    """What one column holds, learned from its values, a batch at a time."""

    __slots__ = ("_gaps", "_wide", "kind")

    def __init__(self) -> None:
        self.kind = Kind.NOTHING
        self._gaps = False
        self._wide = False  # an integer that a decimal number cannot hold

    def learn(self, values: Collection[str]) -> None:
        """Take more of the column's values into account."""
        if self.kind is Kind.TEXT:
            return
        distinct = set(values)
        present = distinct - MISSING
        self._gaps = self._gaps or len(present) < len(distinct)
        if present:
            self._widen(self._kind_of(present))

    def convert(self) -> Convert | None:
        """How to read a value; None to keep its text."""
        # a gap makes integers decimal, as in 0.8.2
        decimal = self.kind is Kind.DECIMAL or (self.kind is Kind.INTEGER and self._gaps)
        if decimal and self._wide:
            return None
        plain: Convert
        if decimal:
            plain = float
        elif self.kind is Kind.INTEGER:
            plain = int
        elif self.kind is Kind.TRUTH:
            plain = _TRUTH.__getitem__
        else:
            return None
        return (lambda value: "" if value in MISSING else plain(value)) if self._gaps else plain

    def _widen(self, kind: Kind) -> None:
        if self.kind in (Kind.NOTHING, kind):
            self.kind = kind
        elif {self.kind, kind} == {Kind.INTEGER, Kind.DECIMAL}:
            self.kind = Kind.DECIMAL
        else:
            self.kind = Kind.TEXT

    def _kind_of(self, present: set[str]) -> Kind:
        if all(map(_INTEGER, present)):
            return self._integers(present)
        if all(map(_DECIMAL, present)):
            return Kind.DECIMAL if all(map(_holds, present)) else Kind.TEXT
        return Kind.TRUTH if present <= _TRUTH.keys() else Kind.TEXT

    def _integers(self, present: set[str]) -> Kind:
        if all(len(value) <= _SAFE_LENGTH for value in present):
            return Kind.INTEGER
        if any(len(value.strip()) > len(str(_LEAST)) for value in present):
            return Kind.TEXT
        numbers = [int(value) for value in present]
        self._wide = self._wide or any(abs(number) > _EXACT_IN_DECIMAL for number in numbers)
        return Kind.INTEGER if min(numbers) >= _LEAST and max(numbers) <= _MOST else Kind.TEXT


def _holds(value: str) -> bool:
    """Whether a float keeps all that a decimal number says: printed with as many digits, it is
    the same number."""
    if len(value) <= _SAFE_LENGTH and "e" not in value and "E" not in value:
        return True
    number = float(value)
    try:
        written = Decimal(value.strip())
    except InvalidOperation:  # an exponent beyond all bounds
        return False
    digits = len(written.as_tuple().digits)
    return isfinite(number) and Decimal(f"{number:.{digits - 1}e}") == written
