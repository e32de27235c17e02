"""Storages without a server to talk to; the rest is in ``tests/clouds``."""

from __future__ import annotations

from flask.testing import FlaskClient

SETTINGS = "/api/project/storage-settings"
SYNC = "/api/project/storage-sync"


def test_no_sync_yet(client: FlaskClient) -> None:
    answer = client.get(f"{SYNC}?storage_for=source")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "initialized", "error": None, "counts": {}, "done": 0, "total": 0, "pending": 0
    }  # fmt: skip


def test_local_files_need_no_sync(client: FlaskClient) -> None:
    answer = client.post(f"{SYNC}?storage_for=target")
    assert (answer.status_code, answer.json["status"]) == (200, "initialized")


def test_sync_of_what(client: FlaskClient) -> None:
    assert client.post(f"{SYNC}?storage_for=both").status_code == 400


def test_fields_say_what_is_secret(client: FlaskClient) -> None:
    forms = client.get(SETTINGS).json
    fields = {field["name"]: field for field in forms["target"]["s3-completions"]["fields"]}
    assert fields["aws_secret_access_key"]["secret"] is True
    assert fields["s3_endpoint"]["secret"] is False


def test_numbers_are_read(client: FlaskClient) -> None:
    body = {"type": "s3", "path": "b", "presign_ttl": "soon"}
    answer = client.post(f"{SETTINGS}?storage_for=source&type=s3", json=body)
    assert answer.status_code == 400
    assert answer.json == {"errors": {"presign_ttl": ["A valid integer is required."]}}
