"""What the text offsets of a result count, and how results are made to fit the other editor.

The classic editor counts UTF-16 units in ``Text``, the modern one Unicode code points; after a
character beyond U+FFFF the two differ. Offsets in ``Paragraphs`` and ``HyperText`` count UTF-16
units in both. The labels of ``HyperTextLabels`` stand under ``htmllabels`` in the classic editor
(and in 0.8.x) and under ``hypertextlabels`` in the modern one. All of this was measured with both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json

Units = Literal["utf16", "codepoints"]
Build = Literal["classic", "modern"]

COUNTED_BY: dict[Build, Units] = {"classic": "utf16", "modern": "codepoints"}
"""What each editor counts in ``Text``."""

_HTML_KEYS: dict[Build, str] = {"classic": "htmllabels", "modern": "hypertextlabels"}


def has_pairs(text: str) -> bool:
    """Whether a character of ``text`` takes two UTF-16 units."""
    return not text.isascii() and max(text, default="") > "\uffff"


def to_codepoints(text: str, offset: int) -> int:
    """A UTF-16 offset as code points; one inside a surrogate pair moves to its start."""
    if not has_pairs(text):
        return offset
    units = 0
    for points, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > offset:
            return points
    return len(text) + (offset - units)  # beyond the end: as far beyond as it was


def to_utf16(text: str, offset: int) -> int:
    """A code point offset as UTF-16 units."""
    if not has_pairs(text):
        return offset
    return offset + sum(character > "\uffff" for character in text[:offset])


def convert_offset(text: str, offset: int, to: Units) -> int:
    """An offset in the other units, as ``to``."""
    return to_codepoints(text, offset) if to == "codepoints" else to_utf16(text, offset)


def slice_of(text: str, start: int, end: int, units: Units) -> str:
    """The part of ``text`` that offsets in these units mark."""
    if units == "utf16":
        start, end = to_codepoints(text, start), to_codepoints(text, end)
    return text[max(start, 0) : max(end, 0)]


@dataclass(slots=True)
class Conversion:
    """Rewrites results for another editor and counts what it did.

    ``unknown`` counts regions whose text is not in the task (it is at an address), so that their
    offsets could not be converted; they stay as they are.
    """

    config: LabelConfig
    build: Build
    units: Units
    offsets: int = field(default=0)
    labels: int = field(default=0)
    unknown: int = field(default=0)

    def apply(self, result: Sequence[Any], data: Json, *, told: bool = True) -> list[Any]:
        """The result of one completion or prediction; regions that need nothing are the same
        objects, and anything that is not understood is passed through.

        ``told`` is whether the offsets are known to count the other unit; where they are not,
        only those are moved whose text fits the other unit alone.
        """
        return [self._region(region, data, told) for region in result]

    def _region(self, region: Any, data: Json, told: bool) -> Any:
        if not isinstance(region, dict) or not isinstance(region.get("value"), dict):
            return region
        if region.get("type") == "hypertextlabels":
            return self._html_labels(region)
        span = self._span(region)
        if span is None:
            return region
        text = self._text(region, data)
        if text is None:
            self.unknown += 1
            return region
        return self._moved(region, text, *span, told)

    def _html_labels(self, region: Json) -> Json:
        old = _HTML_KEYS["modern" if self.build == "classic" else "classic"]
        new = _HTML_KEYS[self.build]
        value = region["value"]
        if old not in value or new in value:
            return region
        self.labels += 1
        renamed = {new if key == old else key: item for key, item in value.items()}
        return {**region, "value": renamed}

    def _span(self, region: Json) -> tuple[int, int] | None:
        """The offsets of a region of a ``Text``; None for any other region."""
        labeled = self.config.objects.get(str(region.get("to_name")))
        value = region["value"]
        start, end = _number(value.get("start")), _number(value.get("end"))
        if labeled is None or labeled.tag != "Text" or start is None or end is None:
            return None
        return start, end

    def _text(self, region: Json, data: Json) -> str | None:
        labeled = self.config.objects[str(region["to_name"])]
        if labeled.data_key is None:
            return labeled.value
        if labeled.value_type == "url":
            return None
        text = data.get(labeled.data_key)
        return str(text) if isinstance(text, (str, int, float)) else None

    def _moved(self, region: Json, text: str, start: int, end: int, told: bool) -> Json:
        """Told apart by the marked text, where the region has it: what fits already stays."""
        marked = region["value"].get("text")
        other: Units = "utf16" if self.units == "codepoints" else "codepoints"
        fits = slice_of(text, start, end, self.units) == marked
        fits_other = slice_of(text, start, end, other) == marked
        if fits != fits_other:
            told = fits_other
        if not told:
            return region
        new = {
            "start": convert_offset(text, start, self.units),
            "end": convert_offset(text, end, self.units),
        }
        if (new["start"], new["end"]) == (start, end):
            return region
        self.offsets += 1
        as_text = {key: isinstance(region["value"][key], str) for key in new}
        moved = {key: str(at) if as_text[key] else at for key, at in new.items()}
        return {**region, "value": {**region["value"], **moved}}


def _number(value: Any) -> int | None:
    """A whole number, also one that was stored as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None
