"""Slowing down those who guess: who fails too often from one address has to wait.

The first ten wrong attempts cost nothing. Each one after them doubles the time until the next is
looked at, up to a quarter of an hour; a right one, or an hour of peace, forgets them. Clients
with a valid token or login are not concerned.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from label_studio_lite.errors import TooManyAttempts

_FREE = 10
_LONGEST = 900  # seconds
_FORGOTTEN = 3600
_MOST = 10_000  # addresses that are remembered


@dataclass(slots=True)
class _Failures:
    count: int
    last: float

    def wait(self, now: float) -> float:
        if self.count < _FREE:
            return 0.0
        pause = min(2.0 ** min(self.count - _FREE, 20), _LONGEST)
        return self.last + pause - now


class Attempts:
    """Wrong attempts by address. IPv6 addresses count by network: a client has a whole one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Failures] = OrderedDict()

    def check(self, address: str) -> None:
        """``TooManyAttempts`` if it is too early for the next attempt."""
        with self._lock:
            found = self._known.get(_network(address))
            wait = found.wait(self._clock()) if found else 0.0
        if wait > 0:
            raise TooManyAttempts(int(wait) + 1)

    def failed(self, address: str) -> None:
        now = self._clock()
        with self._lock:
            found = self._known.pop(_network(address), None)
            if found is None or now - found.last > _FORGOTTEN:
                found = _Failures(0, now)
            found.count, found.last = found.count + 1, now
            self._known[_network(address)] = found
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def passed(self, address: str) -> None:
        with self._lock:
            self._known.pop(_network(address), None)


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
