"""Logins of browsers: what a session cookie stands for, how long, and links that open once.

The file keeps only hashes of session ids, so that reading it opens nothing; and since it keeps
them, logging out ends a session for good, wherever its cookie was copied to.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable

from label_studio_lite.core.model import Json
from label_studio_lite.errors import FieldsInvalid
from label_studio_lite.service.access.account_file import AccountFile

_MINUTE = 60
_CODE_SECONDS = 24 * 3600
_POLICY = {"max_session_age": 11_520, "max_time_between_activity": 4_320}  # 1.x's, in minutes
_LONGEST = 10 * 365 * 24 * 60


class Logins:
    """The open sessions of one server."""

    def __init__(self, file: AccountFile, clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, float] = {}  # hash → when it ends

    # -- policy -------------------------------------------------------------------------------

    def policy(self) -> Json:
        """``{"max_session_age", "max_time_between_activity"}`` in minutes, ``created_at`` and
        ``updated_at`` in seconds since the epoch."""
        now = self._clock()
        return self._file.made(
            "session_policy", lambda: {**_POLICY, "created_at": now, "updated_at": now}
        )

    def change_policy(self, changes: Json) -> Json:
        """Unknown keys are passed over, as in 1.x; ``FieldsInvalid``."""
        known = {key: value for key, value in changes.items() if key in _POLICY}
        errors = {key: problem for key, value in known.items() if (problem := _minutes(value))}
        if errors:
            raise FieldsInvalid(errors)
        self.policy()
        return self._file.change(
            "session_policy",
            lambda record: record.update(known, updated_at=self._clock()),
        )

    # -- sessions -----------------------------------------------------------------------------

    def start(self) -> str:
        """The id of a new session, for a cookie."""
        session = secrets.token_urlsafe(24)
        oldest = self._clock() - self.policy()["max_session_age"] * _MINUTE

        def add(record: Json) -> None:
            for old in [key for key, row in record.items() if row["started_at"] < oldest]:
                del record[old]
            record[_hash(session)] = {"started_at": self._clock()}

        self._file.change("sessions", add)
        return session

    def holds(self, session: str, seen: float) -> bool:
        """Whether it is an open session; ``seen`` is when it was last used."""
        row = self._file.read("sessions").get(_hash(session))
        if row is None:
            return False
        policy, now = self.policy(), self._clock()
        return bool(
            now - row["started_at"] < policy["max_session_age"] * _MINUTE
            and now - seen < policy["max_time_between_activity"] * _MINUTE
        )

    def end(self, session: str) -> None:
        """Log out; fine when it is over already."""
        if _hash(session) in self._file.read("sessions"):
            self._file.change("sessions", lambda record: record.pop(_hash(session), None))

    def end_all(self) -> None:
        """Log out everywhere."""
        if self._file.read("sessions"):
            self._file.change("sessions", lambda record: record.clear())

    # -- links --------------------------------------------------------------------------------

    def new_code(self) -> str:
        """A word that logs in once, within a day, while this server runs."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[_hash(code)] = self._clock() + _CODE_SECONDS
        return code

    def revoke_codes(self) -> None:
        """No word that was given logs in any more."""
        with self._lock:
            self._codes.clear()

    def redeem(self, code: str) -> bool:
        """Whether it was such a word, unused until now."""
        with self._lock:
            return self._codes.pop(_hash(code), 0.0) > self._clock()


def _minutes(value: object) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int):
        return ["A valid integer is required."]
    return [] if 1 <= value <= _LONGEST else [f"must be from 1 to {_LONGEST} minutes"]


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()
