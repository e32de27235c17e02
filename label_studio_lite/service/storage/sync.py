"""From objects to tasks: one sync of an import storage.

New objects become tasks, in the storage's order. Objects that changed are read again: tasks that
nobody has worked on get the new data. Tasks of objects that are gone stay, marked with
``meta.storage.missing``, until the object is back. Doing it twice changes nothing more; cut off
anywhere, the next one goes on from there.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from label_studio_lite.clouds.base import Entry, Storage
from label_studio_lite.core.model import Json, RawTask
from label_studio_lite.errors import Invalid, NotFound, TooLarge
from label_studio_lite.importing import json_file
from label_studio_lite.importing.upload import MEGABYTE, Upload, one_by_one
from label_studio_lite.service.jobs import Running
from label_studio_lite.service.local_files import served_address
from label_studio_lite.service.storage.keys import KeyMap
from label_studio_lite.service.storage.records import StorageRecord
from label_studio_lite.service.tasks import stored_fields
from label_studio_lite.store.changes import Change, put_task

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_BATCH = 500  # objects whose tasks are made durable at once; more once there are many
_READERS = 8
_LONGEST = 64 * MEGABYTE  # bytes of one JSON object
_MOST_PROBLEMS = 10  # that are named


class _Found(NamedTuple):
    """An object with the items that are to be tasks of it."""

    entry: Entry
    link: str
    values: list[Any]


class StorageSync:
    """One run. ``problems`` names objects that cannot become tasks, with the reason."""

    def __init__(
        self, project: Project, record: StorageRecord, storage: Storage, running: Running
    ) -> None:
        self._project = project
        self._record = record
        self._storage = storage
        self._running = running
        self._store = project.store
        self._keys = KeyMap(project.store, record.name)
        self._validator = project.validator()
        data_key = str(record.values.get("data_key") or project.imports.options().text_key)
        self._data_key = data_key
        self._blobs = record.flag("use_blob_urls")
        self.counts = dict.fromkeys(("added", "changed", "gone", "back", "failed"), 0)
        self.existed = 0
        self.problems: list[str] = []

    def run(self) -> None:
        """Raises what the storage raises; what was committed until then stays."""
        seen: set[str] = set()
        listing = self._listing()
        while batch := list(islice(listing, max(_BATCH, len(self._keys) // 4))):
            if self._running.stop.is_set():
                return
            self._take([(entry, self._link(entry.key)) for entry in batch])
            seen.update(self._link(entry.key) for entry in batch)
            self._running.job.counts = self.counts
            self._running.progress(done=len(seen), position=None)
        self._mark_gone(seen)  # only now is it known what is not there
        self._running.job.done = self._running.job.total = len(seen)

    def _listing(self) -> Iterator[Entry]:
        record = self._record
        pattern = record.pattern()
        for entry in self._storage.list(record.folder, recursive=record.flag("recursive_scan")):
            if pattern is None or pattern.begins(entry.key):
                yield entry

    def _link(self, key: str) -> str:
        """By which the map knows an object."""
        return self._storage.link(key) or key

    # -- new and changed objects --------------------------------------------------------------

    def _take(self, batch: Sequence[tuple[Entry, str]]) -> None:
        fresh, changed, back = [], [], []
        for entry, link in batch:
            known = self._keys.ids(link)
            if not known:
                fresh.append((entry, link))
                continue
            self.existed += 1
            if not self._keys.exists(link):
                back.append(link)
            if self._keys.version(link) != entry.version:
                changed.append((entry, link))
        if back:
            self._mark(back, missing=False)
        if changed:
            self._update(list(self._read(changed)))
        if fresh:
            self._import(list(self._read(fresh)))

    def _read(self, objects: Iterable[tuple[Entry, str]]) -> Iterator[_Found]:
        if self._blobs:
            for entry, link in objects:
                yield _Found(entry, link, [{self._data_key: self._address(entry.key)}])
            return
        with ThreadPoolExecutor(_READERS) as pool:
            for entry, link, values in pool.map(self._items, objects):
                if isinstance(values, str):
                    self._fail(f"{entry.key}: {values}")
                elif values is not None:
                    yield _Found(entry, link, values)

    def _address(self, key: str) -> str:
        """What the data of a task says for an object that is one file to label."""
        if self._record.kind.name == "localfiles":
            return served_address(self._record.place, key)
        found = self._storage.link(key)
        return found or self._project.cloud_media.own_address(self._record, key)

    def _items(self, found: tuple[Entry, str]) -> tuple[Entry, str, list[Any] | str | None]:
        """The items of a JSON object, or why it has none; None when it is gone by now."""
        entry, link = found
        if self._running.stop.is_set():
            return entry, link, None
        try:
            with self._storage.read(entry.key) as content:
                upload = Upload(entry.key, io.BytesIO(content.read(_LONGEST)))
            items = list(one_by_one(json_file.read(upload, self._project.imports.options())))
        except NotFound:
            return entry, link, None
        except (Invalid, TooLarge) as error:
            return entry, link, error.detail
        for number, item in enumerate(items):
            refused = self._validator.check(item.value, number)
            if isinstance(refused, str):
                return entry, link, refused
        return entry, link, [item.value for item in items]

    def _fail(self, problem: str) -> None:
        self.counts["failed"] += 1
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)

    def _import(self, objects: Sequence[_Found]) -> None:
        """Tasks of new objects, and the map that knows them, in one commit."""
        rows = [(found, value) for found in objects for value in found.values]

        def also(ids: Iterable[int]) -> Sequence[Change]:
            for task_id, (found, _) in zip(ids, rows, strict=True):
                self._keys.put(task_id, found.link, {"version": found.entry.version})
            return [self._keys.change()]

        if rows and not self._running.stop.is_set():
            items = (
                RawTask(_with_origin(value, found.entry.key), None, found.entry.key)
                for found, value in rows
            )
            self._project.imports.import_items(items, also=also)
            self.counts["added"] += len(rows)

    def _update(self, objects: Sequence[_Found]) -> None:
        """Objects that changed: data of open tasks, new items, items that are no more."""
        changes: list[Change] = []
        more: list[_Found] = []
        for found in objects:
            ids = list(self._keys.ids(found.link))
            for task_id, value in zip(ids, found.values, strict=False):
                changes += self._changed(task_id, value)
                self._keys.put(task_id, found.link, {"version": found.entry.version})
            for task_id in ids[len(found.values) :]:
                changes += self._marked(task_id, missing=True)
                self._keys.put(task_id, found.link, {"exists": False})
            if len(found.values) > len(ids):
                more.append(found._replace(values=found.values[len(ids) :]))
        with self._store.holding():
            self._store.commit(*changes, self._keys.change())
        self._project.data_keys.forget()
        self._import(more)

    def _changed(self, task_id: int, value: Any) -> list[Change]:
        """Work is never touched: who has labeled a task has seen the data that it has."""
        checked = self._validator.check(value, 0)
        if isinstance(checked, str):
            return []
        known = self._keys.entry(task_id)
        if known is not None and "version" not in known and not self._store.has_task(task_id):
            self.counts["added"] += 1  # 0.8.2 has given the id, and keeps no task here
            return [put_task(task_id, stored_fields(task_id, checked))]
        for task in self._store.read_tasks([task_id]):
            if task.completed or checked.data == task.data:
                continue
            self.counts["changed"] += 1
            return [put_task(task_id, {**task.fields, "data": checked.data})]
        return []

    # -- objects that are gone, and those that are back ---------------------------------------

    def _mark_gone(self, seen: set[str]) -> None:
        """Only what this storage would have listed, had it been there."""
        record, start = self._record, self._link(self._record.folder)
        recursive, pattern = record.flag("recursive_scan"), record.pattern()
        gone = []
        for link in self._keys.links():
            if link in seen or not link.startswith(start) or not self._keys.exists(link):
                continue
            rest = link[len(start) :]
            if (recursive or "/" not in rest) and (
                pattern is None or pattern.begins(record.folder + rest)
            ):
                gone.append(link)
        if gone:
            self._mark(gone, missing=True)

    def _mark(self, links: Iterable[str], *, missing: bool) -> None:
        changes: list[Change] = []
        with self._store.holding():
            for link in links:
                for task_id in self._keys.ids(link):
                    self._keys.put(task_id, link, {"exists": not missing})
                    changes += self._marked(task_id, missing=missing)
            self._store.commit(*changes, self._keys.change())

    def _marked(self, task_id: int, *, missing: bool) -> list[Change]:
        for task in self._store.read_tasks([task_id]):
            stored = task.fields.get("meta")
            meta: Json = dict(stored) if isinstance(stored, dict) else {}
            if missing:
                meta["storage"] = {"missing": True}
            else:
                meta.pop("storage", None)
            self.counts["gone" if missing else "back"] += 1
            fields = {**task.fields, "meta": meta}
            if not meta:
                del fields["meta"]
            return [put_task(task_id, fields)]
        return []


def _with_origin(value: Any, key: str) -> Json:
    """The item with the key of its object, as 1.x shows it."""
    if isinstance(value, dict) and "data" in value:
        return {**value, "storage_filename": key}
    return {"data": value, "storage_filename": key}
