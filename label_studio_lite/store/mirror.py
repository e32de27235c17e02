"""Brings files that people read (``completions/5.json``, ``config.xml``…) up to the journal.

The journal is what makes a change durable; its files follow at once, unflushed, each replaced as a
whole. A file that cannot be written now (disk full) loses nothing: it stays owed, and is tried
again with the next change and at every checkpoint.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
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
        self._writing = threading.Lock()  # one writer, so that an older content never comes last
        self._noting = threading.Lock()
        self._owed: dict[str, None] = {}

    def owe(self, paths: Iterable[str]) -> None:
        """These files changed. To be called before anyone can take the change for settled."""
        with self._noting:
            self._owed.update(dict.fromkeys(paths))

    def follow(self, paths: Sequence[str]) -> None:
        """Write files that changed just now, if they are few; a failure is left to :meth:`pay`."""
        if paths and len(paths) <= AT_ONCE:
            with self._writing:
                self._pay(paths)

    def pay(self) -> None:
        """Write all that is owed; raises ``OSError`` when a file cannot be written."""
        failure = None
        while failure is None:
            with self._writing:
                with self._noting:
                    paths = list(islice(self._owed, _STEP))
                if not paths:
                    return
                failure = self._pay(paths)
        raise failure

    def _pay(self, paths: Iterable[str]) -> OSError | None:
        failure: OSError | None = None
        for path in paths:
            with self._noting:
                if path not in self._owed:
                    continue  # written by another meanwhile, and perhaps made durable
                del self._owed[path]  # first, so that a change from now on is owed anew
            try:
                self._write(path)
            except BaseException as error:
                self.owe([path])
                if not isinstance(error, OSError):
                    raise
                log.warning("%s is not up to date yet: %s", path, error)
                failure = error
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
