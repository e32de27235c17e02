"""The pages. Everything that they do goes through the API, which a script may call, too."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotFound
from label_studio_lite.http.context import project, server
from label_studio_lite.http.pages import api, policy
from label_studio_lite.http.pages.rendering import page, root, secured
from label_studio_lite.http.routes import Route
from label_studio_lite.service import editors


def label() -> ResponseReturnValue:
    """The label stream, or one task with ``?task_id=``; Welcome while there are no tasks. A server
    of many shows its projects."""
    if server().workspace.kind == "many" and g.get("project_key") is None:
        return redirect(f"{root()}projects")
    opened = project()
    if not opened.store.counts().tasks:
        return redirect(f"{root()}welcome")
    task_id = request.args.get("task_id", type=int)
    data: Json = {
        "config": opened.label_config.current.xml,
        "editor": editor(),
        "instruction": opened.settings.get("instruction") or "",
        "canDelete": bool(opened.settings.get("allow_delete_completions")),
        "sampling": opened.settings.get("sampling"),
        "taskId": task_id,
        "walk": _walk(),
        "first": _first(task_id),
    }
    data["sites"] = opened.stream.sites()
    response = page("label.html", "", data=data, editor=data["editor"])
    if not data["editor"]["installed"]:
        return response
    return secured(response, policy.with_editor(data["sites"]))


def _first(task_id: int | None) -> Json:
    """The first answer of the API, so that the page need not ask for it."""
    try:
        return api.next_shown(()) if task_id is None else api.opened(task_id)
    except (NotFound, Invalid) as error:
        return {"task": None, "error": error.detail}


def _walk() -> str | None:
    """How the calls of the API are to be asked about the tasks that the address selects."""
    given = {name: request.args[name] for name in api.QUESTION if request.args.get(name)}
    return urlencode(given) if given else None


def editor() -> Json:
    """What the adapter has to know about the editor of this project."""
    opened = project().editors
    about = editors.installed().get(opened.build)
    return {
        "build": opened.build,
        "offsets": opened.offsets,
        "missing": opened.missing(),
        "installed": about is not None,
        "version": about["version"] if about else None,
        "flags": about["flags"] if about else {},
    }


ROUTES = [
    Route("GET", "/", label, "page"),
]
