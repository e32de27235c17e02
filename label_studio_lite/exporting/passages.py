"""What the text formats share: the texts of a task, and the entities that were marked in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from label_studio_lite.core.label_config import LabelConfig, ObjectTag
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.regions import labels_of
from label_studio_lite.core.spans import NoSpan, Span, region_span, text_of
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import NEWEST
from label_studio_lite.exporting.media import MissingFile

FIRST_LABEL = "of several labels the first"
OVERLAPS = "an entity overlaps another one"


class Entity(NamedTuple):
    """A part of a text, in code points, and its label."""

    start: int
    end: int
    label: str


@dataclass(slots=True)
class Passage:
    """One text of a task, as one completion has it; entities ascend and do not overlap.

    ``choices`` are what was chosen for the whole text, by control.
    """

    task: Task
    text: str
    entities: list[Entity] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)


def passages(task: Task, context: Context, *, choices: bool) -> Iterator[Passage]:
    """The texts of a task, once for each completion that the export takes.

    Everything is counted and reported. ``choices``: the format holds them.
    """
    texts, fault = _texts(task, context)
    chosen = context.wish.over(NEWEST).of(task, context.report, "" if texts else fault)
    if chosen is None:
        return
    context.report.tasks.written += 1
    for completion in chosen:
        found = {name: Passage(task, text) for name, text in texts.items()}
        _Sorting(task, completion, context, choices).into(found)
        yield from found.values()
    if not chosen:
        yield from (Passage(task, text) for text in texts.values())


def text_tags(config: LabelConfig) -> list[ObjectTag]:
    return [tag for tag in config.objects.values() if tag.tag == "Text"]


def marks(config: LabelConfig) -> bool:
    """Whether parts of a text are labeled."""
    texts = {tag.name for tag in text_tags(config)}
    controls = config.controls.values()
    return any(c.tag == "Labels" and texts.intersection(c.to_names) for c in controls)


def _texts(task: Task, context: Context) -> tuple[dict[str, str], str]:
    """The texts by tag; and where there is none, why."""
    texts, fault = {}, "it has no text"
    for tag in text_tags(context.config):
        text = text_of(tag, task.data)
        address = task.data.get(tag.data_key) if tag.data_key is not None else None
        if text is None and isinstance(address, str):
            try:
                with context.media.open(address) as stream:
                    text = stream.read().decode("utf-8-sig")
            except (MissingFile, UnicodeDecodeError):
                fault = "its text is at an address that is not at hand"
        if text is not None:
            texts[tag.name] = text
    return texts, fault


@dataclass(slots=True)
class _Sorting:
    """Gives the regions of a completion to the texts."""

    task: Task
    completion: Completion
    context: Context
    choices: bool

    def into(self, found: dict[str, Passage]) -> None:
        report = self.context.report
        regions: list[Any] = list(self.completion.result)  # any JSON, in an odd file
        if not isinstance(self.completion.fields.get("result"), list):
            report.regions.read += 1
            self._lose("its result is no list of regions")
        spans: dict[str, list[tuple[Span, Sequence[str]]]] = {}
        for region in regions:
            report.regions.read += 1
            passage = found.get(_to_name(region))
            if not isinstance(region, dict):
                self._lose("a region is no object")
            elif region.get("type") == "relation":
                self._lose("a relation")
            elif passage is None:
                self._lose("a region of no text", str(region.get("from_name")))
            elif str(region.get("type")).endswith("labels"):
                self._span(region, passage, spans.setdefault(_to_name(region), []))
            else:
                self._said(region, passage)
        for name, marked in spans.items():
            found[name].entities = self._apart(marked)

    def _span(
        self, region: Json, passage: Passage, marked: list[tuple[Span, Sequence[str]]]
    ) -> None:
        labels = tuple(dict.fromkeys(labels_of(region)))
        try:
            span = region_span(passage.text, region, self.context.units)
        except NoSpan as error:
            self._lose("a damaged region", str(error))
            return
        if not passage.text[span.start : span.end].strip():
            self._lose("an entity of nothing but blanks")
        elif not labels:
            self._lose("an entity without a label", str(region.get("from_name")))
        else:
            marked.append((span, labels))

    def _said(self, region: Json, passage: Passage) -> None:
        name, value = str(region.get("from_name")), region.get("value")
        if isinstance(value, dict) and "start" in value:
            self._lose("what was said of an entity", name)
        elif self.choices and region.get("type") == "choices":
            passage.choices.setdefault(name, []).extend(labels_of(region))
            self.context.report.regions.written += 1
        else:
            self._lose("what was said of a whole text", name)

    def _apart(self, marked: list[tuple[Span, Sequence[str]]]) -> list[Entity]:
        """Those that do not overlap, the first and longest first; the others are reported."""
        entities: list[Entity] = []
        for (start, end), labels in sorted(marked, key=lambda one: (one[0].start, -one[0].end)):
            if entities and start < entities[-1].end:
                self._lose(OVERLAPS, f"{labels[0]} at {start} to {end}")
                continue
            entities.append(Entity(start, end, labels[0]))
            self.context.report.regions.written += 1
            if len(labels) > 1:
                self.context.report.change(self.task, self.completion, FIRST_LABEL)
        return entities

    def _lose(self, reason: str, detail: str = "") -> None:
        self.context.report.lose(self.task, self.completion, reason, detail)


def _to_name(region: Any) -> str:
    name = region.get("to_name") if isinstance(region, dict) else None
    return name if isinstance(name, str) else ""
