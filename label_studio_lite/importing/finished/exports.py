"""Label Studio's own JSON, of 0.8.x and of 1.x, and its flat form, JSON_MIN.

In JSON_MIN, a key is a control's where its value is a list of region values; for bare texts, which
can be choices or data, the label config decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json, RawBlock
from label_studio_lite.errors import Invalid
from label_studio_lite.importing import json_file
from label_studio_lite.importing.finished.base import Finding
from label_studio_lite.importing.finished.files import Files
from label_studio_lite.importing.upload import ReadOptions

_ABOUT = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement")
_SIZES = ("original_width", "original_height")
_TYPES = {"text": "textarea", "htmllabels": "hypertextlabels"}  # by a key of the value
_PLAIN = ("choices", "taxonomy", "rating", "number", "datetime", "ranker")


def _items(files: Files) -> Iterator[tuple[str, Json]]:
    names = files.ending(".json", ".jsonl", ".ndjson") or files.ending("")
    if not names:
        raise Invalid("there is no file that ends in .json")
    for name in names:
        with files.open(name) as upload:
            for item in json_file.read(upload, ReadOptions(text_key="text")):
                for one in item.tasks() if isinstance(item, RawBlock) else (item,):
                    if not isinstance(one.value, dict):
                        raise Invalid(f"{one.where}: an object is expected")
                    yield one.where, one.value


class JsonReader:
    name = "JSON"
    title = "JSON"
    description = "Tasks with completions (of 1.x: annotations) and predictions, as exported."

    def findings(self, files: Files) -> Iterator[Finding]:
        for where, item in _items(files):
            data = item.get("data")
            if not isinstance(data, dict):
                raise Invalid(f'{where}: it has no "data"')
            done = item.get("completions") or item.get("annotations") or []
            predictions = item.get("predictions") or []
            if not _are_objects(done) or not _are_objects(predictions):
                raise Invalid(f"{where}: completions and predictions must be lists of objects")
            yield Finding(where, data=data, completions=done, predictions=predictions)


class JsonMinReader:
    """``config`` tells controls from data; None while there is no label config."""

    name = "JSON_MIN"
    title = "JSON, short"
    description = "Flat objects with data and the values of controls."

    def __init__(self, config: LabelConfig | None = None) -> None:
        self._config = config

    def findings(self, files: Files) -> Iterator[Finding]:
        for where, item in _items(files):
            data: Json = {}
            result: list[Json] = []
            for key, value in item.items():
                regions = list(self._regions(key, value, len(result)))
                result += regions
                if not regions and key != "id" and not ("annotator" in item and key in _ABOUT):
                    data[key] = value
            completion = {"result": result}
            if isinstance(item.get("lead_time"), (int, float)) and "annotator" in item:
                completion["lead_time"] = item["lead_time"]
            yield Finding(where, data=data, completions=[completion], units="codepoints")

    def _regions(self, key: str, value: Any, number: int) -> Iterator[Json]:
        control = self._config.control(key) if self._config is not None else None
        listed = value if isinstance(value, list) else [value]
        for at, one in enumerate(listed, number + 1):
            if control is not None:
                type_ = control.tag.lower()
                to_name = control.to_names[0]
                if not isinstance(one, dict):
                    one = {"text" if type_ == "textarea" else type_: [one]}
            else:
                found = _type_of(one)
                if found is None:
                    return
                type_, to_name = found, "text" if _is_of_text(one) else "image"
            sizes = {name: one[name] for name in _SIZES if name in one}
            own = {name: part for name, part in one.items() if name not in _SIZES}
            head = {"id": str(at), "from_name": key, "to_name": to_name, "type": type_}
            yield {**head, "value": own, **sizes}


def _type_of(value: Any) -> str | None:
    """The type of a region with this value; None for what is none."""
    if not isinstance(value, dict):
        return None
    for key in value:
        if key.endswith("labels") or key in _PLAIN:
            return _TYPES.get(key, key)
    return "textarea" if isinstance(value.get("text"), list) else None


def _is_of_text(value: Json) -> bool:
    return "original_width" not in value and not {"x", "points", "rle"} & value.keys()


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


JSON = JsonReader()
