"""The policy for connections that are not made by ``importing/urls.py`` (see its own tests)."""

from __future__ import annotations

import socket
from collections.abc import Iterator

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

    monkeypatch.setattr(public_only.socket, "create_connection", connect)
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
