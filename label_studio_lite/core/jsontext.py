"""JSON text, fast where possible and forgiving where old files need it.

msgspec reads and writes nearly everything. Two things that Python's own ``json`` accepts, and
that files written by Label Studio 0.8.x may therefore hold, it refuses: ``NaN``/``Infinity`` and
escaped lone surrogates. :func:`loads` falls back for those, and :func:`dumps` writes surrogates
back as escapes.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

MAX_DEPTH = (
    128  # of what comes from outside; Python's own limit is far above, for all that follows
)
_OPENING = b"[" * (MAX_DEPTH + 1)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)

_NON_ASCII = re.compile("[^\x00-\x7f]")


def loads(text: bytes | str, *, lenient: bool = False) -> Any:
    """Any JSON value; ``ValueError`` when ``text`` is not JSON (not UTF-8 included).

    ``lenient`` is for files that 0.8.x wrote: ``NaN`` and the infinities, also those that are
    written as a number (``1e400``), are read as None.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        try:
            if lenient:
                return json.loads(text, parse_constant=_none, parse_float=_float_or_none)
            return json.loads(text, parse_constant=_refuse, parse_float=_finite)
        except RecursionError:
            raise ValueError("JSON is nested too deeply") from error


def check_depth(text: bytes) -> None:
    """``ValueError`` for JSON that is nested more than ``MAX_DEPTH`` deep.

    For text from outside that is to be stored: it must be possible to read, walk through and
    write it ever after. Costs a fraction of parsing.
    """
    if _is_deep(text) and _is_deep(_STRINGS.sub(b"", text)):
        raise ValueError(f"JSON is nested more than {MAX_DEPTH} deep")


def _is_deep(text: bytes) -> bool:
    """Brackets in strings count, too."""
    left = text.translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        if _OPENING in left:
            return True
        if b"[]" not in left:
            return False
        left = left.replace(b"[]", b"")  # the innermost ones
    return b"[]" in left


def dumps(value: Any, *, sort_keys: bool = False) -> bytes:
    """Compact JSON in UTF-8, keys in their given order unless they are to be sorted."""
    try:
        return msgspec.json.encode(value, order="sorted" if sort_keys else None)
    except UnicodeEncodeError:  # a lone surrogate: only its escape can be written
        return json.dumps(value, separators=(",", ":"), sort_keys=sort_keys).encode()


def compact(text: bytes) -> bytes:
    """The same JSON text without blanks and line breaks around its parts."""
    return msgspec.json.format(text, indent=-1)


def one_line(text: bytes) -> bytes:
    """JSON text that is known to be valid, without line breaks; what it says stays as written.

    Strings hold no line break, only its escape, so each one goes with the blanks around it.
    """
    if b"\n" not in text and b"\r" not in text:
        return text
    return b"".join(map(bytes.strip, text.splitlines()))


def indented(value: Any, indent: int) -> bytes:
    """JSON with ``indent`` blanks a level."""
    text = dumps(value)
    try:
        return msgspec.json.format(text, indent=indent)
    except msgspec.DecodeError:  # the escape of a lone surrogate
        return json.dumps(value, indent=indent).encode()


def pretty(value: Any, *, sort_keys: bool = False) -> bytes:
    """JSON indented by two, in pure ASCII, as 0.8.x writes ``completions/*.json``."""
    try:
        text = msgspec.json.encode(value, order="sorted" if sort_keys else None)
    except UnicodeEncodeError:
        return json.dumps(value, indent=2, sort_keys=sort_keys).encode()
    return ascii_only(msgspec.json.format(text, indent=2))


def ascii_only(text: bytes) -> bytes:
    """The same JSON text with every character beyond ASCII written as ``\\uXXXX``."""
    if text.isascii():
        return text
    return _NON_ASCII.sub(_escape, text.decode()).encode("ascii")


def _none(_constant: str) -> None:
    return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"the number {number} is too large")
    return value


def _float_or_none(number: str) -> float | None:
    value = float(number)
    return None if math.isinf(value) else value


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 | code >> 10:04x}\\u{0xDC00 | code & 0x3FF:04x}"
