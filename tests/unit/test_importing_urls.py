"""Fetching: what comes, what it is called, where it may not come from."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NoReturn

import pytest
import requests

from label_studio_lite.errors import BackendFailed, Invalid, TooLarge
from label_studio_lite.importing import urls
from label_studio_lite.outgoing import Outgoing, public_only
from label_studio_lite.outgoing.public_only import is_public

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/data/a%20b.json": (200, {"Content-Length": "2"}, b"[]"),
    "/endless": (200, {}, b"x" * 300_000),
    "/lies": (200, {"Content-Length": "1000"}, b"short"),
    "/packed.txt": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"text " * 1000)),
    "/bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(30 << 20))),
    "/export": (200, {"Content-Type": "text/csv; charset=utf-8"}, b"a\n1\n"),
    "/named": (200, {"Content-Disposition": 'attachment; filename="../x y.csv"'}, b""),
    "/extended": (200, {"Content-Disposition": "attachment; filename*=UTF-8''%C3%BC.csv"}, b""),
    "/latin": (200, {"Content-Disposition": 'attachment; filename="ü.csv"'}, b""),
    "/odd": (200, {"Content-Disposition": "attachment; filename*=klingon''%FF.csv"}, b""),
    "/": (200, {"Content-Type": "application/json"}, b"{}"),
    "/there": (302, {"Location": "/data/a%20b.json"}, b""),
    "/loop": (301, {"Location": "/loop"}, b""),
    "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/elsewhere": (302, {"Location": "http://127.0.0.2:9/x"}, b""),
    "/secret": (401, {}, b""),
}


# as socket.getaddrinfo gives them
Resolved = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.seen.append((self.path, dict(self.headers)))
        path = self.path.partition("?")[0]
        status, headers, body = ANSWERS.get(path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            # as some servers do: UTF-8 where Latin-1 is expected
            self.send_header(name, value.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """``seen`` are the path and the headers of each request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str]]] = []


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    running.seen.clear()
    return running


@pytest.fixture
def base(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def fetch(url: str, **options: Any) -> tuple[str, bytes]:
    upload = urls.fetch(url, outgoing=Outgoing(), **options)
    with upload.stream:
        return upload.name, upload.stream.read()


@pytest.mark.parametrize(
    ("path", "name", "content"),
    [
        ("/data/a%20b.json?x=1#y", "a b.json", b"[]"),
        ("/endless", "endless", b"x" * 300_000),
        ("/packed.txt", "packed.txt", b"text " * 1000),
        ("/export", "export.csv", b"a\n1\n"),
        ("/named", "x y.csv", b""),
        ("/extended", "ü.csv", b""),
        ("/latin", "ü.csv", b""),
        ("/odd", "ÿ.csv", b""),
        ("/", "download.json", b"{}"),
        ("/there", "a b.json", b"[]"),
    ],
)
def test_content_and_name(base: str, path: str, name: str, content: bytes) -> None:
    assert fetch(base + path) == (name, content)


def test_progress(base: str) -> None:
    steps: list[tuple[int, int | None]] = []

    def progress(done: int, total: int | None) -> None:
        steps.append((done, total))

    fetch(base + "/endless", progress=progress)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps.pop() == (300_000, None)
    fetch(base + "/data/a%20b.json", progress=progress)
    assert steps.pop() == (2, 2)


@pytest.mark.parametrize("path", ["/endless", "/bomb", "/lies"])
def test_a_limit(base: str, path: str) -> None:
    with pytest.raises(TooLarge, match=f"{path} is larger than 900 bytes"):
        fetch(base + path, max_bytes=900)
    assert fetch(base + "/data/a%20b.json", max_bytes=2)[1] == b"[]"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nope", "answered 404 Not Found"),
        ("/secret", "answered 401 Unauthorized"),
        ("/loop", "more than 10 redirects"),
        ("/lies", "/lies cannot be fetched"),
    ],
)
def test_servers_that_do_not_deliver(base: str, path: str, message: str) -> None:
    with pytest.raises(BackendFailed, match=message):
        fetch(base + path)


@pytest.mark.parametrize("allow_private", [True, False])
def test_a_host_that_is_no_name(allow_private: bool) -> None:
    with pytest.raises((BackendFailed, Invalid)):
        urls.fetch(f"http://{'a' * 70}.example/", outgoing=Outgoing(allow_private))


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/x"
        with pytest.raises(BackendFailed, match="cannot be fetched"):
            fetch(url)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x/y", "nonsense", "", "http:///x", "http://[::1/x", "//host/x"],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(Invalid):
        fetch(url)


def test_a_redirect_to_a_file(base: str) -> None:
    with pytest.raises(Invalid, match="only http and https"):
        fetch(base + "/file")


def test_a_session_gives_its_headers_to_the_first_host_only(base: str, server: Server) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = "Token x"
        fetch(base + "/there", session=session)
        assert [headers.get("Authorization") for _, headers in server.seen] == ["Token x"] * 2
        with pytest.raises(BackendFailed):
            fetch(base + "/elsewhere", session=session)
        ANSWERS["/away"] = (302, {"Location": base.replace("127.0.0.1", "localhost") + "/"}, b"")
        server.seen.clear()
        fetch(base + "/away", session=session)
        assert [headers.get("Authorization") for _, headers in server.seen] == ["Token x", None]


# -- without allow_private ------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "10.0.0.1", "[::ffff:7f00:1]"],
)
def test_private_addresses_are_refused(server: Server, host: str) -> None:
    with pytest.raises(Invalid, match="is not a public address"):
        urls.fetch(f"http://{host}:{server.server_port}/", outgoing=Outgoing(False))
    assert server.seen == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.8.9.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.fixture
def localhost_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 alone, so that a real server can stand for one of the open internet."""
    monkeypatch.setattr(public_only, "is_public", lambda address: address == "127.0.0.1")


@pytest.mark.usefixtures("localhost_is_public")
def test_public_addresses_are_fetched(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # not used: it would resolve the name
    upload = urls.fetch(base + "/there", outgoing=Outgoing(False))
    with upload.stream:
        assert upload.stream.read() == b"[]"


@pytest.mark.usefixtures("localhost_is_public")
def test_redirects_are_checked_again(base: str, server: Server) -> None:
    with pytest.raises(Invalid, match=r"127\.0\.0\.2 is at 127\.0\.0\.2, which is not a public"):
        urls.fetch(base + "/elsewhere", outgoing=Outgoing(False))
    assert len(server.seen) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """A name server that answers first with a public address, then with a private one."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    connected: list[tuple[str, int]] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[Resolved]:
        address = next(answers) if host == "rebind.example" else host
        ipaddress.ip_address(address)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: tuple[str, int], *_: object, **__: object) -> NoReturn:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(BackendFailed):
        urls.fetch(f"{scheme}://rebind.example:8080/", outgoing=Outgoing(False))
    assert connected == [("93.184.216.34", 8080)]


def test_one_private_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 1, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Invalid, match=r"mixed\.example is at 10\.0\.0\.1"):
        urls.fetch("http://mixed.example/", outgoing=Outgoing(False))


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(BackendFailed, match="Name or service not known"):
        urls.fetch("http://unknown.example/", outgoing=Outgoing(False))
