"""Which object each task came from, and in which object each task's work lies.

``source.json`` and ``target.json`` as 0.8.2 writes them: ``{"<task id>": {"key": "s3:\\/\\/bucket
\\/key", "exists": true}, …}``, compact, in ASCII, slashes escaped. Of ours are ``version`` (of the
object when it was read, or of the work when it was written) and, for objects with several tasks,
the same key more than once. Storages of 1.x have the same in ``.storages/<id>.json``.

A map is changed in the same commit as the tasks that it tells of, so a sync that was cut off
brings nothing twice. Keys of deleted tasks stay: a deleted task does not come back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged
from label_studio_lite.store.base import Store
from label_studio_lite.store.changes import DropFile, PutFile


class KeyMap:
    """The map of one storage. Not for several threads at once."""

    def __init__(self, store: Store, name: str) -> None:
        """``Damaged`` when the file is no map."""
        self.path = f"{name}.json" if not name.isdigit() else f".storages/{name}.json"
        self._entries: dict[str, Json] = {}
        self._ids: dict[str, list[int]] = {}
        content = store.read_file(self.path)
        try:
            stored: Any = jsontext.loads(content or b"{}")
            for task_id, entry in stored.items():
                self.put(int(task_id), str(entry["key"]), entry)
        except (ValueError, AttributeError, KeyError, TypeError) as error:
            raise Damaged(f"{self.path} cannot be read: {error}") from error

    def __len__(self) -> int:
        return len(self._entries)

    def links(self) -> Iterable[str]:
        return list(self._ids)

    def ids(self, link: str) -> list[int]:
        """The tasks of an object, in the order of its items."""
        return self._ids.get(link, [])

    def entry(self, task_id: int) -> Json | None:
        return self._entries.get(str(task_id))

    def task_ids(self) -> list[int]:
        return [int(task_id) for task_id in self._entries]

    def put(self, task_id: int, link: str, facts: Json) -> None:
        """``facts`` are ``exists``, ``version``…; keys that an entry has besides them stay."""
        old = self._entries.get(str(task_id), {})
        self._entries[str(task_id)] = {**old, "key": link, "exists": True, **facts}
        ids = self._ids.setdefault(link, [])
        if task_id not in ids:
            ids.append(task_id)

    def version(self, link: str) -> Any:
        """Of the object when it was read last; None when that is not known."""
        ids = self.ids(link)
        return self._entries[str(ids[0])].get("version") if ids else None

    def exists(self, link: str) -> bool:
        return any(self._entries[str(task_id)].get("exists") for task_id in self.ids(link))

    def drop(self, task_id: int) -> None:
        entry = self._entries.pop(str(task_id), None)
        if entry is not None:
            self._ids[entry["key"]].remove(task_id)

    def change(self) -> PutFile:
        """The change of the store that makes the map durable."""
        content = jsontext.ascii_only(jsontext.dumps(self._entries))
        return PutFile(self.path, content.replace(b"/", b"\\/"))

    def forgetting(self) -> DropFile:
        return DropFile(self.path)
