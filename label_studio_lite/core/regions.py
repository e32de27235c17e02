"""What a region (one item of a completion's ``result``) says, whoever wrote it.

Shape: ``{"id": str?, "from_name": str, "to_name": str, "type": str, "value": {…}}``. The labels of
a region are under the key of its type: ``{"type": "choices", "value": {"choices": ["A"]}}``.
Relations have neither names nor a value: ``{"type": "relation", "from_id": …, "to_id": …}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from label_studio_lite.core.model import Json

EXEMPT_TYPES = frozenset({"relation", "rating", "pairwise"})
"""Types whose regions say nothing about the labels and controls of a config (0.8.x's rule)."""

_LABEL_LISTS = frozenset({"choices", "taxonomy"})
_SHAPES = frozenset({"rectangle", "ellipse", "polygon", "keypoint", "brush", "videorectangle"})


def triple(region: Any) -> tuple[str, str, str] | None:
    """``(from_name, to_name, type)``; None for exempt types and for damaged regions."""
    if not isinstance(region, dict):
        return None
    names = region.get("from_name"), region.get("to_name"), region.get("type")
    if any(not isinstance(name, str) for name in names) or names[2] in EXEMPT_TYPES:
        return None
    return str(names[0]), str(names[1]), str(names[2])


def labels_key(region: Json) -> str | None:
    """The key of ``value`` that lists the region's labels; None where its type has none.

    0.8.x's editor writes the labels of ``hypertextlabels`` regions under ``htmllabels``.
    """
    type_, value = region.get("type"), region.get("value")
    if not isinstance(type_, str) or not isinstance(value, dict):
        return None
    if not (type_.endswith("labels") or type_ in _LABEL_LISTS):
        return None
    if type_ == "hypertextlabels" and type_ not in value and "htmllabels" in value:
        return "htmllabels"
    return type_


def labels_of(region: Json) -> Iterator[str]:
    """The labels that a region uses; for a taxonomy every step of every path."""
    key = labels_key(region)
    stored = region["value"].get(key) if key is not None else None
    for item in stored if isinstance(stored, list) else [stored]:
        for label in item if isinstance(item, list) else [item]:
            if isinstance(label, str):
                yield label


def is_shape(region: Any) -> bool:
    """Whether the region itself marks a place (a box, a span…), rather than describing one."""
    type_ = region.get("type") if isinstance(region, dict) else None
    return isinstance(type_, str) and (type_ in _SHAPES or type_.endswith("labels"))


def fault_of(region: Any) -> str | None:
    """Why a region may not be stored, None if it may.

    0.8.2 stored anything here, and then could not open the project again.
    """
    if not isinstance(region, dict):
        return "must be an object"
    if region.get("type") == "relation":
        return None
    if not isinstance(region.get("value"), dict):
        return '"value" must be an object'
    for name in ("from_name", "to_name", "type"):
        if not _is_name(region.get(name), or_names=name == "to_name"):
            return f'"{name}" must be a string'
    key = labels_key(region)
    if key in region["value"] and not _are_labels(region["value"][key]):
        return f'"{key}" must be a list of strings'
    return None


def _is_name(value: Any, *, or_names: bool) -> bool:
    """A region may lack a name; one that compares objects may have a list of theirs."""
    if isinstance(value, list):
        return or_names and _is_text_or_texts(value)
    return value is None or isinstance(value, str)


def _are_labels(stored: Any) -> bool:
    """One label, a list of labels, or a taxonomy's list of paths."""
    if isinstance(stored, list):
        return all(_is_text_or_texts(item) for item in stored)
    return isinstance(stored, str)


def _is_text_or_texts(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, str)
