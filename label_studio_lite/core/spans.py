"""Where a region of text begins and ends, in code points of the stored text."""

from __future__ import annotations

from typing import Any, NamedTuple

from label_studio_lite.core.label_config import LabelConfig, ObjectTag
from label_studio_lite.core.model import Json
from label_studio_lite.core.offsets import Units, has_pairs, slice_of, to_codepoints


class Span(NamedTuple):
    """Code points of a text, ``0 <= start < end <= len(text)``."""

    start: int
    end: int


class NoSpan(ValueError):
    """The region marks no part of the text; the text says why."""


def region_span(text: str, region: Json, declared: Units) -> Span:
    """What a region of ``text`` marks. Raises ``NoSpan``.

    ``declared`` is what the project's offsets count. Where the region's own ``text`` fits the
    other unit and not this one, that decides: results may come from another editor.
    """
    value = region.get("value")
    found = _number(value, "start"), _number(value, "end")
    start, end = found
    if start is None or end is None or not isinstance(value, dict):
        raise NoSpan("it has no start and end")
    if has_pairs(text) and _units(text, start, end, value.get("text"), declared) == "utf16":
        start, end = to_codepoints(text, start), to_codepoints(text, end)
    if start >= end:
        raise NoSpan(f"it marks nothing ({found[0]} to {found[1]})")
    if start < 0 or end > len(text):
        raise NoSpan(f"it goes beyond the text ({found[0]} to {found[1]})")
    return Span(start, end)


def text_of(object_tag: ObjectTag, data: Json) -> str | None:
    """The text that a ``Text`` tag shows; None where it is not in the task (at an address)."""
    if object_tag.data_key is None:
        return object_tag.value
    if object_tag.value_type == "url":
        return None
    text = data.get(object_tag.data_key)
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        return None
    return str(text)


def in_codepoints(region: Json, data: Json, config: LabelConfig, declared: Units) -> Json:
    """A region of a ``Text`` with its offsets in code points; any other region as it is."""
    labeled = config.objects.get(str(region.get("to_name")))
    if labeled is None or labeled.tag != "Text":
        return region
    text = text_of(labeled, data)
    if text is None or not has_pairs(text):
        return region
    try:
        span = region_span(text, region, declared)
    except NoSpan:
        return region
    return {**region, "value": {**region["value"], "start": span.start, "end": span.end}}


def _units(text: str, start: int, end: int, marked: Any, declared: Units) -> Units:
    if not isinstance(marked, str) or slice_of(text, start, end, declared) == marked:
        return declared
    other: Units = "utf16" if declared == "codepoints" else "codepoints"
    return other if slice_of(text, start, end, other) == marked else declared


def _number(value: Any, key: str) -> int | None:
    """A whole number, also one that an old editor stored as text."""
    found = value.get(key) if isinstance(value, dict) else None
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 10:
        return int(found)
    if isinstance(found, float) and found.is_integer():
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
