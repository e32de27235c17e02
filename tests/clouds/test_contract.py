"""What every kind of storage promises, on a real server of each."""

from __future__ import annotations

import pytest
import requests

from label_studio_lite.clouds.base import Storage, Values, try_writing
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.errors import BackendFailed, Invalid, NotFound, OutOfRange
from label_studio_lite.outgoing import Outgoing
from tests.clouds.programs import free_port

ODD_KEYS = [
    "in/a b.json",
    "in/a+b.json",
    "in/100%.json",
    "in/a%20b.json",
    "in/ä ö ü – 漢字.json",
    "in/it's (1) [2] & more;=,.json",
    "in/q?x#y.json",
]


def keys(storage: Storage, prefix: str = "", *, recursive: bool = True) -> list[str]:
    return sorted(entry.key for entry in storage.list(prefix, recursive=recursive))


def content(storage: Storage, key: str) -> bytes:
    with storage.read(key) as found:
        return found.read(1 << 20)


def test_empty(storage: Storage) -> None:
    storage.validate()
    try_writing(storage)
    assert keys(storage) == []  # nothing is left of the probe


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys(storage: Storage, key: str) -> None:
    storage.write(key, b'{"a": 1}')
    assert keys(storage, "in/") == [key]
    assert content(storage, key) == b'{"a": 1}'
    address = storage.presign(key, 60)
    if address is not None:
        assert requests.get(address, timeout=10).content == b'{"a": 1}'
    storage.delete(key)
    assert keys(storage) == []


def test_prefix_and_folders(storage: Storage) -> None:
    for key in ("p/1.jpg", "p/2.jpg", "p/sub/3.jpg", "pother.jpg"):
        storage.write(key, b"x", "image/jpeg")
    assert keys(storage, "p/") == ["p/1.jpg", "p/2.jpg", "p/sub/3.jpg"]
    assert keys(storage, "p/", recursive=False) == ["p/1.jpg", "p/2.jpg"]
    assert len(keys(storage)) == 4


def test_version_changes_with_the_content(storage: Storage) -> None:
    storage.write("a.json", b"one")
    (before,) = storage.list()
    storage.write("a.json", b"other")
    (after,) = storage.list()
    assert before.version != after.version
    assert after.size == 5
    assert list(storage.list()) == [after]


def test_parts(storage: Storage) -> None:
    storage.write("a.bin", bytes(range(200)))
    with storage.read("a.bin", 10, 20) as part:
        assert b"".join(part.chunks) == bytes(range(10, 20))
        assert (part.start, part.stop, part.size) == (10, 20, 200)
    with storage.read("a.bin", 190) as part:
        assert b"".join(part.chunks) == bytes(range(190, 200))
        assert part.stop == 200
    with storage.read("a.bin", 150, 500) as part:
        assert (part.stop, len(b"".join(part.chunks))) == (200, 50)
    with pytest.raises(OutOfRange):
        storage.read("a.bin", 200)


def test_large(storage: Storage) -> None:
    body = bytes(range(256)) * 20_000  # 5 MB
    storage.write("large.bin", body, "application/octet-stream")
    with storage.read("large.bin") as found:
        assert found.size == len(body)
        assert b"".join(found.chunks) == body


def test_missing(storage: Storage) -> None:
    with pytest.raises(NotFound):
        content(storage, "none.json")
    storage.delete("none.json")


def test_unreachable(settings: tuple[str, Values]) -> None:
    kind, values = settings
    port = free_port()
    nowhere = {
        "s3_endpoint": f"http://127.0.0.1:{port}",
        "gcs_endpoint": f"http://127.0.0.1:{port}",
        "azure_endpoint": f"http://127.0.0.1:{port}/x",
        "port": str(port),
        "path": "/no/such/folder",
    }
    known = {field.name for field in KINDS[kind].fields}
    moved = {**values, **{key: value for key, value in nowhere.items() if key in known}}
    opened = KINDS[kind].open(moved, Outgoing())
    with pytest.raises((BackendFailed, Invalid)) as caught:
        opened.validate()
    for name in KINDS[kind].secrets():
        if values.get(name) and name != "account_name":
            assert str(values[name]) not in caught.value.detail
    opened.close()


def test_wrong_secret(settings: tuple[str, Values]) -> None:
    kind, values = settings
    name = {"s3": "aws_secret_access_key", "azure": "account_key", "redis": "password"}.get(kind)
    if name is None:
        pytest.skip(f"{kind} knows no secret here")
    opened = KINDS[kind].open({**values, name: "d3Jvbmcta2V5LTE="}, Outgoing())
    with pytest.raises(BackendFailed) as caught:
        opened.validate()
    assert "d3Jvbmct" not in caught.value.detail
    opened.close()


def test_private_addresses_are_refused_when_bound_openly(settings: tuple[str, Values]) -> None:
    kind, values = settings
    if kind == "localfiles":
        pytest.skip("folders are checked by the service")
    opened = KINDS[kind].open(values, Outgoing(allow_private=False))
    with pytest.raises((BackendFailed, Invalid), match="not a public address"):
        opened.validate()
    opened.close()
