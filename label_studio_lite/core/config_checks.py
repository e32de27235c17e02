"""Whether a label config is good to work with: the seven checks of 0.8.x and their texts.

The first, that it is XML at all, is :func:`.label_config.parse`. The others raise
``LabelConfigInvalid`` with one message for each fault that one check finds. Texts that clients
of 0.8.x know are kept word for word; where 0.8.2 printed an accident of its code, ours name the
fault.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import islice

from label_studio_lite.core.label_config import LabelConfig, has_key
from label_studio_lite.core.tags import Tag
from label_studio_lite.core.usage import Orphan, Usage, orphans
from label_studio_lite.errors import LabelConfigInvalid

_LABEL_LISTS = {"Labels": "Label", "Choices": "Choice"}
_MOST_MESSAGES = 20
_OBJECTS = frozenset({"Image", "Text", "HyperText"})


def check(config: LabelConfig) -> None:
    """Checks 2 to 5: structure, unique names, known names, names of objects."""
    checks: tuple[Callable[[LabelConfig], Iterator[str]], ...] = (
        _structure,
        _unique_names,
        _known_names,
        _object_names,
    )
    for faults in checks:
        _refuse(list(islice(faults(config), _MOST_MESSAGES)))


def check_against_tasks(config: LabelConfig, common_keys: Collection[str] | None) -> None:
    """Check 6: each object that a control points to can be shown for every stored task.

    ``common_keys`` are the data keys that all tasks have; None when there are no tasks.
    """
    if common_keys is None:
        return
    labeled = dict.fromkeys(name for c in config.controls.values() for name in c.to_names)
    wanted = (config.objects[name].data_key for name in labeled if name in config.objects)
    missing = (key for key in wanted if key is not None and not has_key(common_keys, key))
    _refuse(
        [
            "You have already imported tasks and they are incompatible with a new config. You've "
            f"specified value=${key}, but imported tasks contain only keys: {sorted(common_keys)}"
            for key in dict.fromkeys(missing)
        ]
    )


def check_against_work(config: LabelConfig, usage: Usage) -> None:
    """Check 7: what stored completions use is still there."""
    found = orphans(config, usage)
    _refuse(list(_missing_controls(found)))
    _refuse(list(_missing_labels(found)))


def _refuse(messages: list[str]) -> None:
    if messages:
        raise LabelConfigInvalid(messages)


def _structure(config: LabelConfig) -> Iterator[str]:
    return _structure_of_view(config.root) if config.root.name == "View" else iter(())


def _structure_of_view(view: Tag) -> Iterator[str]:
    """0.8.x looks at the tags directly inside a View, and inside the Views there."""
    for tag in view.children:
        if tag.name == "View":
            yield from _structure_of_view(tag)
        elif tag.name in _LABEL_LISTS:
            yield from _structure_of_label_list(tag, _LABEL_LISTS[tag.name])
        elif tag.name in _OBJECTS:
            if "name" not in tag.attributes:
                yield f"Validation failed on {tag.name}: 'name' is a required property"
            if not {"value", "valueList"} & tag.attributes.keys():
                yield f"Validation failed on {tag.name}: 'value' is a required property"


def _structure_of_label_list(tag: Tag, item: str) -> Iterator[str]:
    for name in ("name", "toName"):
        if name not in tag.attributes:
            yield f"Validation failed on : '{name}' is a required property"
    inside = {child.name for child in tag.children}
    from_data = tag.attributes.get("value", "").startswith("$")
    if not from_data and not inside & {item, "View"}:
        yield f"Validation failed on : '{item}' is a required property"
    for child in tag.children:
        if child.name == item and "value" not in child.attributes:
            yield f"Validation failed on {item}: 'value' is a required property"


def _names(config: LabelConfig) -> list[str]:
    return [tag.attributes["name"] for tag in config.root.walk() if "name" in tag.attributes]


def _unique_names(config: LabelConfig) -> Iterator[str]:
    names = _names(config)
    if len(set(names)) < len(names):
        yield f"Label config contains non-unique names {names}"


def _known_names(config: LabelConfig) -> Iterator[str]:
    names = set(_names(config))
    pointing = (tag for tag in config.root.walk() if "toName" in tag.attributes)
    for name in (name.strip() for tag in pointing for name in tag.attributes["toName"].split(",")):
        if name not in names:
            yield f'toName="{name}" not found in names: {sorted(names)}'


def _object_names(config: LabelConfig) -> Iterator[str]:
    for control in config.controls.values():
        for name in control.to_names:
            if name not in config.objects:
                yield (
                    f'"to_name={name} is specified for output tag name={control.name}, '
                    "but we can't find it among input tags\""
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
