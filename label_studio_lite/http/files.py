"""Files: uploads, media of served folders, and what comes with the package.

What users upload never runs in our origin. Kinds that browsers only show are sent as what they
are; everything else (HTML, SVG, XML, unknown kinds) as an attachment in a sandbox, which images in
a page do not mind; and scripts as plain text. Range requests are answered by Flask.
"""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path

from flask import Response, request, send_file
from werkzeug.exceptions import NotFound as NoSuchPath
from werkzeug.security import safe_join

from label_studio_lite import resources
from label_studio_lite.errors import NotFound
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route

_SHOWN = re.compile(
    r"(image|audio|video)/(?!svg)[\w.+-]+|application/(pdf|json|x-ndjson)"
    r"|text/(plain|csv|tab-separated-values)"
)
_SCRIPT = re.compile(r"(text|application)/(x-)?(java|ecma|live|j)script|application/wasm")
_ONLY_FRAMES = "frame-ancestors 'self'"  # viewers of PDF and video need everything else
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
_YEAR = 365 * 24 * 3600


def uploaded(name: str) -> Response:
    """A file that came with an import."""
    path = project().uploads.path(name)
    if path is None:
        raise NotFound(f"there is no uploaded file {name}")
    return _media(path)


def local_file(name: str) -> Response:
    """``/data/<name>?d=<folder>``: a file of a folder that the project serves."""
    folder = request.values.get("d")
    if folder is None:
        raise NotFound(f"there is no file {name}")
    return _media(project().local_files.path(folder, name))


def static(path: str) -> Response:
    """What comes with the package; kept for long by browsers when ``?v=`` names its version."""
    file = _packaged(path)
    packed = file.with_name(file.name + ".gz")
    use_packed = packed.is_file() and bool(request.accept_encodings["gzip"])
    response = send_file(
        packed if use_packed else file,
        mimetype=_mimetype(file),
        conditional=True,
        max_age=_YEAR if "v" in request.args else 0,
    )
    if use_packed:
        response.headers["Content-Encoding"] = "gzip"
    del response.headers["Content-Disposition"]  # it would name the packed file
    response.vary.add("Accept-Encoding")
    return response


def root_static(path: str) -> Response:
    """Static files at the root (``/favicon.ico``), as in 0.8.x; everything else is 404."""
    return static(path)


def _packaged(path: str) -> Path:
    joined = safe_join(str(resources.folder("static")), path)
    try:
        if joined is not None and Path(joined).is_file():
            return Path(joined)
    except (OSError, ValueError) as error:  # a name that no file system takes
        raise NoSuchPath from error
    raise NoSuchPath


def _media(path: Path) -> Response:
    kind, shown = kind_of(path.name)
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        # RFC 9110, 14.2: ranges that are not understood, or too many, are as if not asked for
        request.environ.pop("HTTP_RANGE", None)
    response = send_file(path, mimetype=kind, conditional=True, as_attachment=not shown, max_age=0)
    return confined(response, shown)


def kind_of(name: str) -> tuple[str, bool]:
    """The media type that a file of a user is sent with, and whether browsers may show it."""
    kind = _mimetype(Path(name))
    if _SCRIPT.fullmatch(kind):
        kind = "text/plain"
    return kind, _SHOWN.fullmatch(kind) is not None


def confined(response: Response, shown: bool) -> Response:
    """The response, with a policy that lets nothing in it run as ours."""
    response.headers["Content-Security-Policy"] = _ONLY_FRAMES if shown else _SANDBOX
    return response


def _mimetype(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


ROUTES = [
    Route("GET", "/data/upload/<path:name>", uploaded),
    Route("GET", "/upload/<path:name>", uploaded),
    Route("GET", "/data/<path:name>", local_file),
    Route("GET", "/static/<path:path>", static, "page"),
    Route("GET", "/<path:path>", root_static, "page"),
]
