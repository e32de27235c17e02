"""What requests of 1.x bring, read into the structures of ``models``.

JSON, forms and multipart forms are taken alike, with every bad field named in the words of 1.x.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from flask import request

from label_studio_lite.core.model import Json
from label_studio_lite.errors import FieldsInvalid, Invalid
from label_studio_lite.http import params

S = TypeVar("S", bound=msgspec.Struct)

_REQUIRED = "This field is required."
_TYPES = {
    "int": "A valid integer is required.",
    "float": "A valid number is required.",
    "bool": "Must be a valid boolean.",
    "str": "Not a valid string.",
    "object": "Expected a dictionary of items.",
    "array": "Expected a list of items.",
}
_EXPECTED = re.compile(r"Expected `(\w+)")
_LENGTH = re.compile(r"Expected `str` of length ([<>]=) (\d+)")


def body(model: type[S]) -> S:
    """The body as ``model``; keys that it does not have are passed over. ``FieldsInvalid``."""
    return converted(given(), model)


def query(model: type[S]) -> S:
    """The same of what stands behind the ``?``."""
    return converted(_flat(request.args), model)


def given() -> Json:
    """Everything that the body brings: its JSON object, or the fields of its form."""
    if params.has_json():
        return params.json_object() if request.content_length != 0 else {}
    return _flat(request.form)


def present(read: msgspec.Struct) -> Json:
    """The fields that the client has sent."""
    fields = ((name, getattr(read, name)) for name in read.__struct_fields__)
    return {name: value for name, value in fields if value is not msgspec.UNSET}


def converted(values: Json, model: type[S]) -> S:
    """``values`` as ``model``; ``FieldsInvalid`` names every bad one."""
    errors: dict[str, list[str]] = {}
    found: Json = {}
    for field in msgspec.structs.fields(model):
        if field.encode_name not in values:
            if field.required:
                errors[field.encode_name] = [_REQUIRED]
            continue
        value = values[field.encode_name]
        if field.type is str and isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        try:
            found[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError as error:
            errors[field.encode_name] = [_in_words(str(error), value)]
    if errors:
        raise FieldsInvalid(errors)
    return model(**found)


def json_list() -> list[Any]:
    """A JSON list, or one object as a list of one; ``Invalid``."""
    value = params.json_body()
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise Invalid("a JSON list is expected in the body")
    return value


def _flat(values: Any) -> Json:
    """One value for each key; keys that end in ``[]`` are lists."""
    return {key: values.getlist(key) if key.endswith("[]") else values[key] for key in values}


def _in_words(message: str, value: Any) -> str:
    if value is None:
        return "This field may not be null."
    length = _LENGTH.search(message)
    if length:
        many = "at least" if length[1] == ">=" else "no more than"
        return f"Ensure this field has {many} {length[2]} characters."
    if message.startswith("Invalid enum value"):
        return f'"{value}" is not a valid choice.'
    expected = _EXPECTED.search(message)
    return _TYPES.get(expected[1] if expected else "", message)
