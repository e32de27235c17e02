"""Domain errors become answers here, and nowhere else: the legacy body, the 1.x body, or a page.

Legacy: ``{"status": int, "detail": str, "request": {query}, "result": {}}``; where 0.8.2 answers
500 to a client's mistake, we answer a 4xx with the same keys. 1.x: ``{"id": uuid, "status_code":
int, "version": str, "detail": str, "exc_info": null, "validation_errors": {…}?}``. Tracebacks go
to the log, never to a client.
"""

from __future__ import annotations

import logging
import uuid

from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchPath
from werkzeug.http import HTTP_STATUS_CODES

from label_studio_lite import __version__, errors
from label_studio_lite.http import answers
from label_studio_lite.http.pages import policy
from label_studio_lite.http.pages.rendering import root, secured
from label_studio_lite.http.routes import Dialect

log = logging.getLogger(__name__)

STATUS: dict[type[errors.LabelStudioError], int] = {
    errors.NotFound: 404,
    errors.LabelConfigInvalid: 400,
    errors.ImportInvalid: 400,
    errors.InvalidItems: 400,
    errors.FieldsInvalid: 400,
    errors.OutOfRange: 416,
    errors.Invalid: 400,
    errors.NotAllowed: 422,
    errors.Unauthorized: 401,
    errors.TooManyAttempts: 429,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.ReadOnly: 503,
    errors.StorageFull: 507,
    errors.Locked: 423,
    errors.Damaged: 500,
    errors.BackendFailed: 502,
    errors.MissingExtra: 501,
}

# 1.x has other words for these; and its SDKs repeat requests that are answered 5xx
V1_STATUS = STATUS | {errors.NotAllowed: 403, errors.BackendFailed: 400}


def status_of(error: errors.LabelStudioError, dialect: Dialect = "legacy") -> int:
    """The status of an error, by its class or the nearest one above it."""
    known = V1_STATUS if dialect == "v1" else STATUS
    return next((known[kind] for kind in type(error).__mro__ if kind in known), 500)


def register(app: Flask) -> None:
    """Make the application answer errors in the dialect of the request."""
    app.register_error_handler(errors.LabelStudioError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _domain_error(error: errors.LabelStudioError) -> ResponseReturnValue:
    status = status_of(error, g.get("dialect", "legacy"))
    if status >= 500:
        log.error("%s %s: %s", request.method, request.path, error.detail)
    answer = _answer(status, error.detail, error)
    if isinstance(answer, Response) and isinstance(error, errors.Unauthorized):
        if isinstance(error, errors.TooManyAttempts):
            answer.headers["Retry-After"] = str(error.wait)
        else:
            answer.headers["WWW-Authenticate"] = "Token"
    return answer


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error  # a redirect
    detail = error.description or error.name
    if isinstance(error, MethodNotAllowed):
        detail = f'Method "{request.method}" not allowed.'
    response = _answer(error.code, detail)
    if not isinstance(response, Response):
        return response
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("%s %s", request.method, request.path)
    return _answer(500, f"internal error: {type(error).__name__}; the log has more")


def _answer(
    status: int, detail: str, error: errors.LabelStudioError | None = None
) -> ResponseReturnValue:
    if not request.path.startswith("/api"):
        return _page(status, detail)
    if g.get("dialect") == "v1":
        return v1_body(status, detail, error)
    return legacy_body(status, detail, error)


def legacy_body(
    status: int, detail: str, error: errors.LabelStudioError | None = None
) -> Response:
    """As 0.8.2; the messages of label configs and imports have shapes of their own there."""
    if isinstance(error, errors.LabelConfigInvalid):
        return answers.sorted_json({"label_config": error.messages}, status)
    if isinstance(error, errors.ImportInvalid):
        return answers.sorted_json(error.messages, status)
    if isinstance(error, errors.NotAllowed):
        return answers.sorted_json({"detail": detail}, status)
    body = {"status": status, "detail": detail, "request": request.args.to_dict(), "result": {}}
    return answers.sorted_json(body, status)


def v1_body(status: int, detail: str, error: errors.LabelStudioError | None = None) -> Response:
    """As 1.x; bad fields are listed by name."""
    body = {
        "id": str(uuid.uuid4()),
        "status_code": status,
        "version": __version__,
        "detail": detail,
        "exc_info": None,
    }
    fields = _bad_fields(error)
    if fields:
        body |= {"detail": "Validation error", "validation_errors": fields}
    return answers.ordered_json(body, status)


def _bad_fields(error: errors.LabelStudioError | None) -> dict[str, list[str]]:
    if isinstance(error, errors.FieldsInvalid):
        return error.errors
    if isinstance(error, errors.LabelConfigInvalid):
        return {"label_config": error.messages}
    if isinstance(error, errors.InvalidItems):
        return {"non_field_errors": error.messages}
    if isinstance(error, (errors.Invalid, errors.BackendFailed)):
        return {"non_field_errors": [error.detail]}
    return {}


def _page(status: int, detail: str) -> ResponseReturnValue:
    """The root is found without a project: there may be none."""
    title = HTTP_STATUS_CODES.get(status, "Error")
    if detail == NoSuchPath.description:
        title, detail = "There is no such page", "Nothing is served at this address."
    html = render_template("error.html", status=status, title=title, detail=detail, root=root())
    return secured(Response(html, status, mimetype="text/html"), policy.plain())
