"""Whether a label config is good to work with: the seven checks of 0.8.x and their texts.

The first, that it is XML at all, is :func:`.label_config.parse`. The others raise
``LabelConfigInvalid`` with one message for each fault that one check finds. Texts that clients
of 0.8.x know are kept word for word; where 0.8.2 printed an accident of its code, ours name the
fault. :func:`faults` finds the same and says in which line, for those who write a config.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import NamedTuple

from label_studio_lite.core.label_config import LabelConfig, has_key
from label_studio_lite.core.tags import Tag
from label_studio_lite.core.usage import Orphan, Usage, orphans
from label_studio_lite.errors import LabelConfigInvalid

_LABEL_LISTS = {"Labels": "Label", "Choices": "Choice"}
_MOST_MESSAGES = 20
_OBJECTS = frozenset({"Image", "Text", "HyperText"})


_LINE = re.compile(
    r"(?:, line \d+, column \d+)? \(<string>, line (\d+)\)|, line (\d+), column \d+"
)


class Fault(NamedTuple):
    """What is wrong with a config; ``line`` counts from 1, None when it is no single place."""

    message: str
    line: int | None = None


def check(config: LabelConfig) -> None:
    """Checks 2 to 5: structure, unique names, known names, names of objects."""
    for find in _CHECKS:
        _refuse([fault.message for fault in islice(find(config), _MOST_MESSAGES)])


def faults(config: LabelConfig) -> list[Fault]:
    """What :func:`check` would refuse, of all its checks at once, in the order of lines."""
    found = [fault for find in _CHECKS for fault in islice(find(config), _MOST_MESSAGES)]
    return sorted(found, key=lambda fault: fault.line or 0)


def faults_of_text(error: LabelConfigInvalid) -> list[Fault]:
    """What kept a text from being read as XML: the parser says the line in its message."""
    found = []
    for message in error.messages:
        line = _LINE.search(message)
        number = int(line[1] or line[2]) if line else None
        found.append(Fault(_LINE.sub("", message), number))
    return found


def missing_keys(config: LabelConfig, common_keys: Collection[str] | None) -> list[Fault]:
    """What :func:`check_against_tasks` would refuse, in words for those who write a config."""
    present = ", ".join(sorted(common_keys or ())) or "none in common"
    return [
        Fault(
            f"not every task has the key {key!r}; the keys that all have: {present}",
            config.data_tags[key].line if key in config.data_tags else None,
        )
        for key in dict.fromkeys(_missing_keys(config, common_keys))
    ]


def check_against_tasks(config: LabelConfig, common_keys: Collection[str] | None) -> None:
    """Check 6: each object that a control points to can be shown for every stored task.

    ``common_keys`` are the data keys that all tasks have; None when there are no tasks.
    """
    _refuse(
        [
            "You have already imported tasks and they are incompatible with a new config. You've "
            f"specified value=${key}, but imported tasks contain only keys: "
            f"{sorted(common_keys or ())}"
            for key in dict.fromkeys(_missing_keys(config, common_keys))
        ]
    )


def _missing_keys(config: LabelConfig, common_keys: Collection[str] | None) -> Iterator[str]:
    if common_keys is None:
        return
    labeled = dict.fromkeys(name for c in config.controls.values() for name in c.to_names)
    wanted = (config.objects[name].data_key for name in labeled if name in config.objects)
    yield from (key for key in wanted if key is not None and not has_key(common_keys, key))


def check_against_work(config: LabelConfig, usage: Usage) -> None:
    """Check 7: what stored completions use is still there."""
    found = orphans(config, usage)
    _refuse(list(_missing_controls(found)))
    _refuse(list(_missing_labels(found)))


def _refuse(messages: list[str]) -> None:
    if messages:
        raise LabelConfigInvalid(messages)


def _structure(config: LabelConfig) -> Iterator[Fault]:
    return _structure_of_view(config.root) if config.root.name == "View" else iter(())


def _structure_of_view(view: Tag) -> Iterator[Fault]:
    """0.8.x looks at the tags directly inside a View, and inside the Views there."""
    for tag in view.children:
        if tag.name == "View":
            yield from _structure_of_view(tag)
        elif tag.name in _LABEL_LISTS:
            yield from _structure_of_label_list(tag, _LABEL_LISTS[tag.name])
        elif tag.name in _OBJECTS:
            if "name" not in tag.attributes:
                yield _required(tag.name, "name", tag)
            if not {"value", "valueList"} & tag.attributes.keys():
                yield _required(tag.name, "value", tag)


def _structure_of_label_list(tag: Tag, item: str) -> Iterator[Fault]:
    for name in ("name", "toName"):
        if name not in tag.attributes:
            yield _required("", name, tag)
    inside = {child.name for child in tag.children}
    from_data = tag.attributes.get("value", "").startswith("$")
    if not from_data and not inside & {item, "View"}:
        yield _required("", item, tag)
    for child in tag.children:
        if child.name == item and "value" not in child.attributes:
            yield _required(item, "value", child)


def _required(where: str, what: str, tag: Tag) -> Fault:
    return Fault(f"Validation failed on {where}: '{what}' is a required property", tag.line)


def _named(config: LabelConfig) -> list[Tag]:
    return [tag for tag in config.root.walk() if "name" in tag.attributes]


def _unique_names(config: LabelConfig) -> Iterator[Fault]:
    names = [tag.attributes["name"] for tag in _named(config)]
    if len(set(names)) < len(names):
        again = next(at for at, name in enumerate(names) if name in names[:at])
        yield Fault(f"Label config contains non-unique names {names}", _named(config)[again].line)


def _known_names(config: LabelConfig) -> Iterator[Fault]:
    names = {tag.attributes["name"] for tag in _named(config)}
    for tag in config.root.walk():
        for name in tag.attributes["toName"].split(",") if "toName" in tag.attributes else ():
            if name.strip() not in names:
                message = f'toName="{name.strip()}" not found in names: {sorted(names)}'
                yield Fault(message, tag.line)


def _object_names(config: LabelConfig) -> Iterator[Fault]:
    lines = {tag.attributes["name"]: tag.line for tag in _named(config)}
    for control in config.controls.values():
        for name in control.to_names:
            if name not in config.objects:
                yield Fault(
                    f'"to_name={name} is specified for output tag name={control.name}, '
                    "but we can't find it among input tags\"",
                    lines[control.name],
                )


_CHECKS: tuple[Callable[[LabelConfig], Iterator[Fault]], ...] = (
    _structure,
    _unique_names,
    _known_names,
    _object_names,
)

_ORPHANED = (
    "You've already completed some tasks, but some of them couldn't be loaded with this config: "
)


def _missing_controls(found: list[Orphan]) -> Iterator[str]:
    for orphan in found:
        if orphan.kind == "control":
            names = f"name={orphan.from_name}, toName={orphan.to_name}, type={orphan.type}"
            yield f"{_ORPHANED}{names} are expected"


def _missing_labels(found: list[Orphan]) -> Iterator[str]:
    labels: dict[str, list[str]] = {}
    for orphan in found:
        if orphan.kind == "label":
            labels.setdefault(orphan.from_name, []).append(orphan.label)
    for from_name, missing in labels.items():
        created = f'there are labels already created for "{from_name}":\n{sorted(missing)}'
        yield _ORPHANED + created
