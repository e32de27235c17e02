"""Holds what the legacy API answers in tests to what its OpenAPI document says."""

from __future__ import annotations

import json

import msgspec
from flask import Flask, Response, g, request

from label_studio_lite.http import legacy
from label_studio_lite.http.routes import settled

_ROUTES = {(route.method, route.rule): route for route in legacy.ROUTES}
_FAULTS = "faults of answers"


def judge(app: Flask) -> None:
    """Judge all successful answers in JSON that clients of this application get."""
    app.extensions[_FAULTS] = []

    @app.after_request
    def look(response: Response) -> Response:
        rule = request.url_rule
        is_read = response.is_json and not response.direct_passthrough  # not a file
        if rule is not None and is_read and settled(app, g.dialect) == "legacy":
            route = _ROUTES.get((request.method, rule.rule))
            if route is not None and response.status_code < 300:
                app.extensions[_FAULTS] += faults(route.name, response.get_data())
        return response


def settle(app: Flask) -> None:
    """Fail if a client got an answer that is not as documented."""
    found, app.extensions[_FAULTS] = app.extensions.get(_FAULTS), []
    assert not found, found


def faults(name: str, content: bytes) -> list[str]:
    """What an answer of an operation has that it may not have."""
    said = next(route.operation for route in legacy.ROUTES if route.name == name)
    if said is None or said.answer is None:
        return [f"{name}: JSON is answered, and not documented"]
    try:
        msgspec.convert(json.loads(content), said.answer)
    except msgspec.ValidationError as error:
        return [f"{name}: {error}"]
    return []
