"""Small documents (views, tokens, webhooks, storages…) in TinyDB, written atomically.

TinyDB's own storage rewrites its file in place, so that a crash can leave half of it, and is not
made for threads. Here each write replaces the file as a whole and is durable, and one lock stands
before the database. It is meant for hundreds of documents, never for tasks or completions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged, NotFound
from label_studio_lite.store.fs import FileSystem, refusal

_LAST_IDS = "_last_ids"  # the table that remembers ids of removed documents


class AtomicStorage(Storage):
    """A TinyDB storage whose file is valid JSON at every moment."""

    def __init__(self, fs: FileSystem, path: Path, *, private: bool = False) -> None:
        self._fs = fs
        self._path = path
        self._private = private

    def read(self) -> dict[str, dict[str, Any]] | None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return msgspec.convert(jsontext.loads(content), dict[str, dict[str, Json]])
        except ValueError as error:
            raise Damaged(f"{self._path.name} cannot be read: {error}") from error

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        # keys are document numbers, which JSON wants as text
        tables = {name: {str(k): v for k, v in rows.items()} for name, rows in data.items()}
        try:
            content = jsontext.pretty(tables)
            self._fs.put(self._path, content, durable=True, private=self._private)
        except OSError as error:
            raise refusal(error, self._path.name) from error


class Documents:
    """Tables of JSON objects, each with an id counting from 1.

    A ``private`` file can be read by its owner only: it holds tokens and passwords.
    """

    def __init__(self, fs: FileSystem, path: Path, *, private: bool = False) -> None:
        self._db = TinyDB(storage=lambda: AtomicStorage(fs, path, private=private))
        self._path = path
        self._lock = threading.RLock()

    def stamp(self) -> tuple[int, ...]:
        """Something that is another one when the file was replaced, by whichever process."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return ()
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

    def all(self, table: str) -> dict[int, Json]:
        """Every document of a table by id, oldest first."""
        with self._lock:
            return {row.doc_id: dict(row) for row in self._db.table(table, cache_size=0).all()}

    def get(self, table: str, doc_id: int) -> Json:
        """``NotFound`` for an unknown id."""
        with self._lock:
            row = self._db.table(table, cache_size=0).get(doc_id=doc_id)
        if not isinstance(row, Document):
            raise NotFound(f"there is no {doc_id} in {table}")
        return dict(row)

    def add(self, table: str, document: Mapping[str, Any]) -> int:
        """Store a new document; returns its id. Ids of removed documents are not given again."""
        with self._lock:
            counters = self._db.table(_LAST_IDS, cache_size=0)
            last = counters.get(doc_id=1)
            known: dict[str, int] = dict(last) if isinstance(last, Document) else {}
            doc_id = max([known.get(table, 0), *self.all(table)]) + 1
            counters.upsert(Document({**known, table: doc_id}, doc_id=1))
            self._db.table(table, cache_size=0).insert(Document(dict(document), doc_id=doc_id))
        return doc_id

    def put(self, table: str, doc_id: int, document: Mapping[str, Any]) -> None:
        """Replace a document, or store one under a given id. One write: never half."""

        def replace(row: Mapping[str, Any]) -> None:
            assert isinstance(row, dict)
            row.clear()
            row.update(document)

        with self._lock:
            rows = self._db.table(table, cache_size=0)
            if rows.contains(doc_id=doc_id):
                rows.update(replace, doc_ids=[doc_id])
            else:
                rows.insert(Document(dict(document), doc_id=doc_id))

    def change(self, table: str, doc_id: int, change: Callable[[Json], None]) -> Json:
        """Read, change in place and store; returns the document. ``NotFound``."""
        with self._lock:
            document = self.get(table, doc_id)
            change(document)
            self.put(table, doc_id, document)
        return document

    def remove(self, table: str, doc_id: int) -> None:
        """``NotFound`` for an unknown id."""
        with self._lock:
            self.get(table, doc_id)
            self._db.table(table, cache_size=0).remove(doc_ids=[doc_id])
