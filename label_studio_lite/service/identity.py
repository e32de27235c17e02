"""A name by which a browser knows a project again.

Two projects may be served at the same address on different days; what a browser keeps for one
(work that it could not send yet) must never reach the other. The name moves with the directory.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from pathlib import Path

from label_studio_lite.errors import LabelStudioError
from label_studio_lite.store.documents import Documents

_TABLE = "identity"


class Identity:
    """The name of one project."""

    def __init__(self, documents: Documents, folder: Path) -> None:
        self._documents = documents
        self._folder = folder
        self._lock = threading.Lock()
        self._name: str | None = None

    def name(self) -> str:
        """Made when first asked for. A project that cannot be written to is known by its place."""
        with self._lock:
            if self._name is None:
                self._name = self._read()
            return self._name

    def _read(self) -> str:
        known = self._documents.all(_TABLE)
        if 1 in known:
            return str(known[1]["name"])
        name = secrets.token_hex(8)
        try:
            self._documents.put(_TABLE, 1, {"name": name})
        except LabelStudioError:
            return hashlib.sha256(str(self._folder).encode()).hexdigest()[:16]
        return name
