"""One export storage and what was written to it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json, summarise
from label_studio_lite.service.storage import objects as storage_objects
from label_studio_lite.service.storage.keys import KeyMap
from label_studio_lite.service.storage.records import StorageRecord

if TYPE_CHECKING:
    from label_studio_lite.clouds.base import Storage
    from label_studio_lite.service.project import Project

_WRITERS = 8
_SOME = 64  # tasks that are written between two looks at what else is to be done
_MAP_PAUSE = 2.0  # seconds between two writes of the map, more for a large one
_ENTRIES_A_SECOND = 2000
_GONE = ""  # the version of work that is no more


class Target:
    """Everything but :meth:`note` is called by the writer's thread alone."""

    def __init__(self, project: Project, record: StorageRecord) -> None:
        self._project = project
        self._record = record
        self._keys = KeyMap(project.store, record.name)
        self._storage: Storage | None = None
        self._map_changed = False
        self._map_saved = time.monotonic()
        self._compared = False
        self.name, self.values = record.name, record.values
        self.pending: dict[int, None] = {}
        self.busy = False
        self.unknown = True  # what is to be written has to be found by comparing
        self.problem: str | None = None
        self.failures = 0
        self.again_at = 0.0  # by the monotonic clock

    def note(self, ids: Iterable[int], *, everything: bool) -> None:
        """The work of these tasks changed. Called with the writer's lock."""
        self.pending.update(dict.fromkeys(ids))
        self.unknown = self.unknown or everything

    @property
    def idle(self) -> bool:
        return not (self.pending or self.unknown or self.busy)

    # -- comparing ----------------------------------------------------------------------------

    def differences(self) -> list[int]:
        """Tasks whose work is not what was written last."""
        store, careful = self._project.store, not self._compared
        self._compared = True
        completed = store.completed_ids()
        found = [task_id for task_id in completed if not self._is_written(task_id, careful)]
        present = set(completed)
        for task_id in self._keys.task_ids():
            if task_id not in present and self._entry(task_id).get("version") != _GONE:
                found.append(task_id)
        return found

    def _is_written(self, task_id: int, careful: bool) -> bool:
        """``careful``: work of the very second in which it was written may have changed since."""
        summary = self._project.store.work_summary(task_id)
        entry = self._entry(task_id)
        if summary is None or entry.get("version") != storage_objects.version_of(summary):
            return False
        return not careful or entry.get("written_at", 0) > summary.completed_at + 1

    def _entry(self, task_id: int) -> Json:
        return self._keys.entry(task_id) or {}

    # -- writing ------------------------------------------------------------------------------

    def write(self, ids: Sequence[int]) -> None:
        """The work of these tasks as it is now. Raises what the storage raises."""
        if self._storage is None:
            self._storage = self._record.open(self._project.served.outgoing)
        if len(ids) == 1:
            self._write(ids[0])
            return
        with ThreadPoolExecutor(_WRITERS) as pool:
            for _ in pool.map(self._write, ids):
                pass

    def _write(self, task_id: int) -> None:
        assert self._storage is not None
        written_at, folder = self._project.clock(), self._record.folder
        old = self._entry(task_id)
        objects, version = self._objects(task_id)
        for name, content in objects.items():
            self._storage.write(folder + name, content)
        keys = [folder + name for name in objects]
        if self._record.flag("can_delete_objects"):
            for key in set(_keys_of(old)) - set(keys):
                self._storage.delete(key)
        if not objects and not old:
            return
        link = self._storage.link(keys[0] if keys else folder) or self._record.place
        facts = {"version": version, "written_at": written_at, "objects": keys}
        self._keys.put(task_id, old["key"] if old and not keys else link, facts)
        self._map_changed = True

    def _objects(self, task_id: int) -> tuple[dict[str, bytes], str]:
        for task in self._project.store.read_tasks([task_id]):
            if task.work is not None:
                version = storage_objects.version_of(summarise(task.work))
                if self._record.id:
                    return storage_objects.of_completions(task, self._project), version
                return storage_objects.of_task(task), version
        return {}, _GONE

    # -- the map ------------------------------------------------------------------------------

    def map_due_in(self) -> float | None:
        """Seconds until the map is to be stored; None while it has not changed."""
        if not self._map_changed:
            return None
        pause = max(_MAP_PAUSE, len(self._keys) / _ENTRIES_A_SECOND)
        return max(self._map_saved + pause - time.monotonic(), 0.0)

    def save_map(self) -> None:
        """Losing it costs nothing but writing the same again."""
        if self._map_changed:
            self._project.store.commit(self._keys.change())
            self._map_changed = False
        self._map_saved = time.monotonic()

    def close(self) -> None:
        if self._storage is not None:
            self._storage.close()
            self._storage = None

    def some(self) -> list[int]:
        """The next tasks to write. Called with the writer's lock."""
        return list(self.pending)[:_SOME]


def _keys_of(entry: Json) -> list[str]:
    keys = entry.get("objects")
    return keys if isinstance(keys, list) else []
