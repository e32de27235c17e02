"""Behind a proxy, below a path: every page, and every address in it, stays below that path."""

from __future__ import annotations

import io
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from label_studio_lite.app import Server, create_app
from label_studio_lite.http import pages
from label_studio_lite.http.auth import Access
from label_studio_lite.service.project import Project
from label_studio_lite.service.workspace import OneProject
from tests.client import Client
from tests.conftest import BOXES, MakeProject, app_of

PREFIX = "/my/ls"
PAGES = sorted(
    {
        route.rule
        for route in pages.ROUTES
        if route.method == "GET" and route.dialect == "page" and "<" not in route.rule
    }
    - {"/logout"}
)


@pytest.fixture
def guarded(project: Project) -> Server:
    origins = frozenset(["https://here"])
    access = Access(password="pw", origins=origins)
    return Server(OneProject(project), access, https=True, public_url=f"https://here{PREFIX}")


def addresses(text: str) -> set[str]:
    """Whatever a page links to or loads."""
    found = html.fromstring(text).xpath("//@href | //@src | //@action")
    assert isinstance(found, list)
    return {str(address) for address in found if not str(address).startswith(("#", "data:"))}


class TestPrefix:
    @pytest.mark.parametrize("cut_off", [True, False])
    @pytest.mark.parametrize("page", PAGES)
    def test_every_address_of_a_page_is_below_it(
        self, client: Client, project: Project, page: str, cut_off: bool
    ) -> None:
        client.post("/api/project/import", json={"text": "a"})
        headers = {"X-Forwarded-Prefix": PREFIX}
        asked = page if cut_off else PREFIX + page
        answer = client.get(asked, headers=headers, buffered=True)
        assert answer.status_code < 500
        here = "http://localhost" + PREFIX + page
        found = {answer.headers["Location"]} if "Location" in answer.headers else set()
        if answer.mimetype == "text/html" and "<" in answer.text:
            found |= addresses(answer.text)
        for address in found:
            target = urlsplit(urljoin(here, address))
            if target.netloc == "localhost":
                assert f"{target.path}/".startswith(f"{PREFIX}/"), address

    def test_static_files_and_calls(self, client: Client) -> None:
        headers = {"X-Forwarded-Prefix": PREFIX}
        for path in ("/static/css/ui.css", "/api/project", "/api/tasks/"):
            for asked in (path, PREFIX + path):
                assert client.get(asked, headers=headers, buffered=True).status_code == 200

    def test_addresses_in_answers_have_it(self, make_project: MakeProject) -> None:
        client = Client(app_of(make_project(BOXES)))
        file = (io.BytesIO(b"\xff\xd8"), "a.jpg")
        client.post("/api/project/import", data={"a": file})
        [task] = client.get("/api/tasks", headers={"X-Forwarded-Prefix": PREFIX}).json
        assert task["data"]["image"].startswith(f"http://localhost{PREFIX}/data/upload/")

    @pytest.mark.parametrize(
        "prefix",
        ["//evil.example", "/../x", "/a b", "/a\\b", "https://evil.example", "/<x>", "/a//b", "x"],
    )
    def test_odd_ones_are_not_believed(self, client: Client, prefix: str) -> None:
        headers = {"X-Forwarded-Prefix": prefix}
        assert client.get("/api/project", headers=headers).status_code == 200
        client.post("/api/project/import", json={"text": "a"})
        assert "evil" not in client.get("/api/tasks/0", headers=headers).text


class TestPublicAddress:
    def test_login_comes_back_below_the_prefix(self, guarded: Server) -> None:
        client = Client(create_app(guarded))
        html_ = {"Accept": "text/html"}
        for page, expected in (("/tasks", "./login"), ("/", "./login")):
            answer = client.get(PREFIX + page, headers=html_)
            assert answer.headers["Location"].startswith(expected)
        form = {"username": "ls", "password": "pw"}
        answer = client.post(f"{PREFIX}/login", data=form, headers={"Origin": "https://here"})
        assert answer.status_code == 303
        assert "Secure" in answer.headers["Set-Cookie"]

    def test_it_is_what_clients_are_told(self, guarded: Server) -> None:
        client = Client(create_app(guarded))
        client.post("/api/project/import", json={"text": "/data/upload/x"}, auth=("ls", "pw"))
        found = client.get("/api/tasks/0", auth=("ls", "pw"))
        assert found.status_code == 200
        assert found.json["data"]["text"] in (
            "/data/upload/x",
            f"https://here{PREFIX}/data/upload/x",
        )

    def test_guessing_is_counted_by_client(self, guarded: Server) -> None:
        client = Client(create_app(guarded))

        def status(client_address: str) -> int:
            headers = {"X-Forwarded-For": f"203.0.113.9, {client_address}"}
            return client.get("/api/health", auth=("ls", "no"), headers=headers).status_code

        assert [status("198.51.100.1") for _ in range(11)] == [401] * 10 + [429]
        assert status("198.51.100.2") == 401

    def test_what_strangers_say_of_themselves_is_not_believed(self, guarded: Server) -> None:
        client = Client(create_app(guarded))
        stranger = {"REMOTE_ADDR": "8.8.8.8"}

        def status(number: int) -> int:
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            return client.get(
                "/api/health", auth=("ls", "no"), headers=headers, environ_base=stranger
            ).status_code

        assert [status(number) for number in range(11)] == [401] * 10 + [429]

    def test_without_one_nobody_is_believed(self, project: Project) -> None:
        client = Client(app_of(project, Access(password="pw")))
        found = [
            client.get(
                "/api/health",
                auth=("ls", "no"),
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
            ).status_code
            for number in range(11)
        ]
        assert found == [401] * 10 + [429]
