"""From marks to the regions of a label config."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from label_studio_lite.core.geometry import Size
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json
from label_studio_lite.core.offsets import Conversion, Units, to_utf16
from label_studio_lite.core.shapes import value_of
from label_studio_lite.core.spans import Span
from label_studio_lite.importing.finished.base import Chosen, Finding, Mark
from label_studio_lite.importing.finished.needs import TAGS, Place, place_of

_SAID_KEYS = {"Choices": "choices", "TextArea": "text", "Rating": "rating", "Number": "number"}


def regions(finding: Finding, config: LabelConfig, units: Units) -> list[Json]:
    """The marks of a finding; a label config that :meth:`Needs.missing` finds nothing of has them.

    Text offsets are written in ``units``.
    """
    found = []
    for at, mark in enumerate(finding.marks):
        place = place_of(config, finding.object_tag, TAGS[type(mark.what)], mark.labels)
        assert place is not None
        region = {"id": f"{at + 1}", **_region(mark, place, finding, units)}
        found += [region, *_said(mark, region, config)]
    return found


def settled(finding: Finding, done: Json, conversion: Conversion) -> Json:
    """A ready completion or prediction of a finding for the project's editor."""
    result = done.get("result")
    if not isinstance(result, list):
        return done
    told = finding.units is not None and finding.units != conversion.units
    return {**done, "result": conversion.apply(result, finding.data, told=told)}


def _region(mark: Mark, place: Place, finding: Finding, units: Units) -> Json:
    type_ = place.tag.lower()
    head = {"from_name": place.from_name, "to_name": place.to_name, "type": type_}
    labels = list(mark.labels)
    if isinstance(mark.what, Chosen):
        return {**head, "value": {"choices": labels}}
    if isinstance(mark.what, Span):
        start, end = mark.what
        text = finding.text[start:end]
        if units == "utf16":
            start, end = to_utf16(finding.text, start), to_utf16(finding.text, end)
        return {**head, "value": {"start": start, "end": end, "text": text, "labels": labels}}
    value = {**value_of(mark.what), type_: labels}
    return {**head, "value": value, **_sizes(finding.size)}


def _sizes(size: Size | None) -> Json:
    if size is None:
        return {}
    return {"original_width": size.width, "original_height": size.height, "image_rotation": 0}


def _said(mark: Mark, region: Json, config: LabelConfig) -> Iterator[Json]:
    """What was said of it, where the label config has a control of that name."""
    for name, said in mark.said.items():
        control = config.controls.get(name)
        key = _SAID_KEYS.get(control.tag) if control is not None else None
        if control is None or key is None or region["to_name"] not in control.to_names:
            continue
        as_list = control.tag in ("Choices", "TextArea") and not isinstance(said, list)
        value: Any = [said] if as_list else said
        yield {
            "id": region["id"],
            "from_name": name,
            "to_name": region["to_name"],
            "type": control.tag.lower(),
            "value": {**region["value"], key: value},
            **{k: v for k, v in region.items() if k.startswith(("original_", "image_"))},
        }
