"""Results that are written as a bare value, such as the name of a choice."""

from __future__ import annotations

from typing import Any

from label_studio_lite.core.label_config import Control, LabelConfig
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid

# control → the name of the region's type, and whether its value is a list
_KINDS = {
    "Choices": ("choices", True),
    "Taxonomy": ("taxonomy", True),
    "TextArea": ("text", True),
    "Rating": ("rating", False),
    "Number": ("number", False),
    "DateTime": ("datetime", False),
}


def region_of(config: LabelConfig, value: Any) -> list[Json]:
    """``value`` as regions: a list is one already; anything else is what the first control that
    stands for a whole task says. ``Invalid`` where the config has none."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [
            _region(config, name, _control(config, name), item) for name, item in value.items()
        ]
    for name, control in config.controls.items():
        if control.tag in _KINDS:
            return [_region(config, name, control, value)]
    raise Invalid('"result" must be a list of regions: no control takes a bare value')


def _control(config: LabelConfig, name: str) -> Control:
    control = config.controls.get(name)
    if control is None or control.tag not in _KINDS:
        raise Invalid(f"no control {name!r} takes a bare value")
    return control


def _region(config: LabelConfig, name: str, control: Control, value: Any) -> Json:
    key, listed = _KINDS[control.tag]
    if listed and not isinstance(value, list):
        value = [[str(value)]] if key == "taxonomy" else [str(value)]
    type_ = "textarea" if control.tag == "TextArea" else key
    return {
        "from_name": name,
        "to_name": control.to_names[0],
        "type": type_,
        "value": {key: value},
    }
