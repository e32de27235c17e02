"""Columns of very many values in little memory.

Each class holds one value for each row and has the same verbs: ``column[row]``, iteration,
``put``, ``extend``, ``keep``, ``mask`` and ``keys``. A value is None, a float, a text or a tuple
of texts. :class:`Mixed` takes any of these and holds them in the way that takes the least memory:
:class:`Numbers`, :class:`Codes`, :class:`Texts`, and at last not at all (:class:`Unheld`).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

Value = Any  # None | float | str | tuple[str, ...]
_NOTHING = math.nan
_COUNTERS = "BI"  # arrays in which few numbers are different
_MOST_CODES = 1 << 14  # different values from which on a column is not one of codes
_SOME_HOLES = 1 << 20  # bytes that may be lost to holes whatever the size of the whole
_MOST_TEXT = 16 << 20  # bytes of texts that are held where they can be read again
_NUMBERS = {float, type(None)}
UNKNOWN: Any = object()
"""A value that a column had and cannot tell any more."""


class Column(Protocol):
    """One value for each row."""

    @property
    def is_held(self) -> bool:
        """Whether it has the values itself, and so those of before a change."""

    def __getitem__(self, row: int) -> Value: ...
    def __iter__(self) -> Iterator[Value]: ...
    def put(self, row: int, value: Value) -> None: ...
    def extend(self, values: Iterable[Value]) -> None: ...
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
    """Numbers, where NaN and ``nothing`` mean nothing. ``values`` are not copied."""

    is_held = True

    def __init__(self, values: Sequence[float] = (), nothing: float | None = None) -> None:
        self.values = values if isinstance(values, (array, range)) else array("d", values)
        self._nothing = nothing

    def __getitem__(self, row: int) -> Value:
        return self._seen(self.values[row])

    def __iter__(self) -> Iterator[Value]:
        return map(self._seen, self.values)

    def _seen(self, value: float) -> float | None:
        return None if value == self._nothing or value != value else float(value)

    def put(self, row: int, value: Value) -> None:
        self._array[row] = self._stored(value)

    def extend(self, values: Iterable[Value]) -> None:
        self._array.extend(map(self._stored, values))

    def _stored(self, value: Value) -> float:
        if self._array.typecode in _COUNTERS:
            return int(value or 0)
        if value is None:
            return _NOTHING if self._nothing is None else self._nothing
        return float(value)

    @property
    def _array(self) -> array[Any]:
        if isinstance(self.values, range):
            raise TypeError("a range does not change")
        return self.values

    def keep(self, rows: Iterable[int | None]) -> Numbers:
        values, empty = self._array, self._stored(None)
        kept = (empty if row is None else values[row] for row in rows)
        return Numbers(array(values.typecode, kept), self._nothing)

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        if isinstance(self.values, array) and self.values.typecode in _COUNTERS:
            known = {value: test(self._seen(value)) for value in set(self.values)}
            return bytes(map(known.__getitem__, self.values))
        return bytes(map(test, self))

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        return self.values

    def has(self, row: int) -> bool:
        """Whether there is a value."""
        value = self.values[row]
        return value == value and value != self._nothing

    @property
    def size(self) -> int:
        return len(self.values) * self.values.itemsize if isinstance(self.values, array) else 0


class Codes:
    """Values of which few are different: each is held once, and its number for each row."""

    is_held = True

    def __init__(self) -> None:
        self._codes = array("I")
        self._values: list[Value] = []
        self._known: dict[Value, int] = {}

    def __getitem__(self, row: int) -> Value:
        return self._values[self._codes[row]]

    def __iter__(self) -> Iterator[Value]:
        return map(self._values.__getitem__, self._codes)

    def has_no_room_for(self, values: Iterable[Value]) -> bool:
        """Whether too many values would be different with these."""
        new = set(values) - self._known.keys()
        return len(self._values) + len(new) > _MOST_CODES and len(new) > 0

    def _code(self, value: Value) -> int:
        code = self._known.get(value)
        if code is None:
            code = self._known[value] = len(self._values)
            self._values.append(value)
        return code

    def put(self, row: int, value: Value) -> None:
        self._codes[row] = self._code(value)

    def extend(self, values: Iterable[Value]) -> None:
        self._codes.extend(map(self._code, values))

    def keep(self, rows: Iterable[int | None]) -> Codes:
        new, codes, values = Codes(), self._codes, self._values
        new.extend(None if row is None else values[codes[row]] for row in rows)
        return new

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        table = bytes(map(test, self._values))
        return bytes(map(table.__getitem__, self._codes))

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        table = [None if value is None else made(value) for value in self._values]
        return list(map(table.__getitem__, self._codes))

    @property
    def size(self) -> int:
        return 4 * len(self._codes) + sum(100 + len(str(value)) for value in self._values)


class Texts:
    """Any texts, as UTF-8 one after the other. A number becomes the text of it."""

    is_held = True

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

    def extend(self, values: Iterable[Value]) -> None:
        for value in values:
            start, length = self._stored(value)
            self._starts.append(start)
            self._lengths.append(length)

    def _stored(self, value: Value) -> tuple[int, int]:
        if value is None:
            return 0, -1
        text = value if isinstance(value, str) else text_of(value)
        content = text.encode("utf-8", "surrogatepass")
        start = len(self._heap)
        self._heap += content
        return start, len(content)

    def keep(self, rows: Iterable[int | None]) -> Texts:
        new = Texts()
        new.extend(None if row is None else self[row] for row in rows)
        return new

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        return bytes(map(test, self))

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        return [None if value is None else made(value) for value in self]

    @property
    def size(self) -> int:
        return len(self._heap) + 12 * len(self._starts)


class Source(Protocol):
    """From where the values of a column can be read at any time, as they are then."""

    def __call__(self, rows: range | None = None) -> Iterator[Value]:
        """Those of some rows, or of all."""


class Unheld:
    """Values that would take too much memory: they are read whenever they are asked for."""

    is_held = False
    size = 0

    def __init__(self, source: Source) -> None:
        self._source = source

    def __getitem__(self, row: int) -> Value:
        return next(self._source(range(row, row + 1)))

    def __iter__(self) -> Iterator[Value]:
        return self._source()

    def put(self, row: int, value: Value) -> None:
        """Nothing is held that would have to change."""

    def extend(self, values: Iterable[Value]) -> None:
        """Likewise."""

    def keep(self, rows: Iterable[int | None]) -> Unheld:
        return self

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        return bytes(map(test, self))

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        return [None if value is None else made(value) for value in self]


class Mixed:
    """Values of any kind; ``source`` is where they can be read again, if they can."""

    def __init__(self, source: Source | None = None) -> None:
        self._source = source
        self._column: Numbers | Codes | Texts | Unheld = Numbers()

    @property
    def is_held(self) -> bool:
        return self._column.is_held

    @property
    def column(self) -> Numbers | Codes | Texts | Unheld:
        """In which the values are at present."""
        return self._column

    def __getitem__(self, row: int) -> Value:
        return self._column[row]

    def __iter__(self) -> Iterator[Value]:
        return iter(self._column)

    def put(self, row: int, value: Value) -> None:
        self._make_room([value])
        self._column.put(row, value)

    def extend(self, values: Iterable[Value]) -> None:
        values = values if isinstance(values, list) else list(values)
        self._make_room(values)
        self._column.extend(values)

    def _make_room(self, values: list[Value]) -> None:
        """Change to a kind of column that can hold these, too."""
        if isinstance(self._column, Numbers) and not set(map(type, values)) <= _NUMBERS:
            self._change(Codes())
        if isinstance(self._column, Codes) and self._column.has_no_room_for(values):
            self._change(Texts())
        if isinstance(self._column, Texts) and self._source and self._column.size > _MOST_TEXT:
            self._column = Unheld(self._source)

    def _change(self, column: Codes | Texts) -> None:
        column.extend(self._column)
        self._column = column

    def keep(self, rows: Iterable[int | None]) -> Mixed:
        new = Mixed(self._source)
        new._column = self._column.keep(rows)
        return new

    def mask(self, test: Callable[[Value], bool]) -> bytes:
        return self._column.mask(test)

    def keys(self, made: Callable[[Value], Any]) -> Sequence[Any]:
        return self._column.keys(made)

    @property
    def size(self) -> int:
        return self._column.size


def text_of(value: float) -> str:
    """A number as a person writes it: ``5``, not ``5.0``."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
