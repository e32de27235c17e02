"""Who may change which task now: locks by task id, and one for all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Holds:
    """Threads hold single tasks side by side, or everything alone. Not reentrant."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[int] = set()
        self._all = False
        self._waiting_for_all = 0

    @contextmanager
    def holding(self, *task_ids: int) -> Iterator[None]:
        """Wait until none of these tasks is held, then hold them; without ids, everything."""
        wanted = set(task_ids)
        with self._changed:
            if wanted:
                # those who want everything go first, or a busy server would starve them
                self._changed.wait_for(
                    lambda: not (self._all or self._waiting_for_all or self._held & wanted)
                )
                self._held |= wanted
            else:
                self._waiting_for_all += 1
                try:
                    self._changed.wait_for(lambda: not (self._all or self._held))
                    self._all = True
                finally:
                    self._waiting_for_all -= 1
        try:
            yield
        finally:
            with self._changed:
                if wanted:
                    self._held -= wanted
                else:
                    self._all = False
                self._changed.notify_all()
