"""``label-studio start`` as a process: binding, stopping, and what it prints."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.cli.conftest import Run, RunningServer, Serve

TEXTS = [{"text": "a"}, {"text": "b"}]


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    run("init", "p", "--template", "text_classification")
    return tmp_path / "p"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that vouches for itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    options = ["-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost"]
    command = [openssl, "req", *options, *names, "-out", str(cert), "-keyout", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


def listening_port(server: RunningServer) -> int:
    """The port of a server that prints another address."""
    for line in Path(f"/proc/{server.process.pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        inode = fields[9]
        if fields[3] == "0A" and inode in _sockets(server.process.pid):
            return int(fields[1].partition(":")[2], 16)
    raise AssertionError("it listens nowhere")


def _sockets(pid: int) -> set[str]:
    links = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
    return {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}


def test_init_and_serve(serve: Serve, tmp_path: Path) -> None:
    server = serve("start", "new", "--init", "--template", "text_classification")
    assert server.request("/api/project/import", TEXTS)[0] == 201
    assert server.json("/api/project")["project_name"] == "new"
    assert server.stop() == 0
    assert len(json.loads((tmp_path / "new" / "tasks.json").read_text())) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_leaves_plain_files(serve: Serve, folder: Path, number: signal.Signals) -> None:
    server = serve("start", "p")
    server.request("/api/project/import", TEXTS)
    server.request("/api/tasks/0/completions", {"result": []})
    assert server.stop(number) == 0
    assert json.loads((folder / "tasks.json").read_text())["1"]["data"] == {"text": "b"}
    assert not list((folder / ".journal").glob("*.log"))


def test_a_killed_server_loses_nothing(serve: Serve, folder: Path) -> None:
    server = serve("start", "p")
    server.request("/api/project/import", TEXTS)
    server.request("/api/tasks/1/completions", {"result": [], "lead_time": 7})
    server.stop(signal.SIGKILL)
    again = serve("start", "p")
    assert again.json("/api/tasks/1")["completions"][0]["lead_time"] == 7
    assert "brought back" in again.output


def test_a_busy_port_is_told_and_the_next_one_taken(serve: Serve, folder: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        server = serve("start", "p", "-p", port)
    assert f"port {port} is busy; using" in server.output
    assert server.request("/api/health")[0] == 200


def test_two_servers_of_one_project(serve: Serve, folder: Path) -> None:
    server = serve("start", "p")
    second = subprocess.run(
        [sys.executable, "-m", "label_studio_lite", "start", str(folder), "-b", "-p", "0"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"process {server.process.pid}" in second.stderr
    assert server.url in second.stderr


def test_sampling_holds_for_this_run(serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--sampling", "uniform")
    assert server.json("/api/project")["config"]["sampling"] == "uniform"
    server.stop()
    assert json.loads((folder / "config.json").read_text())["sampling"] == "sequential"


def test_a_label_config_is_set_if_it_fits(serve: Serve, run: Run, folder: Path) -> None:
    serve("start", "p", "--template", "text_named_entity").stop()
    assert "<Labels" in (folder / "config.xml").read_text()
    (folder.parent / "a.json").write_text('[{"text": "a"}]')
    run("import", "p", "a.json")
    result = run("start", "p", "--template", "image_bbox", "-b")
    assert result.exit_code == 1
    assert "imported tasks contain only keys" in result.output


def test_images(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a b.jpg").write_bytes(b"\xff\xd8")
    server = serve("start", "new", "--init", "--images", "photos")
    url = server.json("/api/tasks")[0]["data"]["image"]
    assert server.request(url)[1] == b"\xff\xd8"
    server.stop()
    (tmp_path / "photos" / "c.jpg").write_bytes(b"c")
    again = serve("start", "new", "--images", "photos")
    assert "1 new, 0 changed, 0 gone" in again.output


def test_password(serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--username", "me", "--password", "pw")
    assert server.request("/api/project")[0] == 401
    assert server.request("/api/project", Authorization="Basic bWU6cHc=")[0] == 200


def test_bound_openly_it_asks_for_the_token_that_it_prints(serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--host", "0.0.0.0")
    token = server.output.partition("API token: ")[2].split()[0]
    port = server.url.rpartition(":")[2]
    server.url = f"http://127.0.0.1:{port}"
    assert server.request("/api/project")[0] == 401
    assert server.request("/api/project", Authorization=f"Token {token}")[0] == 200


def test_no_auth_has_to_be_spelled_out(serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--host", "0.0.0.0", "--no-auth")
    port = server.url.rpartition(":")[2]
    server.url = f"http://127.0.0.1:{port}"
    assert server.request("/api/project")[0] == 200


def test_an_old_config_that_names_an_open_address_is_not_bound_openly(
    serve: Serve, folder: Path
) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "host": "0.0.0.0"}))
    server = serve("start", "p")
    assert server.url.startswith("http://localhost:")
    assert "token" not in server.output


def test_a_folder_of_many(serve: Serve, tmp_path: Path, run: Run) -> None:
    run("init", "one", "--root-dir", tmp_path / "all", "--template", "text_classification")
    server = serve("start", "--data-dir", tmp_path / "all")
    server.request("/projects/1/api/project/import", TEXTS)
    assert server.stop() == 0
    assert len(json.loads((tmp_path / "all" / "one" / "tasks.json").read_text())) == 2


def test_multi_session(serve: Serve, tmp_path: Path) -> None:
    server = serve("start-multi-session", "--root-dir", tmp_path / "root")
    assert server.request("/api/health")[0] == 200
    assert not list((tmp_path / "root").glob("*/*"))
    assert server.request("/welcome")[0] == 200
    assert len(list((tmp_path / "root").glob("*/*/config.json"))) == 1


def test_the_link_of_an_open_server_logs_in_once(serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--host", "0.0.0.0")
    link = server.output.partition("to log in, once: ")[2].split()[0]
    path = "/login?" + link.partition("/login?")[2]
    server.url = f"http://127.0.0.1:{server.url.rpartition(':')[2]}"
    with requests.Session() as browser:
        assert browser.get(server.url + path).status_code == 200
        assert browser.get(server.url + "/api/project").status_code == 200
    assert server.request(path)[0] == 401


def test_a_proxy_in_front_makes_a_server_an_open_one(serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--public-url", "https://labels.example.org/p/")
    assert "serves p at https://labels.example.org/p/" in server.output
    port = listening_port(server)
    server.url = f"http://127.0.0.1:{port}"
    assert server.request("/api/project")[0] == 401
    token = server.output.partition("API token: ")[2].split()[0]
    for path in ("/api/project", "/p/api/project"):
        assert server.request(path, Authorization=f"Token {token}")[0] == 200


def test_tls(serve: Serve, folder: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    server = serve("start", "p", "--cert", cert, "--key", key, "--password", "pw")
    assert server.url.startswith("https://")
    with requests.Session() as client:
        client.trust_env, client.verify = False, str(cert)
        assert client.get(f"{server.url}/api/project").status_code == 401
        form = {"username": "ls", "password": "pw"}
        answer = client.post(f"{server.url}/login", data=form, allow_redirects=False)
        assert "Secure" in answer.headers["Set-Cookie"]
        assert client.get(f"{server.url}/api/project").status_code == 200
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["--cert", "x"], "go together"),
        (["--cert", "x", "--key", "y"], "x does not exist"),
        (["--public-url", "labels.example.org"], "--public-url labels.example.org is not an"),
        (["--password", "pw", "--no-auth"], "contradict"),
    ],
)
def test_options_that_do_not_fit(run: Run, folder: Path, args: list[str], reason: str) -> None:
    result = run("start", "p", "-b", "-p", "0", *args)
    assert result.exit_code == 1
    assert reason in result.output


def test_a_silent_client_does_not_hold_up_tls(
    serve: Serve, folder: Path, certificate: tuple[Path, Path]
) -> None:
    cert, key = certificate
    server = serve("start", "p", "--cert", cert, "--key", key)
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address) as silent, requests.Session() as client:
        client.trust_env, client.verify = False, str(cert)
        assert client.get(f"{server.url}/api/project", timeout=20).status_code == 200
        silent.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert client.get(f"{server.url}/api/project", timeout=20).status_code == 200


def test_large_bodies_are_refused_before_they_come(serve: Serve, folder: Path) -> None:
    server = serve("start", "p", "--max-body", "1")
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, 20) as client:
        head = (
            "POST /api/project/import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n"
        )
        client.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413")
    assert server.request("/api/project/import", TEXTS)[0] == 201
