"""What somebody might send to get at more than is meant for them, as tables of payloads."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path
from urllib.parse import quote

import pytest

from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import BOXES, MakeProject, app_of

SECRET = b"nobody is to read this"

# ways to write "the folder above", by whatever decodes or normalises them
UP = [
    "..",
    "%2e%2e",
    ".%2e",
    "%2E.",
    "..%00",
    "%252e%252e",
    "..%c0%af..",
    "%c0%ae%c0%ae",
    "%uff0e%uff0e",
    "．．",
    "..;",
    "....",
    ". .",
    "..\\..",
]
SLASHES = ["/", "%2f", "%2F", "%5c", "\\", "%252f", "%c0%af", "//", "/./"]
ABSOLUTE = [
    "/etc/passwd",
    "//etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "C:\\Windows\\win.ini",
    "\\\\host\\share\\x",
    "~/.ssh/id_rsa",
    "con",
    "secret.txt%00.jpg",
    "secret.txt::$DATA",
    "\x00",
    "%ff%fe",
    "x" * 5000,
]
TRAVERSALS = [
    *(f"{up}{slash}secret.txt" for up in UP for slash in SLASHES),
    *(f"a{slash}{up}{slash}{up}{slash}secret.txt" for up in UP[:4] for slash in SLASHES),
    *("../" * depth + "secret.txt" for depth in range(2, 8)),
    *ABSOLUTE,
]


@pytest.fixture
def images(make_project: MakeProject, tmp_path: Path) -> Project:
    """A project with a served folder; beside both, and in the project, lies what is not served."""
    project = make_project(BOXES, name="images")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"a")
    project.folders.serve(tmp_path / "photos")
    (project.folder / "upload").mkdir()
    for folder in (tmp_path, project.folder, project.folder / "completions"):
        (folder / "secret.txt").write_bytes(SECRET)
    return project


@pytest.fixture
def client(images: Project) -> Client:
    return Client(app_of(images))


def upload(project: Project, name: str, content: bytes = b"0123456789") -> str:
    return project.uploads.save(name, io.BytesIO(content)).name


class TestTraversal:
    @pytest.mark.parametrize("root", ["/data/upload/", "/upload/", "/static/", "/"])
    def test_of_paths(self, client: Client, root: str) -> None:
        for name in TRAVERSALS:
            answer = client.get(root + name, buffered=True)
            assert 400 <= answer.status_code < 500, name[:80]
            assert SECRET not in answer.data, name[:80]

    def test_of_names_in_a_served_folder(self, client: Client, tmp_path: Path) -> None:
        folder = quote(str(tmp_path / "photos"))
        for name in TRAVERSALS:
            answer = client.get(f"/data/{name}?d={folder}", buffered=True)
            assert 400 <= answer.status_code < 500, name[:80]
            assert SECRET not in answer.data, name[:80]

    def test_of_folders(self, client: Client, tmp_path: Path) -> None:
        photos = f"{tmp_path}/photos"
        folders = [
            str(tmp_path),
            f"{photos}/..",
            f"{photos}/../",
            f"{photos}/./..",
            f"{photos}x/..",
            f"{photos}\\..",
            f"{photos}/..\0",
            "",
            ".",
            "/",
            "..",
            "~",
            f"file://{tmp_path}",
            "\0",
            "x" * 5000,
        ]
        for folder in folders:
            answer = client.get("/data/secret.txt", query_string={"d": folder}, buffered=True)
            assert 400 <= answer.status_code < 500, folder
            assert SECRET not in answer.data, folder

    def test_a_folder_whose_name_begins_alike(self, client: Client, tmp_path: Path) -> None:
        (tmp_path / "photos-private").mkdir()
        (tmp_path / "photos-private" / "b.jpg").write_bytes(SECRET)
        answer = client.get(f"/data/b.jpg?d={quote(str(tmp_path / 'photos-private'))}")
        assert answer.status_code == 422

    def test_the_raw_request_line(self, images: Project) -> None:
        """Clients normalise paths before they send them; an attacker does not."""
        import threading

        from waitress.server import create_server

        server = create_server(app_of(images), host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            for name in [n for n in TRAVERSALS if n.isascii() and "\0" not in n]:
                with socket.create_connection(("127.0.0.1", server.effective_port), 10) as sock:
                    line = f"GET /data/upload/{name.replace(' ', '+')} HTTP/1.0\r\n"
                    sock.sendall(f"{line}Host: localhost\r\n\r\n".encode())
                    answer = b"".join(iter(lambda: sock.recv(65536), b""))  # used at once
                assert answer.startswith((b"HTTP/1.0 4", b"HTTP/1.1 4")), name
                assert SECRET not in answer
        finally:
            server.close()
            thread.join(10)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
class TestLinks:
    @pytest.fixture
    def links(self, images: Project, tmp_path: Path) -> None:
        for folder in (tmp_path / "photos", images.folder / "upload"):
            (folder / "file.jpg").symlink_to(tmp_path / "secret.txt")
            (folder / "folder").symlink_to(tmp_path)
            (folder / "chain.jpg").symlink_to(folder / "file.jpg")
            (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
            os.mkfifo(folder / "pipe.jpg")

    @pytest.mark.usefixtures("links")
    @pytest.mark.parametrize(
        "name", ["file.jpg", "folder/secret.txt", "chain.jpg", "loop.jpg", "pipe.jpg", "folder"]
    )
    def test_lead_nowhere_else(self, client: Client, tmp_path: Path, name: str) -> None:
        for path in (f"/data/upload/{name}", f"/data/{name}?d={quote(f'{tmp_path}/photos')}"):
            answer = client.get(path, buffered=True)
            assert 400 <= answer.status_code < 500
            assert SECRET not in answer.data

    def test_of_declared_folders_and_within_them_are_followed(
        self, images: Project, tmp_path: Path
    ) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "photos")
        (tmp_path / "photos" / "same.jpg").symlink_to(tmp_path / "photos" / "a.jpg")
        images.folders.serve(tmp_path / "link")
        client = Client(app_of(images))
        answer = client.get(f"/data/same.jpg?d={quote(str(tmp_path / 'link'))}", buffered=True)
        assert answer.data == b"a"

    def test_an_upload_folder_may_be_elsewhere(self, images: Project, tmp_path: Path) -> None:
        (images.folder / "upload").rmdir()
        (tmp_path / "large disk").mkdir()
        (images.folder / "upload").symlink_to(tmp_path / "large disk")
        name = upload(images, "a.jpg")
        (images.folder / "upload" / "b.jpg").symlink_to(tmp_path / "large disk" / name)
        client = Client(app_of(images))
        for known in (name, "b.jpg"):
            answer = client.get(f"/data/upload/{known}", buffered=True)
            assert answer.data == b"0123456789"


class TestActiveContent:
    """A browser that opens an upload must not run what is in it as if we had written it."""

    @pytest.mark.parametrize(
        "name",
        [
            "x.html", "x.htm", "x.HTML", "x.xhtml", "x.xht", "x.shtml", "x.svg", "x.svgz", "x.SVG",
            "x.xml", "x.xsl", "x.xslt", "x.rdf", "x.rss", "x.atom", "x.mathml", "x.mht", "x.mhtml",
            "x.hta", "x.htc", "x.swf", "x.jar", "x.unknown", "x", "x.html.gz", "x.jpg.html",
            "x.eml", "x.vcf", "x.manifest", "x.css", "x.webmanifest", "x.appcache",
        ],
    )  # fmt: skip
    def test_is_an_attachment_in_a_sandbox(self, images: Project, name: str) -> None:
        stored = upload(images, name, b"<script>alert(1)</script>")
        answer = Client(app_of(images)).get(f"/data/upload/{stored}", buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "allow-scripts" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("name", ["x.js", "x.mjs", "x.wasm", "x.JS"])
    def test_scripts_are_no_scripts(self, images: Project, name: str) -> None:
        """Else an upload could be named in a <script>, or become a service worker."""
        stored = upload(images, name, b"alert(1)")
        answer = Client(app_of(images)).get(f"/data/upload/{stored}", buffered=True)
        assert answer.mimetype == "text/plain"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        "name", ["x.jpg", "x.png", "x.webp", "x.mp3", "x.wav", "x.mp4", "x.pdf", "x.csv", "x.json"]
    )
    def test_media_are_shown(self, images: Project, name: str) -> None:
        stored = upload(images, name, b"<script>alert(1)</script>")
        answer = Client(app_of(images)).get(f"/data/upload/{stored}", buffered=True)
        assert not answer.headers.get("Content-Disposition", "").startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]

    def test_names_cannot_break_out_of_their_header(self, images: Project) -> None:
        stored = upload(images, 'a"; filename="evil.exe\r\nX-Evil: 1\r\n.html', b"x")
        answer = Client(app_of(images)).get(f"/data/upload/{quote(stored)}", buffered=True)
        assert answer.status_code == 200
        assert "X-Evil" not in answer.headers
        assert "\n" not in stored

    @pytest.mark.parametrize(
        "path",
        [
            "/api/tasks",
            "/api/project",
            "/api/import-example-file?q=txt&raw=1",
            "/api/health",
            "/api/tasks/<script>",
            "/api/project/export?format=<script>alert(1)</script>",
            "/version",
            "/samples/time-series.csv?values=<script>",
        ],
    )
    def test_answers_that_hold_what_users_wrote_run_nothing(
        self, client: Client, path: str
    ) -> None:
        answer = client.get(path, buffered=True)
        policy = answer.headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"

    @pytest.mark.parametrize(
        "path",
        ["/", "/welcome", "/<script>alert(1)</script>", "/data/<script>", "/login"],
    )
    def test_pages_run_our_scripts_only(self, client: Client, path: str) -> None:
        answer = client.get(path, buffered=True, follow_redirects=True)
        assert b"<script>alert" not in answer.data
        policy = answer.headers["Content-Security-Policy"].split("; ")
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy}
        assert rules["default-src"] == ["'none'"]
        assert set(rules["script-src"]) <= {"'self'", "'wasm-unsafe-eval'"}
        assert rules["frame-ancestors"] == ["'self'"]
        assert rules["base-uri"] == ["'none'"]
        assert rules["form-action"] == ["'self'"]

    def test_task_data_in_a_page_cannot_close_its_script(self, client: Client) -> None:
        evil = "</script><script>alert(1)</script><!--<script>"
        client.post("/api/project/import", json={"image": f"http://x/{evil}"})
        answer = client.get("/")
        assert answer.status_code == 200
        assert evil not in answer.text and "</script><script>alert" not in answer.text
