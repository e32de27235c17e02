"""Requests that come through a proxy: below which path, and from whom.

A proxy may pass the path on as it is, or cut its prefix off. Both work: the prefix is that of
``--public-url``, or what the header ``X-Forwarded-Prefix`` says. That header only decides how
addresses in the answer to its own request are written, so anybody may send it;
``X-Forwarded-For`` is believed only behind a proxy of this network that the command line tells of.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~.-]+)+")


def behind(inner: Wsgi, public_url: str = "") -> Wsgi:
    """The application, for requests that may come through a proxy."""
    own_prefix = urlsplit(public_url).path.rstrip("/")

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        prefix = _told(environ) or own_prefix
        if prefix:
            path = environ.get("PATH_INFO", "")
            if path == prefix or path.startswith(f"{prefix}/"):
                path = path[len(prefix) :] or "/"
            environ = environ | {
                "SCRIPT_NAME": prefix + environ.get("SCRIPT_NAME", ""),
                "PATH_INFO": path,
            }
        if public_url:
            environ = environ | {"REMOTE_ADDR": _client(environ)}
        return inner(environ, start)

    return application


def _told(environ: dict[str, Any]) -> str:
    prefix = str(environ.get("HTTP_X_FORWARDED_PREFIX", "")).rstrip("/")
    sound = _PREFIX.fullmatch(prefix) and not {".", ".."} & set(prefix.split("/"))
    return prefix if sound else ""


def _client(environ: dict[str, Any]) -> str:
    """The address that the nearest proxy saw."""
    peer = str(environ.get("REMOTE_ADDR") or "")
    told = str(environ.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        ipaddress.ip_address(told)
        return peer if ipaddress.ip_address(peer).is_global else told
    except ValueError:
        return peer
