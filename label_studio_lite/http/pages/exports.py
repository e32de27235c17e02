"""Exports in the background, see docs/imports-and-exports.md. Files: ``/api/project/exports``."""

from __future__ import annotations

from flask import Response

from label_studio_lite.core import tokens
from label_studio_lite.core.model import Json
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.pages.jobs import shown
from label_studio_lite.http.pages.rendering import page
from label_studio_lite.http.routes import Route


def export_page() -> Response:
    counts = project().store.counts()
    data: Json = {
        "tokenizers": tokens.names(),
        "tasks": counts.tasks,
        "completed": counts.completed,
        "skipped": counts.cancelled,
    }
    return page("export.html", "export", data=data)


def list_formats() -> Response:
    return answers.ordered_json(project().export_jobs.formats())


def start_export() -> Response:
    """``{"format", …}``: a job; see :meth:`.ExportJobs.start`."""
    return answers.ordered_json(shown(project().export_jobs.start(params.json_object())), 202)


ROUTES = [
    Route("GET", "/export", export_page, "page"),
    Route("GET", "/api/exports/formats", list_formats),
    Route("POST", "/api/exports", start_export),
]
