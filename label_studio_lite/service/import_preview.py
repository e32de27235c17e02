"""What an import would bring: the files are read and checked, and nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.label_config import first_key
from label_studio_lite.core.model import Json, RawBlock, RawTask
from label_studio_lite.core.validation import CheckedTask, TaskValidator, noun
from label_studio_lite.errors import Invalid, TooLarge
from label_studio_lite.importing.reading import read
from label_studio_lite.importing.upload import Hosted, ReadOptions, Upload

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

LIMIT = 20_000  # items of a file that are looked at
_SAMPLE = 1000  # of items that are known to be good: as many tell what keys there are
_ROWS, _ROWS_PER_FILE = 12, 4
_PROBLEMS = 100
_EXCERPT = 300  # characters


@dataclass(slots=True)
class SeenFile:
    """One file. ``kind`` is its extension without the dot, or ``media`` for one that is served.

    Without ``complete`` only the first ``items`` were looked at. ``problem`` says why it cannot
    be read; then nothing of the import can be.
    """

    name: str
    kind: str = ""
    items: int = 0
    bad: int = 0
    complete: bool = True
    problem: str | None = None


@dataclass(slots=True)
class Column:
    """A key of the data, in how many of the items that were looked at, and what it holds."""

    name: str
    count: int = 0
    kinds: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Preview:
    """``rows`` are ``{"file", "item", "data"}`` with long values cut; ``problems`` the same with
    a ``reason``, at most 100 of ``bad``. ``looked_at`` items are behind ``columns``.
    """

    files: list[SeenFile] = field(default_factory=list)
    tasks: int = 0
    completions: int = 0
    predictions: int = 0
    bad: int = 0
    looked_at: int = 0
    columns: dict[str, Column] = field(default_factory=dict)
    rows: list[Json] = field(default_factory=list)
    problems: list[Json] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return all(file.complete for file in self.files)


def preview(project: Project, uploads: Iterable[Upload], *, limit: int = LIMIT) -> Preview:
    """Read and check these files as an import would, up to ``limit`` items of each."""
    previewer = _Previewer(project, limit)
    for upload in uploads:
        previewer.look_at(upload)
    return previewer.found


class _Previewer:
    def __init__(self, project: Project, limit: int) -> None:
        self._project = project
        self._limit = limit
        self._validator: TaskValidator = project.validator()
        self._options: ReadOptions = project.imports.options()
        self.found = Preview()

    def look_at(self, upload: Upload) -> None:
        file = SeenFile(upload.name, PurePosixPath(upload.name).suffix.lstrip(".").lower())
        self.found.files.append(file)
        try:
            items = read(upload, self._options, Counter())
            for item in islice(items, self._limit + 1):
                if file.items >= self._limit:
                    file.complete = False
                    break
                self._take(file, item)
        except (Invalid, TooLarge) as error:
            file.problem = error.detail

    def _take(self, file: SeenFile, item: RawTask | RawBlock | Hosted) -> None:
        if isinstance(item, Hosted):
            key = self._project.imports.media_key(item.name)
            file.kind = "media"
            self._add(file, {key: item.name}, item.name)
        elif isinstance(item, RawBlock):
            self._take_block(file, item)
        else:
            self._check(file, item)

    def _take_block(self, file: SeenFile, block: RawBlock) -> None:
        """A list that is good as a whole is counted; a few of its items tell the columns."""
        known = self._validator.are_bare(block.text) or self._validator.are_wrapped(block.text)
        limit = _SAMPLE if known else self._limit
        for task in islice(block.tasks(), limit):
            self._check(file, task)
        left = len(block.items) - limit
        if left > 0 and known:
            file.items += left
            self.found.tasks += left
        file.complete = known or left <= 0

    def _check(self, file: SeenFile, item: RawTask) -> None:
        reason = self._validator.explain(item.value)
        if reason is None:
            checked = self._validator.check(item.value, 0)
            assert isinstance(checked, CheckedTask)
            self.found.completions += len(checked.completions)
            self.found.predictions += len(checked.predictions)
            self._add(file, checked.data, item.where)
            return
        file.items += 1
        file.bad += 1
        self.found.bad += 1
        if len(self.found.problems) < _PROBLEMS:
            place = {"file": file.name, "item": item.where, "reason": reason}
            self.found.problems.append(place | {"text": excerpt(item.value)})

    def _add(self, file: SeenFile, data: Json, where: str) -> None:
        found = self.found
        file.items += 1
        found.tasks += 1
        found.looked_at += 1
        for key, value in data.items():
            column = found.columns.setdefault(key, Column(key))
            column.count += 1
            column.kinds.add("media" if file.kind == "media" else noun(value))
        if file.items <= _ROWS_PER_FILE and len(found.rows) < _ROWS:
            shown = {key: excerpt(value) for key, value in data.items()}
            found.rows.append({"file": file.name, "item": where, "data": shown})


def excerpt(value: Any, length: int = _EXCERPT) -> str:
    """A value as one short text."""
    text = value if isinstance(value, str) else jsontext.dumps(value).decode()
    return text if len(text) <= length else text[:length] + "…"


def wanted(project: Project) -> dict[str, str]:
    """Data keys that the label config shows → the tag that does, ``List`` and such by default."""
    config = project.label_config.current
    types = config.data_types
    return {first_key(key): types.get(key, "List") for key in config.data_keys}
