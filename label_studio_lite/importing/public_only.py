"""An adapter for ``requests`` that connects to public addresses only.

The name is resolved once, each address is checked, and the connection goes to the address that
was checked: a name server that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from label_studio_lite.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PublicOnlyAdapter(HTTPAdapter):
    """Refuses, with ``Invalid``, hosts with an address that is not public. Uses no proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicTlsPool}

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        # a proxy would resolve the name itself, unchecked
        return super().send(request, *args, **{**kwargs, "proxies": None})


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, in whatever form it hides another."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return all(part.is_global and not part.is_multicast for part in (ip, *_inside(ip)))


def _inside(ip: Address) -> list[Address]:
    """IPv4 addresses that an IPv6 address stands for."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF))
    return [part for part in found if part is not None]


def _connect(connection: HTTPConnection) -> socket.socket:
    """Like urllib3's own, for checked addresses."""
    host = connection.host.strip("[]")
    try:
        found = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"{host}: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise Invalid(f"{host} is at {address}, which is not a public address")
    return _first_answering(connection, addresses)


def _first_answering(connection: HTTPConnection, addresses: list[str]) -> socket.socket:
    last: OSError | None = None
    timeout = connection.timeout
    for address in dict.fromkeys(addresses):
        try:
            return socket.create_connection(
                (address, connection.port),
                timeout if isinstance(timeout, (int, float)) else None,
                connection.source_address,
            )
        except OSError as error:
            last = error
    raise NewConnectionError(connection, f"{connection.host}: {last}") from last


class _PublicConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _PublicTlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicTlsConnection
