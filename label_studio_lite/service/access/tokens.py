"""API tokens of the one user, as 1.x has them.

* The *legacy* token: 40 hexadecimal digits, shown whenever it is asked for, valid until reset.
* A *personal access token*: a signed refresh token, shown once when it is made. Clients exchange
  it for access tokens, which hold for five minutes. The file keeps only its number and dates.

Claims are those of 1.x: ``token_type`` (access, refresh), ``exp``, ``iat``, ``jti``, and
``user_id`` as text.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Conflict, FieldsInvalid, Invalid, NotFound, Unauthorized
from label_studio_lite.service.access import jwt
from label_studio_lite.service.access.account_file import AccountFile

ACCESS_SECONDS = 300
_DAY = 86_400
_MOST_DAYS = 200 * 365  # what 1.x gives its tokens
_SETTINGS: Json = {
    "api_tokens_enabled": True,
    "legacy_api_tokens_enabled": True,
    "api_token_ttl_days": _MOST_DAYS,
}


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A personal access token; times in seconds since the epoch. ``token`` is whole only where
    it was just made; lists show it without its signature."""

    token: str
    created_at: float
    expires_at: float


class Tokens:
    """The tokens of one server."""

    def __init__(self, file: AccountFile, clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock

    # -- what is allowed ----------------------------------------------------------------------

    def settings(self) -> Json:
        """``{"api_tokens_enabled", "legacy_api_tokens_enabled": bool, "api_token_ttl_days"}``."""
        return {**_SETTINGS, **self._file.read("jwt_settings")}

    def change_settings(self, changes: Json) -> Json:
        """Unknown keys are passed over, as in 1.x; ``FieldsInvalid``."""
        known = {key: value for key, value in changes.items() if key in _SETTINGS}
        errors = {}
        for key, value in known.items():
            if key == "api_token_ttl_days":
                if isinstance(value, bool) or not isinstance(value, int):
                    errors[key] = ["A valid integer is required."]
                elif not 1 <= value <= _MOST_DAYS:
                    errors[key] = [f"must be from 1 to {_MOST_DAYS}"]
            elif not isinstance(value, bool):
                errors[key] = ["Must be a valid boolean."]
        if errors:
            raise FieldsInvalid(errors)
        self._file.change("jwt_settings", lambda record: record.update(known))
        return self.settings()

    # -- the legacy token ---------------------------------------------------------------------

    def legacy(self) -> str:
        """Made when first asked for."""
        return str(self._file.made("legacy_token", _new_legacy)["token"])

    def kept_legacy(self) -> str:
        """The same, for whoever uses it with another process; ``ReadOnly``, ``StorageFull``."""
        if not self._file.read("legacy_token"):
            return self.reset_legacy()
        return self.legacy()

    def reset_legacy(self) -> str:
        """A new one; the old one is dead at once."""
        return str(
            self._file.change("legacy_token", lambda record: record.update(_new_legacy()))["token"]
        )

    def working(self) -> str:
        """One that opens the API: the legacy token, or, with these switched off, an access token
        for a day."""
        if self.settings()["legacy_api_tokens_enabled"]:
            return self.legacy()
        return self._signed("access", self._clock() + _DAY)

    # -- personal access tokens ---------------------------------------------------------------

    def create(self) -> PersonalToken:
        """``Conflict`` while another one is valid, as in 1.x."""
        if self.list():
            raise Conflict("You already have a valid token. Please revoke it before creating one.")
        return self._new()

    def list(self) -> list[PersonalToken]:
        """The valid ones, without signatures."""
        rows = self._file.read("personal_tokens").items()
        return [
            PersonalToken(
                jwt.unsigned(self._written("refresh", jti, row["created_at"], row["expires_at"])),
                row["created_at"],
                row["expires_at"],
            )
            for jti, row in rows
            if row["expires_at"] > self._clock()
        ]

    def refresh(self, token: str) -> str:
        """A new access token for a personal access token; ``Unauthorized``."""
        if not self.settings()["api_tokens_enabled"]:
            raise Unauthorized("API tokens are switched off on this server")
        self._claims(token, "refresh")
        return self._signed("access", self._clock() + ACCESS_SECONDS)

    def rotate(self, token: str) -> PersonalToken:
        """A new one in its place; ``Invalid``."""
        try:
            claims = self._claims(token, "refresh")
        except Unauthorized as error:
            raise Invalid("Invalid refresh token") from error
        self._drop(str(claims["jti"]))
        return self._new()

    def blacklist(self, token: str) -> None:
        """``token`` may lack its signature, as lists show it; ``NotFound``."""
        try:
            jti = str(jwt.peek(token).get("jti"))
        except jwt.BadToken as error:
            raise NotFound("Token not found, or already blacklisted.") from error
        self._drop(jti)

    def _new(self) -> PersonalToken:
        created = self._clock()
        expires = created + self.settings()["api_token_ttl_days"] * _DAY
        jti = secrets.token_hex(16)
        row = {"created_at": created, "expires_at": expires}
        self._file.change("personal_tokens", lambda record: record.update({jti: row}))
        return PersonalToken(self._written("refresh", jti, created, expires), created, expires)

    def _drop(self, jti: str) -> None:
        def drop(record: Json) -> None:
            if record.pop(jti, None) is None:
                raise NotFound("Token not found, or already blacklisted.")

        self._file.change("personal_tokens", drop)

    # -- what requests bring ------------------------------------------------------------------

    def check(self, word: str) -> None:
        """``word`` is what a request shows as its token; ``Unauthorized`` says why it is none."""
        if jwt.looks_like_one(word):
            if not self.settings()["api_tokens_enabled"]:
                raise Unauthorized("API tokens are switched off on this server")
            self._claims(word, "access")
        elif not hmac.compare_digest(
            word.encode("utf-8", "surrogatepass"), self.legacy().encode()
        ):
            raise Unauthorized("Invalid token.")
        elif not self.settings()["legacy_api_tokens_enabled"]:
            raise Unauthorized(
                "Authentication token no longer valid: legacy token authentication has been"
                " disabled for this organization"
            )

    def _claims(self, token: str, kind: str) -> Json:
        try:
            claims = jwt.read(token, self._key())
        except jwt.BadToken as error:
            raise Unauthorized("Token is invalid") from error
        expires = claims.get("exp")
        if not isinstance(expires, (int, float)) or expires <= self._clock():
            raise Unauthorized("Token is expired")
        if claims.get("token_type") != kind:
            raise Unauthorized(
                "a personal access token opens nothing itself; POST /api/token/refresh/ gives an"
                " access token for it"
                if kind == "access"
                else "Token has wrong type"
            )
        if kind == "refresh" and claims.get("jti") not in self._file.read("personal_tokens"):
            raise Unauthorized("Token is blacklisted")
        return claims

    def _signed(self, kind: str, expires: float) -> str:
        return self._written(kind, secrets.token_hex(16), self._clock(), expires)

    def _written(self, kind: str, jti: str, created: float, expires: float) -> str:
        claims = {
            "token_type": kind,
            "exp": int(expires),
            "iat": int(created),
            "jti": jti,
            "user_id": "1",
        }
        return jwt.sign(claims, self._key())

    def _key(self) -> bytes:
        record = self._file.made("jwt_key", lambda: {"key": secrets.token_hex(32)})
        return bytes.fromhex(record["key"])


def _new_legacy() -> Json:
    return {"token": secrets.token_hex(20)}
