"""ML backends that do what a test tells them, and remember what they were asked."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEALTH_08 = {"status": "UP", "model_dir": "DIR"}
HEALTH_1X = {"status": "UP", "model_class": "Model"}


@dataclass(frozen=True)
class Call:
    """One request: ``path`` with its query, ``body`` decoded; ``port`` of the one who asked."""

    method: str
    path: str
    body: Any
    headers: dict[str, str]
    port: int

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


def mood(value: str = "good") -> dict[str, Any]:
    return {
        "from_name": "mood",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [value]},
    }


def one_each(call: Call) -> tuple[int, Any]:
    """A prediction for every task, the version only for the answer as a whole."""
    results = [{"result": [mood()], "score": 0.77} for _ in call.body["tasks"]]
    return 200, {"results": results, "model_version": "v1"}


Answer = tuple[int, Any] | Callable[[Call], tuple[int, Any]]


@dataclass
class Scripted:
    """A running backend. ``answers`` by path: status and JSON value (bytes as they are), or a
    function of the call that gives them; a path that is not there answers 404."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Answer] = field(
        default_factory=lambda: {
            "/health": (200, HEALTH_08),
            "/setup": (200, {"model_version": "v1"}),
            "/predict": one_each,
            "/is_training": (200, {"is_training": False}),
            "/train": (201, {"job": "job-1"}),
            "/job_status": (200, {"job_status": "finished"}),
            "/delete": (200, {}),
        }
    )

    @property
    def lines(self) -> list[str]:
        return [call.line for call in self.calls]

    def bodies(self, path: str) -> list[Any]:
        return [call.body for call in self.calls if call.path == path]

    def forget(self) -> None:
        self.calls.clear()

    def speak_1x(self) -> None:
        """Answer like a backend of the newer generation."""
        self.answers |= {"/health": (200, HEALTH_1X), "/webhook": (201, {"job_id": "17"})}
        for path in ("/train", "/is_training", "/job_status", "/delete"):
            del self.answers[path]


@contextmanager
def scripted_backend() -> Iterator[Scripted]:
    backend = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(text) if text else None
            port = self.client_address[1]
            call = Call(self.command, self.path, body, dict(self.headers), port)
            backend.calls.append(call)
            answer = backend.answers.get(self.path.partition("?")[0], (404, {}))
            status, said = answer(call) if callable(answer) else answer
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n"
            self.wfile.write(head.encode() + content)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    backend.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield backend
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- hostile ones: each gets the socket of one connection, and does with it what it wants ---------


def refuses_to_speak(peer: socket.socket) -> None:
    time.sleep(30)


def drips_headers(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        peer.sendall(b"a")
        time.sleep(0.02)


def drips_the_body(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        peer.sendall(b" ")
        time.sleep(0.02)


def never_ends(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        peer.sendall(b" " * 65_536)


def hangs_up(peer: socket.socket) -> None:
    peer.close()


def speaks_another_language(peer: socket.socket) -> None:
    peer.sendall(b"220 mail.example ESMTP\r\n")
    peer.close()


def promises_more(peer: socket.socket) -> None:
    peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"status": "UP"')
    peer.close()


def redirects(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def raw_backend(behaviour: Callable[[socket.socket], None]) -> Iterator[str]:
    """Reads the beginning of each request, then ``behaviour`` follows; gives the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    peers: list[socket.socket] = []

    def serve(peer: socket.socket) -> None:
        try:
            peer.recv(65_536)
            behaviour(peer)
        except OSError:
            peer.close()  # the other side had enough

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:  # closed: the test is over
                return
            peers.append(peer)
            threading.Thread(target=serve, args=(peer,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        for peer in peers:
            peer.close()


def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
