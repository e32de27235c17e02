"""The application: a workspace behind both dialects and the pages, and how it is served."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask, g, request
from flask_cors import CORS

from label_studio_lite import __version__, resources
from label_studio_lite.http import (
    auth,
    cloud_files,
    errors,
    files,
    hardening,
    legacy,
    limits,
    pages,
    reference,
    routes,
    sessions,
    v1,
)
from label_studio_lite.http.dialect import dialect_of
from label_studio_lite.http.proxies import behind
from label_studio_lite.service.workspace import Workspace


@dataclass(slots=True)
class Server:
    """What the views know of the server they run in."""

    workspace: Workspace
    access: auth.Access = field(default_factory=auth.Access)
    https: bool = False  # whether clients come by https
    public_url: str = ""  # of a proxy in front, without a final slash
    max_body: int | None = None  # bytes of an import; without a limit when None

    def cookie_key(self) -> str:
        """The same after a restart where logins are to last."""
        if self.workspace.kind == "sessions" or self.access.required:
            return self.workspace.accounts.secret()
        return secrets.token_hex(32)

    def cookie_name(self) -> str:
        """Cookies do not know ports: two servers of one machine must not share a name."""
        if self.workspace.kind == "sessions" or not self.access.required:
            return "session"
        return f"session_{hashlib.sha256(self.cookie_key().encode()).hexdigest()[:8]}"


def create_app(server: Server) -> Flask:
    """A WSGI application. It holds no state of its own; the workspace is the caller's to close."""
    app = Flask(
        "label_studio_lite",
        template_folder=str(resources.folder("templates")),
        static_folder=None,
    )
    app.jinja_env.globals["version"] = __version__
    app.secret_key = server.cookie_key()
    app.config.update(
        SESSION_COOKIE_NAME=server.cookie_name(),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=server.https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=365),  # logins end by their own policy
    )
    app.url_map.merge_slashes = False
    app.extensions["label_studio_lite"] = server

    @app.before_request
    def choose_dialect() -> None:
        g.dialect = routes.settled(app, dialect_of(request))

    if server.access.origins:
        CORS(app, origins=sorted(server.access.origins), supports_credentials=False)
    app.extensions["label_studio_lite.gate"] = auth.register(
        app, server.access, server.workspace.accounts
    )
    limits.register(app, server.max_body)
    hardening.register(app, shared=bool(server.access.origins))
    sessions.register(app, server)
    errors.register(app)
    table = [
        *legacy.ROUTES,
        *v1.ROUTES,
        *pages.ROUTES,
        *cloud_files.ROUTES,
        *files.ROUTES,
        *reference.ROUTES,
    ]
    app.extensions["label_studio_lite.routes"] = table
    routes.register(app, table)

    app.wsgi_app = behind(app.wsgi_app, server.public_url)  # type: ignore[assignment, method-assign]
    return app
