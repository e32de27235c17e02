"""Real servers for storages; tests are skipped, aloud, only where they cannot be installed."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from label_studio_lite.clouds.base import Storage, Values
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.outgoing import Outgoing
from tests.clouds import programs
from tests.clouds.programs import Program
from tests.clouds.proxy import Proxy

ACCESS_KEY, SECRET_KEY = "AKIDTESTTESTTEST", "very-secret-key-of-the-tests"
AZURE_ACCOUNT = "devstoreaccount1"
# the one that Azurite documents for everybody
AZURE_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(600))  # the first test may have to install


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


def _available(make: Callable[[], Program]) -> Program:
    try:
        return make()
    except programs.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    try:
        server = S3Server(tmp_path_factory.mktemp("s3"))
    except programs.Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.program.close()


@pytest.fixture
def proxy(s3_server: S3Server) -> Iterator[Proxy]:
    """Before the S3 server."""
    made = Proxy(s3_server.program.port)
    yield made
    made.close()


@pytest.fixture(scope="session")
def azure_server() -> Iterator[Program]:
    server = _available(
        lambda: Program(
            programs.azurite(),
            *("--blobHost", "127.0.0.1", "--blobPort", "PORT", "--inMemoryPersistence"),
            *("--silent", "--skipApiVersionCheck", "--disableTelemetry"),
        )
    )
    yield server
    server.close()


@pytest.fixture(scope="session")
def gcs_server() -> Iterator[Program]:
    server = _available(
        lambda: Program(
            programs.environment() / "bin" / "gcp-storage-emulator",
            *("start", "--host", "127.0.0.1", "--port", "PORT", "--in-memory"),
        )
    )
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("redis")
    server = Program(
        "redis-server",
        *("--port", "PORT", "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)),
        *("--requirepass", SECRET_KEY),
    )
    yield server
    server.close()


Open = Callable[[], tuple[str, Values]]


@pytest.fixture(params=["s3", "gcs", "azure", "redis", "localfiles"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Values]:
    """A kind of storage and settings for a new, empty one."""
    name = f"place-{next(_numbers)}"
    values = _SETTINGS[request.param](request, name, tmp_path)
    return request.param, values


@pytest.fixture
def storage(settings: tuple[str, Values]) -> Iterator[Storage]:
    kind, values = settings
    opened = KINDS[kind].open(values, Outgoing())
    yield opened
    opened.close()


def _s3(request: pytest.FixtureRequest, name: str, folder: Path) -> Values:
    server: S3Server = request.getfixturevalue("s3_server")
    return server.values(server.bucket())


def _gcs(request: pytest.FixtureRequest, name: str, folder: Path) -> Values:
    import requests

    server: Program = request.getfixturevalue("gcs_server")
    answer = requests.post(f"{server.url}/storage/v1/b", json={"name": name}, timeout=10)
    answer.raise_for_status()
    return {"bucket": name, "gcs_endpoint": server.url}


def _azure(request: pytest.FixtureRequest, name: str, folder: Path) -> Values:
    from azure.storage.blob import ContainerClient

    server: Program = request.getfixturevalue("azure_server")
    endpoint = f"{server.url}/{AZURE_ACCOUNT}"
    key = {"account_name": AZURE_ACCOUNT, "account_key": AZURE_KEY}
    with ContainerClient(endpoint, name, credential=key) as container:
        container.create_container()
    return {"container": name, **key, "azure_endpoint": endpoint}


def _redis(request: pytest.FixtureRequest, name: str, folder: Path) -> Values:
    server: Program = request.getfixturevalue("redis_server")
    database = next(_databases)
    return {
        "host": "127.0.0.1",
        "port": str(server.port),
        "password": SECRET_KEY,
        "db": database,
    }


def _local(request: pytest.FixtureRequest, name: str, folder: Path) -> Values:
    place = folder / name
    place.mkdir()
    return {"path": str(place)}


_databases = itertools.cycle(range(1, 16))
_SETTINGS = {"s3": _s3, "gcs": _gcs, "azure": _azure, "redis": _redis, "localfiles": _local}
assert set(_SETTINGS) == set(KINDS), sys.modules[__name__]
