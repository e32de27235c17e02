"""The Settings page, and the settings of a project as calls."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from label_studio_lite import __version__
from label_studio_lite.core.model import Json
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project, server
from label_studio_lite.http.pages.rendering import page
from label_studio_lite.http.routes import Route
from label_studio_lite.service import editors, settings_changes
from label_studio_lite.service.third_party import carried


def settings() -> ResponseReturnValue:
    opened, access = project(), server().access
    data: Json = {
        "settings": settings_changes.shown(opened),
        "overridden": sorted(opened.settings.overridden() & settings_changes.CHECKS.keys()),
        "durability": settings_changes.durability_now(opened),
        "editor": {
            "build": opened.editors.build,
            "missing": opened.editors.missing(),
            "installed": editors.versions(),
        },
        "problem": opened.settings.problem,
    }
    return page(
        "settings.html",
        "settings",
        data=data,
        carried=carried(),
        version=__version__,
        access=access,
        notes=opened.store.notes,
        kind=server().workspace.kind,
    )


def get_settings() -> Response:
    """Name → value, those that can be changed here; see ``service/settings_changes.py``."""
    return answers.ordered_json(settings_changes.shown(project()))


def change_settings() -> Response:
    """Some of them; the answer has all. 400 names every bad one, and changes none."""
    return answers.ordered_json(settings_changes.change(project(), params.json_object()))


ROUTES = [
    Route("GET", "/settings", settings, "page"),
    Route("GET", "/api/settings", get_settings),
    Route("PATCH", "/api/settings", change_settings),
]
