"""The XML of a label config, read safely into plain values.

No DTD, no entities, nothing fetched, limits on size, depth and number of tags. lxml is asked once
for each config; what is kept of it is a small immutable tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast

from lxml import etree

from label_studio_lite.errors import LabelConfigInvalid

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
MAX_TAGS = 20_000

_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]*?\?>")
_BLANKS = re.compile(r"\s+")
_LINE_BREAK_BETWEEN_WORDS = re.compile(r"(?<=[^\s<>])[\r\n]+(?=[^\s<>])")


@dataclass(frozen=True, slots=True)
class Tag:
    """One element: its name as written, its attributes, its child elements in order.

    ``line`` is where it begins in the text, counting from 1; 0 where nobody knows.
    """

    name: str
    attributes: Mapping[str, str]
    children: tuple[Tag, ...] = ()
    line: int = field(default=0, compare=False)

    def walk(self) -> Iterator[Tag]:
        """This tag and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Source:
    """A label config as read: the tree, the text of its comments, and the text on one line.

    ``line`` is 0.8.x's ``label_config_line``: the XML without line breaks; a config with comments
    is written anew without them, every tag with an end tag.
    """

    root: Tag
    comments: tuple[str, ...]
    line: str


def read(xml: str) -> Source:
    """``LabelConfigInvalid`` for what is not XML, not safe to read or too large."""
    text = _without_declaration(xml.removeprefix("\ufeff"))
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise _invalid("The label config is not valid Unicode: it has a lone surrogate") from None
    if len(data) > MAX_BYTES:
        raise _invalid(f"The label config has {len(data)} bytes, more than {MAX_BYTES}")
    if _has_doctype(text):
        raise _invalid("A label config may not have a DOCTYPE")
    element = _parse(data)
    if element.getroottree().docinfo.internalDTD is not None:  # should the look ahead miss one
        raise _invalid("A label config may not have a DOCTYPE")
    comments = tuple(_comments(element))
    root = _Reader().tag(element, depth=1)
    return Source(root, comments, _on_one_line(_serialised(element) if comments else text))


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _invalid(str(error).replace("\n", "")) from error


def _comments(element: etree._Element) -> Iterator[str]:
    """The text of every comment in document order, those around the root element included."""
    before = reversed(list(element.itersiblings(etree.Comment, preceding=True)))
    for node in (*before, *element.iter(etree.Comment), *element.itersiblings(etree.Comment)):
        yield node.text or ""


class _Reader:
    """Turns lxml's elements into tags and counts them."""

    def __init__(self) -> None:
        self._count = 0

    def tag(self, element: etree._Element, depth: int) -> Tag:
        self._count += 1
        if depth > MAX_DEPTH:
            raise _invalid(f"The tags are nested more than {MAX_DEPTH} deep")
        if self._count > MAX_TAGS:
            raise _invalid(f"The label config has more than {MAX_TAGS} tags")
        attributes = {str(key): str(value) for key, value in element.attrib.items()}
        children = tuple(
            self.tag(child, depth + 1)
            for child in element
            if isinstance(child.tag, str)  # comments and the like have a function here
        )
        line = cast("int | None", element.sourceline) or 0  # the stubs take it for a method
        return Tag(str(element.tag), MappingProxyType(attributes), children, line)


def _without_declaration(xml: str) -> str:
    """The text is decoded already, so that an encoding declared in it says nothing.

    Line breaks are kept, for the line numbers of error messages.
    """
    declaration = _DECLARATION.match(xml)
    if declaration is None:
        return xml
    return "\n" * declaration[0].count("\n") + xml[declaration.end() :]


def _has_doctype(text: str) -> bool:
    """Whether a DOCTYPE comes before the first tag, where alone XML allows it."""
    at = 0
    while True:
        at = _end_of_blanks(text, at)
        if text.startswith("<!--", at):
            closing = "-->"
        elif text.startswith("<?", at):
            closing = "?>"
        else:
            return text[at : at + 9].upper() == "<!DOCTYPE"
        end = text.find(closing, at)
        if end < 0:
            return False
        at = end + len(closing)


def _end_of_blanks(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return at if blanks is None else blanks.end()


def _serialised(element: etree._Element) -> str:
    etree.strip_elements(element, etree.Comment, with_tail=False)
    for node in element.iter():
        if len(node) == 0 and not node.text and isinstance(node.tag, str):
            node.text = ""  # makes lxml write an end tag
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _on_one_line(text: str) -> str:
    """0.8.x only drops line breaks, which glues attributes of a tag that is written over several
    unindented lines; there a blank takes their place."""
    spaced = _LINE_BREAK_BETWEEN_WORDS.sub(" ", text)
    return spaced.replace("\r", "").replace("\n", "")


def _invalid(message: str) -> LabelConfigInvalid:
    return LabelConfigInvalid([message])
