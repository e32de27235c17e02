"""The schema of the real 1.23.2, to judge our answers by.

It is part of the reference notes that lie beside this repository, or where ``LSL_REFERENCE`` says;
without them answers are not judged, and the tests say so.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "reference"
REFERENCE = Path(os.environ.get("LSL_REFERENCE", BESIDE)) / "modern"
SCHEMA = REFERENCE / "openapi.json"
OPERATIONS = REFERENCE / "operations.csv"
MISSING = f"the reference notes are not at {REFERENCE}; LSL_REFERENCE may name them"

# a pattern of "<operation> <place>: <fault>" → why we differ, or the schema is wrong
DEVIATIONS = {
    r".*/active_organization_meta:": "the schema says text; the real one sends an object",
    r".*/avatar:": "the schema says text; without a picture the real one sends null",
    r".*/annotations:": "the schema says text; the real one sends the list",
    r".*/file_upload:": "the schema says text; without a file the real one sends null",
    r".*/model:": "the schema says object; the real one sends null without a model",
    r".*/predictions/\*/model_run:": "likewise",
    r".*/predictions/\*/score:": "the schema says number; the real one sends null without a score",
    r".* (/tasks/\*|/\*)?/updated_by:": "the schema says list; the real one null or a number",
    r".*/(predictions_score|avg_lead_time|completed_at): None": "null while there is none",
    r".*/storage_filename: None": "null for tasks of no storage",
    r".*/state:": "the schema says text; the Community Edition sends null",
    r".*'state' is a required property": "the Community Edition does not send it here",
    r".*/title: '' ": "the schema wants three characters; the real one sends an empty title",
    r"GET /api/projects/ /results/\*: .* required property": "`include` leaves fields out",
    r"POST /api/projects/{id}/validate/ ": "the real one answers whether work would be lost",
    r"POST /api/projects/{id}/import /found_formats:": "files are counted by extension",
    r"POST /api/projects/{id}/import /\w+_count: None": "nothing is counted when nothing is done",
    r"GET /api/projects/{id}/export /": "the schema says text; the file may be JSON",
    r".*_options: None": "what was not asked for is null",
    r"GET /api/projects/{id}/export/formats ": "the schema says texts; they are objects",
}


def validator_of(method: str, path: str, status: int) -> tuple[str, Draft202012Validator] | None:
    """The operation and what judges its answer; None where the schema does not say."""
    for template, methods in _paths().items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template.rstrip("/")))
        operation = methods.get(method.lower())
        if operation is None or not re.fullmatch(pattern, path.rstrip("/")):
            continue
        content = operation.get("responses", {}).get(str(status), {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is None:
            return None
        whole = {**_modern(schema), "components": _components()}
        return f"{method} {template}", Draft202012Validator(whole)
    return None


def faults(method: str, path: str, status: int, body: Any) -> Iterator[str]:
    """What an answer has that it may not have, deviations aside."""
    found = validator_of(method, path, status)
    if found is None:
        return
    operation, validator = found
    for error in validator.iter_errors(body):
        place = "/" + "/".join("*" if isinstance(p, int) else str(p) for p in error.path)
        fault = f"{operation} {place}: {error.message[:200]}"
        if not any(re.match(pattern, fault) for pattern in DEVIATIONS):
            yield fault


@functools.cache
def _document() -> Any:
    return json.loads(SCHEMA.read_text("utf-8"))


@functools.cache
def _paths() -> dict[str, Any]:
    # what is spelled out goes before what has a parameter
    paths: dict[str, Any] = _document()["paths"]
    return dict(sorted(paths.items(), key=lambda item: item[0].count("{")))


@functools.cache
def _components() -> Any:
    return _modern(_document()["components"])


def _modern(schema: Any) -> Any:
    """OpenAPI 3.0 in the words of JSON Schema 2020-12: ``nullable`` is a type there."""
    if isinstance(schema, list):
        return [_modern(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _modern(value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made
