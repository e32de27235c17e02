"""Redis: one key for each object (extra ``redis``).

The password comes from the settings or from ``REDIS_PASSWORD``.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from label_studio_lite.clouds.base import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    Client,
    Content,
    Entry,
    Field,
    Kind,
    Values,
    text,
)
from label_studio_lite.clouds.extras import imported
from label_studio_lite.errors import BackendFailed, Invalid, NotFound, OutOfRange
from label_studio_lite.outgoing import Outgoing

EXTRA = "redis"
_PAGE = 500
_PIECE = 1 << 20  # bytes that are read at once
_SPECIAL = re.compile(r"([*?\[\]\\^-])")


class RedisStorage:
    """One database."""

    def __init__(self, values: Values, outgoing: Outgoing) -> None:
        self._redis = imported("redis", EXTRA)
        self._outgoing = outgoing
        self._host = text(values, "host", "localhost")
        try:
            self._port = int(text(values, "port", "6379"))
            self._db = int(text(values, "db", "1"))
        except ValueError as error:
            raise Invalid(f"port and db must be whole numbers: {error}") from error
        self._password = text(values, "password", os.environ.get("REDIS_PASSWORD", ""))
        self._client = Client(self._new_client)

    def _new_client(self) -> Any:
        pool = self._redis.ConnectionPool(
            connection_class=self._connection_class(),
            host=self._host,
            port=self._port,
            db=self._db,
            password=self._password or None,
            socket_connect_timeout=CONNECT_TIMEOUT,
            socket_timeout=READ_TIMEOUT,
        )
        return self._redis.Redis.from_pool(pool)  # which it then closes, too

    def _connection_class(self) -> Any:
        """Connections that are made by the policy of the server."""
        outgoing, errors = self._outgoing, self._redis.exceptions

        class Connection(self._redis.Connection):  # type: ignore[misc,name-defined]  # lazy
            def _connect(self) -> socket.socket:
                try:
                    made = outgoing.connect(self.host, self.port, CONNECT_TIMEOUT)
                except Invalid as error:
                    raise errors.ConnectionError(error.detail) from error
                made.settimeout(READ_TIMEOUT)
                return made

        return Connection

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (self._redis.RedisError, OSError) as error:
            raise BackendFailed(f"redis {self._host}:{self._port}: {error}") from error

    # -- the interface ------------------------------------------------------------------------

    def validate(self, prefix: str = "") -> None:
        with self._failures():
            self._client().ping()

    def list(self, prefix: str = "", *, recursive: bool = True) -> Iterator[Entry]:
        """In the order of the keys, which Redis itself does not have; texts only."""
        with self._failures():
            pattern = _SPECIAL.sub(r"\\\1", prefix) + "*"
            found = self._client().scan_iter(match=pattern, count=_PAGE, _type="STRING")
            keys = sorted(set(found))
        for at in range(0, len(keys), _PAGE):
            page = keys[at : at + _PAGE]
            with self._failures():
                contents = self._client().mget(page)
            for raw, content in zip(page, contents, strict=True):
                key = raw.decode("utf-8", "surrogateescape")
                if content is None or (not recursive and "/" in key[len(prefix) :]):
                    continue
                digest = hashlib.sha256(content).hexdigest()[:32]
                yield Entry(key, len(content), digest)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Content:
        name = _raw(key)
        with self._failures():
            size = int(self._client().strlen(name))
            if size == 0 and not self._client().exists(name):
                raise NotFound(f"there is no key {key} in redis {self._host}:{self._port}")
        if start >= size and start:
            raise OutOfRange(f"{key} has {size} bytes")
        end = size if stop is None else min(stop, size)
        return Content(self._chunks(name, start, end), size, start, end)

    def _chunks(self, name: bytes, start: int, stop: int) -> Iterator[bytes]:
        while start < stop:
            end = min(start + _PIECE, stop)
            with self._failures():
                part: bytes = self._client().getrange(name, start, end - 1)
            yield part
            start = end

    def write(self, key: str, content: bytes, content_type: str = "application/json") -> None:
        with self._failures():
            self._client().set(_raw(key), content)

    def delete(self, key: str) -> None:
        with self._failures():
            self._client().delete(_raw(key))

    def presign(self, key: str, seconds: int) -> str | None:
        return None

    def link(self, key: str) -> str | None:
        return None

    def close(self) -> None:
        self._client.close()


def _raw(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")


KIND = Kind(
    name="redis",
    title="Redis",
    open=RedisStorage,
    place="host",
    prefix="path",
    extra=EXTRA,
    fields=(
        Field("path", "Prefix", help="Only keys below this, up to a slash"),
        Field("host", "Host"),
        Field("port", "Port"),
        Field("password", "Password", "secret"),
        Field("db", "Database", "number", default=1),
    ),
)
