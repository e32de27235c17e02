"""The file of a server's one user: named records, private, shared with the command line.

``.accounts.json`` lies beside the project, or in the folder of projects. It is a TinyDB file of
mode 0600 that holds one document for each record. ``label-studio user`` may change it while a
server runs: what is kept in memory is dropped when the file was replaced.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound, ReadOnly, StorageFull
from label_studio_lite.store.directory import ACCOUNTS
from label_studio_lite.store.documents import Documents
from label_studio_lite.store.fs import FileSystem


class AccountFile:
    """Records by name, each a JSON object; absent ones are empty."""

    def __init__(self, folder: Path) -> None:
        self._documents = Documents(FileSystem(), folder / ACCOUNTS, private=True)
        self._lock = threading.RLock()
        self._stamp: tuple[int, ...] = ()
        self._records: dict[str, Json] = {}

    def read(self, name: str) -> Json:
        """A copy of the record."""
        with self._lock:
            stamp = self._documents.stamp()
            if stamp != self._stamp:
                self._stamp, self._records = stamp, {}
            if name not in self._records:
                self._records[name] = self._stored(name)
            return deepcopy(self._records[name])

    def _stored(self, name: str) -> Json:
        try:
            return self._documents.get(name, 1)
        except NotFound:
            return {}

    def change(self, name: str, change: Callable[[Json], None]) -> Json:
        """Read, change in place and store durably; ``ReadOnly``, ``StorageFull``."""
        with self._lock:
            record = self.read(name)
            change(record)
            self._documents.put(name, 1, record)
            self._stamp = self._documents.stamp()
            self._records[name] = record
            return deepcopy(record)

    def made(self, name: str, make: Callable[[], Json]) -> Json:
        """The record, made now if there is none; in memory only where it cannot be stored."""
        with self._lock:
            record = self.read(name)
            if record:
                return record
            fresh = make()
            try:
                return self.change(name, lambda record: record.update(fresh))
            except (ReadOnly, StorageFull):
                self._records[name] = fresh
                return deepcopy(fresh)
