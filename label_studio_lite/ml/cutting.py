"""An end for calls over HTTP, whatever they are waiting for.

``requests`` limits how long a server may be silent, not how long it may take: one byte every
second keeps a call alive for ever. A :class:`Guard` shuts the socket of its call down when the
time is over, while headers are read as well as within a body.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter

_current = threading.local()


class Guard:
    """Ends the call that this thread makes inside the ``with`` block after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(seconds, 0.0), self.cut)
        self._timer.daemon = True

    def hold(self, connected: socket.socket | None) -> None:
        """The call reads from this socket now."""
        with self._lock:
            self._socket = connected
            if self.over:
                self._shut()

    def cut(self) -> None:
        """End the call now; safe from any thread."""
        with self._lock:
            self.over = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the other side may have closed it by now
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> Guard:
        _current.guard = self
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        _current.guard = None
        with self._lock:
            self._socket = None  # it goes back to the pool


class _Cuttable:
    """Tells the guard of the present call which socket it waits for."""

    sock: socket.socket | None

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        guard: Guard | None = getattr(_current, "guard", None)
        if guard is not None:
            guard.hold(self.sock)
        return super().getresponse(*args, **kwargs)  # type: ignore[misc]  # of the mixed-in class


def cuttable(adapter: HTTPAdapter) -> HTTPAdapter:
    """The same adapter, with connections that a :class:`Guard` can cut."""
    manager = adapter.poolmanager
    pools: dict[str, Any] = {}
    for scheme, pool in manager.pool_classes_by_scheme.items():
        connection = type(
            "Cuttable" + pool.ConnectionCls.__name__, (_Cuttable, pool.ConnectionCls), {}
        )
        pools[scheme] = type("Cuttable" + pool.__name__, (pool,), {"ConnectionCls": connection})
    manager.pool_classes_by_scheme = pools
    return adapter
