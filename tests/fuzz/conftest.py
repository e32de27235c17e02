"""At night there are many more cases, and so much more time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.mutations import NIGHTLY


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if NIGHTLY and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(7200))
