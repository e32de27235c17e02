"""A TCP proxy that a test can break: before a connection, or after so many bytes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Proxy:
    """Sends everything on to a port of this machine, while ``broken`` is False.

    With ``bytes_left``, answers are cut off when so many bytes have come through in total.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.broken = False
        self.bytes_left: int | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.broken:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            with self._lock:
                self._open |= {client, server}
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        try:
            while data := source.recv(65_536):
                if self.broken:
                    break
                if answers and self.bytes_left is not None:
                    data = data[: self.bytes_left]
                    self.bytes_left -= len(data)
                    if self.bytes_left <= 0:
                        target.sendall(data)
                        self.broken = True
                        break
                target.sendall(data)
        except OSError:
            return
        finally:
            with self._lock:
                self._open -= {source, target}
            for end in (source, target):
                _shut(end)  # or who reads it now would keep it open
                end.close()

    def cut(self) -> None:
        """No connection works from now on."""
        self.broken = True
        with self._lock:
            for end in self._open:
                _shut(end)

    def mend(self) -> None:
        self.broken, self.bytes_left = False, None

    def close(self) -> None:
        self.cut()
        self._listener.close()


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
