"""Which dialect a request speaks. The only place that decides it.

Paths that only one dialect has need no decision. For shared ones, an API token, a ``project`` or
``view`` parameter on ``/api/tasks``, or the header ``X-Label-Studio-API: 1`` means 1.x; anything
else means 0.8.x.
"""

from __future__ import annotations

from flask import Request

from label_studio_lite.http.routes import Dialect


def dialect_of(request: Request) -> Dialect:
    """``legacy`` or ``v1``."""
    if request.headers.get("X-Label-Studio-API") == "1" or has_token(request):
        return "v1"
    if request.path.rstrip("/") == "/api/tasks" and request.args.keys() & {"project", "view"}:
        return "v1"
    return "legacy"


def has_token(request: Request) -> bool:
    """Whether the client shows an API token of any kind."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
    return scheme in ("token", "bearer") or "X-Api-Key" in request.headers
