"""Signed tokens as the SDKs of 1.x read them: JSON Web Tokens (RFC 7519) with HMAC-SHA256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json

_HEADER = {"alg": "HS256", "typ": "JWT"}


class BadToken(ValueError):
    """It is not a token, or not one that was signed with this key."""


def sign(claims: Json, key: bytes) -> str:
    """``<header>.<claims>.<signature>``."""
    text = f"{_encoded(jsontext.dumps(_HEADER))}.{_encoded(jsontext.dumps(claims))}"
    return f"{text}.{_signature(text, key)}"


def unsigned(token: str) -> str:
    """The token as lists show it: without what makes it one."""
    return token.rpartition(".")[0]


def read(token: str, key: bytes) -> Json:
    """The claims of a token; ``BadToken``. Whether it has expired is the caller's to see."""
    if not token.isascii():
        raise BadToken("it is not encoded as a token")
    text, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(text, key).encode()):
        raise BadToken("the signature is wrong")
    header, claims = (_decoded(part) for part in (*text.split("."), "")[:2])
    if header.get("alg") != "HS256":
        raise BadToken("the algorithm is not HS256")
    return claims


def peek(token: str) -> Json:
    """The claims of a token with or without its signature, unproved; ``BadToken``."""
    parts = token.split(".")
    if len(parts) not in (2, 3):
        raise BadToken("it does not have the parts of a token")
    return _decoded(parts[1])


def looks_like_one(token: str) -> bool:
    """Whether a client means this to be a signed token, rather than a legacy one."""
    return token.count(".") == 2


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(part: str) -> Json:
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value: Any = jsontext.loads(text)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadToken("it is not encoded as a token") from error
    if not isinstance(value, dict):
        raise BadToken("its claims are no object")
    return value


def _signature(text: str, key: bytes) -> str:
    return _encoded(hmac.new(key, text.encode(), hashlib.sha256).digest())
