"""The login page, HTTP Basic with a hashed password, and what slows guessing down."""

from __future__ import annotations

import pytest
from flask import Flask

from label_studio_lite.app import Server
from label_studio_lite.http.auth import Access
from label_studio_lite.service.access import passwords
from label_studio_lite.service.access.accounts import Accounts
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import MakeProject, app_of

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
RIGHT = {"username": "me", "password": "pw"}


@pytest.fixture(scope="module")
def hashed() -> str:
    return passwords.hashed("pw")


@pytest.fixture
def app(project: Project, hashed: str) -> Flask:
    return app_of(project, Access(username="me", password=hashed))


@pytest.fixture
def guarded(app: Flask) -> Client:
    return Client(app)


def accounts_of(app: Flask) -> Accounts:
    server: Server = app.extensions["label_studio_lite"]
    return server.workspace.accounts


class TestThePage:
    def test_a_browser_is_led_to_it_and_back(self, guarded: Client) -> None:
        answer = guarded.get("/tasks?page=2", headers=HTML)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "./login?next=tasks%3Fpage%3D2"
        page = guarded.get("/login?next=tasks%3Fpage%3D2")
        assert 'value="tasks?page=2"' in page.text
        answer = guarded.post("/login", data={**RIGHT, "next": "tasks?page=2"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "./tasks?page=2")

    @pytest.mark.parametrize("path", ["/api/project", "/data/upload/x.jpg"])
    def test_scripts_are_not(self, guarded: Client, path: str) -> None:
        assert guarded.get(path, headers=HTML).status_code == 401

    def test_scripts_in_pages_are_told_so_in_words(self, guarded: Client) -> None:
        """Not with 0.8.x's header, at which browsers ask for a password in their own way."""
        answer = guarded.get("/api/project", headers={"Sec-Fetch-Mode": "cors"})
        assert (answer.status_code, answer.mimetype) == (401, "application/json")
        assert answer.headers["WWW-Authenticate"] == "Token"

    def test_pages_have_a_way_out(self, guarded: Client) -> None:
        assert "logout" not in guarded.get("/welcome", auth=("me", "pw")).text
        guarded.post("/login", data=RIGHT)
        assert 'action="./logout"' in guarded.get("/welcome").text

    def test_the_cookie_lets_in_until_logout(self, app: Flask, guarded: Client) -> None:
        answer = guarded.post("/login", data=RIGHT)
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert guarded.get("/api/project").status_code == 200
        thief = Client(app)
        thief.set_cookie(*cookie.partition(";")[0].split("=", 1))
        assert thief.get("/api/project").status_code == 200
        assert guarded.get("/logout").status_code == 303
        assert guarded.get("/api/project").status_code == 401
        assert thief.get("/api/project").status_code == 401
        assert guarded.post("/logout").status_code == 303

    def test_the_cookie_ends_with_its_secret(self, guarded: Client, app: Flask) -> None:
        guarded.set_cookie(str(app.config["SESSION_COOKIE_NAME"]), "eyJsb2dpbiI6ImEifQ.a.b")
        assert guarded.get("/api/project").status_code == 401

    def test_clients_of_1x_log_in_at_their_address(self, guarded: Client) -> None:
        assert "csrftoken" in guarded.get("/user/login").headers["Set-Cookie"]
        form = {"email": "me", "password": "pw", "csrfmiddlewaretoken": "x"}
        assert guarded.post("/user/login", data=form).status_code == 303
        assert guarded.get("/api/project").status_code == 200

    @pytest.mark.parametrize(
        "data",
        [{}, {"username": "me"}, {"password": "pw"}, {**RIGHT, "password": "no"}, {"token": "x"}],
    )
    def test_wrong_ones(self, guarded: Client, data: dict[str, str]) -> None:
        answer = guarded.post("/login", data=data)
        assert answer.status_code == 401
        assert "Wrong user name or password" in answer.text
        assert guarded.get("/api/project").status_code == 401

    @pytest.mark.parametrize(
        "next_",
        [
            "//evil.example",
            "https://evil.example/",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "../../x",
            "tasks\r\nSet-Cookie: a=b",
            "http:evil.example",
            "http://[",
        ],
    )
    def test_it_leads_nowhere_else(self, guarded: Client, next_: str) -> None:
        answer = guarded.post("/login", data={**RIGHT, "next": next_})
        assert answer.status_code == 303
        location = answer.headers["Location"]
        assert location in ("./", "./evil.example")

    def test_it_shows_what_was_typed_as_text(self, guarded: Client) -> None:
        typed = '"><script>alert(1)</script>'
        page = guarded.post("/login", data={"username": typed, "password": "x", "next": typed})
        assert "<script>alert" not in page.text
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]

    def test_pages_of_other_sites_cannot_log_in(self, guarded: Client) -> None:
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert guarded.post("/login", data=RIGHT, headers=headers).status_code == 403

    def test_without_a_password_there_is_nothing_to_log_in_to(self, client: Client) -> None:
        assert client.get("/login?next=tasks").headers["Location"] == "./tasks"
        assert client.post("/user/login").status_code == 303


class TestBasic:
    def test_fits_the_hash(self, guarded: Client) -> None:
        assert guarded.get("/api/project", auth=("me", "pw")).status_code == 200
        assert guarded.get("/api/project", auth=("me", "no")).status_code == 401

    def test_a_token_opens_it_too(self, app: Flask, guarded: Client) -> None:
        token = accounts_of(app).tokens.legacy()
        headers = {"Authorization": f"Token {token}"}
        assert guarded.get("/api/project", headers=headers).status_code == 200

    @pytest.mark.parametrize("header", ["Basic", "Basic ", "Basic %%%", "Basic AAAA", "Digest x"])
    def test_broken_ones(self, guarded: Client, header: str) -> None:
        assert guarded.get("/api/health", headers={"Authorization": header}).status_code == 401


class TestGuessing:
    def test_is_slowed_down(self, app: Flask, guarded: Client) -> None:
        for _ in range(10):
            assert guarded.get("/api/health", auth=("me", "no")).status_code == 401
        answer = guarded.get("/api/health", auth=("me", "pw"))
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
        page = guarded.post("/login", data=RIGHT)
        assert page.status_code == 429
        assert "Too many attempts" in page.text
        other = {"REMOTE_ADDR": "192.0.2.7"}
        assert guarded.get("/api/health", auth=("me", "pw"), environ_base=other).status_code == 200

    def test_but_not_for_those_who_are_in(self, app: Flask, guarded: Client) -> None:
        guarded.post("/login", data=RIGHT)
        stranger = Client(app)
        for _ in range(11):
            stranger.post("/login", data={"password": "no"})
        assert stranger.post("/login", data=RIGHT).status_code == 429
        assert guarded.get("/api/project").status_code == 200

    def test_tokens_that_are_typed_in_count(self, project: Project) -> None:
        client = Client(app_of(project, Access(loopback=False)))
        for _ in range(10):
            assert client.post("/login", data={"token": "x"}).status_code == 401
        assert client.post("/login", data={"token": "x"}).status_code == 429


def test_the_password_of_an_old_config_is_never_answered(project: Project) -> None:
    project.settings.change({"password": "geheim", "username": "me"})
    client = Client(app_of(project, Access(username="me", password="geheim")))
    for path in ("/api/project", "/", "/setup", "/welcome"):
        assert "geheim" not in client.get(path, auth=("me", "geheim")).text


def test_two_servers_of_one_machine_do_not_share_cookies(make_project: MakeProject) -> None:
    guarded = Access(password="pw")
    names = {
        app_of(make_project(name=name), guarded).config["SESSION_COOKIE_NAME"]
        for name in ("one", "other")
    }
    assert len(names) == 2
