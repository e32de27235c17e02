"""Cutting text into tokens, by named rules that a program elsewhere can repeat.

``words``: a run of letters, digits, their marks, and ``_`` is a token; so is every Chinese
character and Japanese kana, every other sign that is no blank, and an emoji with all that belongs
to it (skin tone, joined emoji, the other half of a flag). ``whitespace``: what stands between
blanks, as Label Studio 0.8.x did it. ``characters``: every character that is no blank.

No rule keeps blanks, so that doubled ones and line breaks shift nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum

from label_studio_lite.errors import Invalid

Token = tuple[int, int]
"""Start and end in code points."""

_PIECES = re.compile(r"\S+")
_CHARACTERS = re.compile(r"\S")
_IDEOGRAPHS = (
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x31C0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x20000, 0x323AF),
)
_FLAG_LETTERS = (0x1F1E6, 0x1F1FF)
_ATTACHED = (  # to what stands before: joiners, soft hyphens, what varies an emoji
    (0x00AD, 0x00AD),
    (0x200C, 0x200D),
    (0x20E3, 0x20E3),
    (0xFE00, 0xFE0F),
    (0x1F3FB, 0x1F3FF),
    (0xE0020, 0xE007F),
)
_JOINER = "\u200d"


class _Kind(Enum):
    BLANK = 0
    WORD = 1
    IDEOGRAPH = 2
    ATTACHED = 3
    FLAG = 4
    SIGN = 5


def tokens(text: str, rule: str) -> Iterator[Token]:
    """The tokens of a text in order. ``Invalid`` for an unknown rule."""
    found = _RULES.get(rule)
    if found is None:
        raise Invalid(f"Unknown tokenizer {rule!r}, known are {', '.join(_RULES)}")
    return found(text)


def names() -> list[str]:
    return list(_RULES)


def cut_at(found: Iterable[Token], borders: Sequence[int]) -> Iterator[Token]:
    """The same tokens, cut in two wherever one of the ascending ``borders`` is inside."""
    at = 0
    for start, end in found:
        while at < len(borders) and borders[at] <= start:
            at += 1
        inside = at
        while inside < len(borders) and borders[inside] < end:
            yield start, borders[inside]
            start = borders[inside]
            inside += 1
        yield start, end


def is_ideograph(character: str) -> bool:
    """Of a script that is written without blanks."""
    return _KINDS[character] is _Kind.IDEOGRAPH


def _words(text: str) -> Iterator[Token]:
    start, last, kind = 0, "", _Kind.BLANK
    for at, character in enumerate(text):
        new = _KINDS[character]
        goes_on = (
            (new is _Kind.WORD and kind is _Kind.WORD)
            or (new is _Kind.ATTACHED and kind is not _Kind.BLANK)
            or (last == _JOINER and new not in (_Kind.BLANK, _Kind.WORD))
            or (new is _Kind.FLAG and kind is _Kind.FLAG and at - start == 1)
        )
        if not goes_on:
            if kind is not _Kind.BLANK:
                yield start, at
            start, kind = at, new
        last = character
    if kind is not _Kind.BLANK:
        yield start, len(text)


def _whitespace(text: str) -> Iterator[Token]:
    return (match.span() for match in _PIECES.finditer(text))


def _characters(text: str) -> Iterator[Token]:
    return (match.span() for match in _CHARACTERS.finditer(text))


class _Kinds(dict[str, _Kind]):
    """The kind of each character that was met so far."""

    def __missing__(self, character: str) -> _Kind:
        self[character] = kind = _kind(character)
        return kind


_KINDS = _Kinds()


def _kind(character: str) -> _Kind:
    code = ord(character)
    if character.isspace():
        return _Kind.BLANK
    if _in(code, _ATTACHED):
        return _Kind.ATTACHED
    if _in(code, _IDEOGRAPHS):
        return _Kind.IDEOGRAPH
    if _in(code, (_FLAG_LETTERS,)):
        return _Kind.FLAG
    if character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M":
        return _Kind.WORD
    return _Kind.SIGN


def _in(code: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= code <= last for first, last in ranges)


_RULES: dict[str, Callable[[str], Iterator[Token]]] = {
    "words": _words,
    "whitespace": _whitespace,
    "characters": _characters,
}
