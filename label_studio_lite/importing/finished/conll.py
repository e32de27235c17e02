"""CoNLL 2003: a token and its tag in a line, a blank line behind each text.

The token is in the first column, the tag in the last: ``O``, or a label behind ``B-``, ``I-``,
``L-``, ``E-``, ``S-`` or ``U-``. Texts are put together with a blank between two tokens, but for
those of scripts that are written without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from label_studio_lite.core.spans import Span
from label_studio_lite.core.tokens import is_ideograph
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.encodings import detect, opened
from label_studio_lite.importing.finished.base import Finding, Mark
from label_studio_lite.importing.finished.files import Files

_BEGIN, _GO_ON = "BSU", "ILE"
_ENDINGS = (".conll", ".txt", ".iob", ".bio", ".tsv", ".conll2003")
Row = tuple[str, str]
"""A token and its tag."""


class ConllReader:
    name = "CONLL2003"
    title = "CoNLL 2003"
    description = "Entities; text files with a token and its tag in each line."

    def findings(self, files: Files) -> Iterator[Finding]:
        names = files.ending(*_ENDINGS) or files.ending("")
        if not names:
            raise Invalid(f"there is no file with one of the endings {', '.join(_ENDINGS)}")
        for name in names:
            yield from _texts(files, name)


def _texts(files: Files, name: str) -> Iterator[Finding]:
    rows: list[Row] = []
    first = 1
    with files.open(name) as upload, opened(upload, detect(upload, ""), newline=None) as text:
        for number, line in enumerate(text, 1):
            words = line.split()
            if words and words[0] != "-DOCSTART-":
                if not rows:
                    first = number
                rows.append(_row(words, f"{name}: line {number}"))
            elif rows:
                yield _finding(rows, f"{name}: line {first}")
                rows = []
    if rows:
        yield _finding(rows, f"{name}: line {first}")


def _row(words: list[str], where: str) -> Row:
    if len(words) < 2:
        raise Invalid(f"{where}: a token and a tag are expected")
    tag = words[-1]
    if tag != "O" and not (tag[1:2] == "-" and tag[0] in _BEGIN + _GO_ON and tag[2:]):
        raise Invalid(f"{where}: {tag!r} is no tag such as O, B-PER, I-PER")
    return words[0], tag


def _finding(rows: list[Row], where: str) -> Finding:
    text, starts = _joined([token for token, _ in rows])
    marks: list[Mark] = []
    begun: tuple[int, str] | None = None  # where an entity began, and its label
    end = 0
    for (token, tag), start in zip(rows, starts, strict=True):
        label = tag[2:]
        if begun is not None and (tag[0] not in _GO_ON or label != begun[1]):
            marks.append(Mark(Span(begun[0], end), (begun[1],)))
            begun = None
        if begun is None and tag != "O":
            begun = (start, label)
        end = start + len(token)
    if begun is not None:
        marks.append(Mark(Span(begun[0], end), (begun[1],)))
    return Finding(where, "Text", text, marks=marks)


def _joined(tokens: Iterable[str]) -> tuple[str, list[int]]:
    """The text, and where each token begins in it."""
    all_tokens = list(tokens)
    pieces, starts, at = [], [], 0
    for before, token in pairwise(["", *all_tokens]):
        if before and not _touch(before, token):
            pieces.append(" ")
            at += 1
        starts.append(at)
        pieces.append(token)
        at += len(token)
    return "".join(pieces), starts


def _touch(before: str, token: str) -> bool:
    return is_ideograph(before[-1]) and is_ideograph(token[0])


CONLL2003 = ConllReader()
