"""The tasks as rows of a table: what is shown of each, and how many things they are."""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, compress
from typing import TYPE_CHECKING, Any

from label_studio_lite.core.addresses import sites_of
from label_studio_lite.core.filters import DATA, Query, Selection, parse_query
from label_studio_lite.core.label_config import first_key
from label_studio_lite.core.model import Completion, Json, Prediction, Task
from label_studio_lite.core.regions import labels_of
from label_studio_lite.core.table_cells import cell, kind_of, local
from label_studio_lite.core.table_query import STATES, State, narrowed
from label_studio_lite.core.task_columns import SYSTEM, mean_lead_time
from label_studio_lite.errors import Invalid
from label_studio_lite.service.table.text_search import TextSearch
from label_studio_lite.store.changes import Change

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

MOST_ROWS = 500
_SAMPLE = 80  # tasks that tell what keys the data have
_MOST_LABELS = 8
_MOST_SITES = 24
_LONGEST_TITLE = 80
# our own columns and those of the data manager that a person may want; others can be filtered by
_SHOWN = ("state", "completed_at", "labels")
_OFFERED = (
    *("state", "completed_at", "total_annotations", "cancelled_annotations", "labels"),
    *("annotators", "avg_lead_time", "total_predictions", "predictions_score"),
)
_KINDS = {"state": "state", "labels": "list", "predictions_score": "score", "id": "id"}
_KIND_OF_TYPE = {"Datetime": "date", "Number": "number", "Time": "number", "List": "list"}
_COUNTED = ("done", "completions", "cancelled", "predictions")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """``data`` is the key of the data that it shows, None for what we know of the task.

    ``kind`` says how it looks; ``type`` is that of the filter language, None where it cannot be
    filtered or ordered by. ``shown``: at first.
    """

    name: str
    title: str
    kind: str
    type: str | None
    data: str | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks: those that the query finds, with ``search`` somewhere in their data."""

    query: Query
    search: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many things an action would be about.

    ``acceptable`` tasks have predictions and are not completed.
    """

    tasks: int
    completed: int
    completions: int
    skips: int
    predictions: int
    acceptable: int


class TaskRows:
    """The table of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self._sampled: tuple[int, dict[str, list[Any]]] | None = None  # of how many tasks
        self._search = TextSearch(project)
        self._last: tuple[tuple[Wanted, int], Sequence[int]] | None = None
        self._born = secrets.token_hex(4)
        self._changes = 0
        project.store.listen(self._note)

    def _note(self, changes: Sequence[Change]) -> None:
        self._changes += 1

    # -- what is asked for --------------------------------------------------------------------

    def wanted(self, body: Json) -> Wanted:
        """From ``{"query"?, "state"?, "search"?}``. ``Invalid``."""
        state, search = body.get("state") or "all", body.get("search") or ""
        if not isinstance(state, str) or not isinstance(search, str):
            raise Invalid('"state" and "search" must be texts')
        known: State | None = next((name for name in STATES if name == state), None)
        if known is None:
            raise Invalid(f"state {state!r} is none of {', '.join(STATES)}")
        query = parse_query(body.get("query"), SYSTEM.keys())
        return Wanted(narrowed(query, known), search.strip())

    def ids(self, wanted: Wanted) -> Sequence[int]:
        """The tasks that are found and selected, in order. ``Invalid`` for a bad pattern."""
        found = self._project.task_table.ids(wanted.query)
        if not wanted.search:
            return found
        return array("q", filter(self._search.find(wanted.search).__contains__, found))

    def check_view(self, data: Json) -> Json:
        """What a saved view of this table holds. ``Invalid`` when it could not be shown."""
        title = data.get("title")
        if not isinstance(title, str) or not title.strip() or len(title) > _LONGEST_TITLE:
            raise Invalid(f'"title" must be a text of 1 to {_LONGEST_TITLE} characters')
        self.wanted({key: data[key] for key in ("search", "state") if key in data})
        return {**data, "title": title.strip()}

    def columns(self) -> list[TableColumn]:
        """Those of the data first in the order of the label config, then ours."""
        samples = self._samples()
        tags = self._tags()
        keys = [
            *(key for key in tags if key in samples),
            *(key for key in samples if key not in tags),
        ]
        ours = [_system(name) for name in _OFFERED]
        id_column = TableColumn("id", "ID", "id", "Number", shown=True)
        state, *others = ours
        return [id_column, state, *(self._data_column(key, samples[key]) for key in keys), *others]

    def _data_column(self, key: str, values: Sequence[Any]) -> TableColumn:
        tags = self._tags()
        kind = kind_of(tags.get(key), values)
        type_ = "Number" if kind == "number" else "String"
        return TableColumn(DATA + key, key, kind, type_, key, shown=key in tags or len(tags) == 0)

    def _tags(self) -> dict[str, str]:
        types = self._project.label_config.current.data_types
        return {first_key(key): tag for key, tag in types.items()}

    def _samples(self) -> dict[str, list[Any]]:
        """Keys of the data of some tasks from all over, with their values."""
        total = self._store.counts().tasks
        places = {number * (total - 1) // (_SAMPLE - 1) for number in range(_SAMPLE)}
        if self._sampled is None or self._sampled[0] != total:
            ids = [i for place in sorted(places) for i in self._store.page("id", place, place + 1)]
            found: dict[str, list[Any]] = {}
            for task in self._store.read_tasks(ids):
                for key, value in task.data.items():
                    found.setdefault(key, []).append(value)
            self._sampled = total, found
        return self._sampled[1]

    # -- answers ------------------------------------------------------------------------------

    def page(self, wanted: Wanted, start: int, count: int) -> Json:
        """``{"total", "all", "start", "rows", "version"}``; past the end there are no rows.

        As long as the version is the same nothing has changed. ``Invalid``.
        """
        version = f"{self._born}-{self._changes}"
        if start < 0 or not 0 <= count <= MOST_ROWS:
            raise Invalid(f"start must not be negative, and count at most {MOST_ROWS}")
        ids, total = self._slice(wanted, start, start + count)
        kinds = self._kinds()
        rows = [self._row(task, kinds) for task in self._store.read_tasks(ids)]
        return {
            "total": total,
            "all": self._store.counts().tasks,
            "start": start,
            "rows": rows,
            "version": version,
        }

    def _slice(self, wanted: Wanted, start: int, stop: int) -> tuple[Sequence[int], int]:
        """Ids at these positions, and how many there are; a selection is not looked at."""
        if not wanted.search:
            found = self._project.task_table.page(wanted.query, start, stop)
            return found.ids, found.total
        wanted = replace(wanted, query=replace(wanted.query, selection=Selection()))
        key = wanted, self._changes
        last = self._last
        if last is None or last[0] != key:
            last = self._last = key, self.ids(wanted)
        return last[1][start:stop], len(last[1])

    def task(self, task_id: int) -> Json:
        """``{"task": …, "json": as stored}``: one task in full. ``NotFound``."""
        task = self._store.read_task(task_id)
        kinds = self._kinds()
        shown = {
            "id": task.id,
            "data": local(task.data, kinds),
            "meta": task.fields.get("meta"),
            "completions": [_completion(item) for item in task.completions],
            "predictions": [_prediction(item) for item in task.predictions],
        }
        work = {"completions": [completion.fields for completion in task.completions]}
        json = task.fields if task.work is None else {**task.fields, "data": task.data, **work}
        return {"task": shown, "json": json}

    def numbers(self, wanted: Wanted) -> Numbers:
        """Of all tasks that are found and selected. ``Invalid``."""
        chosen = frozenset(self.ids(wanted))
        ids, *counted = self._store.columns("ids", *_COUNTED).values()
        mask = bytes(task_id in chosen for task_id in ids)
        done, completions, skips, predictions = (list(compress(c, mask)) for c in counted)
        return Numbers(
            tasks=len(done),
            completed=sum(done),
            completions=sum(completions),
            skips=sum(skips),
            predictions=sum(predictions),
            acceptable=sum(n > 0 and not d for n, d in zip(predictions, done, strict=True)),
        )

    def sites(self) -> list[str]:
        """The sites that media of the data come from, as far as some tasks tell."""
        values = chain.from_iterable(self._samples().values())
        found = set().union(*(sites_of({"value": value}) for value in values))
        return ["http:", "https:"] if len(found) > _MOST_SITES else sorted(found)

    def _kinds(self) -> dict[str, str]:
        return {column.data: column.kind for column in self.columns() if column.data is not None}

    def _row(self, task: Task, kinds: dict[str, str]) -> Json:
        completions = task.completions if task.completed else []
        done = [completion for completion in completions if not completion.was_cancelled]
        scores = [p.score for p in task.predictions if p.score is not None]
        data = local(task.data, kinds)
        return {
            "id": task.id,
            "state": "done" if done else "skipped" if completions else "open",
            "completed_at": max((c.changed_at for c in completions), default=None) or None,
            "total_annotations": len(done),
            "cancelled_annotations": len(completions) - len(done),
            "labels": _labels(completion.result for completion in done),
            "annotators": sorted({name for c in completions if (name := _by(c))}),
            "avg_lead_time": _rounded(mean_lead_time(completions)),
            "total_predictions": len(task.predictions),
            "predictions_score": sum(scores) / len(scores) if scores else None,
            "data": {key: cell(value, kinds.get(key, "text")) for key, value in data.items()},
        }


def _system(name: str) -> TableColumn:
    known = SYSTEM.get(name)
    type_ = None if known is None else known.type
    kind = _KINDS.get(name) or _KIND_OF_TYPE.get(type_ or "", "text")
    title = name if known is None else known.title
    return TableColumn(name, title, kind, type_, shown=name in _SHOWN)


def _completion(completion: Completion) -> Json:
    return {
        "id": completion.fields.get("id"),
        "at": completion.changed_at or None,
        "lead": completion.lead_time,
        "skipped": completion.was_cancelled,
        "truth": completion.ground_truth,
        "by": _by(completion),
        "results": len(completion.result),
        "labels": _labels([completion.result]),
    }


def _prediction(prediction: Prediction) -> Json:
    return {
        "model": prediction.model_version or str(prediction.fields.get("created_by") or ""),
        "score": prediction.score,
        "results": len(prediction.result),
        "labels": _labels([prediction.result]),
    }


def _by(completion: Completion) -> str:
    """Who made it, as far as the file says."""
    name = completion.fields.get("created_username") or completion.fields.get("completed_by")
    if isinstance(name, dict):
        name = name.get("email") or name.get("id")
    return "" if name is None else str(name).strip()


def _labels(results: Iterable[Iterable[Json]]) -> list[str]:
    """The labels used, each once, in their order."""
    found: Iterator[str] = (
        label for result in results for region in result for label in labels_of(region)
    )
    return list(dict.fromkeys(found))[:_MOST_LABELS]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
