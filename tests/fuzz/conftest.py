"""A project that is alone in the world, but for one ML backend; and more time at night."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from label_studio_lite.service.project import Project
from tests.conftest import MakeProject
from tests.fuzz.mutations import NIGHTLY
from tests.ml.scripted import Scripted, scripted_backend


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if NIGHTLY and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(7200))


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """It answers. No other address leads anywhere: requests may hold some."""
    find = socket.getaddrinfo
    with scripted_backend() as running:
        known = urlsplit(running.url)

        def only_there(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            if (host, port) != (known.hostname, known.port):
                raise socket.gaierror(-2, "Name or service not known")
            return find(host, port, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", only_there)
        yield running


@pytest.fixture
def project(make_project: MakeProject, backend: Scripted) -> Project:
    return make_project(ml_backends=[{"name": "m", "url": backend.url}])
