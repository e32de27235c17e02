"""An OpenAPI 3.1 document from the routes of a dialect and the structures of their models.

https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from label_studio_lite.core.model import Json
from label_studio_lite.http.reference import examples
from label_studio_lite.http.routes import Dialect, Operation, Route

_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_TITLES: dict[Dialect, str] = {
    "v1": "Label Studio API 1.x",
    "legacy": "Label Studio API 0.8.x",
}
_ERRORS: dict[Dialect, Json] = {
    "v1": {  # two operations of 1.x answer other bodies: validating a config, and hotkeys
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "status_code": {"type": "integer"},
            "version": {"type": "string"},
            "detail": {"type": "string"},
            "exc_info": {"type": ["string", "null"]},
            "validation_errors": {"type": "object"},
        },
    },
    "legacy": {"type": "object", "properties": {"detail": {"type": "string"}}},
}
_SECURITY: Json = {
    "Token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Token <API token>`, or `Bearer <access token>`",
    },
    "Key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "Password": {"type": "http", "scheme": "basic"},
}


def document(routes: Iterable[Route], dialect: Dialect, version: str, url: str) -> Json:
    """The document of one dialect; ``url`` is where the server is."""
    chosen = [route for route in routes if _is_shown(route, dialect)]
    schemas = _Schemas(filter(None, (route.operation for route in chosen)))
    paths: dict[str, Json] = {}
    for route in chosen:
        path = _PARAMETER.sub(r"{\2}", route.rule)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    tags = dict.fromkeys(_tag(route) for route in chosen)
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLES[dialect], "version": version},
        "servers": [{"url": url}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": {**schemas.components, "Error": _ERRORS[dialect]},
            "securitySchemes": _SECURITY,
        },
        "security": [*({name: []} for name in _SECURITY), {}],
    }


def _is_shown(route: Route, dialect: Dialect) -> bool:
    """Routes of 1.x that only say that they are not here have no operation."""
    return route.dialect == dialect and (dialect == "legacy" or route.operation is not None)


class _Schemas:
    """The JSON Schemas of all types that operations name."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._types: list[Any] = []
        for operation in operations:
            for kind in (operation.query, operation.body, operation.answer):
                if kind is not None and kind not in self._types:
                    self._types.append(kind)
        self._made, self.components = msgspec.json.schema_components(
            self._types, ref_template=_REF
        )

    def of(self, kind: Any) -> Json:
        return self._made[self._types.index(kind)]

    def fields(self, struct: Any) -> Iterator[tuple[str, Json, bool]]:
        """Name, schema and whether it is required, of each field of a structure."""
        found = self.components[self.of(struct)["$ref"].rpartition("/")[2]]
        required = found.get("required", ())
        for name, schema in found["properties"].items():
            yield name, schema, name in required


def _operation(route: Route, schemas: _Schemas) -> Json:
    said = route.operation
    summary, _, text = (route.view.__doc__ or "").strip().partition("\n")
    shown: Json = {
        "operationId": id_of(route),
        "tags": [_tag(route)],
        "summary": (said.summary if said else summary.rstrip(".")) or route.name,
    }
    if text.strip():
        shown["description"] = " ".join(text.split())
    parameters = [*_in_path(route.rule), *_in_query(route, schemas)]
    if parameters:
        shown["parameters"] = parameters
    if said and said.body is not None:
        content: Json = {"schema": schemas.of(said.body)}
        if route.name in examples.BODIES:
            content["example"] = examples.BODIES[route.name]
        shown["requestBody"] = {"content": {"application/json": content}}
    return shown | {"responses": _responses(said, schemas)}


def id_of(route: Route) -> str:
    """A name that no other operation of the document has."""
    path = _PARAMETER.sub(r"by_\2", route.rule)
    return re.sub(r"\W+", "_", f"{route.method.lower()}{path}")


def _responses(said: Operation | None, schemas: _Schemas) -> Json:
    success: Json = {"description": "Done"}
    if said and said.answer is not None:
        success["content"] = {"application/json": {"schema": schemas.of(said.answer)}}
    error = {"schema": {"$ref": _REF.format(name="Error")}}
    return {
        str(said.status) if said else "2XX": success,
        "default": {
            "description": "What went wrong",
            "content": {"application/json": error},
        },
    }


def _in_path(rule: str) -> Iterator[Json]:
    for converter, name in _PARAMETER.findall(rule):
        schema: Json = {"type": "string"}
        if converter == "int":
            schema = {"type": "integer", "minimum": 0}
        yield _parameter(name, "path", schema, True, examples.PATH.get(name))


def _in_query(route: Route, schemas: _Schemas) -> Iterator[Json]:
    if route.operation is None or route.operation.query is None:
        return
    given = examples.QUERIES.get(route.name, {})
    for name, schema, required in schemas.fields(route.operation.query):
        example = given.get(name, examples.PROJECT if required and name == "project" else None)
        yield _parameter(name, "query", schema, required, example)


def _parameter(name: str, where: str, schema: Json, required: bool, example: Any) -> Json:
    shown: Json = {"name": name, "in": where, "required": required, "schema": schema}
    return shown if example is None else {**shown, "example": example}


def _tag(route: Route) -> str:
    if route.operation:
        return route.operation.tag
    return route.view.__module__.rpartition(".")[2].replace("_", " ").capitalize()


def yaml(value: Any, indent: int = 0) -> str:
    """JSON data as YAML 1.2: texts in double quotes, which mean there what they mean in JSON."""
    return "\n".join(_yaml(value, indent)) + "\n"


def _yaml(value: Any, indent: int) -> Iterator[str]:
    pad = "  " * indent
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _entry(f"{pad}{_scalar(key)}:", item, indent)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for item in value:
            yield from _entry(f"{pad}-", item, indent)
    else:
        yield pad + _scalar(value)


def _entry(head: str, item: Any, indent: int) -> Iterator[str]:
    if isinstance(item, (dict, list, tuple)) and item:
        yield head
        yield from _yaml(item, indent + 1)
    else:
        yield f"{head} {_scalar(item)}"


def _scalar(value: Any) -> str:
    return msgspec.json.encode(value).decode()
