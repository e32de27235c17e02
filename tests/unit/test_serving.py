"""Binding a port."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from label_studio_lite import serving
from label_studio_lite.errors import Conflict


def test_there_is_no_port_behind_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def busy(self: socket.socket, address: tuple[str, int]) -> None:
        asked.append(address[1])
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(socket.socket, "bind", busy, raising=False)
    with pytest.raises(Conflict, match="none of the ports 65530 to 65535 of"):
        serving.bind("127.0.0.1", 65530)
    assert asked == list(range(65530, 65536))


def test_ports_that_may_not_be_used_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: socket.socket, address: tuple[str, int]) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refused, raising=False)
    with pytest.raises(Conflict, match="may be used by this user"):
        serving.bind("127.0.0.1", 80)


def test_any_free_port() -> None:
    with closing(serving.bind("127.0.0.1", 0)) as listener:
        assert listener.getsockname()[1]
