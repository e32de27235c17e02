"""Connections to public addresses only.

The name is resolved once, each address is checked, and the connection goes to the address that
was checked: a name server that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

from label_studio_lite.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PublicOnlyAdapter(HTTPAdapter):
    """Refuses, with ``Invalid``, hosts with an address that is not public. Uses no proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = guarded(self.poolmanager.pool_classes_by_scheme)

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


def connect_checked(
    host: str, port: int, timeout: float | None = None, source: tuple[str, int] | None = None
) -> socket.socket:
    """A connection to the first address that answers, when all are public; ``Invalid``,
    ``OSError``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host} is no name: {error}") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not is_public(address):
            raise Invalid(f"{host} is at {address}, which is not a public address")
    last = OSError(f"{host} has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout, source)
        except OSError as error:
            last = error
    raise last


class _Checked:
    """Mixed into connections of urllib3: connects like they do, to checked addresses."""

    host: str
    port: int
    timeout: Any
    source_address: tuple[str, int] | None

    def _new_conn(self) -> socket.socket:
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
        host = self.host.strip("[]")
        try:
            return connect_checked(host, self.port, timeout, self.source_address)
        except OSError as error:
            raise NewConnectionError(self, f"{host}: {error}") from error  # type: ignore[arg-type]  # of the mixed-in class


def guarded(pools: Mapping[str, Any]) -> dict[str, Any]:
    """The pool classes of a pool manager, by scheme, with connections that check first."""
    made: dict[str, Any] = {}
    for scheme, pool in pools.items():
        name = "PublicOnly" + pool.ConnectionCls.__name__
        connection = type(name, (_Checked, pool.ConnectionCls), {})
        made[scheme] = type("PublicOnly" + pool.__name__, (pool,), {"ConnectionCls": connection})
    return made
