"""The real Label Studio 0.8.2 as a judge; without Python 3.8 these tests are skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.compat import real_082
from tests.compat.servers import OurServer, ServerProcess

_BUILD_TIMEOUT = 900  # seconds; the first test of all may have to install it

Start = Callable[..., ServerProcess]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and "real" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.compat)
            item.add_marker(pytest.mark.timeout(_BUILD_TIMEOUT))


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    """Holds the servers of one test; they are stopped at its end."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def real(servers: ExitStack) -> Start:
    """``real(directory, *options)`` starts the real 0.8.2; add ``"--init"`` for a new project."""
    try:
        real_082.environment()
    except real_082.Unavailable as reason:
        pytest.skip(str(reason))

    def start(directory: Path, *options: str, multi_session: bool = False) -> ServerProcess:
        kind = real_082.RealMultiSessionServer if multi_session else real_082.RealServer
        return servers.enter_context(kind(directory, *options))

    return start


@pytest.fixture
def ours(servers: ExitStack) -> Start:
    """``ours(directory, *options)`` starts the server of this checkout."""

    def start(directory: Path, *options: str) -> ServerProcess:
        return servers.enter_context(OurServer(directory, *options))

    return start
