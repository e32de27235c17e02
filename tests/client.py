"""The client that tests of the server use, with what it answers."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import judging


class ClientResponse(TestResponse):
    """Its JSON has no type: which one it should have is what a test says of it."""

    @property
    def json(self) -> Any:
        return self.get_json()

    def get_json(self, force: bool = False, silent: bool = False) -> Any:
        return super().get_json(force, silent)


class Client(FlaskClient):
    """Fails at an answer that is not as documented, of an application that is judged."""

    def __init__(self, app: Flask, _: type[Response] = Response, use_cookies: bool = True) -> None:
        # Flask's own ``test_client()`` says which class answers have; here they have this one
        super().__init__(app, ClientResponse, use_cookies)

    def open(self, *args: Any, **kwargs: Any) -> ClientResponse:
        answer = super().open(*args, **kwargs)
        judging.settle(self.application)
        assert isinstance(answer, ClientResponse)
        return answer

    def get(self, *args: Any, **kwargs: Any) -> ClientResponse:
        return self.open(*args, method="GET", **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> ClientResponse:
        return self.open(*args, method="POST", **kwargs)

    def put(self, *args: Any, **kwargs: Any) -> ClientResponse:
        return self.open(*args, method="PUT", **kwargs)

    def patch(self, *args: Any, **kwargs: Any) -> ClientResponse:
        return self.open(*args, method="PATCH", **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> ClientResponse:
        return self.open(*args, method="DELETE", **kwargs)
