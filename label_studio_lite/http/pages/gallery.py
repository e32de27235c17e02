"""The gallery of label configs to begin with, and pictures of them.

Media of the sample tasks are addresses relative to the root of the server.
"""

from __future__ import annotations

from flask import Response, request

from label_studio_lite.core import label_config, picture
from label_studio_lite.core.model import Json
from label_studio_lite.http import answers
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.service import gallery

_SVG = "image/svg+xml"


def list_examples() -> Response:
    """``[{"name", "title", "group", "description", "editor": the only one that can
    show it or null, "demo": number of tasks}, …]``."""
    return answers.ordered_json([one.about() for one in gallery.shelves()])


def get_example(name: str) -> Response:
    """The same with ``config`` (XML), ``task`` (a sample) and ``demo_tasks``."""
    shown: Json = gallery.example(name).to_json()
    return answers.ordered_json(shown)


def pictures() -> Response:
    """A ``<symbol>`` for each example, its id the example's name."""
    return _svg(gallery.pictures())


def own_picture() -> Response:
    """The picture of the project's own label config, as the symbol ``project``."""
    return _svg(picture.sprite({"project": project().label_config.current}))


def picture_of() -> Response:
    """``POST`` a label config as XML: its picture."""
    config = label_config.parse(request.get_data().decode("utf-8", "replace"))
    return _svg(picture.standalone(config))


def _svg(content: str) -> Response:
    response = Response(content, mimetype=_SVG)
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


ROUTES = [
    Route("GET", "/api/gallery", list_examples),
    Route("GET", "/api/gallery/pictures.svg", pictures),
    Route("GET", "/api/gallery/<name>", get_example),
    Route("GET", "/api/label-config/picture.svg", own_picture),
    Route("POST", "/api/label-config/picture.svg", picture_of),
]
