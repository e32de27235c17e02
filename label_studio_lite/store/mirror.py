"""Brings files that people read (``completions/5.json``, ``config.xml``…) up to the journal.

The journal is what makes a change durable; its files follow at once, unflushed, each replaced as a
whole. A file that cannot be written now (disk full) loses nothing: it stays owed, and is tried
again with the next change and at every checkpoint.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from label_studio_lite.store.fs import FileSystem

log = logging.getLogger(__name__)

AT_ONCE = 64  # files that a request itself brings up to date; more are left to the background
_STEP = 8  # files that the background writes before a request may write its own

Newest = Callable[[str], "bytes | Settled | None"]


class Settled:
    """Says that the file is as it should be."""


class Mirror:
    """Writes owed files. ``newest`` gives the content that a path shall have (None: no file)."""

    def __init__(self, fs: FileSystem, folder: Path, newest: Newest) -> None:
        self._fs = fs
        self._folder = folder
        self._newest = newest
        self._lock = threading.Lock()  # one writer, so that an older content never comes last
        self._owed: dict[str, None] = {}

    def owe(self, paths: Iterable[str], *, now: bool = True) -> None:
        """These files changed. Few are written ``now``, many when :meth:`pay` is called."""
        fresh = list(paths)
        with self._lock:
            self._owed.update(dict.fromkeys(fresh))
            if now and len(fresh) <= AT_ONCE:
                self._pay(fresh)

    def pay(self) -> None:
        """Write what is owed; raises ``OSError`` when a file cannot be written."""
        failure = None
        while failure is None:
            with self._lock:
                paths = list(islice(self._owed, _STEP))
                if not paths:
                    return
                failure = self._pay(paths)
        raise failure

    def _pay(self, paths: Iterable[str]) -> OSError | None:
        failure: OSError | None = None
        for path in paths:
            try:
                self._write(path)
            except OSError as error:
                log.warning("%s is not up to date yet: %s", path, error)
                failure = error
            else:
                self._owed.pop(path, None)
        return failure

    def _write(self, path: str) -> None:
        content = self._newest(path)
        target = self._folder / path
        if content is None:
            self._fs.remove(target)
        elif isinstance(content, bytes):
            try:
                self._fs.put(target, content, durable=False)
            except FileNotFoundError:  # its folder is yet to be made, or was removed by hand
                self._fs.make_dir(target.parent)
                self._fs.put(target, content, durable=False)
