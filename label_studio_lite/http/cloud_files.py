"""``/data/cloud/<name>?of=<storage>&key=<key>``: an object of a storage.

Leads on to a signed address where the storage has one and its settings want it; else the object
is read by this server and sent on as it comes, ranges too, under the rules of ``files.py``.
"""

from __future__ import annotations

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from label_studio_lite.errors import NotFound, OutOfRange
from label_studio_lite.http.context import project
from label_studio_lite.http.files import confined, kind_of
from label_studio_lite.http.routes import Route


def cloud_file(name: str) -> ResponseReturnValue:
    """302, 200, 206 or 416."""
    of, key = request.args.get("of"), request.args.get("key")
    if not of or not key:
        raise NotFound(f"there is no object {name}")
    found = project().cloud_media.find(of, key)
    if found.address is not None:
        response = redirect(found.address)
        response.headers["Cache-Control"] = "no-store"
        return response
    start, stop = _range()
    try:
        content = found.storage.read(key, start, stop)
    except OutOfRange:
        return Response(status=416, headers={"Content-Range": "bytes */*"})
    kind, shown = kind_of(key)
    response = Response(content.chunks, 206 if _is_part() else 200, mimetype=kind)
    response.call_on_close(content.close)
    response.content_length = content.stop - content.start
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, max-age=0"
    if _is_part():
        last = max(content.stop - 1, content.start)
        response.headers["Content-Range"] = f"bytes {content.start}-{last}/{content.size}"
    if not shown:
        response.headers["Content-Disposition"] = "attachment"
    return confined(response, shown)


def _is_part() -> bool:
    """Only one range with a beginning is looked at; others are answered with the whole."""
    asked = request.range
    return (
        asked is not None
        and asked.units == "bytes"
        and len(asked.ranges) == 1
        and asked.ranges[0][0] is not None
        and asked.ranges[0][0] >= 0
    )


def _range() -> tuple[int, int | None]:
    if not _is_part() or request.range is None:
        return 0, None
    start, stop = request.range.ranges[0]
    return start or 0, stop


ROUTES = [Route("GET", "/data/cloud/<path:name>", cloud_file)]
