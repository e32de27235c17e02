"""The application: a workspace behind both dialects and the pages, and how it is served."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from flask import Flask, Response, g, request
from flask_cors import CORS

from label_studio_lite import resources
from label_studio_lite.http import auth, errors, files, legacy, pages, routes, sessions
from label_studio_lite.http.dialect import dialect_of
from label_studio_lite.service.workspace import Workspace


@dataclass(slots=True)
class Server:
    """What the views know of the server they run in."""

    workspace: Workspace
    access: auth.Access = field(default_factory=auth.Access)
    allow_private: bool = True  # whether imports may fetch from private addresses
    secret: str = field(default_factory=lambda: secrets.token_hex(32))


def create_app(server: Server) -> Flask:
    """A WSGI application. It holds no state of its own; the workspace is the caller's to close."""
    app = Flask(
        "label_studio_lite",
        template_folder=str(resources.folder("templates")),
        static_folder=None,
    )
    app.secret_key = server.secret
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
    app.url_map.merge_slashes = False
    app.extensions["label_studio_lite"] = server

    @app.before_request
    def choose_dialect() -> None:
        g.dialect = dialect_of(request)

    if server.access.origins:
        CORS(app, origins=sorted(server.access.origins), supports_credentials=False)
    auth.register(app, server.access)
    sessions.register(app, server)
    errors.register(app)
    routes.register(app, [*legacy.ROUTES, *pages.ROUTES, *files.ROUTES])

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    return app
