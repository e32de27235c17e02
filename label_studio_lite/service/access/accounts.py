"""The one user of a server: profile, hotkeys, password, tokens and logins.

``workspace.accounts`` is what both dialects, the login page and ``label-studio user`` ask. All of
it is kept in ``.accounts.json`` (see ``service/access/account_file.py``).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.errors import FieldsInvalid, Invalid, NotAllowed
from label_studio_lite.service.access import passwords
from label_studio_lite.service.access.account_file import AccountFile
from label_studio_lite.service.access.logins import Logins
from label_studio_lite.service.access.tokens import Tokens

DEFAULT_USERNAME = "ls"  # 0.8.x's
USER_ID = 1
_TEXTS = {"first_name": 256, "last_name": 256, "phone": 256}  # most characters
_READ_ONLY = ("id", "username", "email", "date_joined", "last_activity", "initials", "avatar")
_LONGEST_PASSWORD = 1024


@dataclass(frozen=True, slots=True)
class User:
    """Who labels here. Times in seconds since the epoch; ``hotkeys`` are 1.x's
    ``{"section:action": {"key", "active"}}``, ``preferences`` whatever the pages keep."""

    username: str
    email: str
    date_joined: float
    last_activity: float
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    allow_newsletters: bool | None = None
    hotkeys: Json = field(default_factory=dict)
    preferences: Json = field(default_factory=dict)
    id: int = USER_ID

    @property
    def initials(self) -> str:
        """Two letters, as 1.x shows them."""
        letters = self.first_name[:1] + self.last_name[:1]
        return letters or self.email[:2]


class Accounts:
    """The user of one server, and how they may come in."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._file = AccountFile(folder)
        self._clock = clock
        self.tokens = Tokens(self._file, clock)
        self.logins = Logins(self._file, clock)
        self._seal = secrets.token_bytes(32)
        self._fitted = b""  # seal of the password that last fitted, so that it is hashed once

    def secret(self) -> str:
        """What cookies are signed with; the same after a restart."""
        record = self._file.made("cookie_key", lambda: {"key": secrets.token_hex(32)})
        return str(record["key"])

    # -- profile ------------------------------------------------------------------------------

    def user(self) -> User:
        """Nothing is written by asking, but for the day when the user was first asked for."""
        record = self._file.made("user", lambda: {"date_joined": self._clock()})
        return User(
            username=record.get("username", DEFAULT_USERNAME),
            email=record.get("email") or f"{record.get('username', DEFAULT_USERNAME)}@localhost",
            date_joined=record["date_joined"],
            last_activity=self._clock(),
            first_name=record.get("first_name", ""),
            last_name=record.get("last_name", ""),
            phone=record.get("phone", ""),
            allow_newsletters=record.get("allow_newsletters"),
            hotkeys=record.get("hotkeys", {}),
            preferences=record.get("preferences", {}),
        )

    def change_user(self, changes: Json) -> User:
        """Names, phone, ``allow_newsletters`` and ``preferences``; keys that users do not have
        are passed over, as in 1.x. ``NotAllowed`` for one that cannot be changed,
        ``FieldsInvalid``."""
        for key in _READ_ONLY:
            if key in changes and changes[key] != getattr(self.user(), key, None):
                raise NotAllowed(f"Cannot update read-only field: {key}")
        errors = {
            key: problem for key, value in changes.items() if (problem := _wrong(key, value))
        }
        if errors:
            raise FieldsInvalid(errors)
        known = {*_TEXTS, "allow_newsletters", "preferences"}
        return self._store({key: value for key, value in changes.items() if key in known})

    def change_hotkeys(self, hotkeys: Any) -> User:
        """Replace them; ``FieldsInvalid`` names what is wrong."""
        problems = _wrong_hotkeys(hotkeys)
        if problems:
            raise FieldsInvalid({"custom_hotkeys": problems})
        return self._store({"hotkeys": hotkeys})

    def rename(self, username: str, email: str | None = None) -> User:
        """Under which name to log in; ``Invalid``."""
        if not username or ":" in username or not username.isprintable():
            raise Invalid(f"{username!r} is no user name: it is empty, or has a colon in it")
        return self._store({"username": username, **({"email": email} if email else {})})

    def _store(self, changes: Json) -> User:
        self.user()
        self._file.change("user", lambda record: record.update(changes))
        return self.user()

    # -- password -----------------------------------------------------------------------------

    def password(self) -> str:
        """The hash of the password that was set, empty without one."""
        return str(self._file.read("password").get("hash", ""))

    def set_password(self, password: str) -> None:
        """Every session ends. An empty one removes the password. ``Invalid``."""
        if len(password) > _LONGEST_PASSWORD:
            raise Invalid(f"a password has at most {_LONGEST_PASSWORD} characters")
        stored = passwords.hashed(password) if password else ""
        self._file.change("password", lambda record: record.update(hash=stored))
        self.logins.end_all()

    def password_fits(self, password: str, stored: str) -> bool:
        """Whether it is the password that ``stored`` stands for. Only the first right answer
        costs a hash: Basic credentials come with every request."""
        word = f"{len(password)}:{password}:{stored}".encode("utf-8", "surrogatepass")
        seal = hmac.new(self._seal, word, hashlib.sha256).digest()
        if hmac.compare_digest(seal, self._fitted):
            return True
        if len(password) > _LONGEST_PASSWORD or not passwords.fits(password, stored):
            return False
        self._fitted = seal
        return True


def _wrong(key: str, value: Any) -> list[str]:
    if key in _TEXTS:
        if not isinstance(value, str):
            return ["Not a valid string."]
        if len(value) > _TEXTS[key]:
            return [f"Ensure this field has no more than {_TEXTS[key]} characters."]
    if key == "allow_newsletters" and not (value is None or isinstance(value, bool)):
        return ["Must be a valid boolean."]
    if key == "preferences" and not isinstance(value, dict):
        return ["must be an object"]
    return []


def _wrong_hotkeys(hotkeys: Any) -> list[str]:
    if not isinstance(hotkeys, dict):
        return ["custom_hotkeys must be an object"]
    problems = []
    for name, setting in hotkeys.items():
        section, colon, action = name.partition(":")
        if not (section and colon and action):
            problems.append(f"{name!r} is not of the form section:action")
        elif not isinstance(setting, dict) or not isinstance(setting.get("key"), str | None):
            problems.append(f"{name}: an object with a 'key' is expected")
        elif not isinstance(setting.get("active", True), bool):
            problems.append(f"{name}: 'active' is a yes or no")
    return problems
