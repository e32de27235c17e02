"""Headers that every answer has, so that nothing in it can act in our name.

Pages bring their own policy (``http/pages/policy.py``), files theirs (``http/files.py``). All
other answers are data: should a browser ever show one as a document, nothing in it runs. Some
answers of 0.8.x call themselves HTML and hold what users wrote.
"""

from __future__ import annotations

from flask import Flask, Response, request

_DATA = "default-src 'none'; sandbox; frame-ancestors 'none'"
_PACKAGED = "frame-ancestors 'self'"


def register(app: Flask, *, shared: bool) -> None:
    """``shared``: other sites are allowed to use this server, so their pages may show its
    files."""

    @app.after_request
    def harden(response: Response) -> Response:
        packaged = request.path.startswith("/static/")
        policy = _PACKAGED if packaged else _DATA
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        resource_policy = "cross-origin" if shared else "same-site"
        headers.setdefault("Cross-Origin-Resource-Policy", resource_policy)
        return response
