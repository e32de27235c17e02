"""What is signed: by Amazon's options, and in addresses that open an object to everybody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from label_studio_lite.clouds.base import LONGEST_SIGNED, Storage, Values, try_writing
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.errors import BackendFailed
from label_studio_lite.outgoing import Outgoing
from tests.clouds.gate import Gate, Rule
from tests.clouds.servers import ACCESS_KEY, SECRET_KEY, S3Server, Servers
from tests.clouds.signatures import Asked, Refused, amazon, check, claims_of, google

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

KEY = "in/a b+%é.json"
ACCOUNT = "labels@tests.example"
MakeGate = Callable[[int, Rule], Gate]


@pytest.fixture
def make_gate() -> Iterator[MakeGate]:
    made: list[Gate] = []

    def make(port: int, rule: Rule) -> Gate:
        made.append(Gate(port, rule))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


def signed_and(**needed: str) -> Rule:
    """Signed, and with these options: headers, or parameters of a signed address."""

    def rule(asked: Asked) -> None:
        assert check(asked, amazon(SECRET_KEY)) == ACCESS_KEY
        for name, value in needed.items():
            if asked.option(name.replace("_", "-")) != value:
                raise Refused("AccessDenied")

    return rule


def only_writes(rule: Rule) -> Rule:
    return lambda asked: rule(asked) if asked.method == "PUT" else None


KMS = {
    "x_amz_server_side_encryption": "aws:kms",
    "x_amz_server_side_encryption_aws_kms_key_id": "arn:aws:kms:us-east-1:1:key/2",
}
OPTIONS: dict[str, tuple[Rule, Values]] = {
    "session token": (
        signed_and(x_amz_security_token="token/+of=a-session"),
        {"aws_session_token": "token/+of=a-session"},
    ),
    "requester pays": (
        signed_and(x_amz_request_payer="requester"),
        {"requester_pays": True},
    ),
    "KMS": (
        only_writes(signed_and(**KMS)),
        {"aws_sse_kms_key_id": KMS["x_amz_server_side_encryption_aws_kms_key_id"]},
    ),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_of_s3(name: str, s3_server: S3Server, make_gate: MakeGate) -> None:
    """All that is asked for has the option, and without it nothing is had."""
    rule, option = OPTIONS[name]
    gate = make_gate(s3_server.program.port, rule)
    values = s3_server.values(s3_server.bucket(), s3_endpoint=gate.url)
    without = KINDS["s3"].open(values, Outgoing())
    with pytest.raises(BackendFailed, match="refused"):
        try_writing(without)
    assert [asked.method for asked in gate.passed if asked.method != "GET"] == []
    gate.passed.clear()
    storage = KINDS["s3"].open({**values, **option}, Outgoing())
    try_writing(storage)
    storage.write(KEY, b"content")
    assert [entry.key for entry in storage.list("in/")] == [KEY]
    with storage.read(KEY, 1, 3) as part:
        assert part.read(100) == b"on"
    assert opened(storage) == (200, b"content")
    storage.delete(KEY)
    assert {asked.method for asked in gate.passed} == {"GET", "PUT", "DELETE"}
    for each in (without, storage):
        each.close()


def test_a_session_that_ended(s3_server: S3Server, make_gate: MakeGate) -> None:
    rule, _ = OPTIONS["session token"]
    gate = make_gate(s3_server.program.port, rule)
    values = s3_server.values(s3_server.bucket(), s3_endpoint=gate.url, aws_session_token="old")
    storage = KINDS["s3"].open(values, Outgoing())
    with pytest.raises(BackendFailed) as caught:
        storage.validate()
    assert "old" not in caught.value.detail
    storage.close()


def opened(storage: Storage, change: Callable[[str], str] = str) -> tuple[int, bytes]:
    address = storage.presign(KEY, 60)
    assert address is not None
    answer = requests.get(change(address), timeout=10)
    return answer.status_code, answer.content


# -- addresses that open an object ------------------------------------------------------------


class Clock:
    """``ahead`` of the real one."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["s3", "gcs"])
def signing(
    request: pytest.FixtureRequest, servers: Servers, make_gate: MakeGate, clock: Clock
) -> Iterator[Storage]:
    """Of an object that is there, behind a gate that opens only to what is signed, by the
    clock."""
    kind = request.param
    place = servers.place(kind)
    put(kind, place)
    if kind == "s3":
        port, who, scheme, more = servers.s3.program.port, ACCESS_KEY, amazon(SECRET_KEY), {}
    else:
        account, public = service_account()
        port, who, scheme = servers.gcs.port, ACCOUNT, google(public)
        more = {"google_application_credentials": account}

    def rule(asked: Asked) -> None:
        assert check(asked, scheme, clock()) == who

    gate = make_gate(port, rule)
    storage = KINDS[kind].open({**place, f"{kind}_endpoint": gate.url, **more}, Outgoing())
    yield storage
    storage.close()


def put(kind: str, place: Values) -> None:
    storage = KINDS[kind].open(place, Outgoing())
    storage.write(KEY, b"content")
    storage.close()


def service_account(token_uri: str = "http://127.0.0.1:9/") -> tuple[str, RSAPublicKey]:
    """The file of a new one, and the public half of its key."""
    from cryptography.hazmat.primitives import serialization as to
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(to.Encoding.PEM, to.PrivateFormat.PKCS8, to.NoEncryption())
    account = {
        "type": "service_account",
        "client_email": ACCOUNT,
        "private_key": private.decode(),
        "token_uri": token_uri,
    }
    return json.dumps(account), key.public_key()


def test_lasts_as_long_as_it_says(signing: Storage, clock: Clock) -> None:
    address = signing.presign(KEY, 60)
    assert address is not None
    for seconds, status in ((0, 200), (55, 200), (65, 403)):
        clock.ahead = timedelta(seconds=seconds)
        assert requests.get(address, timeout=10).status_code == status, seconds
    again = signing.presign(KEY, LONGEST_SIGNED)
    assert again is not None
    assert requests.get(again, timeout=10).content == b"content"


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("/a%20b", "/other"),
        lambda address: address.replace("Expires=60", "Expires=6000"),
        lambda address: address.replace("&X-", "&more=1&X-", 1),
        lambda address: address[:-1] + ("0" if address[-1] != "0" else "1"),
    ],
    ids=["another object", "longer", "another parameter", "another signature"],
)
def test_nothing_of_it_can_be_changed(signing: Storage, change: Callable[[str], str]) -> None:
    assert opened(signing) == (200, b"content")
    assert opened(signing, change)[0] == 403


def test_it_is_for_reading(signing: Storage) -> None:
    address = signing.presign(KEY, 60)
    assert address is not None
    assert requests.put(address, b"x", timeout=10).status_code == 403
    assert requests.delete(address, timeout=10).status_code == 403
    assert opened(signing) == (200, b"content")


def test_a_service_account_of_google(servers: Servers, make_gate: MakeGate) -> None:
    """It shows a signed claim at the address in its file, and then what it was given for that."""
    place = servers.place("gcs")

    def rule(asked: Asked) -> bytes | None:
        if asked.target == "/token":
            claims = claims_of(parse_qs(asked.body.decode())["assertion"][0], public)
            assert (claims["iss"], claims["aud"]) == (
                ACCOUNT,
                "https://oauth2.googleapis.com/token",
            )
            assert "/auth/devstorage." in claims["scope"]
            assert claims["iat"] <= time.time() < claims["exp"] <= claims["iat"] + 3600
            return json.dumps({"access_token": "given", "expires_in": 3600}).encode()
        if asked.headers.get("authorization") != "Bearer given":
            raise Refused("AccessDenied")
        return None

    gate = make_gate(servers.gcs.port, rule)
    account, public = service_account(f"{gate.url}/token")
    values = {**place, "gcs_endpoint": gate.url}
    with pytest.raises(BackendFailed):
        KINDS["gcs"].open(values, Outgoing()).validate()
    storage = KINDS["gcs"].open({**values, "google_application_credentials": account}, Outgoing())
    try_writing(storage)
    storage.write(KEY, b"content")
    assert [entry.key for entry in storage.list()] == [KEY]
    with storage.read(KEY) as found:
        assert found.read(100) == b"content"
    storage.close()


def test_of_azure(servers: Servers) -> None:
    """Azurite checks signatures itself, by its own clock."""
    place = servers.place("azure")
    put("azure", place)
    storage = KINDS["azure"].open(place, Outgoing())
    assert opened(storage) == (200, b"content")
    for old, new in (("/a%20b", "/other"), ("sp=r", "sp=rw"), ("se=2", "se=3")):
        address = storage.presign(KEY, 60)
        assert address is not None and old in address
        assert requests.get(address.replace(old, new), timeout=10).status_code == 403
        blob = {"x-ms-blob-type": "BlockBlob"}
        assert requests.put(address, b"x", headers=blob, timeout=10).status_code == 403
    address = storage.presign(KEY, 60)
    assert address is not None
    fields = parse_qs(urlsplit(address).query)
    ends = datetime.strptime(fields["se"][0], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert 0 <= (ends - datetime.now(timezone.utc)).total_seconds() <= 60
    short = storage.presign(KEY, 1)
    assert short is not None
    deadline = time.monotonic() + 20
    while requests.get(short, timeout=10).status_code == 200:
        assert time.monotonic() < deadline, "the link does not expire"
        time.sleep(0.1)
    assert requests.get(short, timeout=10).status_code == 403
    storage.close()
