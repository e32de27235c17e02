"""The policy for connections that are not made by ``importing/urls.py`` (see its own tests)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import urllib3

from label_studio_lite.errors import Invalid
from label_studio_lite.outgoing import Outgoing, http_host, public_only

PUBLIC = "93.184.216.34"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def test_sockets_go_where_the_user_says(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with Outgoing().connect("localhost", port, 5) as made:
        assert made.getpeername() == ("127.0.0.1", port)


def test_but_not_to_private_addresses_of_an_open_server(listener: socket.socket) -> None:
    for host in ("localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises(Invalid, match="not a public address"):
            Outgoing(allow_private=False).connect(host, listener.getsockname()[1], 5)


def test_the_checked_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([PUBLIC, "127.0.0.1"])
    connected = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, 1, 6, "", (next(answers), port))]

    def connect(address: tuple[str, int], *_: object) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        Outgoing(allow_private=False).connect("redis.example", 6379)
    assert connected == [(PUBLIC, 6379)]


class Redirecting(BaseHTTPRequestHandler):
    asked: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.asked.append(self.headers["Authorization"])
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302)
        assert isinstance(self.server, ThreadingHTTPServer)
        self.send_header("Location", f"http://127.0.0.2:{self.server.server_port}/")
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_what_is_posted_follows_no_redirect_to_a_private_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(public_only, "is_public", lambda address: address == "127.0.0.1")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login owner password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Redirecting) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        with pytest.raises(Invalid, match=r"127\.0\.0\.2, which is not a public address"):
            Outgoing(allow_private=False).post(url, b"{}", {}, 5)
        server.shutdown()
    assert Redirecting.asked == [None]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_pool_managers_of_other_libraries(listener: socket.socket, scheme: str) -> None:
    manager = urllib3.PoolManager(retries=False)
    Outgoing(allow_private=False).guard(manager)
    with pytest.raises(Invalid, match="not a public address"):
        manager.request("GET", f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/")
    manager.clear()


def test_ports_and_timeouts_reach_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def connect(address: tuple[str, int], timeout: object, source: object) -> None:
        seen.append((address, timeout))
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(TimeoutError):
        Outgoing(allow_private=False).connect(PUBLIC, 443, 2.5)
    assert seen == [((PUBLIC, 443), 2.5)]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/x",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1/",
        "jar:http://x!/",
        "//example.com",
        "http:///x",
        "http://",
        "http://[::1",
        "javascript:alert(1)",
        "example.com",
        "",
    ],
)
def test_only_http_and_https(url: str) -> None:
    with pytest.raises(Invalid):
        http_host(url)


@pytest.mark.parametrize("url", ["http://example.com:1/", "HTTPS://user:pw@example.com"])
def test_hosts(url: str) -> None:
    assert http_host(url) == "example.com"
