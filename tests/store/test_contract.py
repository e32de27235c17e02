"""The contract of stores, on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.store.base import Store
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.memory import MemoryStore
from tests.store.contract import Reopen, StoreContract
from tests.store.faults import FaultyFileSystem
from tests.store.sessions import abandon


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()

    @pytest.fixture
    def reopen(self) -> Reopen:
        return lambda store: store


class OnDisk(StoreContract):
    """A project directory; ``options`` for opening it."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {}

    @pytest.fixture
    def store(self, project: Path, options: dict[str, Any]) -> Iterator[Store]:
        store = DirectoryStore(project, **options)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, project: Path, options: dict[str, Any]) -> Iterator[Reopen]:
        opened: list[DirectoryStore] = []

        def reopen(store: Store) -> Store:
            self.stop(store)
            opened.append(DirectoryStore(project, **options))
            return opened[-1]

        yield reopen
        for store in opened:
            store.close()

    def stop(self, store: Store) -> None:
        store.close()


class TestDirectoryStore(OnDisk):
    pass


class TestDirectoryStoreThatIsKilled(OnDisk):
    """Nothing is brought up to date, neither meanwhile nor in the end."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"keeper": False}

    def stop(self, store: Store) -> None:
        assert isinstance(store, DirectoryStore)
        abandon(store)


class TestDirectoryStoreThatIsFolded(OnDisk):
    """All is settled in between, and the cache of the index is of no use."""

    def stop(self, store: Store) -> None:
        assert isinstance(store, DirectoryStore)
        store.checkpoint()
        (store.folder / ".cache/index").unlink(missing_ok=True)
        store.close()
        (store.folder / ".cache/index").unlink(missing_ok=True)


class TestDirectoryStoreOnAFaultyFileSystemWithoutFaults(OnDisk):
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"fs": FaultyFileSystem(0), "durability": "second"}
