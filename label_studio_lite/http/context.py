"""What a view needs to know about the running server and the project of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import current_app, g, request

if TYPE_CHECKING:
    from label_studio_lite.app import Server
    from label_studio_lite.http.auth import Gate
    from label_studio_lite.service.project import Project


def server() -> Server:
    """The settings and the workspace of this application."""
    return cast("Server", current_app.extensions["label_studio_lite"])


def gate() -> Gate:
    """What lets requests in to this application."""
    return cast("Gate", current_app.extensions["label_studio_lite.gate"])


def project() -> Project:
    """The project that this request is about; see ``http/session.py`` for many."""
    if "project" not in g:
        g.project = server().workspace.current(g.get("project_key"))
    return cast("Project", g.project)


def base_url() -> str:
    """The address of this server as the client knows it, without a final slash."""
    if server().public_url:
        own = urlsplit(server().public_url)
        return f"{own.scheme}://{own.netloc}{request.script_root}"
    return request.host_url.rstrip("/") + request.script_root
