"""``/api/models`` of 0.8.x."""

from __future__ import annotations

from flask import Response

from label_studio_lite.errors import Invalid
from label_studio_lite.http import answers, params
from label_studio_lite.http.context import project
from label_studio_lite.http.routes import Route


def list_models() -> Response:
    return answers.sorted_json({"models": project().models.names()})


def remove() -> Response:
    """``{"name": n}``: the first of that name."""
    name = params.json_object().get("name")
    if not isinstance(name, str):
        raise Invalid('the name of a model is expected: {"name": …}')
    project().models.remove(name)
    return answers.empty(204)


def train() -> Response:
    return answers.sorted_json("No ML backend", 400)


def predict_data() -> Response:
    return answers.sorted_json("No ML backend", 400)


ROUTES = [
    Route("GET", "/api/models", list_models),
    Route("DELETE", "/api/models", remove),
]
