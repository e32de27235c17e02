"""HTML and XML: the whole file is one task, its white space collapsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from label_studio_lite.core.model import RawTask
from label_studio_lite.errors import TooLarge
from label_studio_lite.importing.encodings import detect, opened
from label_studio_lite.importing.upload import ReadOptions, Upload

# matched apart, since one expression for both takes quadratic time for an unclosed tag
_TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(r"<([A-Za-z][^\s/>]*)")
_PLAIN = {  # ends of elements in which white space counts
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in ("pre", "textarea", "script", "style")
}
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def read(upload: Upload, options: ReadOptions) -> Iterator[RawTask]:
    """One task. Raises ``TooLarge`` for a page over ``max_item_bytes``."""
    encoding = detect(upload, options.encoding, declared=True)
    limit = options.max_item_bytes
    with opened(upload, encoding, newline="") as text:
        page = text.read(limit + 1)
    if len(page) > limit:
        raise TooLarge(f"{upload.name} is longer than {limit} characters")
    yield RawTask({"data": {options.text_key: collapse(page)}}, None, upload.name)


def collapse(page: str) -> str:
    """Every run of white space between tags becomes one blank; none at either end.

    0.8.2 also drops blanks that separate words (``<b>a</b> <i>b</i>``) and the quotes of
    attributes; we do not, since a blank there is seen and may be labeled.
    """
    parts: list[str] = []
    end = 0
    while (start := page.find("<", end)) >= 0:
        parts.append(_BLANKS.sub(" ", page[end:start]))
        end = _end_of_kept(page, start)
        parts.append(page[start:end])
    parts.append(_BLANKS.sub(" ", page[end:]))
    return "".join(parts).strip(" ")


def _end_of_kept(page: str, start: int) -> int:
    """Where the comment, tag or plain element that begins at ``start`` ends.

    A tag with a quote left open ends at the next ``>``, all else unclosed with the page.
    """
    if page.startswith("<!--", start):
        return _behind(page, "-->", start)
    if page.startswith("<![CDATA[", start):
        return _behind(page, "]]>", start)
    if not page[start + 1 : start + 2].strip(" \t\r\n=<0123456789"):
        return start + 1  # a sign in the text: "a < b"
    tag = _TAG.match(page, start)
    if tag is None:
        return _behind(page, ">", start)
    name = _NAME.match(page, start)
    closing = _PLAIN.get(name[1].lower()) if name else None
    if closing is None:
        return tag.end()
    found = closing.search(page, tag.end())
    return found.end() if found else len(page)


def _behind(page: str, closing: str, start: int) -> int:
    found = page.find(closing, start)
    return len(page) if found < 0 else found + len(closing)
