"""The classes of an image format: every label a number."""

from __future__ import annotations

from label_studio_lite.core.label_config import Control, LabelConfig

SHAPES = frozenset(
    {
        "RectangleLabels",
        "PolygonLabels",
        "EllipseLabels",
        "KeyPointLabels",
        "BrushLabels",
        "Labels",
    }
)


def shape_controls(config: LabelConfig) -> list[Control]:
    """The controls that label something drawn on an image."""
    images = {name for name, tag in config.objects.items() if tag.tag == "Image"}
    return [
        control
        for control in config.controls.values()
        if control.tag in SHAPES and images.intersection(control.to_names)
    ]


class Classes:
    """Labels by number: those of the label config in alphabetical order, as in 1.x.

    ``<Label category="3">`` gives a number itself. Labels that the config does not have come
    last, as they are met. ``dense`` is for formats whose numbers must be 0, 1, 2…: numbers given
    by the config only order them.
    """

    def __init__(self, config: LabelConfig, *, dense: bool) -> None:
        given: dict[str, int | None] = {}
        for control in shape_controls(config):
            for label, attributes in control.labels.items():
                given[label] = given.get(label) or _number(attributes.get("category"))
        self._numbers: dict[str, int] = {}
        if dense:
            ordered = sorted(given, key=lambda label: (given[label] is None, given[label], label))
            self._numbers = {label: at for at, label in enumerate(ordered)}
            return
        self._numbers = {label: at for label, at in given.items() if at is not None}
        for label in sorted(given):
            self.number(label)

    def number(self, label: str) -> int:
        """Its number; a label that is not known yet gets the next free one."""
        found = self._numbers.get(label)
        if found is None:
            used = set(self._numbers.values())
            found = next(at for at in range(len(used) + 1) if at not in used)
            self._numbers[label] = found
        return found

    def all(self) -> list[tuple[int, str]]:
        """Number and label, ascending."""
        return sorted((number, label) for label, number in self._numbers.items())


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
