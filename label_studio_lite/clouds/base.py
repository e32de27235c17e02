"""What every storage of objects offers, and how a kind of storage describes its settings.

An object has a key, which is text, and content, which is bytes. Keys are taken as they are: never
percent-encoded, never changed. All verbs raise ``NotFound`` (no such object), ``Invalid``
(settings that cannot be) and ``BackendFailed`` (everything that may be better later); messages
never hold a secret.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, NamedTuple, Protocol

from label_studio_lite.errors import TooLarge
from label_studio_lite.outgoing import Outgoing

CHUNK = 1 << 16  # bytes that are read at once
HIDDEN = ".label-studio-"  # names of objects that are not there for long begin so
CONNECT_TIMEOUT = 5  # seconds
READ_TIMEOUT = 30  # seconds of silence
LONGEST_SIGNED = 7 * 24 * 3600  # seconds; as Amazon and Google have it

Values = Mapping[str, Any]


class Entry(NamedTuple):
    """An object of a listing. ``size`` is in bytes; ``version`` differs when the content does."""

    key: str
    size: int
    version: str


@dataclass
class Content:
    """The bytes of an object from ``start`` up to ``stop``; ``size`` is that of the whole.

    ``content_type`` is what the storage says, empty where it says nothing.
    """

    chunks: Iterator[bytes]
    size: int
    start: int
    stop: int
    content_type: str = ""
    close: Callable[[], None] = lambda: None

    def __enter__(self) -> Content:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, limit: int) -> bytes:
        """All of it at once; ``TooLarge`` beyond ``limit`` bytes."""
        if self.stop - self.start > limit:
            raise TooLarge(f"an object of {self.stop - self.start} bytes; {limit} are the limit")
        return b"".join(self.chunks)


class Storage(Protocol):
    """One bucket, container, database or folder, as its settings open it. Safe for threads."""

    def validate(self, prefix: str = "") -> None:
        """Raise unless it can be listed."""

    def list(self, prefix: str = "", *, recursive: bool = True) -> Iterator[Entry]:
        """Objects whose key begins with ``prefix``, page by page, in the storage's own order;
        those with a further ``/`` only when ``recursive``. Folder markers are left out."""

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Content:
        """An object, or a part of it; ``start`` must be within the object. Close it."""

    def write(self, key: str, content: bytes, content_type: str = "application/json") -> None:
        """Make or replace an object, as a whole or not at all."""

    def delete(self, key: str) -> None:
        """Fine when there is none."""

    def presign(self, key: str, seconds: int) -> str | None:
        """An address that opens the object to everybody for so long, ``LONGEST_SIGNED`` at most;
        None where the storage has no such thing, or the settings have no key to sign with.
        Nothing is asked for the object: it may not exist."""

    def link(self, key: str) -> str | None:
        """The address of the object in task data (``s3://bucket/key``); None where there is no
        such form."""

    def close(self) -> None:
        """Connections are closed; using it again opens new ones."""


def try_writing(storage: Storage, prefix: str = "") -> None:
    """Raise unless a small object below ``prefix`` can be written and deleted again."""
    key = f"{prefix}{HIDDEN}{secrets.token_hex(4)}"
    storage.write(key, b"-", "text/plain")
    storage.delete(key)


class Client:
    """A client of some SDK, made when it is first called for, once for all threads."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Any = None

    def __call__(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of a kind of storage. ``secret`` values are stored apart and never shown."""

    name: str
    title: str
    type: Literal["text", "number", "flag", "secret"] = "text"
    default: Any = None
    required: bool = False
    help: str = ""

    @property
    def secret(self) -> bool:
        return self.type == "secret"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of storage. ``place`` is the field that names the bucket, container or folder;
    ``prefix`` the one that narrows it; ``scheme`` begins addresses of its objects in task data;
    ``extra`` is the optional extra of this package that it needs."""

    name: str
    title: str
    fields: tuple[Field, ...]
    open: Callable[[Values, Outgoing], Storage]
    place: str
    prefix: str = "prefix"
    scheme: str = ""
    extra: str = ""

    def secrets(self) -> frozenset[str]:
        return frozenset(field.name for field in self.fields if field.secret)


def text(values: Values, name: str, default: str = "") -> str:
    """A setting as text, without blanks around it."""
    value = values.get(name)
    return default if value in (None, "") else str(value).strip()
