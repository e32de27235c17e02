"""Who may come in.

* With a password: HTTP Basic, as 0.8.x (user ``ls`` unless another is named).
* Bound to loopback without a password: everybody on this machine, but only under names of this
  machine (``Host``), and no foreign page may post (``Origin``).
* Bound openly without a password: only with the token that the server printed at its start.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

DEFAULT_USER = "ls"
_SAFE = ("GET", "HEAD", "OPTIONS")
_REFUSAL = (
    "Could not verify your access level for that URL.\nYou have to login with proper credentials"
)


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one server.

    ``hosts`` are names under which it may be called besides those of this machine, ``origins``
    other sites whose pages may change things; ``token`` opens a server that is bound openly.
    """

    username: str = DEFAULT_USER
    password: str = ""
    token: str = ""
    loopback: bool = True
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()


def register(app: Flask, access: Access) -> None:
    """Check every request of the application before it is routed to its view."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.method == "OPTIONS" or _is_open(request.path):
            return None
        if access.password:
            return None if _password_fits(access) else _ask_for_password()
        if access.token and not access.loopback:
            return _check_token(access)
        _check_origin(access)
        return None


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine only."""
    if host in ("localhost", "localhost.localdomain") or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_open(path: str) -> bool:
    """Static files need no credentials, but for media of users."""
    if path == "/favicon.ico":
        return True
    return path.startswith("/static/") and not path.startswith("/static/media/")


def _password_fits(access: Access) -> bool:
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    user = hmac.compare_digest((given.username or "").encode(), access.username.encode())
    word = hmac.compare_digest((given.password or "").encode(), access.password.encode())
    return user and word


def _ask_for_password() -> Response:
    response = Response(_REFUSAL, 401, mimetype="text/html")
    response.headers["WWW-Authenticate"] = 'Basic realm="Login Required"'
    return response


def _check_token(access: Access) -> ResponseReturnValue | None:
    given = request.args.get("token") or _header_token() or session.get("token") or ""
    if not hmac.compare_digest(given.encode(), access.token.encode()):
        response = Response("a token is needed; the server printed it at its start", 401)
        response.headers["WWW-Authenticate"] = "Token"
        return response
    if request.args.get("token") and request.method == "GET":
        session["token"] = access.token
        return redirect(request.script_root + request.path)  # out of the address line
    return None


def _header_token() -> str | None:
    if "X-Api-Key" in request.headers:
        return request.headers["X-Api-Key"]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("token", "bearer") else None


def _check_origin(access: Access) -> None:
    """A page of another site must neither reach us by a name that it controls, nor post here."""
    if not access.loopback:
        return
    host = urlsplit(f"//{request.host}").hostname or ""
    if not (is_loopback(host) or host in access.hosts):
        raise Forbidden(f"this server is not called {host!r}; it listens to this machine only")
    origin = request.headers.get("Origin")
    if not origin or request.method in _SAFE or origin in access.origins:
        return
    if urlsplit(origin).netloc != request.host:
        raise Forbidden(f"pages of {origin} may not change anything here")
