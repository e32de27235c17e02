"""``GET /api/project/export`` of 0.8.x."""

from __future__ import annotations

from flask import Response, request, send_file

from label_studio_lite.errors import Invalid
from label_studio_lite.http import params
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route


def export() -> Response:
    """``?format=``: a ZIP, which also stays in ``export/``.

    Beyond 0.8.x: ``download_all_tasks=1`` adds tasks without completions, ``raw=1`` answers the
    bare file instead of a ZIP.
    """
    name = request.values.get("format")
    exports = project().exports
    if not name:
        raise Invalid(f"format is missing; known are {', '.join(exports.names())}")
    done = exports.export(
        name, all_tasks=params.flag("download_all_tasks"), raw=params.flag("raw")
    )
    response = send_file(done.path, download_name=done.name, as_attachment=True)
    response.headers["filename"] = done.name
    if done.report.skipped:
        response.headers["X-Export-Skipped"] = str(len(done.report.skipped))
    return response


ROUTES = [Route("GET", "/api/project/export", export)]
