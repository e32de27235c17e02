"""A real server of each kind of storage, started when a test first needs it.

A test is skipped, aloud, only where its server cannot be installed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pytest

from label_studio_lite.clouds.base import Values
from label_studio_lite.clouds.kinds import KINDS
from tests.clouds import programs
from tests.clouds.programs import Program

ACCESS_KEY, SECRET_KEY = "AKIDTESTTESTTEST", "very-secret-key-of-the-tests"
AZURE_ACCOUNT = "devstoreaccount1"
# the one that Azurite documents for everybody
AZURE_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
# one for each test: a second use of one would find what the first left there
REDIS_DATABASES = 10_000
_numbers = itertools.count(1)


class S3Server:
    """rclone's, over a folder: a bucket is a folder in it, an object a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = Program(
            programs.environment() / "bin" / "rclone",
            *("serve", "s3", "--addr", "127.0.0.1:PORT", "--vfs-cache-mode", "off"),
            *("--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--dir-cache-time", "1ms"),
            folder,
        )
        self.url = self.program.url

    def bucket(self, **objects: str | bytes) -> str:
        """A new bucket."""
        name = f"bucket-{next(_numbers)}"
        (self.folder / name).mkdir()
        for key, content in objects.items():
            self.put(name, key, content)
        return name

    def put(self, bucket: str, key: str, content: str | bytes) -> None:
        path = self.folder / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def values(self, bucket: str, **more: object) -> dict[str, object]:
        """The settings of a storage, in words of 1.x."""
        return {
            "bucket": bucket,
            "s3_endpoint": self.url,
            "region_name": "us-east-1",
            "aws_access_key_id": ACCESS_KEY,
            "aws_secret_access_key": SECRET_KEY,
            **more,
        }


class Servers(ExitStack):
    """Those that were asked for; they end with the ``with``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._databases = iter(range(1, REDIS_DATABASES))

    @cached_property
    def s3(self) -> S3Server:
        folder = self._folder / "s3"
        folder.mkdir()
        server = _available(lambda: S3Server(folder))
        self.enter_context(closing(server.program))
        return server

    @cached_property
    def gcs(self) -> Program:
        return self._run(
            lambda: programs.environment() / "bin" / "gcp-storage-emulator",
            *("start", "--host", "127.0.0.1", "--port", "PORT", "--in-memory"),
        )

    @cached_property
    def azure(self) -> Program:
        return self._run(
            programs.azurite,
            *("--blobHost", "127.0.0.1", "--blobPort", "PORT", "--inMemoryPersistence"),
            *("--silent", "--skipApiVersionCheck", "--disableTelemetry"),
        )

    @cached_property
    def redis(self) -> Program:
        return self._run(
            lambda: "redis-server",
            *("--port", "PORT", "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)),
            *("--requirepass", SECRET_KEY, "--databases", str(REDIS_DATABASES)),
        )

    def _run(self, program: Callable[[], str | Path], *options: str) -> Program:
        made = _available(lambda: Program(program(), *options))
        return self.enter_context(closing(made))

    def place(self, kind: str) -> Values:
        """Settings for a new, empty bucket, container, database or folder."""
        make: Callable[[str], Values] = getattr(self, f"_place_{kind}")
        return make(f"place-{next(_numbers)}")

    def _place_s3(self, name: str) -> Values:
        return self.s3.values(self.s3.bucket())

    def _place_gcs(self, name: str) -> Values:
        import requests

        answer = requests.post(f"{self.gcs.url}/storage/v1/b", json={"name": name}, timeout=10)
        answer.raise_for_status()
        return {"bucket": name, "gcs_endpoint": self.gcs.url}

    def _place_azure(self, name: str) -> Values:
        from azure.storage.blob import ContainerClient

        endpoint = f"{self.azure.url}/{AZURE_ACCOUNT}"
        key = {"account_name": AZURE_ACCOUNT, "account_key": AZURE_KEY}
        with ContainerClient(endpoint, name, credential=key) as container:
            container.create_container()
        return {"container": name, **key, "azure_endpoint": endpoint}

    def _place_redis(self, name: str) -> Values:
        return {
            "host": "127.0.0.1",
            "port": str(self.redis.port),
            "password": SECRET_KEY,
            "db": next(self._databases),
        }

    def _place_localfiles(self, name: str) -> Values:
        place = self._folder / name
        place.mkdir()
        return {"path": str(place)}


def folder_of(kind: str, place: Values, name: str) -> Values:
    """Settings for a folder of a place."""
    if kind != "localfiles":
        return {**place, KINDS[kind].prefix: f"{name}/"}
    folder = Path(place["path"]) / name
    folder.mkdir(exist_ok=True)
    return {"path": str(folder)}


Made = TypeVar("Made")


def _available(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except programs.Unavailable as reason:
        pytest.skip(str(reason))
