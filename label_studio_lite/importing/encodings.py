"""Bytes to text: which encoding a file is in, and reading it as that."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple, TextIO

from label_studio_lite.importing.streams import Borrowed
from label_studio_lite.importing.upload import MEGABYTE, Upload, failed

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# text in UTF-16 or UTF-32 without a mark shows by the zero bytes of its first, ASCII, characters
_ZEROS = (
    (re.compile(rb"[^\0]\0\0\0", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]", re.DOTALL), "utf-32-be"),
    (re.compile(rb"[^\0]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\0[^\0]", re.DOTALL), "utf-16-be"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9._-]+)", re.IGNORECASE)
# for these, without signs of a language, the Western one is the better guess
_LATIN = frozenset({"cp1250", "cp1254", "cp1257", "iso8859_2", "iso8859_4", "iso8859_10"})
_SAMPLE = 16_384  # bytes


class Encoding(NamedTuple):
    """``name`` is Python's; ``guessed`` when nothing in the file says so."""

    name: str
    guessed: bool = False

    def __str__(self) -> str:
        return f"{self.name}, a guess" if self.guessed else self.name


UTF8 = Encoding("utf-8")


def marked(head: bytes) -> str | None:
    """The encoding that the first bytes tell: a byte order mark, or the zeros of UTF-16/32."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    return next((name for zeros, name in _ZEROS if zeros.match(head)), None)


def told(upload: Upload, wanted: str) -> Encoding | None:
    """``wanted``, or what the first bytes tell; ``Invalid`` when ``wanted`` is no encoding."""
    if wanted:
        known = _known(wanted)
        if known is None:
            raise failed(upload, f"{wanted} is no known encoding")
        return Encoding("utf-8-sig" if known == "utf-8" else known)
    name = marked(upload.head())
    return Encoding(name) if name else None


def detect(upload: Upload, wanted: str, *, declared: bool = False) -> Encoding:
    """What is told, UTF-8 where the bytes are that, else a guess.

    ``declared`` also believes what markup says of itself. May read the whole stream once. Raises
    ``Invalid`` when nothing fits.
    """
    encoding = told(upload, wanted)
    if encoding is not None:
        return encoding
    wrong = not_utf8(upload.stream)
    if wrong is None:
        return UTF8
    said = _DECLARED.search(upload.head()) if declared else None
    name = _known(said[1].decode("ascii")) if said else None
    return Encoding(name) if name else Encoding(_guess(upload, wrong), guessed=True)


def not_utf8(stream: IO[bytes]) -> int | None:
    """The offset of the first byte that is not UTF-8; None when all is."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    before = 0
    while True:
        chunk = stream.read(MEGABYTE)
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return before - held + error.start
        before += len(chunk)
        if not chunk:
            return None


@contextmanager
def opened(upload: Upload, encoding: Encoding, *, newline: str | None) -> Iterator[TextIO]:
    """The upload as text from its beginning; ``newline`` as for ``open``.

    ``Invalid`` from within the block when the bytes are not what ``encoding`` says.
    """
    upload.stream.seek(0)
    buffered = io.BufferedReader(Borrowed(upload.stream), MEGABYTE)
    try:
        yield io.TextIOWrapper(buffered, encoding.name, newline=newline)
    except UnicodeError as error:
        raise failed(upload, _wrong(upload, encoding)) from error


def _wrong(upload: Upload, encoding: Encoding) -> str:
    place = not_utf8(upload.stream) if encoding.name.startswith("utf-8") else None
    at = "" if place is None else f", see byte {place}"
    return f"not text in {encoding}{at}; save it as UTF-8"


def _known(name: str) -> str | None:
    """Python's name of a text encoding; None for others."""
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except LookupError:
        return None


def _guess(upload: Upload, wrong: int) -> str:
    """From the text around the first byte that is not UTF-8."""
    from charset_normalizer import from_bytes  # slow to import

    start = max(0, wrong - _SAMPLE // 8)
    upload.stream.seek(start)
    matches = from_bytes(upload.stream.read(_SAMPLE))
    best = matches.best()
    if best is None:
        raise failed(upload, f"not text in UTF-8 (byte {wrong}), nor in a known other encoding")
    equals = (m for m in matches if (m.chaos, m.coherence) == (best.chaos, best.coherence))
    usual = any("cp1252" in match.could_be_from_charset for match in equals)
    if usual or (best.encoding in _LATIN and not best.coherence):
        return "cp1252"
    return best.encoding
