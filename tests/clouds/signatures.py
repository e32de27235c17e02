"""Version 4 signatures of Amazon and of Google, checked by what both publish about them.

Nothing here is of their SDKs, which make the signatures that are checked. Amazon: "Authenticating
Requests (AWS Signature Version 4)" of the S3 API reference; Google: "V4 signing process with your
own program" of the Cloud Storage documentation. The two differ in names and in the last step.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

UNSIGNED = "UNSIGNED-PAYLOAD"
_FIELDS = re.compile(r"(\w+)=([^,\s]+)")


class Refused(Exception):
    """``code`` is what Amazon calls it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """A request as it came; names of ``headers`` are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def option(self, name: str) -> str | None:
        """A header, or the parameter of an address that stands for it."""
        by_address = {key.lower(): value for key, value in self.query.items()}
        return self.headers.get(name) or by_address.get(name)


@dataclass(frozen=True)
class Scheme:
    """``fits(text, scope, signature)`` is the last step."""

    brand: str
    algorithm: str
    fits: Callable[[str, str, str], bool]


def amazon(secret: str) -> Scheme:
    def fits(text: str, scope: str, signature: str) -> bool:
        key = b"AWS4" + secret.encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.compare_digest(key.hex(), signature)

    return Scheme("amz", "AWS4-HMAC-SHA256", fits)


def google(key: RSAPublicKey) -> Scheme:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    def fits(text: str, scope: str, signature: str) -> bool:
        try:
            key.verify(bytes.fromhex(signature), text.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    return Scheme("goog", "GOOG4-RSA-SHA256", fits)


def claims_of(token: str, key: RSAPublicKey) -> dict[str, Any]:
    """Of a JSON web token that is signed by RS256; ``Refused``."""
    text, _, signature = token.rpartition(".")
    header, claims = (json.loads(_decoded(part)) for part in text.split("."))
    if header["alg"] != "RS256" or not google(key).fits(text, "", _decoded(signature).hex()):
        raise Refused("SignatureDoesNotMatch")
    return dict(claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def check(asked: Asked, scheme: Scheme, now: datetime | None = None) -> str:
    """Who signed it; ``Refused`` unless all that matters is signed, now."""
    prefix, query = f"X-{scheme.brand.title()}-", asked.query
    if f"{prefix}Signature" in query:
        fields = {name: query[prefix + name] for name in ("Credential", "SignedHeaders")}
        algorithm, stamp = query[f"{prefix}Algorithm"], query[f"{prefix}Date"]
        signature, payload = query.pop(f"{prefix}Signature"), UNSIGNED
        lasts = timedelta(seconds=int(query[f"{prefix}Expires"]))
    else:
        algorithm, _, rest = asked.headers.get("authorization", "").partition(" ")
        fields, stamp = dict(_FIELDS.findall(rest)), asked.headers.get("x-amz-date", "")
        signature, payload = fields.get("Signature", ""), _payload(asked)
        lasts = timedelta(minutes=15)
    if algorithm != scheme.algorithm:
        raise Refused("AccessDenied")
    who, _, scope = fields["Credential"].partition("/")
    signed = fields["SignedHeaders"].split(";")
    matter = {name for name in asked.headers if name.startswith(f"x-{scheme.brand}-")}
    if not {"host", *matter} <= set(signed):
        raise Refused("AccessDenied")
    text = _canonical(asked, query, signed, payload)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if not scheme.fits("\n".join((algorithm, stamp, scope, digest)), scope, signature):
        raise Refused("SignatureDoesNotMatch")
    made = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    if (now or datetime.now(timezone.utc)) > made + lasts:
        raise Refused("ExpiredToken")
    return who


def _payload(asked: Asked) -> str:
    said = asked.headers.get("x-amz-content-sha256", "")
    if said not in (UNSIGNED, hashlib.sha256(asked.body).hexdigest()):
        raise Refused("XAmzContentSHA256Mismatch")
    return said


def _canonical(asked: Asked, query: Mapping[str, str], signed: list[str], payload: str) -> str:
    path = quote(unquote(urlsplit(asked.target).path), safe="/~")
    pairs = sorted((quote(key, safe="~"), quote(value, safe="~")) for key, value in query.items())
    parameters = "&".join(f"{key}={value}" for key, value in pairs)
    headers = [f"{name}:{' '.join(asked.headers.get(name, '').split())}" for name in signed]
    return "\n".join((asked.method, path, parameters, *headers, "", ";".join(signed), payload))
