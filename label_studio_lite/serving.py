"""Running the application: binding a port, serving with waitress, stopping gracefully."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask

from label_studio_lite.errors import Conflict, Invalid

log = logging.getLogger(__name__)

_THREADS = 8
_TRIES = 50  # ports that are tried from the wanted one on
_READ_AT_ONCE = 1 << 18  # bytes; the default is made for small requests
_IN_MEMORY = 16 << 20  # bytes of a body; larger ones go to a temporary file
_BODY_LIMIT = 1 << 40  # bytes; where there is no other limit
_PATIENCE = 60  # seconds for a handshake, and between parts of a request


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on ``port``, or on the next free one; ``Conflict`` without any."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last, refused = min(port + _TRIES, 65536) - 1, 0
    for number in range(port, last + 1) if port else (0,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, number))
            listener.listen(128)
        except OSError as error:
            listener.close()
            refused += error.errno == errno.EACCES
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise Conflict(f"cannot listen at {host}:{number}: {error.strerror}") from error
        else:
            return listener
    why = "is free" if not refused else "may be used by this user, or is free"
    raise Conflict(f"none of the ports {port} to {last} of {host} {why}")


def serve(
    app: Flask,
    listener: socket.socket,
    *,
    certificate: tuple[str, str] | None = None,
    max_body: int | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT. ``certificate``: paths of a certificate and its key.

    Bodies of more than ``max_body`` bytes are refused before they are received.
    """
    server = (
        _TlsServer(app, listener, certificate)
        if certificate
        else _server(app, listener, max_body or _BODY_LIMIT)
    )
    stop = threading.Event()

    def stopping(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, stopping) for number in _signals()}
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    try:
        ready()
        while not stop.wait(0.5):  # in steps, so that Windows sees Ctrl+C
            if not thread.is_alive():
                raise Conflict("the server stopped by itself; its log says why")
    finally:
        server.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _signals() -> list[signal.Signals]:
    return [signal.SIGINT, signal.SIGTERM]


def _server(app: Flask, listener: socket.socket, max_body: int) -> Any:
    from waitress.server import create_server

    return create_server(
        app,
        sockets=[listener],
        threads=_THREADS,
        max_request_body_size=max_body,
        recv_bytes=_READ_AT_ONCE,
        inbuf_overflow=_IN_MEMORY,
        ident=None,
        clear_untrusted_proxy_headers=False,  # http/proxies.py knows which to believe
    )


class _TlsServer:
    """Werkzeug's threaded server, because waitress does not speak TLS.

    Each client's handshake is made in its own thread and has an end: one that stays silent holds
    up nobody else.
    """

    def __init__(self, app: Flask, listener: socket.socket, certificate: tuple[str, str]) -> None:
        import ssl

        from werkzeug.serving import WSGIRequestHandler, make_server

        class Handler(WSGIRequestHandler):
            timeout = _PATIENCE

            def log(self, type: str, message: str, *args: Any) -> None:
                log.debug("%s " + message, self.address_string(), *args)

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(*certificate)
        except OSError as error:
            raise Invalid(
                f"{certificate[0]} and {certificate[1]} are no certificate and its key: {error}"
            ) from error
        host, port = listener.getsockname()[:2]
        self._inner = make_server(
            host, port, app, threaded=True, fd=listener.fileno(), request_handler=Handler
        )
        self._inner.socket = context.wrap_socket(
            self._inner.socket, server_side=True, do_handshake_on_connect=False
        )
        self._inner.ssl_context = context  # so that requests are known to be https
        self.run = self._inner.serve_forever

    def close(self) -> None:
        self._inner.shutdown()
        self._inner.server_close()
