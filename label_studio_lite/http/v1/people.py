"""The one user of a server, as 1.x shows users."""

from __future__ import annotations

from typing import Any, cast

from flask import g

from label_studio_lite.http.context import server
from label_studio_lite.http.v1.models.account import (
    CompletedBy,
    OrganizationMeta,
    User,
    UserSimple,
)
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.access import accounts

ORGANIZATION = 1
TITLE = "Label Studio"


def me() -> accounts.User:
    """Whose server this is."""
    if "user" not in g:
        g.user = server().workspace.accounts.user()
    return cast("accounts.User", g.user)


def forget() -> None:
    """The user was changed in this request."""
    g.pop("user", None)


def simple() -> UserSimple:
    user = me()
    return UserSimple(user.id, user.first_name, user.last_name, user.email, None)


def completed_by(user_id: int) -> CompletedBy:
    """In the details of a task. Work that came from elsewhere may name users who are unknown."""
    user = me()
    if user_id != user.id:
        return CompletedBy(user_id, "", "", None, "", "")
    return CompletedBy(user.id, user.first_name, user.last_name, None, user.email, user.initials)


def signature(user_id: int) -> str:
    """``created_username``: ``Ada Lovelace ada@example.com, 1``."""
    user = me()
    if user_id != user.id:
        return f"{user_id}"
    parts = (user.first_name, user.last_name, user.email)
    return " ".join(part for part in parts if part) + f", {user.id}"


def fields() -> dict[str, Any]:
    """What :class:`User` holds."""
    user = me()
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "username": user.username,
        "email": user.email,
        "last_activity": moment(user.last_activity),
        "custom_hotkeys": user.hotkeys,
        "avatar": None,
        "initials": user.initials,
        "phone": user.phone,
        "active_organization": ORGANIZATION,
        "active_organization_meta": OrganizationMeta(TITLE, user.email),
        "allow_newsletters": user.allow_newsletters,
        "date_joined": moment(user.date_joined),
    }


def shown() -> User:
    return User(**fields())
