"""The pages. Everything that they do goes through the API, which a script may call, too."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.service import editors


def label() -> ResponseReturnValue:
    """The label stream, or one task with ``?task_id=``; Welcome while there are no tasks."""
    opened = project()
    if not opened.store.counts().tasks:
        return redirect(f"{request.script_root}/welcome")
    build = opened.settings.get("editor", {}).get("build", "classic")
    page = {
        "build": build,
        "config": opened.label_config.current.xml,
        "taskId": request.args.get("task_id", type=int),
    }
    return render_template(
        "label.html", project=opened, page=page, installed=build in editors.installed()
    )


def welcome() -> ResponseReturnValue:
    return render_template("welcome.html", project=project())


ROUTES = [
    Route("GET", "/", label, "page"),
    Route("GET", "/welcome", welcome, "page"),
]
