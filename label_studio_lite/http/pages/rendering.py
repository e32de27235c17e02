"""How a page is made: its template, its place in the navigation, its policy, its addresses.

All addresses in pages are relative, so that they hold under any prefix: ``root`` leads from the
page to the root of its project, and is what templates and scripts put in front.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, make_response, render_template, request

from label_studio_lite.core.model import Json
from label_studio_lite.http import sessions
from label_studio_lite.http.context import gate, project, server
from label_studio_lite.http.pages import policy

# path → title, in the order of the navigation; those without a route are not shown
NAVIGATION = {
    "": "Label",
    "tasks": "Tasks",
    "setup": "Setup",
    "import": "Import",
    "export": "Export",
    "model": "Models",
    "storage": "Storage",
    "insights": "Insights",
    "settings": "Settings",
}
_PROJECTS, _PRODUCT = "Projects", "Label Studio"


def page(
    template: str,
    active: str | None,
    *,
    data: Json | None = None,
    rules: Callable[[str], str] = policy.plain,
    **context: Any,
) -> Response:
    """A page of a project. ``data`` is what its script finds in the element ``#page``; ``rules``
    makes its policy, given the nonce of styles."""
    nonce = secrets.token_urlsafe(12)
    opened = project()
    html = render_template(
        template,
        root=root(),
        project=opened,
        active=active,
        navigation=navigation(),
        nonce=nonce,
        logged_in=gate().is_login(),
        page={
            "project": opened.identity.name(),
            "readOnly": opened.store.read_only,
            "keymap": opened.settings.get("keymap") or {},
            **(data or {}),
        },
        **context,
    )
    return secured(make_response(html), rules(nonce))


def workspace_page(template: str, *, data: Json | None = None, **context: Any) -> Response:
    """A page of a server of many that belongs to no project."""
    nonce = secrets.token_urlsafe(12)
    html = render_template(
        template,
        root=root(),
        project={"name": _PRODUCT, "folder": {"name": _PRODUCT}},
        active="projects",
        navigation=[("projects", _PROJECTS)],
        nonce=nonce,
        page={"project": "workspace", "readOnly": None, "keymap": {}, **(data or {})},
        **context,
    )
    return secured(make_response(html), policy.plain(nonce))


def secured(response: Response, rules: str) -> Response:
    """The answer with its policy, never kept by the browser: pages say what is so now."""
    response.headers["Content-Security-Policy"] = rules
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def navigation() -> list[tuple[str, str]]:
    """``(address, title)`` of the pages that this server has."""
    rules = {rule.rule for rule in current_app.url_map.iter_rules()}
    shown = [(path, title) for path, title in NAVIGATION.items() if f"/{path}" in rules]
    above = {"many": "../../projects", "sessions": "projects"}.get(server().workspace.kind)
    if above is not None:
        shown.append((above, _PROJECTS))
    return shown


def root() -> str:
    """What leads from the address of this request to the root of its project; ends in a slash."""
    if request.environ.get(sessions.BARE):
        return request.script_root.rpartition("/")[2] + "/"
    return "../" * (request.path.count("/") - 1) or "./"
