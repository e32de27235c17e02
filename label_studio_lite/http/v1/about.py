"""What the server is, and whether it is well."""

from __future__ import annotations

from typing import Any

from flask import Response

from label_studio_lite import __version__
from label_studio_lite.core import jsontext
from label_studio_lite.http.routes import Route
from label_studio_lite.http.v1.models.account import Health
from label_studio_lite.http.v1.routing import Table, shown

table = Table("Server")

# the release whose behaviour is followed; clients choose what they do by it
FOLLOWS = "1.23.2"


@table.add("GET", "/api/version", answer=dict[str, Any])
def get_version() -> Response:
    """Get the versions.

    ``release`` names the Label Studio whose API this is, ``label-studio-lite`` us. Clients
    look at ``edition``: anything but ``Enterprise`` exports at once.
    """
    return shown(
        {
            "release": FOLLOWS,
            "label-studio-os-package": {
                "version": FOLLOWS,
                "short_version": FOLLOWS.rpartition(".")[0],
            },
            "label-studio-os-backend": {"version": FOLLOWS},
            "label-studio-lite": {"version": __version__},
            "edition": "Community",
            "backend": {"version": __version__},
        }
    )


@table.add("GET", "/health", answer=Health)
def health() -> Response:
    """Say that the server is up; the type of the answer is ``text/html``, as in 1.x."""
    return Response(jsontext.dumps({"status": "UP"}), mimetype="text/html")


ROUTES: list[Route] = table.routes
