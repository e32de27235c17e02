"""Which addresses this server connects to. Every outgoing connection is made by this policy.

Bound to loopback, a server reaches whatever address its user names: imports, webhooks, ML
backends, storages. Bound openly, its user may be anybody, and then it must not be a way into the
network that it stands in: private addresses are refused, unless a flag allows them. Addresses are
checked when the connection is made, so redirects and names that change (DNS rebinding) are
covered. Never anything but what the user named is connected to, and never ``file://``.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from label_studio_lite.errors import BackendFailed, Invalid

if TYPE_CHECKING:
    from requests import Session
    from requests.adapters import HTTPAdapter

_LATER = (408, 429)  # statuses below 500 after which the same may be taken


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The policy of one server. ``allow_private``: also addresses that are not of the open
    internet."""

    allow_private: bool = True

    def new_adapter(self) -> HTTPAdapter:
        """An adapter of ``requests`` that connects by this policy, with ``Invalid`` for what it
        refuses. Where private addresses are refused it uses no proxy, which would resolve names
        itself."""
        from requests.adapters import HTTPAdapter

        from label_studio_lite.outgoing.public_only import PublicOnlyAdapter

        return HTTPAdapter() if self.allow_private else PublicOnlyAdapter()

    def new_session(self) -> Session:
        """A session of ``requests`` by this policy, which is the caller's to close."""
        import requests

        session = requests.Session()
        self.govern(session)
        return session

    def govern(self, session: Session) -> None:
        """Make a session that somebody else built connect by this policy; users of an open server
        get none of its owner's proxies and ``~/.netrc``."""
        session.trust_env = self.allow_private
        for scheme in ("http://", "https://"):
            session.mount(scheme, self.new_adapter())

    def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int:
        """Send something and leave the answer unread; its status.

        ``BackendFailed`` when the same may be taken later; ``Invalid`` for an address that this
        policy refuses.
        """
        import requests

        with self.new_session() as session:
            try:
                answer = session.post(
                    url, data=body, headers=dict(headers), timeout=timeout, stream=True
                )
            except requests.RequestException as error:  # its text may tell a password
                raise BackendFailed(type(error).__name__) from error
            answer.close()
        if answer.status_code >= 500 or answer.status_code in _LATER:
            raise BackendFailed(f"it answers {answer.status_code}")
        return answer.status_code

    def guard(self, manager: Any) -> None:
        """Make a pool manager of urllib3, or one built like it (botocore's), connect by this
        policy."""
        from label_studio_lite.outgoing.public_only import guarded

        if not self.allow_private:
            manager.pool_classes_by_scheme = guarded(manager.pool_classes_by_scheme)

    def connect(self, host: str, port: int, timeout: float | None = None) -> socket.socket:
        """A TCP connection, for protocols other than HTTP; ``Invalid``, ``OSError``."""
        from label_studio_lite.outgoing.public_only import connect_checked

        if self.allow_private:
            return socket.create_connection((host, port), timeout)
        return connect_checked(host, port, timeout)


def http_host(url: str) -> str:
    """The host of an http or https address; ``Invalid`` for anything else."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        (host or "").encode("idna")
    except ValueError as error:
        raise Invalid(f"{url} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Invalid(f"unknown url type: '{url}', only http and https addresses are fetched")
    return host
