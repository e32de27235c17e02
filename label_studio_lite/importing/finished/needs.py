"""Which label config finished work needs: whether one has it, and one to propose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import quoteattr

from label_studio_lite.core.label_config import Control, LabelConfig
from label_studio_lite.core.regions import labels_of
from label_studio_lite.core.shapes import Box, Ellipse, KeyPoint, Mask, Polygon
from label_studio_lite.core.spans import Span
from label_studio_lite.importing.finished.base import Chosen, Finding

TAGS: dict[type, str] = {
    Box: "RectangleLabels",
    Polygon: "PolygonLabels",
    Ellipse: "EllipseLabels",
    KeyPoint: "KeyPointLabels",
    Mask: "BrushLabels",
    Span: "Labels",
    Chosen: "Choices",
}
_NAMES = {
    "RectangleLabels": "box",
    "PolygonLabels": "polygon",
    "EllipseLabels": "ellipse",
    "KeyPointLabels": "point",
    "BrushLabels": "mask",
    "Labels": "label",
    "Choices": "choice",
}
_BY_TYPE = {  # controls by the type of their regions, where the tag is not what it says
    tag.lower(): tag
    for tag in (
        *_NAMES,
        *("TextArea", "Rating", "Number", "DateTime", "Taxonomy", "Pairwise", "Ranker"),
        *("HyperTextLabels", "ParagraphLabels", "TimeSeriesLabels", "VideoRectangle"),
        *("Rectangle", "Polygon", "Ellipse", "KeyPoint", "Brush"),
    )
}
_OBJECTS = {
    "labels": "Text",
    "hypertextlabels": "HyperText",
    "paragraphlabels": "Paragraphs",
    "timeserieslabels": "TimeSeries",
    "videorectangle": "Video",
}
_ON_IMAGES = ("rectangle", "polygon", "ellipse", "keypoint", "brush")
_LABELED = ("labels", "choices", "taxonomy")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a label config something belongs."""

    from_name: str
    to_name: str
    tag: str


@dataclass(slots=True)
class Needs:
    """Gathered from findings. Labels are kept in the order in which they came.

    ``marks``: labels by (tag of the object, tag of the control). ``named``: the same for ready
    regions, by (from_name, to_name, tag), and ``keys`` of data that texts and images may be under.
    """

    marks: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    named: dict[tuple[str, str, str], dict[str, None]] = field(default_factory=dict)
    objects: dict[str, None] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    declared: dict[str, None] = field(default_factory=dict)
    tasks: int = 0
    regions: int = 0

    def add(self, finding: Finding) -> None:
        self.tasks += 1
        self.declared |= dict.fromkeys(finding.declared)
        if finding.object_tag:
            self.objects[finding.object_tag] = None
        for mark in finding.marks:
            self.regions += 1
            key = (finding.object_tag, TAGS[type(mark.what)])
            self.marks.setdefault(key, {}).update(dict.fromkeys(mark.labels))
        for key_, value in finding.data.items():
            if isinstance(value, str):
                self.keys.setdefault(key_, value)
        for result in _results(finding):
            for region in result:
                self.regions += 1
                self._add_region(region)

    def _add_region(self, region: Any) -> None:
        if not isinstance(region, dict) or not isinstance(region.get("type"), str):
            return
        names = region.get("from_name"), region.get("to_name")
        tag = _BY_TYPE.get(region["type"])
        if tag is None or not all(isinstance(name, str) for name in names):
            return
        labels = labels_of(region) if region["type"].endswith(_LABELED) else iter(())
        key = (str(names[0]), str(names[1]), tag)
        self.named.setdefault(key, {}).update(dict.fromkeys(labels))

    # -- a label config that is there ---------------------------------------------------------

    def missing(self, config: LabelConfig) -> list[str]:
        """What a label config would have to have besides; nothing if all fits."""
        found = [f"a tag {tag}" for tag in self.objects if object_of(config, tag) is None]
        for (object_tag, tag), labels in self.marks.items():
            if place_of(config, object_tag, tag, labels) is None:
                found.append(f"{tag} for {object_tag} with {_listed(labels)}")
        for (from_name, to_name, tag), labels in self.named.items():
            control = config.control(from_name)
            if control is None or not config.accepts(from_name, to_name, tag.lower()):
                found.append(f'<{tag} name="{from_name}" toName="{to_name}">')
            elif not control.dynamic and labels.keys() - control.labels.keys() and control.labels:
                lacking = [label for label in labels if label not in control.labels]
                found.append(f'in "{from_name}" {_listed(lacking)}')
        return found

    # -- one to propose -----------------------------------------------------------------------

    def proposal(self) -> str:
        """A label config that has all of it, and the labels that were declared and not used."""
        objects = {tag: (tag.lower(), tag.lower()) for tag in self.objects}
        lines = [_object(tag, name, key) for tag, (name, key) in objects.items()]
        for (object_tag, tag), labels in self.marks.items():
            name = _NAMES[tag] if len(objects) == 1 else f"{object_tag.lower()}-{_NAMES[tag]}"
            lines += _control(tag, name, objects[object_tag][0], {**self.declared, **labels})
        lines += self._named_lines()
        return "\n".join(["<View>", *lines, "</View>"])

    def _named_lines(self) -> Iterator[str]:
        tags = {to_name: _object_tag(tag) for _, to_name, tag in reversed(self.named)}
        for (_, to_name, tag), _ in self.named.items():
            if _object_tag(tag) != "Text":  # what says most of its object wins
                tags[to_name] = _object_tag(tag)
        for to_name, tag in tags.items():
            yield _object(tag, to_name, self._key(to_name, tag))
        for (from_name, to_name, tag), labels in self.named.items():
            yield from _control(tag, from_name, to_name, labels)

    def _key(self, to_name: str, tag: str) -> str:
        """The data key that an object most likely shows."""
        likely = (to_name, tag.lower(), *self.keys)
        return next((key for key in likely if key in self.keys), tag.lower())


def object_of(config: LabelConfig, tag: str) -> str | None:
    """The data key of the one tag of this kind; None where there is none, or several."""
    keys = [found.data_key for found in config.objects.values() if found.tag == tag]
    return keys[0] if len(keys) == 1 else None


def place_of(
    config: LabelConfig, object_tag: str, tag: str, labels: Iterable[str]
) -> Place | None:
    """Where a label config takes these labels."""
    objects = {found.name for found in config.objects.values() if found.tag == object_tag}
    for control in config.controls.values():
        to_name = next((name for name in control.to_names if name in objects), None)
        if control.tag == tag and to_name is not None and _has(control, labels):
            return Place(control.name, to_name, tag)
    return None


def _has(control: Control, labels: Iterable[str]) -> bool:
    return control.dynamic or all(label in control.labels for label in labels)


def _object(tag: str, name: str, key: str) -> str:
    return f"  <{tag} name={quoteattr(name)} value={quoteattr('$' + key)}/>"


def _control(tag: str, name: str, to_name: str, labels: Iterable[str]) -> Iterator[str]:
    head = f"  <{tag} name={quoteattr(name)} toName={quoteattr(to_name)}"
    if not tag.lower().endswith(_LABELED):
        yield f"{head}/>"
        return
    yield f"{head}>"
    kind = "Choice" if tag in ("Choices", "Taxonomy") else "Label"
    for label in labels:
        yield f"    <{kind} value={quoteattr(label)}/>"
    yield f"  </{tag}>"


def _object_tag(tag: str) -> str:
    type_ = tag.lower()
    return "Image" if type_.startswith(_ON_IMAGES) else _OBJECTS.get(type_, "Text")


def _results(finding: Finding) -> Iterator[list[Any]]:
    for one in (*finding.completions, *finding.predictions):
        result = one.get("result")
        yield result if isinstance(result, list) else []


def _listed(labels: Iterable[str]) -> str:
    names = [f"“{label}”" for label in labels]
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"the labels {', '.join(names[:10])}{more}" if names else "its labels"
