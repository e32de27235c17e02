"""Keeping the files of a project as they are for a while, although it may be served meanwhile.

Whoever locks ``.journal/hold`` keeps folds away: ``tasks.json`` is not exchanged, and no change
leaves the journal. Saving goes on, into the journal and the small files.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from label_studio_lite.errors import Conflict
from label_studio_lite.store.fs import FileSystem, Lock

HOLD = "hold"  # in the journal's folder
_STEP = 0.05  # seconds between two attempts
_PATIENCE = 600.0  # seconds; longer than any fold takes


@contextmanager
def held(
    fs: FileSystem, journal: Path, *, create: bool, patience: float = _PATIENCE
) -> Iterator[None]:
    """Wait for a fold that is being made, and keep further ones away.

    ``Conflict`` when files do not come to rest within ``patience`` seconds. Where there is nothing
    to lock, and with ``create`` none can be made, nobody can be writing either.
    """
    path = journal / HOLD
    lock = _wait(fs, path, patience) if create or path.exists() else None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _wait(fs: FileSystem, path: Path, patience: float) -> Lock | None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fs.lock(path)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise Conflict("the files of the project are held by another program") from error
            time.sleep(_STEP)
        except OSError:  # a folder that cannot be written to
            return None
