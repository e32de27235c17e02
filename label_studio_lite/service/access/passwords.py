"""Passwords as they are kept: ``scrypt$<log2 n>$<salt>$<hash>``, salt and hash in hexadecimal."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_PREFIX = "scrypt$"
_COST, _BLOCK, _LANES = 14, 8, 1  # 16 MB and some 40 ms for each attempt
_MOST_MEMORY = 128 << 20  # bytes; what the highest cost that is read needs


def hashed(password: str) -> str:
    """What may be stored in the password's place."""
    salt = secrets.token_bytes(16)
    return f"{_PREFIX}{_COST}${salt.hex()}${_digest(password, salt, _COST).hex()}"


def fits(password: str, stored: str) -> bool:
    """Whether it is the password; ``stored`` is a hash of ours, or plain as in 0.8.x's files."""
    if not stored.startswith(_PREFIX):
        return hmac.compare_digest(_bytes(password), _bytes(stored))
    try:
        cost, salt, digest = stored.removeprefix(_PREFIX).split("$")
        if not 10 <= int(cost) <= 16:
            return False
        made = _digest(password, bytes.fromhex(salt), int(cost))
        return hmac.compare_digest(made, bytes.fromhex(digest))
    except ValueError:  # damaged: nobody's password
        return False


def _digest(password: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(
        _bytes(password), salt=salt, n=1 << cost, r=_BLOCK, p=_LANES, maxmem=_MOST_MEMORY
    )


def _bytes(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")  # JSON can bring half a character
