"""The Storage page. What it does are 0.8.x's calls, see ``http/legacy/storages.py``."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from label_studio_lite.http.context import project
from label_studio_lite.http.pages.rendering import page
from label_studio_lite.http.routes import Route

_SYNC = "/api/project/storage-sync"


def storage() -> ResponseReturnValue:
    """``canSync``: whether this server can look again at what a storage holds."""
    rules = {rule.rule for rule in current_app.url_map.iter_rules()}
    data = {"canSync": _SYNC in rules, "folder": str(project().folder)}
    return page("storage.html", "storage", data=data)


ROUTES = [Route("GET", "/storage", storage, "page")]
