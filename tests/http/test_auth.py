"""Who may come in: passwords, tokens, and pages of other sites."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from label_studio_lite.http.auth import Access, is_loopback
from label_studio_lite.service.project import Project
from tests.conftest import app_of

REFUSAL = (
    "Could not verify your access level for that URL.\nYou have to login with proper credentials"
)


class TestPassword:
    @pytest.fixture
    def guarded(self, project: Project) -> FlaskClient:
        return app_of(project, Access(password="pw")).test_client()

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
    def test_is_asked_for(self, guarded: FlaskClient, path: str) -> None:
        answer = guarded.get(path)
        assert (answer.status_code, answer.text) == (401, REFUSAL)
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Login Required"'

    def test_static_files_and_options_need_none(self, guarded: FlaskClient) -> None:
        assert guarded.get("/static/css/ui.css", buffered=True).status_code == 200
        assert guarded.options("/api/project").status_code == 200

    def test_the_default_user_is_ls(self, guarded: FlaskClient) -> None:
        assert guarded.get("/api/health", auth=("ls", "pw")).status_code == 200

    @pytest.mark.parametrize("auth", [("ls", "no"), ("me", "pw"), ("", "")])
    def test_wrong_ones(self, guarded: FlaskClient, auth: tuple[str, str]) -> None:
        assert guarded.get("/api/health", auth=auth).status_code == 401

    def test_a_user_can_be_named(self, project: Project) -> None:
        client = app_of(project, Access(username="me", password="pw")).test_client()
        assert client.get("/api/health", auth=("me", "pw")).status_code == 200
        assert client.get("/api/health", auth=("ls", "pw")).status_code == 401

    def test_a_user_alone_asks_for_nothing(self, project: Project) -> None:
        client = app_of(project, Access(username="me")).test_client()
        assert client.get("/api/health").status_code == 200


class TestToken:
    """A server that is bound openly without a password."""

    @pytest.fixture
    def opened(self, project: Project) -> FlaskClient:
        return app_of(project, Access(token="t0ken", loopback=False)).test_client()

    def test_is_needed(self, opened: FlaskClient) -> None:
        assert opened.get("/api/health").status_code == 401
        assert opened.get("/api/health?token=wrong").status_code == 401

    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": "Token t0ken"},
            {"Authorization": "Bearer t0ken"},
            {"X-Api-Key": "t0ken"},
        ],
    )
    def test_in_a_header(self, opened: FlaskClient, headers: dict[str, str]) -> None:
        assert opened.get("/api/health", headers=headers).status_code == 200

    def test_in_the_address_it_is_taken_once(self, opened: FlaskClient) -> None:
        answer = opened.get("/welcome?token=t0ken")
        assert answer.status_code == 302
        assert "token" not in answer.headers["Location"]
        assert opened.get("/welcome").status_code == 200


class TestOtherSites:
    """Without a password, everybody on this machine may come in, but no foreign page."""

    @pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "a.localhost"])
    def test_names_of_this_machine(self, client: FlaskClient, host: str) -> None:
        assert client.get("/api/health", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "10.0.0.1"])
    def test_other_names_are_refused(self, client: FlaskClient, host: str) -> None:
        answer = client.get("/api/health", headers={"Host": host})
        assert answer.status_code == 403

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:3000"])
    def test_their_pages_change_nothing(self, client: FlaskClient, origin: str) -> None:
        headers = {"Origin": origin}
        answer = client.post("/api/project/import", json={"text": "a"}, headers=headers)
        assert answer.status_code == 403
        assert client.get("/api/tasks").json == []

    def test_our_pages_do(self, client: FlaskClient) -> None:
        headers = {"Origin": "http://localhost"}
        answer = client.post("/api/project/import", json={"text": "a"}, headers=headers)
        assert answer.status_code == 201

    def test_nor_can_they_read(self, client: FlaskClient) -> None:
        answer = client.get("/api/tasks", headers={"Origin": "http://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers

    def test_but_named_ones_can_without_credentials(self, project: Project) -> None:
        site = "http://tool.example"
        client = app_of(project, Access(origins=frozenset([site]))).test_client()
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
