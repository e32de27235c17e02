"""Users, tokens, organizations and settings of a server."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class UserSimple(Struct):
    """Who made something."""

    id: int
    first_name: str
    last_name: str
    email: str
    avatar: str | None


class CompletedBy(Struct):
    """Who annotated, in the details of a task."""

    id: int
    first_name: str
    last_name: str
    avatar: str | None
    email: str
    initials: str


class OrganizationMeta(Struct):
    """What a user's organization is called and how to write to it."""

    title: str
    email: str


class User(Struct):
    """A user. Times are ISO 8601."""

    id: int
    first_name: str
    last_name: str
    username: str
    email: str
    last_activity: str
    custom_hotkeys: dict[str, Any]
    avatar: str | None
    initials: str
    phone: str
    active_organization: int | None
    active_organization_meta: OrganizationMeta
    allow_newsletters: bool | None
    date_joined: str


class WhoAmI(User):
    """The user of a token, and what it may do."""

    permissions: list[str]


class UserChange(Struct):
    """What a user can change of itself."""

    first_name: Any = UNSET
    last_name: Any = UNSET
    phone: Any = UNSET
    allow_newsletters: Any = UNSET
    email: Any = UNSET
    username: Any = UNSET


class Hotkeys(Struct):
    """``{"section:action": {"key", "active"}}``."""

    custom_hotkeys: Any


class Token(Struct):
    """The legacy token."""

    token: str


class PersonalToken(Struct):
    """A personal access token; in lists without its signature."""

    token: str
    created_at: str
    expires_at: str


class Refresh(Struct):
    """A personal access token."""

    refresh: str


class Access(Struct):
    """A token for a few minutes, to be sent as ``Authorization: Bearer …``."""

    access: str


class JwtSettings(Struct):
    """Which kinds of tokens open the server."""

    api_tokens_enabled: bool
    legacy_api_tokens_enabled: bool
    api_token_ttl_days: int


class JwtSettingsChange(Struct):
    """The same, to be changed."""

    api_tokens_enabled: bool | UnsetType = UNSET
    legacy_api_tokens_enabled: bool | UnsetType = UNSET
    api_token_ttl_days: int | UnsetType = UNSET


class SessionPolicy(Struct):
    """How long logins of browsers last, in minutes."""

    max_session_age: int
    max_time_between_activity: int
    created_at: str
    updated_at: str


class SessionPolicyChange(Struct):
    """The same, to be changed."""

    max_session_age: int | UnsetType = UNSET
    max_time_between_activity: int | UnsetType = UNSET


class OrganizationShort(Struct):
    """An organization in the list of them."""

    id: int
    title: str
    contact_info: str | None
    created_at: str


class Organization(Struct):
    """An organization; there is one."""

    id: int
    title: str
    token: str
    created_at: str
    updated_at: str
    contact_info: str | None
    created_by: int
    users: list[int]


class Membership(Struct):
    """A user's part in an organization."""

    user: int
    organization: int
    contributed_projects_count: int
    annotations_count: int
    created_at: str
    created_projects: list[dict[str, Any]] | None
    contributed_to_projects: list[dict[str, Any]] | None


class MemberUser(User):
    """A user as a member; the lists are null unless they are asked for."""

    created_projects: list[dict[str, Any]] | None = None
    contributed_to_projects: list[dict[str, Any]] | None = None


class Member(Struct):
    """A user in the list of members."""

    id: int
    organization: int
    user: MemberUser
    created_projects: list[dict[str, Any]] | None
    contributed_to_projects: list[dict[str, Any]] | None


class MemberPage(Struct):
    """Members of an organization."""

    count: int
    next: str | None
    previous: str | None
    results: list[Member]


class Invite(Struct):
    """How somebody would sign up."""

    token: str
    invite_url: str


class Health(Struct):
    """``UP``."""

    status: str
