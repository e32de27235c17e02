"""``.secrets.json``: keys and passwords of a project, apart from its settings.

A TinyDB file of mode 0600 with one document for each owner (a storage). It is read by the server
only: no answer, log or export has it, and a backup only when asked for.
"""

from __future__ import annotations

from pathlib import Path

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound
from label_studio_lite.store.documents import Documents
from label_studio_lite.store.fs import FileSystem

NAME = ".secrets.json"


class Secrets:
    """The secrets of one project, by owner."""

    def __init__(self, fs: FileSystem, folder: Path) -> None:
        self._documents = Documents(fs, folder / NAME, private=True)

    def get(self, owner: str) -> Json:
        """Empty where there are none."""
        try:
            return self._documents.get(owner, 1)
        except NotFound:
            return {}

    def put(self, owner: str, values: Json) -> None:
        """Exactly these from now on; ``ReadOnly``, ``StorageFull``."""
        if values:
            self._documents.put(owner, 1, values)
        elif self.get(owner):
            self._documents.remove(owner, 1)
