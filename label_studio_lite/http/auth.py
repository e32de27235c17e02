"""Who may come in.

* Bound to loopback without a password: everybody on this machine, with whatever token, but only
  under names of this machine (``Host``), and no foreign page may change things (``Origin``).
* With a password, or bound to more than this machine: a login (cookie), HTTP Basic as 0.8.x (user
  ``ls`` unless another is named), the API token, or an access token of 1.x. Either word,
  ``Token`` or ``Bearer``, may stand before either kind; ``X-Api-Key`` may hold them, too.
* With ``--no-auth``: everybody who can reach the address.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import time
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from flask import Flask, Response, g, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from label_studio_lite.errors import TooManyAttempts, Unauthorized
from label_studio_lite.http.attempts import Attempts
from label_studio_lite.http.pages.rendering import root
from label_studio_lite.service.access.accounts import DEFAULT_USERNAME, Accounts

log = logging.getLogger(__name__)

DEFAULT_USER = DEFAULT_USERNAME
_SAFE = ("GET", "HEAD", "OPTIONS")
_REFUSAL = (
    "Could not verify your access level for that URL.\nYou have to login with proper credentials"
)
# the way in, and what 1.x answers to everybody
_OPEN = (
    "/favicon.ico",
    "/login",
    "/user/login",
    "/logout",
    "/health",
    "/docs/api",
    "/docs/api/schema",
    "/docs/api/schema/json",
    "/api/version",
    "/api/token/refresh",
)
_NOTHING = "Authentication credentials were not provided."
_LOGIN = "login"  # in the session cookie: the id of the login
_SEEN = "seen"  # in the session cookie: when it was last used
_FRESH = 60  # seconds until a cookie is written again


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one server.

    ``password`` is plain or hashed (``service/access/passwords.py``). ``hosts`` are names under
    which it may be called besides those of this machine, ``origins`` other sites whose pages may
    change things.
    """

    username: str = DEFAULT_USER
    password: str = ""
    loopback: bool = True
    no_auth: bool = False
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    @property
    def required(self) -> bool:
        """Whether credentials are asked for."""
        return bool(self.password) or not (self.loopback or self.no_auth)


class Gate:
    """Lets requests of one server in, or not."""

    def __init__(self, access: Access, accounts: Accounts) -> None:
        self.access = access
        self.accounts = accounts
        self.attempts = Attempts(time.monotonic)

    def check(self) -> ResponseReturnValue | None:
        """None when the request may go on, else the answer that it gets."""
        if request.method == "OPTIONS":
            return None
        if self.access.loopback and not self.access.required:
            self._check_host()
        if _token() is None:  # pages of other sites cannot send one unnoticed
            self._check_origin()
        if not self.access.required or _is_open(request.path):
            return None
        try:
            self._check_credentials()
        except Unauthorized as error:
            return self._refusal(error)
        return None

    # -- where from ---------------------------------------------------------------------------

    def _check_host(self) -> None:
        """A page of another site must not reach us by a name that it controls."""
        host = host_of(request.host)
        if not (is_loopback(host) or host in self.access.hosts):
            raise Forbidden(f"this server is not called {host!r}; it listens to this machine only")

    def _check_origin(self) -> None:
        """Nor may it post here, or use what is here; browsers say where a request comes from."""
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        if request.method in _SAFE:
            visit = request.headers.get("Sec-Fetch-Mode") == "navigate"
            if site == "cross-site" and not (visit or self.access.origins):
                raise Forbidden("pages of other sites may not use what is here")
        elif origin is None:
            if site in ("cross-site", "same-site"):
                raise Forbidden("pages of other sites may not change anything here")
        elif origin not in self.access.origins and _netloc(origin) != request.host:
            raise Forbidden(f"pages of {origin} may not change anything here")

    # -- credentials --------------------------------------------------------------------------

    def _check_credentials(self) -> None:
        """``Unauthorized``, ``TooManyAttempts``."""
        if (token := _token()) is not None:
            self.accounts.tokens.check(token)
            return
        given = request.authorization
        if given is not None and given.type == "basic" and self.access.password:
            self.check_password(given.username or "", given.password or "")
        elif not self._logged_in():
            raise Unauthorized(_NOTHING)

    def check_password(self, username: str, password: str) -> None:
        """``Unauthorized``; ``TooManyAttempts`` when this address has failed too often."""
        address = request.remote_addr or ""
        self.attempts.check(address)
        user = hmac.compare_digest(_bytes(username), _bytes(self.access.username))
        word = self.accounts.password_fits(password, self.access.password)
        if not (user and word):
            self._failed(address)
            raise Unauthorized("user name or password is wrong")
        self.attempts.passed(address)

    def check_token(self, token: str) -> None:
        """The same for a token that somebody types in."""
        address = request.remote_addr or ""
        self.attempts.check(address)
        try:
            self.accounts.tokens.check(token)
        except Unauthorized:
            self._failed(address)
            raise
        self.attempts.passed(address)

    def _failed(self, address: str) -> None:
        log.warning("wrong credentials from %s", address)
        self.attempts.failed(address)

    def _logged_in(self) -> bool:
        login, seen = session.get(_LOGIN), session.get(_SEEN)
        if not (isinstance(login, str) and isinstance(seen, (int, float))):
            return False
        if not self.accounts.logins.holds(login, seen):
            return False
        if time.time() - seen > _FRESH:
            session[_SEEN] = int(time.time())
        return True

    def is_login(self) -> bool:
        """Whether this request is let in by a login, which can be ended."""
        return self.access.required and isinstance(session.get(_LOGIN), str)

    def log_in(self) -> None:
        """From now on the cookie of this client lets it in."""
        session[_LOGIN] = self.accounts.logins.start()
        session[_SEEN] = int(time.time())
        session.permanent = True

    def log_out(self) -> None:
        if isinstance(login := session.pop(_LOGIN, None), str):
            self.accounts.logins.end(login)
        session.pop(_SEEN, None)

    def _refusal(self, error: Unauthorized) -> ResponseReturnValue:
        """A browser is led to the login page; clients of 1.x get its body, others 0.8.x's.

        Scripts in pages must not see 0.8.x's: the browser would ask for a password in its own way.
        """
        if isinstance(error, TooManyAttempts):
            raise error
        if _is_visit():
            here = request.full_path.rstrip("?").removeprefix("/")
            return redirect(f"{root()}login?next={quote(here)}", 303)
        in_page = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
        if g.get("dialect") == "v1" or in_page or not self.access.password:
            raise error
        response = Response(_REFUSAL, 401, mimetype="text/html")
        response.headers["WWW-Authenticate"] = 'Basic realm="Login Required"'
        return response


def register(app: Flask, access: Access, accounts: Accounts) -> Gate:
    """Check every request of the application before it is routed to its view."""
    gate = Gate(access, accounts)
    app.before_request(gate.check)
    return gate


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine only."""
    if host in ("localhost", "localhost.localdomain") or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_of(netloc: str) -> str:
    """The name without the port; empty for what is none."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_open(path: str) -> bool:
    """Static files need no credentials, but for media of users."""
    if path.startswith("/static/"):
        return not path.startswith("/static/media/")
    return (path.rstrip("/") or "/") in _OPEN


def _is_visit() -> bool:
    """Whether a person looks at this address in a browser."""
    return (
        request.method in ("GET", "HEAD")
        and not request.path.startswith(("/api", "/data", "/upload", "/static"))
        and "text/html" in request.headers.get("Accept", "")
    )


def _token() -> str | None:
    """The API token that the request shows, of whichever kind."""
    if "X-Api-Key" in request.headers:
        return request.headers["X-Api-Key"].strip()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("token", "bearer") else None


def _bytes(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")
