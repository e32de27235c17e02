"""What may be wrong with the completions of a task, and what mending them means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from label_studio_lite.core.model import Json, Task
from label_studio_lite.core.regions import fault_of
from label_studio_lite.store.index import ID_LIMIT


class Fault(NamedTuple):
    """Something wrong with a completion file; ``position`` tells the completion whose id it is."""

    detail: str
    position: int | None = None


class Examiner:
    """Looks at one task after the other; a completion's id must be there only once."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    def faults(self, task: Task) -> Iterator[Fault]:
        """What is wrong with the completion file of a task, which is looked at once."""
        if task.work is None:
            return
        own_id = task.work.get("id", task.id)
        if own_id != task.id:
            yield Fault(f"the file says that it belongs to task {own_id!r}")
        for position, item in enumerate(_listed(task.work)):
            if not isinstance(item, dict):
                yield Fault(f"completion {position} is no object")
                continue
            for detail in _faults_of_result(item):
                yield Fault(f"completion {position}: {detail}")
            completion_id = item.get("id")
            if type(completion_id) is not int or not 0 <= completion_id < ID_LIMIT:
                yield Fault(f"completion {position}: the id {completion_id!r} is none", position)
            elif completion_id in self._ids:
                yield Fault(f"the completion id {completion_id} is there twice", position)
            else:
                self._ids.add(completion_id)

    def mended(self, task: Task, faults: Iterable[Fault], last_id: int) -> Json:
        """The content of the completion file without these faults.

        Completions get new ids, above ``last_id``, where theirs are of no use; regions that nobody
        can read are left out, and so are completions that are none.
        """
        work = {**(task.work or {}), "id": task.id}
        renumbered = {fault.position for fault in faults}
        next_id = max(last_id, task.id * 1000) + 1
        completions = []
        for position, item in enumerate(_listed(work)):
            if not isinstance(item, dict):
                continue
            mended = {**item, "result": _readable(item.get("result"))}
            if position in renumbered:
                while next_id in self._ids:
                    next_id += 1
                self._ids.add(next_id)
                mended["id"] = next_id
            completions.append(mended)
        return work | {"completions": completions}


def _listed(work: Json) -> list[Any]:
    listed = work.get("completions", [])
    return listed if isinstance(listed, list) else [listed]


def _faults_of_result(item: Json) -> Iterator[str]:
    result = item.get("result")
    if not isinstance(result, list):
        yield '"result" is no list'
        return
    for position, region in enumerate(result):
        fault = fault_of(region)
        if fault is not None:
            yield f"region {position}: {fault}"


def _readable(result: Any) -> list[Any]:
    return [r for r in result if fault_of(r) is None] if isinstance(result, list) else []
