"""When an ML backend that failed may be asked again in a request's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_FIRST, _LONGEST = 5.0, 60.0  # seconds of rest: after a failure, and after many


class Breaker:
    """Opens at a failure that cost time, so that a dead backend is not asked by every request.

    It stays open for longer after each further failure; then one request at a time may try.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rest = 0.0
        self._until: float | None = None  # None: closed
        self._trying = False

    def allows(self) -> bool:
        """Whether to ask now. Whoever is allowed reports how it went."""
        with self._lock:
            if self._until is None:
                return True
            if self._trying or self._clock() < self._until:
                return False
            self._trying = True
            return True

    @property
    def is_open(self) -> bool:
        """Whether the backend is being left alone; asks for nothing."""
        with self._lock:
            return self._until is not None

    def succeeded(self) -> None:
        with self._lock:
            self._rest, self._until, self._trying = 0.0, None, False

    def failed(self, *, costly: bool) -> None:
        """``costly``: it cost the one who asked some time; a quick failure hurts nobody."""
        with self._lock:
            self._trying = False
            if costly or self._until is not None:
                self._rest = min(max(self._rest * 2, _FIRST), _LONGEST)
                self._until = self._clock() + self._rest
