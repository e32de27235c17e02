"""The programs of others; where they cannot be installed, a skip says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.formats import readers

_TIMEOUT = 900  # seconds; the first test of all may have to install them


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "ask" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.compat)
            item.add_marker(pytest.mark.timeout(_TIMEOUT))


@pytest.fixture
def ask() -> Callable[..., Any]:
    """``ask("coco", path=…)``: what a function of ``reading.py`` answers."""
    try:
        readers.python()
    except readers.Unavailable as reason:
        pytest.skip(str(reason))
    return readers.ask
