"""``/docs/api`` to read, ``/docs/api/schema/`` for programs."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, make_response, render_template, request

from label_studio_lite import __version__
from label_studio_lite.core.jsontext import dumps
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid
from label_studio_lite.http import answers
from label_studio_lite.http.context import base_url
from label_studio_lite.http.pages import policy
from label_studio_lite.http.pages.rendering import root, secured
from label_studio_lite.http.reference import document as documents
from label_studio_lite.http.routes import Dialect, Route

_YAML = "application/vnd.oai.openapi"


def _dialect() -> Dialect:
    """1.x unless the request says otherwise."""
    match request.args.get("dialect", "v1"):
        case "v1":
            return "v1"
        case "legacy":
            return "legacy"
        case other:
            raise Invalid(f"there is no dialect {other!r}; known are v1 and legacy")


def _document(dialect: Dialect) -> Json:
    routes = current_app.extensions["label_studio_lite.routes"]
    return documents.document(routes, dialect, __version__, base_url())


def get_schema() -> Response:
    """The OpenAPI document, YAML unless JSON is asked for."""
    asked = request.args.get("format") or _accepted()
    if asked not in ("json", "yaml"):
        raise Invalid(f"there is no format {asked!r}; known are json and yaml")
    found = _document(_dialect())
    if asked == "json":
        return answers.ordered_json(found)
    return Response(documents.yaml(found), mimetype=_YAML)


def get_json_schema() -> Response:
    """The OpenAPI document as JSON."""
    return answers.ordered_json(_document(_dialect()))


def _accepted() -> str:
    kinds = [_YAML, "application/yaml", "application/json", "application/vnd.oai.openapi+json"]
    best = request.accept_mimetypes.best_match(kinds, default=_YAML)
    return "json" if "json" in best else "yaml"


def get_page() -> Response:
    """The reference as a page: nothing to load, nothing to run."""
    dialect = _dialect()
    found = _document(dialect)
    groups: dict[str, list[Json]] = {tag["name"]: [] for tag in found["tags"]}
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            groups[operation["tags"][0]].append(_shown(found, path, method, operation))
    html = render_template(
        "reference.html", root=root(), groups=groups, info=found["info"], dialect=dialect
    )
    return secured(make_response(html), policy.plain())


def _shown(found: Json, path: str, method: str, operation: Json) -> Json:
    """What the template shows of an operation."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    status, success = next(iter(operation["responses"].items()))
    answer = success.get("content", {}).get("application/json")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [
            {**parameter, "type": _type(parameter["schema"])}
            for parameter in operation.get("parameters", ())
        ],
        "body": body and _fields(found, body["schema"]),
        "body_type": body and _type(body["schema"]),
        "status": status,
        "answer": answer and _fields(found, answer["schema"]),
        "answer_type": answer and _type(answer["schema"]),
        "curl": _curl(found, path, method, operation, body),
    }


def _curl(found: Json, path: str, method: str, operation: Json, body: Json | None) -> str:
    """A line for the shell: the example of the operation."""
    query = []
    for parameter in operation.get("parameters", ()):
        value = parameter.get("example")
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(value or "…"))
        elif value is not None:
            query.append(f"{parameter['name']}={value}")
    url = found["servers"][0]["url"] + path + ("?" + "&".join(query) if query else "")
    parts = ["curl"] + ([] if method == "get" else ["-X", method.upper()])
    parts += ["-H", "'Authorization: Token $TOKEN'".replace("'", '"'), f"'{url}'"]
    if body and "example" in body:
        text = dumps(body["example"]).decode().replace("'", "'\\''")
        parts += ["-H", "'Content-Type: application/json'", "-d", f"'{text}'"]
    return " ".join(parts)


def _fields(found: Json, schema: Json) -> list[Json]:
    """The fields of the structure that a schema names, alone or in a list."""
    name = (schema.get("$ref") or schema.get("items", {}).get("$ref", "")).rpartition("/")[2]
    known = found["components"]["schemas"].get(name, {})
    required = known.get("required", ())
    return [
        {"name": field, "type": _type(of), "required": field in required}
        for field, of in known.get("properties", {}).items()
    ]


def _type(schema: Json) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(map(_type, schema["anyOf"]))
    kind: Any = schema.get("type", "any")
    if kind == "array":
        items = schema.get("prefixItems") or [schema.get("items") or {}]
        return f"[{', '.join(map(_type, items))}]"
    return str(kind)


ROUTES = [
    Route("GET", "/docs/api", get_page, "page"),
    Route("GET", "/docs/api/schema", get_schema, "page"),
    Route("GET", "/docs/api/schema/json", get_json_schema, "page"),
]
