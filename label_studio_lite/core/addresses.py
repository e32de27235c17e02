"""Addresses in task data: which sites media come from, and media of our own server.

A page may only load from sites that the user's own tasks name, so they are looked for where a
browser would load them: values that are an address as a whole, and ``src`` in HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from label_studio_lite.core.label_config import LabelConfig

# object tags whose value is an address; others say so with valueType="url"
_MEDIA = frozenset({"Audio", "AudioPlus", "Bucket", "Image", "Pdf", "Video"})
_WHOLE = re.compile(r"(?:https?:)?//[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)
_IN_HTML = re.compile(r"""\b(?:src|data|poster)\s*=\s*["']?((?:https?:)?//[^\s"'>]+)""", re.I)
_SITE = re.compile(r"(https?:)?//(?:[^\s/?#@]*@)?([^\s/?#@]+)", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?")
_LOCAL = re.compile(r"/(?:data|static|samples|upload)/")
_LONGEST = 1_000_000  # characters of HTML that are looked through


def sites_of(data: Any) -> set[str]:
    """``https://host:port`` of everything that showing this data would load; without a scheme
    where the data has none."""
    return {site for address in _addresses(data) if (site := _site(address)) is not None}


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _addresses(item)
    elif isinstance(value, list):
        for item in value:
            yield from _addresses(item)
    elif isinstance(value, str) and "//" in value:
        if _WHOLE.fullmatch(value.strip()):
            yield value.strip()
        elif "<" in value:
            yield from _IN_HTML.findall(value[:_LONGEST])


def _site(address: str) -> str | None:
    """None for what is no host that a policy could name."""
    match = _SITE.match(address)
    if match is None or not _HOST.fullmatch(match[2].lower()):
        return None
    return f"{(match[1] or '').lower()}//{match[2].lower()}" if match[1] else match[2].lower()


def relative(data: Any, config: LabelConfig) -> Any:
    """The same data with media of our own server (``/data/…``) addressed relative to a page.

    So they are found under any prefix that a proxy or a workspace of many puts in front. Only
    values that a tag loads are touched, never texts.
    """
    if not isinstance(data, dict):
        return data
    media = {key for key, tag in config.data_tags.items() if _loads(tag.name, tag.attributes)}
    lists = {
        tag.attributes["valueList"][1:]
        for tag in config.root.walk()
        if "valueList" in tag.attributes
    }
    return {key: _moved(item) if key in media | lists else item for key, item in data.items()}


def _loads(tag: str, attributes: Any) -> bool:
    return tag in _MEDIA or attributes.get("valueType") == "url"


def _moved(value: Any) -> Any:
    if isinstance(value, list):
        return [_moved(item) for item in value]
    return f".{value}" if isinstance(value, str) and _LOCAL.match(value) else value
