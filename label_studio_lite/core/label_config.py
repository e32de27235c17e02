"""What a label config declares: the objects to label, the controls to label them with.

``parse`` reads any XML that is safe to read, so that an odd old config still opens; whether a
config is good to work with is asked of :mod:`.config_checks`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from label_studio_lite.core.tags import Tag, read
from label_studio_lite.errors import LabelConfigInvalid

_LABEL_TAGS = frozenset({"Label", "Choice"})
_NEVER_CONTROLS = frozenset({"Filter"})
_PATH_STEP = re.compile(r"[.\[]")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")
_MOST_PARTS, _LONGEST_NAME = 3, 200  # so that matching stays quick whatever the names are


@dataclass(frozen=True, slots=True)
class ObjectTag:
    """Something to label. ``data_key`` is the key of task data that it shows, None for a constant.

    ``value`` is the attribute as written (``$image``), ``value_type`` its ``valueType``.
    """

    name: str
    tag: str
    value: str
    data_key: str | None
    value_type: str | None


@dataclass(frozen=True, slots=True)
class Control:
    """Something to label with.

    ``labels`` maps what completions store for a label (its alias, else its value) to the
    attributes of its tag, in document order. ``dynamic`` controls take labels from task data too.
    """

    name: str
    tag: str
    to_names: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    attributes: Mapping[str, str]

    @property
    def dynamic(self) -> bool:
        written_in_config = (attributes.get("value", "") for attributes in self.labels.values())
        return (
            "apiUrl" in self.attributes
            or _dollar(self.attributes.get("value")) is not None
            or any(value.startswith("$") for value in written_in_config)
        )


@dataclass(frozen=True, eq=False)
class LabelConfig:
    """A parsed label config. ``xml`` is the text as given; ``line`` see :class:`.tags.Source`."""

    xml: str
    line: str
    root: Tag
    comments: tuple[str, ...]

    @cached_property
    def objects(self) -> Mapping[str, ObjectTag]:
        """Tags with a name and a value that label nothing else, by name."""
        return MappingProxyType({found.name: found for found in _objects(self.root)})

    @cached_property
    def controls(self) -> Mapping[str, Control]:
        """Tags with a name and a ``toName``, by name."""
        return MappingProxyType({found.name: found for found in _controls(self.root)})

    @cached_property
    def data_tags(self) -> Mapping[str, Tag]:
        """``{data key: tag}`` by 0.8.x's rule: every tag with ``value="$key"``; the last wins."""
        keyed = ((_dollar(tag.attributes.get("value")), tag) for tag in self.root.walk())
        return MappingProxyType({key: tag for key, tag in keyed if key is not None})

    @property
    def data_types(self) -> dict[str, str]:
        """``{data key: tag name}``, as 0.8.x answers it."""
        return {key: tag.name for key, tag in self.data_tags.items()}

    @cached_property
    def data_keys(self) -> tuple[str, ...]:
        """The keys that the data of every task must have.

        Those of ``data_tags``, and what newer editors read through ``valueList`` and
        ``<Repeater on>``. A path (``a.b``, ``a[0]``) needs its first key, see :func:`has_key`.
        """
        keys = list(self.data_tags)
        for tag in self.root.walk():
            keys += (_dollar(tag.attributes.get(name)) or "" for name in ("valueList", "on"))
        return tuple(dict.fromkeys(key for key in keys if key))

    def control(self, from_name: str) -> Control | None:
        """The control that made a region; a ``Repeater`` numbers the names inside it."""
        found = self.controls.get(from_name)
        if found is not None:
            return found
        return next((c for c in self.controls.values() if _stands_for(c.name, from_name)), None)

    def accepts(self, from_name: str, to_name: str, type_: str) -> bool:
        """Whether a region with these names and this type belongs to this config."""
        control = self.control(from_name)
        if control is not None and _fits(control.tag, type_):
            return any(name == to_name or _stands_for(name, to_name) for name in control.to_names)
        labels_itself = self.objects.get(from_name) if from_name == to_name else None
        return labels_itself is not None and _fits(labels_itself.tag, type_)

    def parsed(self) -> dict[str, Any]:
        """Label Studio 1.x's ``parsed_label_config``: ``{control: {type, to_name, inputs, labels,
        labels_attrs}}``."""
        return {name: self._parsed_control(control) for name, control in self.controls.items()}

    def _parsed_control(self, control: Control) -> dict[str, Any]:
        inputs = [self.objects[name] for name in control.to_names if name in self.objects]
        return {
            "type": control.tag,
            "to_name": list(control.to_names),
            "inputs": [
                {"type": o.tag, "valueType": o.value_type, "value": o.value.lstrip("$")}
                for o in inputs
            ],
            "labels": list(control.labels),
            "labels_attrs": {label: dict(attrs) for label, attrs in control.labels.items()},
        }


def parse(xml: object) -> LabelConfig:
    """``LabelConfigInvalid`` with one message when ``xml`` is not text, not XML, or not safe."""
    if not isinstance(xml, str):
        raise LabelConfigInvalid(["can only parse strings"])
    source = read(xml)
    return LabelConfig(xml, source.line, source.root, source.comments)


def has_key(keys: Collection[str], key: str) -> bool:
    """Whether data with ``keys`` can hold ``key``: literally (0.8.x), or as a path into one."""
    return key in keys or first_key(key) in keys


def first_key(key: str) -> str:
    """``images`` for ``images[0].url``."""
    return _PATH_STEP.split(key, maxsplit=1)[0]


def list_index(step: str) -> int:
    """``3`` for the step ``3`` of a path; for one that is no sensible index, beyond any list."""
    return int(step) if step.isdecimal() and len(step) < 10 else sys.maxsize


def _objects(root: Tag) -> Iterator[ObjectTag]:
    for tag in root.walk():
        attributes = tag.attributes
        value = attributes.get("value") or attributes.get("valueList") or attributes.get("data")
        name = attributes.get("name")
        if name is None or not value or attributes.get("toName", name) != name:
            continue
        yield ObjectTag(name, tag.name, value, _dollar(value), attributes.get("valueType"))


def _controls(root: Tag) -> Iterator[Control]:
    for tag in root.walk():
        attributes = tag.attributes
        if tag.name in _NEVER_CONTROLS or not {"name", "toName"} <= attributes.keys():
            continue
        to_names = tuple(name.strip() for name in attributes["toName"].split(","))
        labels = MappingProxyType(dict(_labels(tag)))
        yield Control(attributes["name"], tag.name, to_names, labels, attributes)


def _labels(control: Tag) -> Iterator[tuple[str, Mapping[str, str]]]:
    for tag in control.walk():
        label = tag.attributes.get("alias") or tag.attributes.get("value")
        if tag.name in _LABEL_TAGS and label is not None:
            yield label, tag.attributes


def _dollar(value: str | None) -> str | None:
    """The data key that a value such as ``$image`` names."""
    return value[1:] if value is not None and value.startswith("$") and len(value) > 1 else None


def _fits(tag: str, type_: str) -> bool:
    """The type of a region is its control's tag in lower case; ``Chat`` alone adds to it."""
    return type_ == tag.lower() or (tag == "Chat" and type_ == "chatmessage")


def _stands_for(name: str, actual: str) -> bool:
    """Whether ``page_{{idx}}``, a name inside a ``Repeater``, stands for ``page_3``."""
    parts = [re.escape(part) for part in _PLACEHOLDER.split(name)]
    if not 1 < len(parts) <= _MOST_PARTS or len(actual) > _LONGEST_NAME:
        return False
    return re.fullmatch(r"\d+".join(parts), actual) is not None
