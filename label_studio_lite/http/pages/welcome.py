"""The page of a project without tasks: three steps, and demos to look around with."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from label_studio_lite.http.context import base_url, project
from label_studio_lite.http.pages.rendering import page
from label_studio_lite.http.routes import Route
from label_studio_lite.service import gallery


def welcome() -> ResponseReturnValue:
    opened = project()
    examples = gallery.gallery().values()
    demos = sorted((one for one in examples if one.demo), key=lambda one: -len(one.demo))
    data = {
        "chosen": bool(opened.settings.get("label_config_updated")),
        "config": opened.label_config.current.xml,
        "editor": opened.editors.build,
    }
    return page(
        "welcome.html",
        None,
        data=data,
        demos=demos,
        examples=len(examples),
        address=base_url(),
        chosen=data["chosen"],
        tasks=opened.store.counts().tasks,
    )


ROUTES = [Route("GET", "/welcome", welcome, "page")]
