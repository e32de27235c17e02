"""The Insights page, and its numbers as calls: all at once, and each table as JSON or CSV."""

from __future__ import annotations

import csv
import io

from flask import Response, request
from flask.typing import ResponseReturnValue

from label_studio_lite.core.insights_tables import TABLES, Rows
from label_studio_lite.errors import Invalid
from label_studio_lite.http import answers
from label_studio_lite.http.context import project
from label_studio_lite.http.pages.rendering import page
from label_studio_lite.http.routes import Route


def insights() -> ResponseReturnValue:
    return page("insights.html", "insights", data={"tables": list(TABLES)})


def get_insights() -> Response:
    """``{"counted": {"parts", "of"}, "progress", "forecast", "summary", "tables": {name: [row,
    …]}}``. ``?within=2`` answers after about so many seconds with what is counted by then:
    ``parts`` is less than ``of``, and the next call goes on from there."""
    return answers.ordered_json(project().insights.state(_seconds("within")))


def get_table(name: str) -> Response:
    """One table as ``[row, …]``; ``name.csv`` as CSV."""
    bare = name.removesuffix(".csv")
    rows = project().insights.table(bare)
    if bare == name:
        return answers.ordered_json(rows)
    return answers.csv_file(_csv(rows), f"{bare}.csv")


def _csv(rows: Rows) -> str:
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()


def _seconds(name: str) -> float | None:
    value = request.args.get(name)
    if not value:
        return None
    try:
        return float(value)
    except ValueError as error:
        raise Invalid(f"{name}={value!r} is no number of seconds") from error


ROUTES = [
    Route("GET", "/insights", insights, "page"),
    Route("GET", "/api/insights", get_insights),
    Route("GET", "/api/insights/<name>", get_table),
]
