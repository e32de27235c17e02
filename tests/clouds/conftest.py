"""Storages of every kind, on the servers of ``servers.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from label_studio_lite.clouds.base import Storage, Values
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.outgoing import Outgoing
from tests.clouds.proxy import Proxy
from tests.clouds.servers import S3Server, Servers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(600))  # the first test may have to install


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("servers")) as made:
        yield made


@pytest.fixture(scope="session")
def s3_server(servers: Servers) -> S3Server:
    return servers.s3


@pytest.fixture
def proxy(s3_server: S3Server) -> Iterator[Proxy]:
    """Before the S3 server."""
    made = Proxy(s3_server.program.port)
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, servers: Servers) -> tuple[str, Values]:
    """A kind of storage and settings for a new, empty one."""
    return request.param, servers.place(request.param)


@pytest.fixture
def storage(settings: tuple[str, Values]) -> Iterator[Storage]:
    kind, values = settings
    opened = KINDS[kind].open(values, Outgoing())
    yield opened
    opened.close()
