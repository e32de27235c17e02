"""``GET /api/project/export`` of 0.8.x, and the exports that were made so far."""

from __future__ import annotations

from flask import Response, jsonify, request, send_file

from label_studio_lite.core import jsontext
from label_studio_lite.core.filter_text import parse_filters
from label_studio_lite.core.filters import Query, parse_query
from label_studio_lite.core.model import Json
from label_studio_lite.core.task_columns import SYSTEM
from label_studio_lite.errors import Invalid
from label_studio_lite.exporting.choosing import Wish
from label_studio_lite.exporting.registry import LEGACY
from label_studio_lite.http import params
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.service.exports import Exported, Making, Selection

_MOST_REASONS = 20  # in a header


def export() -> Response:
    """``?format=``: a ZIP, which also stays in ``export/``. The parameters beyond 0.8.x:

    ``ids``: these tasks alone; ``filter``: those that it finds (:mod:`.core.filter_text`),
    repeatable; ``view``: those of a saved view; ``download_all_tasks=1``: also tasks without
    completions; ``completions=newest|all``, ``skipped``, ``ground_truth``: which completions;
    ``predictions=1``: JSON has them, too; ``media=1|0``: whether remote files are fetched;
    ``tokenizer``: of CoNLL and spaCy; ``raw=1``: the bare file instead of a ZIP.
    """
    name = request.values.get("format")
    if not name:
        raise Invalid(f"format is missing; known are {', '.join(LEGACY.names())}")
    making = Making(
        raw=params.flag("raw"),
        media=params.optional_flag("media"),
        tokenizer=request.values.get("tokenizer") or "words",
    )
    return answer(project().exports.export(name, selection(), making))


def selection() -> Selection:
    """What the request asks for."""
    ids = params.numbers("ids")
    return Selection(
        ids=ids or None,
        query=_query(),
        all_tasks=params.flag("download_all_tasks"),
        wish=Wish(
            newest=_newest(),
            skipped=params.optional_flag("skipped"),
            ground_truth=params.optional_flag("ground_truth"),
        ),
        predictions=params.flag("predictions"),
    )


def _query() -> Query | None:
    view_id = params.integer("view")
    if view_id is None:
        return parse_filters(request.values.getlist("filter"))
    return parse_query(project().views.get(view_id).data, SYSTEM)


def _newest() -> bool | None:
    which = request.values.get("completions") or None
    if which not in (None, "newest", "all"):
        raise Invalid(f"completions={which!r} is neither newest nor all")
    return None if which is None else which == "newest"


def answer(done: Exported) -> Response:
    """The file, and ``X-Export-Skipped``: what is not in it; ``X-Export-Report``: why."""
    response = send_file(done.path, download_name=done.name, as_attachment=True)
    response.headers["filename"] = done.name
    if done.skipped:
        response.headers["X-Export-Skipped"] = str(done.skipped)
    if done.counts["summary"]:
        response.headers["X-Export-Report"] = _in_header(done.counts)
    return response


def _in_header(counts: Json) -> str:
    shown = {**counts, "summary": counts["summary"][:_MOST_REASONS]}
    return jsontext.dumps(shown).decode().encode("ascii", "backslashreplace").decode()


def formats() -> Response:
    """The formats by name, what each holds and what not; ``available`` for the label config."""
    available = {exporter.name for exporter in project().exports.available()}
    return jsonify(
        [
            {
                "name": exporter.name,
                "title": exporter.title,
                "description": exporter.description,
                "holds": exporter.holds,
                "cannot": exporter.cannot,
                "available": exporter.name in available,
            }
            for exporter in LEGACY.all()
        ]
    )


def exports() -> Response:
    """The files in ``export/``, the newest first."""
    return jsonify(project().exports.list())


def download(name: str) -> Response:
    return send_file(project().exports.path(name), download_name=name, as_attachment=True)


def remove(name: str) -> tuple[str, int]:
    project().exports.remove(name)
    return "", 204


ROUTES = [
    Route("GET", "/api/project/export", export),
    Route("GET", "/api/project/export/formats", formats),
    Route("GET", "/api/project/exports", exports),
    Route("GET", "/api/project/exports/<name>", download),
    Route("DELETE", "/api/project/exports/<name>", remove),
]
