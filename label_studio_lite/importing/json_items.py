"""The items of JSON text, one by one, with bounded memory.

Takes what people call JSON files: a list, one object, objects one after the other (JSON lines),
or objects by number, ``{"0": {…}, "1": {…}}``, which is how 0.8.x keeps its tasks. Text comes in
windows; Python's own decoder finds where each item ends, so that a file of any size is read, and
an error is told with its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, TextIO

from label_studio_lite.core import jsontext
from label_studio_lite.importing.upload import MEGABYTE

_BLANK = re.compile(r"[ \t\r\n]*")
_BY_NUMBER = re.compile(r'\{[ \t\r\n]*"[0-9]+"[ \t\r\n]*:[ \t\r\n]*\{')
_GLANCE = 64  # characters that tell one form from another
_NUMBER_TAIL = 3  # "1.5e+" is decoded as 1.5; its rest may come with the next window
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)')


class BrokenJson(ValueError):
    """Says what is wrong, where."""


class NotAnObject(ValueError):
    """Text outside of a list is not an object, but this value."""

    def __init__(self, value: Any) -> None:
        super().__init__(str(value))


def items(
    text: TextIO, *, window: int = MEGABYTE, limit: int = 64 * MEGABYTE
) -> Iterator[tuple[Any, bytes]]:
    """Each item's value, and its exact text in UTF-8.

    ``window`` is how many characters are read at a time, ``limit`` how many one item may have.
    Raises ``BrokenJson``, ``NotAnObject``, and what reading ``text`` raises.
    """
    source = _Source(text, window, limit)
    first = source.peek()
    if not first:
        raise source.broken("Expected object or value")
    if first == "[":
        yield from _of_list(source)
    elif source.is_at(_BY_NUMBER):
        yield from _by_number(source)
    else:
        yield from _in_a_row(source)


def _of_list(source: _Source) -> Iterator[tuple[Any, bytes]]:
    source.skip()
    number = 0
    if source.peek() != "]":
        while True:
            yield source.item(f"item {number}")
            number += 1
            if source.peek() != ",":
                break
            source.skip()
    _close(source, "]", "list", f"item {number - 1}")


def _by_number(source: _Source) -> Iterator[tuple[Any, bytes]]:
    while True:
        source.skip()
        key, _ = source.item("the number of an item")
        if source.peek() != ":":
            raise source.broken(f"':' expected after {key!r}")
        source.skip()
        yield source.item(f"item {key}")
        if source.peek() != ",":
            break
    _close(source, "}", "object", f"item {key}")


def _close(source: _Source, end: str, whole: str, last: str) -> None:
    if source.peek() != end:
        raise source.broken(f"',' or '{end}' expected after {last}")
    source.skip()
    if source.peek():
        raise source.broken(f"more text after the end of the {whole}")


def _in_a_row(source: _Source) -> Iterator[tuple[Any, bytes]]:
    number = 0
    while source.peek():
        value, text = source.item(f"item {number}")
        if not isinstance(value, dict):
            raise NotAnObject(value)
        yield value, text
        number += 1


class _Source:
    """A window that moves over the text, and a position in it."""

    def __init__(self, text: TextIO, window: int, limit: int) -> None:
        self._text = text
        self._size = window
        self._limit = limit
        self._window = ""
        self._at = 0
        self._ended = False
        self._line = 1  # of the window's first character
        self._column = 1
        self._decode = json.JSONDecoder(
            parse_float=_finite, parse_constant=_refuse_constant
        ).raw_decode

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            match = _BLANK.match(self._window, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._more():
                return ""

    def is_at(self, pattern: re.Pattern[str]) -> bool:
        """Whether text like this comes next, in the first ``_GLANCE`` characters."""
        while len(self._window) - self._at < _GLANCE and self._more():
            pass
        return pattern.match(self._window, self._at, self._at + _GLANCE) is not None

    def skip(self) -> None:
        """Go past the character that ``peek`` gave."""
        self._at += 1

    def item(self, name: str) -> tuple[Any, bytes]:
        """The value at the position, with its text; the position goes behind it."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._window, self._at)
            except _Refused as error:
                raise self._refused(name, error) from error
            except json.JSONDecodeError as error:
                if self._more():
                    continue  # the item may only be cut off by the window
                raise self._incomplete(name, error) from error
            except RecursionError as error:
                raise self.broken(f"{name} is nested too deeply") from error
            except ValueError as error:  # an integer of more digits than Python takes
                raise self.broken(f"{name}: {error}") from error
            if end + _NUMBER_TAIL > len(self._window) and self._more():
                continue  # a number may go on
            text = self._window[self._at : end].encode()
            try:
                jsontext.check_depth(text)
            except ValueError as error:
                raise self.broken(f"{name}: {error}") from error
            self._at = end
            return value, text

    def broken(self, reason: str, at: int | None = None) -> BrokenJson:
        """The error for ``reason`` at an index of the window, or at the position."""
        before = self._window[: self._at if at is None else at]
        line = self._line + before.count("\n")
        newline = before.rfind("\n")
        column = len(before) - newline if newline >= 0 else self._column + len(before)
        return BrokenJson(f"{reason} (line {line}, column {column})")

    def _refused(self, name: str, error: _Refused) -> BrokenJson:
        found = _CONSTANT.finditer(self._window, self._at)
        at = next((match.start() for match in found if match[1]), self._at)
        return self.broken(f"{name}: {error}", at if error.constant else self._at)

    def _incomplete(self, name: str, error: json.JSONDecodeError) -> BrokenJson:
        if not self._ended:
            name += f" is broken, or longer than {self._limit} characters"
        return self.broken(f"{name}: {error.msg}", error.pos)

    def _more(self) -> bool:
        """Read on, at least as much as is held, so that a long item is not decoded too often.

        False at the end of the text, and when what is held is over the limit for one item.
        """
        held = self._window[self._at :]
        if self._ended or len(held) > self._limit:
            return False
        chunk = self._text.read(max(self._size, len(held)))
        if not chunk:
            self._ended = True
            return False
        gone = self._window[: self._at]
        newline = gone.rfind("\n")
        self._column = len(gone) - newline if newline >= 0 else self._column + len(gone)
        self._line += gone.count("\n")
        self._window = held + chunk
        self._at = 0
        return True


class _Refused(ValueError):
    """Python's decoder reads it, JSON has it not."""

    def __init__(self, reason: str, *, constant: bool) -> None:
        super().__init__(reason)
        self.constant = constant


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise _Refused(f"{digits[:40]} is out of range", constant=False)
    return number


def _refuse_constant(constant: str) -> None:
    raise _Refused(f"{constant} is not JSON", constant=True)
