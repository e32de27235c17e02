"""Stored predictions: uploading, changing and removing them, and accepting them as completions."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from label_studio_lite.core.model import Completion, Json, Prediction, Task
from label_studio_lite.core.usage import orphans, usage_of
from label_studio_lite.core.validation import check_result
from label_studio_lite.errors import ImportInvalid, Invalid, NotFound
from label_studio_lite.service.events import changes_of
from label_studio_lite.store.changes import Change, put_task

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_CHUNK = 500  # tasks that are changed in one durable step
_MOST_MESSAGES = 100
_ID_SIGNS = string.ascii_letters + string.digits + "_-"

Progress = Callable[[int], None]  # how many tasks were looked at so far


@dataclass(slots=True)
class Accepted:
    """How many predictions became completions; ``refused`` says why some could not, by task."""

    count: int = 0
    refused: dict[int, str] = field(default_factory=dict)


class Predictions:
    """The use cases of stored predictions of one project.

    A prediction is named by its task and its place in the task's list, counted from 0. For those
    who need a number it has an id as well, see :meth:`numbered`.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    # -- looking ------------------------------------------------------------------------------

    def of_task(self, task_id: int) -> list[Prediction]:
        """``NotFound`` for an unknown task."""
        return self._store.read_task(task_id).predictions

    def tasks(self) -> Iterator[Task]:
        """Every task that has predictions."""
        tasks = self._store.read_tasks(self._store.task_ids())
        return (task for task in tasks if task.predictions)

    def numbered(self, task: Task) -> list[tuple[int, Prediction]]:
        """Each with its id: ``task id * 1000 + n``, as stored, or else the first that is free."""
        return list(zip(_ids_of(task), task.predictions, strict=True))

    def find(self, prediction_id: int) -> tuple[Task, int]:
        """The task and the place of the prediction with this id; ``NotFound``."""
        for task in self._existing([prediction_id // 1000]):
            ids = _ids_of(task)
            if prediction_id in ids:
                return task, ids.index(prediction_id)
        raise NotFound(f"there is no prediction {prediction_id}")

    def versions(self) -> Counter[str]:
        """Model version → how many predictions it has; ``""`` for those that name none."""
        tasks = self._store.read_tasks(self._store.task_ids())
        return Counter(p.model_version for task in tasks for p in task.predictions)

    # -- changing -----------------------------------------------------------------------------

    def add(self, task_id: int, fields: Json) -> int:
        """Store a prediction from elsewhere; returns its place. ``NotFound``, ``Invalid``.

        ``fields`` is ``{"result": [region, …], "score": number?, "model_version": str?, …}``.
        """
        check_prediction(fields)
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            stored = [*_stored(task), fields]
            self._store.commit(_with(task, stored))
        return len(stored) - 1

    def add_many(self, items: Any) -> int:
        """Store all of these predictions or none; returns how many. ``ImportInvalid``.

        Each item is ``{"task": id, "result", "score"?, "model_version"?}`` as 1.x takes them, or
        a task with its predictions as 0.8.x shows it: ``{"id": id, "predictions": […]}``.
        """
        by_task, messages = self._collect(items)
        if messages:
            raise ImportInvalid(messages[:_MOST_MESSAGES])
        ids = sorted(by_task)
        with self._store.holding(*ids), self._store.batch() as batch:
            for chunk in _chunks(ids):
                for task in self._store.read_tasks(chunk):
                    batch.add(_with(task, [*_stored(task), *by_task[task.id]]))
            batch.commit()
        return sum(map(len, by_task.values()))

    def _collect(self, items: Any) -> tuple[dict[int, list[Json]], list[str]]:
        if not isinstance(items, list) or not items:
            return {}, ["a list of predictions is expected"]
        by_task: dict[int, list[Json]] = {}
        messages: list[str] = []
        for at, item in enumerate(items):
            try:
                task_id, predictions = _read_item(item)
                if not self._store.has_task(task_id):
                    raise Invalid(f"there is no task {task_id}")
                for prediction in predictions:
                    check_prediction(prediction)
            except Invalid as error:
                messages.append(f"item {at}: {error.detail}")
            else:
                by_task.setdefault(task_id, []).extend(predictions)
        return by_task, messages

    def update(self, task_id: int, index: int, fields: Json) -> Prediction:
        """Merge ``fields`` into a prediction. ``NotFound``, ``Invalid``."""
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            stored = _stored(task)
            stored[_place(task, index)] = changed = {**stored[_place(task, index)], **fields}
            check_prediction(changed)
            self._store.commit(_with(task, stored))
        return Prediction(changed)

    def delete(self, task_id: int, index: int) -> None:
        """``NotFound`` for an unknown task or place."""
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            # the others keep their ids
            ids = _ids_of(task)
            stored = [{**f, "id": own} for own, f in zip(ids, _stored(task), strict=True)]
            del stored[_place(task, index)]
            self._store.commit(_with(task, stored))

    def clear(
        self, task_ids: Sequence[int] | None = None, *, model_version: str | None = None
    ) -> int:
        """Remove predictions, of all tasks or some, of all versions or one; returns how many."""
        removed = 0
        for chunk in _chunks(self._store.task_ids() if task_ids is None else task_ids):
            with self._store.holding(*chunk):
                changes: list[Change] = []
                for task in self._existing(chunk):
                    kept = [
                        p.fields
                        for p in task.predictions
                        if model_version not in (None, p.model_version)
                    ]
                    if len(kept) < len(task.predictions):
                        removed += len(task.predictions) - len(kept)
                        changes.append(_with(task, kept))
                if changes:
                    self._store.commit(*changes)
        return removed

    # -- accepting ----------------------------------------------------------------------------

    def accept(self, task_id: int, index: int) -> Completion:
        """Make a stored prediction a completion of its task. ``NotFound``, ``Invalid``."""
        task = self._store.read_task(task_id)
        prediction = task.predictions[_place(task, index)]
        return self._project.completions.complete(task_id, self.as_completion(prediction))

    def accept_all(
        self,
        *,
        model_version: str | None = None,
        min_score: float | None = None,
        task_ids: Sequence[int] | None = None,
        progress: Progress = lambda count: None,
    ) -> Accepted:
        """Accept the best prediction of every task that has no completion yet.

        Only predictions of ``model_version`` and with at least ``min_score`` count, where these
        are given. The best has the highest score; of equal ones, the last. Predictions that do
        not fit the label config are left alone.
        """
        accepted = Accepted()
        seen = 0
        for chunk in _chunks(self._store.task_ids() if task_ids is None else task_ids):
            self._accept_chunk(chunk, accepted, model_version, min_score)
            seen += len(chunk)
            progress(seen)
        return accepted

    def _accept_chunk(
        self,
        chunk: Sequence[int],
        accepted: Accepted,
        model_version: str | None,
        min_score: float | None,
    ) -> None:
        completions = self._project.completions
        with self._store.holding(*chunk):
            new: list[tuple[Task, Completion]] = []
            for task in self._existing(chunk):
                best = None if task.completed else _best(task, model_version, min_score)
                if best is None:
                    continue
                try:
                    body = self.as_completion(best)
                except Invalid as error:
                    accepted.refused[task.id] = error.detail
                else:
                    new.append((task, completions.made(task, body)))
            if new:
                self._store.commit(*(completions.saving(task, [made]) for task, made in new))
            for task, made in new:
                self._project.usage.replaced((), [made])
                self._project.events.publish(changes_of(task, [made]))
            accepted.count += len(new)

    def _existing(self, ids: Sequence[int]) -> Iterator[Task]:
        """Tasks, without those that completions without a task stand for."""
        return (task for task in self._store.read_tasks(ids) if self._store.has_task(task.id))

    def _check_labels(self, prediction: Prediction) -> None:
        """``Invalid`` for a result that no labeling with the present config could give."""
        check_result(prediction.result)
        usage = usage_of([Completion({"result": prediction.result})])
        for orphan in orphans(self._project.label_config.current, usage):
            what = repr(orphan.label) if orphan.kind == "label" else orphan.type
            raise Invalid(f"the label config has no {what} of {orphan.from_name!r}")

    def as_completion(self, prediction: Prediction) -> Json:
        """The body of a completion; regions get the ids that the editor wants. ``Invalid`` for
        what no labeling with the present config could give."""
        self._check_labels(prediction)
        random = self._project.random
        result = [
            region
            if region.get("id") or region.get("type") == "relation"
            else {"id": "".join(random.choices(_ID_SIGNS, k=10)), **region}
            for region in prediction.result
        ]
        origin = {
            key: prediction.fields[key]
            for key in ("model_version", "created_by", "score")
            if prediction.fields.get(key) is not None
        }
        return {"result": result, "lead_time": 0, "accepted_prediction": origin}


def check_prediction(fields: Any) -> None:
    """``Invalid`` when this may not be stored as a prediction."""
    if not isinstance(fields, dict):
        raise Invalid("a prediction must be an object")
    check_result(fields.get("result"))
    score = fields.get("score")
    if isinstance(score, bool) or not isinstance(score, (int, float, type(None))):
        raise Invalid('"score" must be a number')
    if not isinstance(fields.get("model_version"), (str, type(None))):
        raise Invalid('"model_version" must be a string')


def _read_item(item: Any) -> tuple[int, list[Json]]:
    """The task that an uploaded item is for, and its predictions."""
    if not isinstance(item, dict):
        raise Invalid("must be an object")
    task_id = item.get("task", item.get("id"))
    if isinstance(task_id, bool) or not isinstance(task_id, int):
        raise Invalid('"task" must be the id of a task')
    if "result" in item:
        return task_id, [{key: value for key, value in item.items() if key not in ("task", "id")}]
    if isinstance(item.get("predictions"), list):
        return task_id, item["predictions"]
    raise Invalid('"result" or "predictions" is missing')


def _best(task: Task, model_version: str | None, min_score: float | None) -> Prediction | None:
    lowest = float("-inf")
    best: Prediction | None = None
    for prediction in task.predictions:
        score = prediction.score
        if model_version not in (None, prediction.model_version):
            continue
        if min_score is not None and (score is None or score < min_score):
            continue
        rank = float("-inf") if score is None else score
        if rank >= lowest:
            best, lowest = prediction, rank
    return best


def _place(task: Task, index: int) -> int:
    if not 0 <= index < len(task.predictions):
        raise NotFound(f"task {task.id} has no prediction {index}")
    return index


def _stored(task: Task) -> list[Json]:
    return [prediction.fields for prediction in task.predictions]


def _with(task: Task, predictions: Iterable[Json]) -> Change:
    return put_task(task.id, {**task.fields, "predictions": list(predictions)})


def _ids_of(task: Task) -> list[int]:
    first = task.id * 1000 + 1
    given = [prediction.fields.get("id") for prediction in task.predictions]
    ours = [
        i if isinstance(i, int) and first <= i < first + 999 and i not in given[:at] else None
        for at, i in enumerate(given)
    ]
    free = (i for i in count(first) if i not in ours)
    return [next(free) if i is None else i for i in ours]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
