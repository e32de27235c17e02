"""The manifest of NVIDIA NeMo: a JSON object in a line for each piece of speech.

``audio_filepath``, ``duration`` in seconds and ``text``; ``offset`` in seconds where only a part
of the recording was transcribed, ``label`` with what that part was labeled as, ``annotator`` who
did it (docs.nvidia.com/nemo-framework, "Preparing Custom ASR Data").
"""

from __future__ import annotations

import wave
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeGuard

from label_studio_lite.core.label_config import LabelConfig, ObjectTag
from label_studio_lite.core.model import Completion, Json, Task
from label_studio_lite.core.regions import labels_of
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import NEWEST
from label_studio_lite.exporting.media import MissingFile
from label_studio_lite.exporting.names import Names, original_name
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.report import Kind
from label_studio_lite.exporting.spool import Spool

_TAGS = ("Audio", "AudioPlus")
_FOLDER = "audio"
NO_DURATION = "the duration of its recording is not known"


class AsrExporter:
    name = "ASR_MANIFEST"
    title = "ASR manifest"
    description = "Transcribed speech as NVIDIA NeMo reads it, with the recordings."
    only_member = None
    holds = "texts of whole recordings and of their parts, with the labels of the parts"
    cannot = "parts without a text, relations, choices, numbers"
    fetches = False

    def available(self, config: LabelConfig) -> bool:
        audio = {tag.name for tag in config.objects.values() if tag.tag in _TAGS}
        return any(
            control.tag == "TextArea" and audio.intersection(control.to_names)
            for control in config.controls.values()
        )

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        with closing(Names()) as names, closing(Spool(between=b"")) as lines:
            for task in context.media.ahead(tasks, partial(_addresses, context.config)):
                addresses = {
                    tag.name: address
                    for tag in _tags(context.config)
                    if (address := _address(tag, task)) is not None
                }
                unfit = "" if addresses else "it has no recording"
                chosen = context.wish.over(NEWEST).of(task, context.report, unfit)
                if chosen is None:
                    continue
                context.report.tasks.written += 1
                recordings = {
                    name: _Recording(_place(task, address, names, out, context), address)
                    for name, address in addresses.items()
                }
                for completion in chosen:
                    for line in _Speech(task, completion, context, recordings).lines():
                        lines.append(line)
            with out.open("manifest.json") as stream:
                lines.copy_to(stream)


class _Recording(NamedTuple):
    """``path`` is its place in the archive, or its address where it is not in there."""

    path: str
    address: str


def _tags(config: LabelConfig) -> list[ObjectTag]:
    return [tag for tag in config.objects.values() if tag.tag in _TAGS]


def _addresses(config: LabelConfig, task: Task) -> list[str]:
    return [a for tag in _tags(config) if (a := _address(tag, task)) is not None]


def _address(tag: ObjectTag, task: Task) -> str | None:
    value = task.data.get(tag.data_key) if tag.data_key is not None else None
    return value if isinstance(value, str) and value else None


def _place(task: Task, address: str, names: Names, out: Output, context: Context) -> str:
    """Copy a recording into the archive under its own name; its address where it is not ours."""
    number = context.wording.task_id(task.id)
    try:
        with context.media.open(address) as stream:
            name = names.claim(original_name(address, f"task-{number}.wav"), number)
            out.add(f"{_FOLDER}/{name}", stream)
            return f"{_FOLDER}/{name}"
    except MissingFile as error:
        if error.asked:
            context.report.miss(Kind.MEDIA, task, error.reason, error.detail)
        else:
            context.report.change(task, None, error.reason, error.detail)
        return address


@dataclass(slots=True)
class _Speech:
    """What one completion says of the recordings of a task."""

    task: Task
    completion: Completion
    context: Context
    recordings: dict[str, _Recording]

    def lines(self) -> Iterator[Json]:
        """A line for each recording as a whole, and for each part that has a text."""
        whole: dict[str, list[str]] = {}
        parts: dict[str, list[str]] = {}  # labels of a part, by the id of its region
        texts = []
        for region in self._regions():
            if region.get("type") == "textarea":
                texts.append(region)
            elif isinstance(region.get("id"), str) and str(region.get("type")).endswith("labels"):
                parts.setdefault(region["id"], []).extend(labels_of(region))
            else:
                self._lose("it has no text", str(region.get("from_name")))
        used = {str(region.get("id")) for region in texts}
        for region in texts:
            if _is_part(region):
                yield self._line(region, _text(region), parts.get(str(region.get("id")), []))
            else:
                whole.setdefault(str(region["to_name"]), []).append(_text(region))
        for own_id, labels in parts.items():
            if own_id in used:
                self.context.report.regions.written += 1
            else:
                self._lose("a part without a text", ", ".join(labels))
        self.context.report.regions.written += len(texts)
        for name, spoken in whole.items():
            yield self._line({"to_name": name}, " ".join(spoken), [])

    def _regions(self) -> Iterator[Json]:
        """The regions of recordings; others are reported."""
        if not isinstance(self.completion.fields.get("result"), list):
            self.context.report.regions.read += 1
            self._lose("its result is no list of regions")
        for region in self.completion.result:
            self.context.report.regions.read += 1
            if not isinstance(region, dict) or not isinstance(region.get("value"), dict):
                self._lose("a relation" if _is_relation(region) else "a damaged region")
            elif str(region.get("to_name")) not in self.recordings:
                self._lose("a region of no recording", str(region.get("from_name")))
            else:
                yield region

    def _line(self, region: Json, text: str, labels: list[str]) -> Json:
        recording = self.recordings[str(region["to_name"])]
        line: Json = {"audio_filepath": recording.path}
        if _is_part(region):
            start, end = region["value"]["start"], region["value"]["end"]
            line |= {"offset": start, "duration": end - start}
        else:
            line["duration"] = self._duration(region["to_name"])
        line["text"] = text
        if labels:
            line["label"] = ", ".join(labels)
        by = self.context.wording.annotator(self.completion)
        return line if by is None else {**line, "annotator": by}

    def _duration(self, to_name: str) -> float | None:
        """As a region tells, else as the header of a WAV file does; None, and reported."""
        for region in self.completion.result:
            if isinstance(region, dict) and region.get("to_name") == to_name:
                length = region.get("original_length")
                if _is_number(length) and float(length) > 0:
                    return float(length)
        try:
            with (
                self.context.media.open(self.recordings[to_name].address) as stream,
                wave.open(stream) as found,
            ):
                return float(found.getnframes() / found.getframerate())
        except (MissingFile, wave.Error, EOFError, ZeroDivisionError):
            self.context.report.change(self.task, self.completion, NO_DURATION)
            return None

    def _lose(self, reason: str, detail: str = "") -> None:
        self.context.report.lose(self.task, self.completion, reason, detail)


def _is_relation(region: Any) -> bool:
    return isinstance(region, dict) and region.get("type") == "relation"


def _is_part(region: Json) -> bool:
    value = region.get("value") or {}
    return _is_number(value.get("start")) and _is_number(value.get("end"))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _text(region: Json) -> str:
    text = region["value"].get("text")
    lines = text if isinstance(text, list) else [text]
    return " ".join(line for line in lines if isinstance(line, str))


ASR_MANIFEST = AsrExporter()
