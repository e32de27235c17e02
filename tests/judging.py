"""Holds what the legacy API answers in tests to what its OpenAPI document says."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from flask import Flask, Response, g, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from label_studio_lite.http import legacy
from label_studio_lite.http.routes import settled

_ROUTES = {(route.method, route.rule): route for route in legacy.ROUTES}
_FAULTS = "faults of answers"


class JudgedClient(FlaskClient):
    """A test client that fails at an answer which is not as documented."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        faults, self.application.extensions[_FAULTS] = self.application.extensions[_FAULTS], []
        assert not faults, faults
        return answer


def judge(app: Flask) -> None:
    """Judge all successful answers in JSON that clients of this application get."""
    app.extensions[_FAULTS] = []
    app.test_client_class = JudgedClient

    @app.after_request
    def look(response: Response) -> Response:
        rule = request.url_rule
        is_read = response.is_json and not response.direct_passthrough  # not a file
        if rule is not None and is_read and settled(app, g.dialect) == "legacy":
            route = _ROUTES.get((request.method, rule.rule))
            if route is not None and response.status_code < 300:
                app.extensions[_FAULTS] += faults(route.name, response.get_data())
        return response


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
