"""A gate before a storage server: requests that break a test's rule are refused as Amazon does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.clouds.signatures import Asked, Refused

Rule = Callable[[Asked], bytes | None]
"""``Refused``, or an answer (JSON) in the server's place, or None to ask the server."""
_OF_ONE_STEP = ("connection", "transfer-encoding", "content-length", "date", "server")


class Gate:
    """Sends on to a port of this machine what ``rule`` lets pass; ``passed`` has it."""

    def __init__(self, port: int, rule: Rule) -> None:
        self.passed: list[Asked] = []
        self._target = port
        self._rule = rule
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                gate.answer(self)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # its names

            def log_message(self, format: str, *args: object) -> None:
                """Tests look at ``passed``."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(request.command, request.path, headers, body)
        try:
            own = self._rule(asked)
        except Refused as error:
            text = f"<Error><Code>{error.code}</Code><Message>refused</Message></Error>"
            _send(request, 403, {"Content-Type": "application/xml"}, text.encode())
            return
        self.passed.append(asked)
        if own is not None:
            _send(request, 200, {"Content-Type": "application/json"}, own)
            return
        there = HTTPConnection("127.0.0.1", self._target, timeout=30)
        try:
            sent = {name: value for name, value in headers.items() if name != "expect"}
            there.request(asked.method, asked.target, body, sent)
            got = there.getresponse()
            kept = {k: v for k, v in got.getheaders() if k.lower() not in _OF_ONE_STEP}
            _send(request, got.status, kept, got.read())
        finally:
            there.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _send(
    request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)
