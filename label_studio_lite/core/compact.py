"""Columns of very many values in little memory.

Each class holds one value for each row and has the same verbs: ``column[row]``, iteration,
``put``, ``append``, ``keep`` and ``mask``. A value is None, a float (:class:`Numbers`), a text
(:class:`Mixed`) or a tuple of texts (:class:`Codes`).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

Value = Any  # None | float | str | tuple[str, ...]
_NOTHING = math.nan
_MOST_CODES = 1 << 14  # different values from which on a column is not one of codes
_SOME_HOLES = 1 << 20  # bytes that may be lost to holes whatever the size of the whole


class Column(Protocol):
    """One value for each row."""

    def __len__(self) -> int: ...
    def __getitem__(self, row: int) -> Value: ...
    def __iter__(self) -> Iterator[Value]: ...
    def put(self, row: int, value: Value) -> None: ...
    def append(self, value: Value) -> None: ...
    def keep(self, rows: Iterable[int | None]) -> Column:
        """A column of these rows of this one, None for a new and empty row."""

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        """1 for each row whose value passes the test, else 0."""

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        """For each row something made of its value; None for nothing."""

    @property
    def size(self) -> int:
        """Bytes of memory, about."""


class Numbers:
    """Floats, NaN for nothing; or the numbers of an array, where ``nothing`` means nothing."""

    def __init__(self, values: Sequence[float] = (), nothing: float | None = None) -> None:
        self._values = values if isinstance(values, array) else array("d", values)
        self._nothing = nothing

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, row: int) -> Value:
        return self._seen(self._values[row])

    def __iter__(self) -> Iterator[Value]:
        nothing = self._nothing
        for value in self._values:
            yield None if value != value or value == nothing else float(value)

    def _seen(self, value: float) -> float | None:
        return None if value == self._nothing or value != value else float(value)

    def put(self, row: int, value: Value) -> None:
        self._values[row] = _NOTHING if value is None else value

    def append(self, value: Value) -> None:
        self._values.append(_NOTHING if value is None else value)

    def keep(self, rows: Iterable[int | None]) -> Column:
        values = self._values
        return Numbers([_NOTHING if row is None else values[row] for row in rows], self._nothing)

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        return bytes(map(test, self))

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        return self._values

    def has(self, row: int) -> bool:
        """Whether there is a value."""
        value = self._values[row]
        return value == value and value != self._nothing

    @property
    def size(self) -> int:
        return len(self._values) * self._values.itemsize


class Codes:
    """Values of which few are different: each is held once, and its number for each row."""

    def __init__(self) -> None:
        self._codes = array("I")
        self._values: list[Value] = []
        self._known: dict[Value, int] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def __getitem__(self, row: int) -> Value:
        return self._values[self._codes[row]]

    def __iter__(self) -> Iterator[Value]:
        return map(self._values.__getitem__, self._codes)

    @property
    def is_full(self) -> bool:
        """Whether no further value is taken that is not there already."""
        return len(self._values) >= _MOST_CODES

    def knows(self, value: Value) -> bool:
        return value in self._known

    def _code(self, value: Value) -> int:
        code = self._known.get(value)
        if code is None:
            code = self._known[value] = len(self._values)
            self._values.append(value)
        return code

    def put(self, row: int, value: Value) -> None:
        self._codes[row] = self._code(value)

    def append(self, value: Value) -> None:
        self._codes.append(self._code(value))

    def keep(self, rows: Iterable[int | None]) -> Column:
        new, codes, values = Codes(), self._codes, self._values
        for row in rows:
            new.append(None if row is None else values[codes[row]])
        return new

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        table = bytes(map(test, self._values))
        return bytes(map(table.__getitem__, self._codes))

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        table = [None if value is None else made(value) for value in self._values]
        return list(map(table.__getitem__, self._codes))

    @property
    def size(self) -> int:
        return 4 * len(self._codes) + sum(100 + len(value or ()) for value in self._values)


class Texts:
    """Any texts, as UTF-8 one after the other."""

    def __init__(self) -> None:
        self._heap = bytearray()
        self._starts = array("Q")
        self._lengths = array("i")  # -1: nothing
        self._holes = 0  # bytes of texts that were replaced

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, row: int) -> Value:
        length = self._lengths[row]
        if length < 0:
            return None
        start = self._starts[row]
        return self._heap[start : start + length].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[Value]:
        heap = bytes(self._heap)
        for start, length in zip(self._starts, self._lengths, strict=True):
            if length < 0:
                yield None
            else:
                yield heap[start : start + length].decode("utf-8", "surrogatepass")

    def put(self, row: int, value: Value) -> None:
        self._holes += max(self._lengths[row], 0)
        self._starts[row], self._lengths[row] = self._stored(value)
        if self._holes > max(len(self._heap) // 2, _SOME_HOLES):
            packed = self.keep(range(len(self)))
            self._heap, self._starts, self._holes = packed._heap, packed._starts, 0

    def append(self, value: Value) -> None:
        start, length = self._stored(value)
        self._starts.append(start)
        self._lengths.append(length)

    def _stored(self, value: Value) -> tuple[int, int]:
        if value is None:
            return 0, -1
        content = value.encode("utf-8", "surrogatepass")
        start = len(self._heap)
        self._heap += content
        return start, len(content)

    def keep(self, rows: Iterable[int | None]) -> Texts:
        new = Texts()
        for row in rows:
            new.append(None if row is None else self[row])
        return new

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        return bytes(map(test, self))

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        return [None if value is None else made(value) for value in self]

    @property
    def size(self) -> int:
        return len(self._heap) + 12 * len(self._starts)


class Mixed:
    """Codes as long as that pays, texts from then on."""

    def __init__(self, column: Codes | Texts | None = None) -> None:
        self._column: Codes | Texts = column or Codes()

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, row: int) -> Value:
        return self._column[row]

    def __iter__(self) -> Iterator[Value]:
        return iter(self._column)

    def put(self, row: int, value: Value) -> None:
        self._with_room_for(value).put(row, value)

    def append(self, value: Value) -> None:
        self._with_room_for(value).append(value)

    def _with_room_for(self, value: Value) -> Codes | Texts:
        column = self._column
        if isinstance(column, Codes) and column.is_full and not column.knows(value):
            texts = Texts()
            for known in column:
                texts.append(known)
            self._column = texts
        return self._column

    def keep(self, rows: Iterable[int | None]) -> Column:
        new = Mixed()
        for row in rows:
            new.append(None if row is None else self._column[row])
        return new

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        return self._column.mask(test)

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        return self._column.keys(made)

    @property
    def size(self) -> int:
        return self._column.size
