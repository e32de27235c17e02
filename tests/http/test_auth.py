"""Who may come in: passwords, tokens, and pages of other sites."""

from __future__ import annotations

import pytest
from flask import Flask

from label_studio_lite.app import Server
from label_studio_lite.http.auth import Access, is_loopback
from label_studio_lite.service.access.accounts import Accounts
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import app_of

REFUSAL = (
    "Could not verify your access level for that URL.\nYou have to login with proper credentials"
)


class TestPassword:
    @pytest.fixture
    def guarded(self, project: Project) -> Client:
        return Client(app_of(project, Access(password="pw")))

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/welcome",
            "/api/project",
            "/api/health",
            "/version",
            "/data/upload/x",
            "/samples/time-series.csv",
            "/static/media/x",
        ],
    )
    def test_is_asked_for(self, guarded: Client, path: str) -> None:
        answer = guarded.get(path)
        assert (answer.status_code, answer.text) == (401, REFUSAL)
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Login Required"'

    def test_static_files_and_options_need_none(self, guarded: Client) -> None:
        assert guarded.get("/static/css/ui.css", buffered=True).status_code == 200
        assert guarded.options("/api/project").status_code == 200

    def test_the_default_user_is_ls(self, guarded: Client) -> None:
        assert guarded.get("/api/health", auth=("ls", "pw")).status_code == 200

    @pytest.mark.parametrize("auth", [("ls", "no"), ("me", "pw"), ("", "")])
    def test_wrong_ones(self, guarded: Client, auth: tuple[str, str]) -> None:
        assert guarded.get("/api/health", auth=auth).status_code == 401

    def test_a_user_can_be_named(self, project: Project) -> None:
        client = Client(app_of(project, Access(username="me", password="pw")))
        assert client.get("/api/health", auth=("me", "pw")).status_code == 200
        assert client.get("/api/health", auth=("ls", "pw")).status_code == 401

    def test_a_user_alone_asks_for_nothing(self, project: Project) -> None:
        client = Client(app_of(project, Access(username="me")))
        assert client.get("/api/health").status_code == 200


class TestToken:
    """A server that is bound openly without a password."""

    @pytest.fixture
    def app(self, project: Project) -> Flask:
        return app_of(project, Access(loopback=False))

    @pytest.fixture
    def opened(self, app: Flask) -> Client:
        return Client(app)

    def accounts(self, app: Flask) -> Accounts:
        server: Server = app.extensions["label_studio_lite"]
        return server.workspace.accounts

    def test_is_needed(self, opened: Client) -> None:
        answer = opened.get("/api/health")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Token"

    def test_not_in_the_address(self, app: Flask, opened: Client) -> None:
        token = self.accounts(app).tokens.legacy()
        assert opened.get(f"/api/health?token={token}").status_code == 401

    @pytest.mark.parametrize("form", ["Token {}", "token {}", "Bearer {}"])
    @pytest.mark.parametrize("kind", ["legacy", "access"])
    def test_in_a_header(self, app: Flask, opened: Client, form: str, kind: str) -> None:
        tokens = self.accounts(app).tokens
        token = tokens.legacy() if kind == "legacy" else tokens.refresh(tokens.create().token)
        headers = {"Authorization": form.format(token)}
        assert opened.get("/api/health", headers=headers).status_code == 200
        assert opened.get("/api/health", headers={"X-Api-Key": token}).status_code == 200

    def test_a_dead_one_opens_nothing(self, app: Flask, opened: Client) -> None:
        tokens = self.accounts(app).tokens
        old = tokens.legacy()
        tokens.reset_legacy()
        answer = opened.get("/api/health", headers={"Authorization": f"Token {old}"})
        assert (answer.status_code, answer.json["detail"]) == (401, "Invalid token.")

    def test_a_personal_access_token_has_to_be_exchanged(self, app: Flask, opened: Client) -> None:
        token = self.accounts(app).tokens.create().token
        answer = opened.get("/api/health", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert "/api/token/refresh/" in answer.json["detail"]

    @pytest.mark.parametrize("word", ["", "a.b.c", "..", "é.é.é", "x" * 10_000])
    def test_odd_ones(self, opened: Client, word: str) -> None:
        for headers in ({"Authorization": f"Token {word}"}, {"X-Api-Key": word}):
            assert opened.get("/api/health", headers=headers).status_code == 401

    def test_the_link_logs_in_once(self, app: Flask, opened: Client) -> None:
        code = self.accounts(app).logins.new_code()
        assert opened.head(f"/login?code={code}").status_code == 200
        answer = opened.get(f"/login?code={code}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "./")
        assert opened.get("/api/health").status_code == 200
        stranger = Client(app)
        assert stranger.get(f"/login?code={code}").status_code == 401
        assert stranger.get("/api/health").status_code == 401

    def test_typed_in(self, app: Flask, opened: Client) -> None:
        assert 'name="token"' in opened.get("/login").text
        assert opened.post("/login", data={"token": "wrong"}).status_code == 401
        token = self.accounts(app).tokens.legacy()
        assert opened.post("/login", data={"token": f" {token} "}).status_code == 303
        assert opened.get("/api/health").status_code == 200


class TestOtherSites:
    """Without a password, everybody on this machine may come in, but no foreign page."""

    @pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "a.localhost"])
    def test_names_of_this_machine(self, client: Client, host: str) -> None:
        assert client.get("/api/health", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "10.0.0.1"])
    def test_other_names_are_refused(self, client: Client, host: str) -> None:
        answer = client.get("/api/health", headers={"Host": host})
        assert answer.status_code == 403

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:3000"])
    def test_their_pages_change_nothing(self, client: Client, origin: str) -> None:
        headers = {"Origin": origin}
        answer = client.post("/api/project/import", json={"text": "a"}, headers=headers)
        assert answer.status_code == 403
        assert client.get("/api/tasks").json == []

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1.evil.example",
            "localhost.evil.example:8080",
            "localhost@evil.example",
            "evil.example#localhost",
            "evil.example?localhost",
            "evil.example/localhost",
            "0.0.0.0",
            "169.254.169.254",
            "[::2]",
            "[::1",
            "2130706433",
            "",
            " ",
            "localhost\\.evil.example",
        ],
    )
    def test_names_that_look_like_ours(self, client: Client, host: str) -> None:
        answer = client.get("/api/health", headers={"Host": host})
        assert answer.status_code in (400, 403)

    @pytest.mark.parametrize("access", [Access(), Access(password="pw"), Access(no_auth=True)])
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "http://evil.example"},
            {"Origin": "http://localhost.evil.example"},
            {"Origin": "http://localhost:1"},
            {"Origin": "null"},
            {"Origin": ""},
            {"Origin": "http://[::1"},
            {"Origin": "localhost"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_their_pages_change_nothing_anywhere(
        self, project: Project, access: Access, headers: dict[str, str]
    ) -> None:
        """Also where the browser adds the credentials that it knows."""
        client = Client(app_of(project, access))
        for kind in ("application/json", "text/plain", "multipart/form-data"):
            answer = client.post(
                "/api/project/import",
                data=b'[{"text": "a"}]',
                content_type=kind,
                headers=headers,
                auth=("ls", "pw"),
            )
            assert answer.status_code == 403
        assert client.delete("/api/tasks", headers=headers, auth=("ls", "pw")).status_code == 403
        assert project.store.counts().tasks == 0

    def test_their_pages_show_nothing_of_ours(self, client: Client) -> None:
        """As an image, a script or a frame; whoever follows a link to us gets there."""
        for mode in ("no-cors", "cors", "websocket"):
            headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
            for path in ("/api/project/export?format=JSON", "/data/upload/x", "/"):
                assert client.get(path, headers=headers).status_code == 403
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        assert client.get("/welcome", headers=headers).status_code == 200

    def test_our_pages_do(self, client: Client) -> None:
        headers = {"Origin": "http://localhost"}
        answer = client.post("/api/project/import", json={"text": "a"}, headers=headers)
        assert answer.status_code == 201

    def test_nor_can_they_read(self, client: Client) -> None:
        answer = client.get("/api/tasks", headers={"Origin": "http://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers

    def test_but_named_ones_can_without_credentials(self, project: Project) -> None:
        site = "http://tool.example"
        client = Client(app_of(project, Access(origins=frozenset([site]))))
        answer = client.post("/api/project/import", json={"text": "a"}, headers={"Origin": site})
        assert answer.status_code == 201
        assert answer.headers["Access-Control-Allow-Origin"] == site
        assert "Access-Control-Allow-Credentials" not in answer.headers
        other = client.get("/api/tasks", headers={"Origin": "http://evil.example"})
        assert "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("localhost.evil.example", False),
    ],
)
def test_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
