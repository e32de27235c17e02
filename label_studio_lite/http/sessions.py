"""Which project a request means, on a server of many.

In a workspace of many, ``/projects/<id>`` in front of a path says it: behind that prefix
everything is as on a server of one, pages and both APIs. In multi-session mode a signed cookie
says it, as in 0.8.x; only a visit of a page makes a new session, never a request of a script
without a cookie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, g, request, session

from label_studio_lite.service.workspace import Session, Sessions

if TYPE_CHECKING:
    from label_studio_lite.app import Server

_PREFIX = re.compile(r"/projects/(\d{1,9})(?=/|$)")
_KEY = "label_studio_lite.project"
BARE = "label_studio_lite.bare"  # the path is /projects/<id> without a final slash
_PAGES = (
    "/", "/welcome", "/tasks", "/setup", "/import", "/export", "/model", "/storage", "/insights",
    "/settings", "/projects",
)  # fmt: skip

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def register(app: Flask, server: Server) -> None:
    """Let requests find their project."""
    workspace = server.workspace
    if workspace.kind == "many":
        app.wsgi_app = _mounted(app.wsgi_app)  # type: ignore[assignment, method-assign]

        @app.before_request
        def by_prefix() -> None:
            if _KEY in request.environ:
                g.project_key = request.environ[_KEY]

    if isinstance(workspace, Sessions):

        @app.before_request
        def by_cookie() -> None:
            g.project_key = current_session()
            if g.project_key is None and request.path.rstrip("/") in ("", *_PAGES):
                enter(workspace.start())


def _mounted(inner: Wsgi) -> Wsgi:
    """Serve every project below ``/projects/<id>``, as if it were alone."""

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        match = _PREFIX.match(path)
        if match:
            environ = environ | {
                _KEY: int(match[1]),
                "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + match[0],
                "PATH_INFO": path[match.end() :] or "/",
                BARE: match.end() == len(path),
            }
        return inner(environ, start)

    return application


def current_session() -> Session | None:
    """The session that the cookie names, if it is one of ours."""
    user, project = session.get("user"), session.get("project")
    return Session(user, project) if user and project else None


def enter(entered: Session) -> None:
    """From now on the client works in this session."""
    session["user"], session["project"] = entered.user, entered.project
    session.permanent = True
    g.project_key = entered
    g.pop("project", None)
