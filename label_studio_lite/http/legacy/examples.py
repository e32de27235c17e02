"""Example tasks for a label config, health and version, as in 0.8.x."""

from __future__ import annotations

import csv
import io
import time

from flask import Response, request

from label_studio_lite import __version__
from label_studio_lite.core import jsontext, label_config
from label_studio_lite.core.model import Json
from label_studio_lite.core.sample_task import sample_task
from label_studio_lite.core.time_series import time_series_csv
from label_studio_lite.errors import Invalid
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route
from label_studio_lite.service import editors


def import_example() -> Response:
    """A task that fits ``label_config`` (query or form)."""
    xml = request.values.get("label_config")
    if not xml:
        return answers.text("error while example generating", 400)
    return answers.ordered_json(sample_task(label_config.parse(xml)))


def import_example_file() -> Response:
    """``?q=json|csv|tsv|txt``: two tasks that fit the project's config; ``raw=1`` inline."""
    kind = request.values.get("q", "json")
    content = _example_file(kind, sample_task(project().label_config.current))
    response = answers.text(content)
    if not params.flag("raw"):
        name = f"sample-{time.strftime('%Y-%m-%d-%H-%M')}.{kind}"
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
        response.headers["filename"] = name
    return response


def _example_file(kind: str, data: Json) -> str:
    if kind == "json":
        return jsontext.pretty([data, data]).decode()
    cells = [
        value if isinstance(value, str) else jsontext.dumps(value).decode()
        for value in data.values()
    ]
    if kind in ("csv", "tsv"):
        out = io.StringIO()
        writer = csv.writer(out, delimiter="," if kind == "csv" else "\t", lineterminator="\n")
        writer.writerows([list(data), cells, cells])
        return out.getvalue()
    if kind == "txt":
        if len(cells) != 1:
            raise Invalid("a txt example can be made only for a config with one data key")
        return f"{cells[0]}\n" * 2
    raise Invalid(f"{kind!r} is no kind of example; known are json, csv, tsv, txt")


def example_time_series() -> Response:
    """``/samples/time-series.csv?time=&values=a,b&sep=&tf=``: rows to look at."""
    content = time_series_csv(
        request.values.get("time"),
        params.words("values"),
        request.values.get("tf"),
        request.values.get("sep", ","),
    )
    return Response(content, mimetype="text/csv")


def health() -> Response:
    return answers.sorted_json({"status": "up"})


def states() -> Response:
    """Asked by the pages of 0.8.x now and then."""
    return answers.sorted_json({"status": "done"})


def version() -> Response:
    return answers.sorted_json(
        {"label-studio-backend": __version__, "label-studio-frontend": editors.versions()}
    )


ROUTES = [
    Route("GET", "/api/import-example", import_example),
    Route("POST", "/api/import-example", import_example),
    Route("GET", "/api/import-example-file", import_example_file),
    Route("GET", "/samples/time-series.csv", example_time_series),
    Route("GET", "/api/health", health),
    Route("GET", "/api/states", states),
    Route("GET", "/version", version),
]
