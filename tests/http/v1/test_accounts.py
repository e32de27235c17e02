"""Users, tokens, the organization, and what the server says about itself."""

from __future__ import annotations

import pytest

from label_studio_lite.http.auth import Access
from label_studio_lite.service.access import jwt
from label_studio_lite.service.project import Project
from tests.client import Client
from tests.conftest import app_of
from tests.http.v1.conftest import Api

PASSWORD = Access(password="word")


@pytest.fixture
def locked(project: Project) -> Client:
    """A client of a server that asks for a password."""
    return Client(app_of(project, PASSWORD))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# -- users ----------------------------------------------------------------------------------------


def test_the_user(api: Api) -> None:
    me = api.get("/api/current-user/whoami")
    assert me["id"] == 1 and me["email"] and "projects.create" in me["permissions"]
    assert api.get("/api/current-user") == {**me, "last_activity": _any(me)}
    (listed,) = api.get("/api/users/")
    assert listed["email"] == me["email"] and listed["active_organization"] == 1
    assert api.get("/api/users/1/")["initials"] == listed["initials"]
    api.get("/api/users/2/", 404)


def _any(me: dict[str, object]) -> object:
    """``last_activity`` is now."""

    class Any:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, str)

    assert me["last_activity"]
    return Any()


def test_names_can_be_changed(api: Api) -> None:
    changed = api.patch("/api/users/1/", {"first_name": "Ada", "last_name": "Lovelace"})
    assert (changed["first_name"], changed["initials"]) == ("Ada", "AL")
    assert api.patch("/api/current-user", {"phone": "5"})["phone"] == "5"
    made = api.annotated(api.tasks(api.project(), {"text": "a"})[0])
    assert made["created_username"] == f"Ada Lovelace {changed['email']}, 1"
    found = api.patch("/api/users/1/", {"email": "x@example.org"}, 405)
    assert found["detail"] == "Cannot update read-only field: email"
    api.patch("/api/users/1/", {"first_name": 5}, 400)


def test_there_is_one_user(api: Api) -> None:
    email = api.get("/api/current-user/whoami")["email"]
    api.post("/api/users/", {"username": "x", "email": "x@example.org"}, 403)
    assert "already exists" in str(api.post("/api/users/", {"username": "y", "email": email}, 400))
    api.delete("/api/users/1/", status=403)
    api.delete("/api/users/2/", status=404)


def test_hotkeys(api: Api) -> None:
    path = "/api/current-user/hotkeys/"
    assert api.get(path) == {"custom_hotkeys": {}}
    hotkeys = {"annotation:submit": {"key": "ctrl+enter", "active": True}}
    assert api.patch(path, {"custom_hotkeys": hotkeys}) == {"custom_hotkeys": hotkeys}
    assert api.get(path) == {"custom_hotkeys": hotkeys}
    assert set(api.patch(path, {"custom_hotkeys": {"x": 1}}, 400)) == {"error", "details"}


# -- tokens ---------------------------------------------------------------------------------------


def test_the_legacy_token_opens_and_is_reset(locked: Client, project: Project) -> None:
    anonymous = locked.get("/api/projects/")
    assert anonymous.status_code == 401
    assert anonymous.json["detail"] == "Authentication credentials were not provided."
    basic = {"auth": ("ls", "word")}
    token = locked.get("/api/current-user/token", **basic).json["token"]
    headers = {"Authorization": f"Token {token}"}
    assert locked.get("/api/projects/", headers=headers).status_code == 200
    assert locked.get("/api/projects/", headers={"X-Api-Key": token}).status_code == 200
    fresh = locked.post("/api/current-user/reset-token/", headers=headers)
    assert fresh.status_code == 201
    refused = locked.get("/api/projects/", headers=headers)
    assert (refused.status_code, refused.json["detail"]) == (401, "Invalid token.")
    assert refused.headers["WWW-Authenticate"] == "Token"


def test_a_personal_access_token(locked: Client) -> None:
    basic = {"auth": ("ls", "word")}
    made = locked.post("/api/token/", **basic)
    assert made.status_code == 201 and made.json["expires_at"] > made.json["created_at"]
    token = made.json["token"]
    assert locked.post("/api/token/", **basic).status_code == 409
    (listed,) = locked.get("/api/token/", **basic).json
    assert listed["token"] == jwt.unsigned(token)
    refused = locked.get("/api/projects/", headers=bearer(token))
    assert refused.status_code == 401  # it opens nothing itself
    access = locked.post("/api/token/refresh/", json={"refresh": token}).json["access"]
    assert jwt.peek(access)["user_id"] == "1"
    assert locked.get("/api/projects/", headers=bearer(access)).status_code == 200
    rotated = locked.post("/api/token/rotate/", json={"refresh": token}, headers=bearer(access))
    assert locked.post("/api/token/refresh/", json={"refresh": token}).status_code == 401
    body = {"refresh": rotated.json["refresh"]}
    gone = locked.post("/api/token/blacklist/", json=body, headers=bearer(access))
    assert gone.status_code == 204
    again = locked.post("/api/token/blacklist/", json=body, headers=bearer(access))
    assert again.status_code == 404 and list(again.json) == ["detail"]
    assert locked.post("/api/token/rotate/", json={"refresh": "abc"}, **basic).status_code == 400
    assert locked.post("/api/token/refresh/", json={"refresh": "abc"}).status_code == 401


def test_kinds_of_tokens_can_be_switched_off(locked: Client) -> None:
    basic = {"auth": ("ls", "word")}
    token = locked.get("/api/current-user/token", **basic).json["token"]
    settings = locked.get("/api/jwt/settings", **basic).json
    assert settings["legacy_api_tokens_enabled"] is True and settings["api_token_ttl_days"] > 0
    change = {"legacy_api_tokens_enabled": False}
    changed = locked.post("/api/jwt/settings", json=change, **basic)
    assert changed.status_code == 200 and changed.json["legacy_api_tokens_enabled"] is False
    refused = locked.get("/api/projects/", headers={"Authorization": f"Token {token}"})
    assert refused.status_code == 401 and "has been disabled" in refused.json["detail"]
    working = locked.get("/api/current-user/token", **basic).json["token"]
    assert locked.get("/api/projects/", headers=bearer(working)).status_code == 200
    assert locked.post("/api/jwt/settings", json={}, **basic).status_code == 400


def test_session_policy(api: Api) -> None:
    policy = api.get("/api/session-policy/")
    assert policy["max_session_age"] == 11_520
    changed = api.patch("/api/session-policy/", {"max_session_age": 60})
    assert (changed["max_session_age"], changed["max_time_between_activity"]) == (60, 4320)
    found = api.patch("/api/session-policy/", {"max_session_age": "x"}, 400)
    assert found["validation_errors"] == {"max_session_age": ["A valid integer is required."]}


# -- organization ---------------------------------------------------------------------------------


def test_the_organization(api: Api) -> None:
    (listed,) = api.get("/api/organizations/")
    found = api.get(f"/api/organizations/{listed['id']}")
    assert found["users"] == [1] and found["created_by"] == 1
    api.get("/api/organizations/2", 404)
    members = api.get("/api/organizations/1/memberships")
    assert (members["count"], members["results"][0]["user"]["id"]) == (1, 1)
    task = api.tasks(api.project(), {"text": "a"})[0]
    api.annotated(task)
    member = api.get("/api/organizations/1/memberships/1/")
    assert (member["annotations_count"], member["contributed_projects_count"]) == (1, 1)
    api.get("/api/organizations/1/memberships/2/", 404)
    found = api.delete("/api/organizations/1/memberships/1/", status=405)
    assert found == {"detail": "User cannot soft delete self"}


def test_an_invitation_logs_in_once(locked: Client) -> None:
    basic = {"auth": ("ls", "word")}
    first = locked.get("/api/invite", **basic).json
    second = locked.post("/api/invite/reset-token", **basic)
    assert second.status_code == 201
    guest = Client(locked.application)
    assert guest.get(f"/login?code={first['token']}").status_code == 401  # revoked
    path = second.json["invite_url"].removeprefix("http://localhost")
    assert guest.get(path).status_code == 303
    assert guest.get("/api/projects/").status_code == 200
    assert Client(locked.application).get(path).status_code == 401


# -- the server -----------------------------------------------------------------------------------


def test_the_version_and_the_health(locked: Client) -> None:
    """Both are for everybody."""
    version = locked.get("/api/version/").json
    assert version["edition"] == "Community" and version["label-studio-lite"]["version"]
    health = locked.get("/health")
    assert (health.mimetype, health.json or health.get_json(force=True)) == (
        "text/html",
        {"status": "UP"},
    )


@pytest.mark.parametrize("slash", ["", "/"])
def test_errors_are_those_of_1x(client: Client, slash: str) -> None:
    for answer, status in (
        (client.get(f"/api/projects/9{slash}"), 404),
        (client.post(f"/api/projects/1/next{slash}", headers=bearer("x")), 405),
        (client.post(f"/api/predictions{slash}", data="{", content_type="application/json"), 400),
    ):
        assert answer.status_code == status
        assert answer.json.keys() >= {"id", "status_code", "version", "detail", "exc_info"}
    wrong = client.post(f"/api/current-user/whoami{slash}", json={})
    assert wrong.json["detail"] == 'Method "POST" not allowed.'
