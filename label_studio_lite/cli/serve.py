"""Serving a workspace: where, for whom, and what is printed about it."""

from __future__ import annotations

import os
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from label_studio_lite.errors import Invalid

if TYPE_CHECKING:
    from label_studio_lite.http.auth import Access
    from label_studio_lite.service.access.accounts import Accounts
    from label_studio_lite.service.project import Project
    from label_studio_lite.service.workspace import Workspace


def serve(
    workspace: Workspace, given: dict[str, Any], what: str, project: Project | None = None
) -> None:
    """Serve until a signal stops it; ``given`` are the options of the command line."""
    from label_studio_lite import serving
    from label_studio_lite.app import Server, create_app

    try:
        where = _Where.of(given, project)
        access = _access(given, project, workspace.accounts, where)
        server = Server(
            workspace,
            access,
            https=where.https,
            public_url=where.public_url,
            max_body=_max_body(given, access),
        )
        app = create_app(server)
        with closing(serving.bind(where.host, where.port)) as listener:
            port = listener.getsockname()[1]
            if port != where.port and where.port:
                click.echo(f"port {where.port} is busy; using {port}", err=True)
            serving.serve(
                app,
                listener,
                certificate=where.certificate,
                max_body=server.max_body,
                ready=_announcing(workspace, server, given, what, where.url(port)),
            )
    finally:
        _close(workspace)


def _announcing(
    workspace: Workspace, server: Any, given: dict[str, Any], what: str, url: str
) -> Callable[[], None]:
    """What is done when the server answers: the projects and the user are told where it is."""
    from label_studio_lite.outgoing import Outgoing
    from label_studio_lite.service.served import Served

    access, accounts = server.access, workspace.accounts
    private = given["allow_private_urls"]
    outgoing = Outgoing(access.loopback if private is None else private)
    token = accounts.tokens.working() if access.required else ""
    shown = server.public_url or url
    by_link = access.required and not access.password

    def link() -> str:
        """Where to go; where a token is asked for, a link that opens once."""
        return f"{shown}/login?code={accounts.logins.new_code()}" if by_link else f"{shown}/"

    def ready() -> None:
        new_token = accounts.tokens.working if access.required else None
        workspace.announce(Served(url, token=token, new_token=new_token, outgoing=outgoing))
        lines = [f"Label Studio serves {what} at {shown}/"]
        if by_link:
            lines += [f"  to log in, once: {link()}", f"  API token: {token}"]
        click.echo("\n".join(lines))  # at once, for those who wait for the first of them
        if not given["no_browser"]:
            threading.Thread(target=webbrowser.open, args=(link(),), daemon=True).start()

    return ready


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a server listens. ``public_url`` is the address of a proxy in front, if there is
    one."""

    host: str
    port: int
    certificate: tuple[str, str] | None
    public_url: str

    @classmethod
    def of(cls, given: dict[str, Any], project: Project | None) -> _Where:
        certificate, public_url = _certificate(given, project), _public_url(given)
        if given["protocol"] == "https://" and not (certificate or public_url):
            raise Invalid("--protocol https:// needs --cert and --key, or --public-url of a proxy")
        return cls(_host(given, project), _port(given, project), certificate, public_url)

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        from label_studio_lite.http.auth import host_of, is_loopback

        names = [self.host]
        if self.public_url:
            names.append(host_of(urlsplit(self.public_url).netloc))
        return all(is_loopback(name) for name in names)

    @property
    def https(self) -> bool:
        return bool(self.certificate) or self.public_url.startswith("https:")

    def url(self, port: int) -> str:
        """The address at which it listens, without a final slash."""
        from label_studio_lite.http.auth import is_loopback

        name = "localhost" if is_loopback(self.host) else _reachable(self.host)
        name = f"[{name}]" if ":" in name else name
        return f"{'https' if self.certificate else 'http'}://{name}:{port}"


def _port(given: dict[str, Any], project: Project | None) -> int:
    port = given["port"] if given["port"] is not None else _setting(project, "port", 8080)
    try:
        number = int(port)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= 65535:
        raise Invalid(f"port {port!r} of config.json is no port; name one with --port")
    return number


def _host(given: dict[str, Any], project: Project | None) -> str:
    """The address to listen at. Every config.json of 0.8.x says 0.0.0.0, so that means nothing;
    to be reached from elsewhere a server has to be told so."""
    host = given["host"] or _setting(project, "host", "localhost")
    if host in ("localhost", "") or (host == "0.0.0.0" and not given["host"]):
        return "127.0.0.1"
    return str(host)


def _reachable(host: str) -> str:
    return os.uname().nodename if host in ("0.0.0.0", "::") and hasattr(os, "uname") else host


def _setting(project: Project | None, key: str, default: Any) -> Any:
    return default if project is None else project.settings.get(key, default)


def _certificate(given: dict[str, Any], project: Project | None) -> tuple[str, str] | None:
    cert = given["cert"] or _setting(project, "cert", None)
    key = given["key"] or _setting(project, "key", None)
    if bool(cert) != bool(key):
        raise Invalid("--cert and --key go together")
    if not cert:
        return None
    for path in (cert, key):
        if not Path(path).is_file():
            raise Invalid(f"{path} does not exist")
    return str(cert), str(key)


def _public_url(given: dict[str, Any]) -> str:
    url = (given["public_url"] or "").rstrip("/")
    if url and not _is_web(url):
        raise Invalid(f"--public-url {url} is not an address that begins with http:// or https://")
    return url


def _origin(url: str) -> str:
    """A site as browsers name it, ``https://example.org:8443``."""
    parts = urlsplit(url)
    if not _is_web(url) or parts.path.strip("/") or parts.query or parts.fragment:
        raise Invalid(f"--cors {url} is not a site: http:// or https://, a host, and its port")
    return f"{parts.scheme}://{parts.netloc}"


def _is_web(url: str) -> bool:
    from label_studio_lite.outgoing import http_host

    try:
        http_host(url)
    except Invalid:
        return False
    return True


def _access(
    given: dict[str, Any], project: Project | None, accounts: Accounts, where: _Where
) -> Access:
    """The command line comes first, then ``label-studio user``, then 0.8.x's config.json."""
    from label_studio_lite.http.auth import DEFAULT_USER, Access

    if given["password"] and given["no_auth"]:
        raise Invalid("--password and --no-auth contradict each other")
    stored = accounts.password()
    password = given["password"] or stored or _setting(project, "password", "") or ""
    public_urls = [urlsplit(where.public_url)] if where.public_url else []
    username = given["username"] or (accounts.user().username if stored else "")
    return Access(
        username=username or _setting(project, "username", None) or DEFAULT_USER,
        password="" if given["no_auth"] else str(password),
        loopback=where.loopback,
        no_auth=given["no_auth"],
        hosts=frozenset(public.hostname or "" for public in public_urls),
        origins=frozenset(
            [*map(_origin, given["cors"]), *(f"{p.scheme}://{p.netloc}" for p in public_urls)]
        ),
    )


def _max_body(given: dict[str, Any], access: Access) -> int | None:
    from label_studio_lite.http.limits import OPEN_BODY

    if given["max_body"]:
        return int(given["max_body"]) << 20
    return None if access.loopback else OPEN_BODY


def _close(workspace: Workspace) -> None:
    started = time.monotonic()
    workspace.close()
    if time.monotonic() - started > 1:
        click.echo("all files are up to date", err=True)
