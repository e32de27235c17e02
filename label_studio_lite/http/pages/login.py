"""Logging in and out. ``/user/login`` is 1.x's address of the same page."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from label_studio_lite.errors import TooManyAttempts, Unauthorized
from label_studio_lite.http.context import gate
from label_studio_lite.http.pages import policy
from label_studio_lite.http.pages.rendering import root, secured
from label_studio_lite.http.routes import Route


def login_page() -> ResponseReturnValue:
    """The form; ``?code=`` is the link that the server printed, which opens once."""
    if not gate().access.required:
        return _onward()
    code = request.args.get("code")
    if code and request.method == "GET":
        if gate().accounts.logins.redeem(code):
            gate().log_in()
            return _onward()
        return _form("This link was used already, or is of an earlier start of the server.", 401)
    return _form()


def log_in() -> ResponseReturnValue:
    """Form fields ``username`` (1.x: ``email``) and ``password``, or ``token``; ``next``."""
    if not gate().access.required:
        return _onward()
    try:
        if gate().access.password:
            name = request.form.get("username") or request.form.get("email") or ""
            gate().check_password(name, request.form.get("password", ""))
        else:
            gate().check_token(request.form.get("token", "").strip())
    except TooManyAttempts as error:
        response = _form(f"Too many attempts. Try again in {error.wait} seconds.", 429)
        response.headers["Retry-After"] = str(error.wait)
        return response
    except Unauthorized:
        what = "user name or password" if gate().access.password else "token"
        return _form(f"Wrong {what}.", 401)
    gate().log_in()
    return _onward()


def log_out() -> ResponseReturnValue:
    gate().log_out()
    return redirect(root(), 303)


def _form(problem: str = "", status: int = 200) -> Response:
    html = render_template(
        "login.html",
        root=root(),
        problem=problem,
        next=_next(),
        by_password=bool(gate().access.password),
        username=request.form.get("username", ""),
    )
    response = secured(make_response(html, status), policy.plain())
    # clients of 1.x want to find this cookie here; what protects the form is its Origin
    response.set_cookie("csrftoken", secrets.token_urlsafe(24), httponly=True, samesite="Lax")
    return response


def _onward() -> ResponseReturnValue:
    return redirect(root() + _next(), 303)


def _next() -> str:
    """Where the visitor was going: an address below our root, or the root itself."""
    wanted = request.values.get("next", "").lstrip("/")
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    elsewhere = parts.scheme or parts.netloc or ".." in parts.path.split("/")
    return "" if elsewhere or "\\" in wanted or not wanted.isprintable() else wanted


ROUTES = [
    Route(method, path, view, "page")
    for path in ("/login", "/user/login")
    for method, view in (("GET", login_page), ("POST", log_in))
] + [
    Route("GET", "/logout", log_out, "page"),
    Route("POST", "/logout", log_out, "page"),
]
