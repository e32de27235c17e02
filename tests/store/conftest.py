"""A folder for each test, in memory where the system offers that."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.store.contract", "tests.store.reference")

_SHM = Path("/dev/shm")
MEMORY = _SHM if _SHM.is_dir() else None  # where flushes cost nothing

NIGHTLY = os.environ.get("LSL_NIGHTLY") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not NIGHTLY:
        here = Path(__file__).parent
        for item in items:
            if item.path.is_relative_to(here) and item.get_closest_marker("nightly"):
                item.add_marker(pytest.mark.skip(reason="long; run with LSL_NIGHTLY=1"))


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder whose flushes cost nothing: these tests open thousands of projects."""
    folder = tempfile.mkdtemp(prefix="lsl-", dir=MEMORY)
    yield Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def project(scratch: Path) -> Path:
    """An empty project folder."""
    folder = scratch / "project"
    folder.mkdir()
    return folder
