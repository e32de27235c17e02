"""The Setup page, its preview, and what it asks: what a label config means before it is stored."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from label_studio_lite.core import jsontext, label_config, vocabulary
from label_studio_lite.core.addresses import relative, sites_of
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json
from label_studio_lite.core.sample_task import sample_task
from label_studio_lite.errors import Invalid, LabelConfigInvalid
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import base_url, project
from label_studio_lite.http.pages import policy
from label_studio_lite.http.pages.rendering import page, secured
from label_studio_lite.http.routes import Route
from label_studio_lite.service import editors
from label_studio_lite.service.config_review import relabel_of, review


def setup() -> ResponseReturnValue:
    """``?template=NAME`` opens one of the gallery, ``?gallery`` the gallery."""
    opened = project()
    data: Json = {
        "config": opened.label_config.current.xml,
        "problem": opened.label_config.problem,
        "tasks": opened.store.counts().tasks,
        "dataKeys": sorted(opened.data_keys.common() or ()),
        "editor": _editor(),
    }
    return page("setup.html", "setup", data=data, rules=policy.with_typing)


def preview() -> ResponseReturnValue:
    """A form: ``label_config``, ``task`` (JSON, its data) and ``build``: the editor with both."""
    xml, build = _xml(request.form.get("label_config")), request.form.get("build")
    known = editors.installed()
    if build not in known:
        raise Invalid(f"the editor {build!r} is not installed; {', '.join(known) or 'none'} is")
    try:
        text = request.form.get("task", "{}").replace(f"{base_url()}/data/", "/data/")
        data = jsontext.loads(text.encode())
    except ValueError as error:
        raise Invalid(f"task is not valid JSON: {error}") from error
    config = label_config.parse(xml)
    return _with_editor(config, data if isinstance(data, dict) else {}, build)


def render() -> ResponseReturnValue:
    """``config``, in the query or a form: the editor with a sample task, as in 0.8.x."""
    xml = request.values.get("config")
    if not xml:
        return answers.text("No config in POST", 417)
    config = label_config.parse(xml)
    return _with_editor(config, sample_task(config), project().editors.build)


def _with_editor(config: LabelConfig, data: Json, build: str) -> ResponseReturnValue:
    about = editors.installed().get(build)
    if about is None:
        raise Invalid(f"the editor {build!r} is not installed")
    shown: Json = {
        "config": config.xml,
        "task": relative(data, config),
        "editor": {key: about[key] for key in ("build", "version", "flags")},
    }
    response = page("preview.html", None, data=shown, build=build)
    return secured(response, policy.with_editor(sites_of(data) | sites_of(config.xml)))


def tags() -> Response:
    """The tags and attributes that the editors know, by name; see ``core/vocabulary.py``."""
    return answers.ordered_json(vocabulary.to_json())


def check() -> Response:
    """``{"label_config": xml}``: what storing it would mean. Always 200 when there is a text.

    ``{"ok", "usable", "faults": [{"message", "line"}], "advice": […], "losses": [{"kind": "label"
    or "control", "control", "object", "type", "label", "completions", "regions", "candidates",
    "suggested"}], "editor", "missing", "sample": data of a task}``.
    """
    xml = _xml(params.json_object().get("label_config"))
    return answers.ordered_json(review(project(), xml).to_json())


def change() -> Response:
    """``{"label_config": xml, "changes": [{"control", "label"?, "object"?, "to"}]}``: store a
    config and rewrite results in the same durable step; ``"to": null`` removes."""
    body = params.json_object()
    xml = _xml(body.get("label_config"))
    relabel = relabel_of(body.get("changes", []), label_config.parse(xml))
    project().label_config.set(xml, relabel)
    return answers.empty(201)


def _editor() -> Json:
    opened = project().editors
    return {
        "build": opened.build,
        "offsets": opened.offsets,
        "missing": opened.missing(),
        "installed": editors.versions(),
    }


def _xml(value: object) -> str:
    if not isinstance(value, str):
        raise LabelConfigInvalid(["label_config must be text"])
    return value


ROUTES = [
    Route("GET", "/setup", setup, "page"),
    Route("POST", "/preview", preview, "page"),
    Route("GET", "/render-label-studio", render, "page"),
    Route("POST", "/render-label-studio", render, "page"),
    Route("GET", "/api/render-label-studio", render),
    Route("POST", "/api/render-label-studio", render),
    Route("GET", "/api/label-config/tags", tags),
    Route("POST", "/api/label-config/check", check),
    Route("POST", "/api/label-config/change", change),
]
