"""An invented task that fits a label config.

Media point below ``static/samples/``; nothing comes from another host. The shape of each value is
what 0.8.x answers at ``/api/import-example``; newer tags have the shape that their editor reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from label_studio_lite.core import sample_values as values
from label_studio_lite.core.label_config import LabelConfig, list_index
from label_studio_lite.core.model import Json
from label_studio_lite.core.tags import Tag
from label_studio_lite.core.time_series import time_series

_STEPS = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_REPEATS = 2
_MAX_INDEX = 100
_MAX_STEPS = 8


def sample_task(config: LabelConfig) -> Json:
    """The data of one task: a value for every data key, in the order of the config.

    A JSON object in a comment of the config (``<!-- {"data": {…}} -->``, or the data alone)
    overrides values.
    """
    data: Json = {}
    for key, tag in config.data_tags.items():
        _put(data, key, _value(tag, key))
    for tag in config.root.walk():
        for attribute, value in _beside_value(tag):
            data.setdefault(attribute, deepcopy(value))
    return {**data, **_overrides(config.comments)}


def _value(tag: Tag, key: str) -> Any:
    if tag.attributes.get("valueType") == "url" and tag.name in values.URLS:
        return values.URLS[tag.name]
    make = _MADE.get(tag.name)
    return make(tag, key) if make is not None else values.PLAIN.get(tag.name, values.OTHER)


def _beside_value(tag: Tag) -> Iterator[tuple[str, Any]]:
    """Data keys in other attributes than ``value``."""
    for attribute, sample in values.OTHER_ATTRIBUTES.items():
        named = tag.attributes.get(attribute, "")
        if named.startswith("$") and len(named) > 1:
            yield named[1:], sample


def _hypertext(_tag: Tag, key: str) -> str:
    """0.8.x looks at the key for what kind of page is meant."""
    return values.PAGES.get(key, values.PAGE)


def _paragraphs(tag: Tag, _key: str) -> list[Json]:
    name, text = tag.attributes.get("nameKey", "author"), tag.attributes.get("textKey", "text")
    return [{name: who, text: what} for who, what in values.DIALOGUE]


def _items(tag: Tag, _key: str) -> list[Json]:
    """The text of an item is its ``body``, or what 0.8.x's ``elementValue`` names."""
    text = tag.attributes.get("elementValue", "$body").lstrip("$")
    return [{"id": id_, "title": title, text: body} for id_, title, body in values.ITEMS]


def _time_series(tag: Tag, _key: str) -> Any:
    channels = [t.attributes.get("column", "") for t in tag.walk() if t.name == "Channel"]
    channels = [name for name in dict.fromkeys(channels) if name]
    time, form = tag.attributes.get("timeColumn"), tag.attributes.get("timeFormat")
    if tag.attributes.get("valueType") != "url":
        return time_series(time, channels, form)
    asked = {
        "time": time,
        "values": ",".join(channels),
        "sep": tag.attributes.get("sep"),
        "tf": form,
    }
    return "samples/time-series.csv?" + urlencode({k: v for k, v in asked.items() if v})


_MADE: Mapping[str, Callable[[Tag, str], Any]] = {
    "HyperText": _hypertext,
    "List": _items,
    "Paragraphs": _paragraphs,
    "Ranker": _items,
    "TimeSeries": _time_series,
}


def _put(data: Json, key: str, value: Any) -> None:
    """Set ``key``; one with brackets (``pages[{{idx}}].url``) is a path into nested values."""
    steps: list[tuple[str, str]] = _STEPS.findall(key)
    name = steps[0][1] if steps else ""
    if "[" in key and name and len(steps) <= _MAX_STEPS:
        data[name] = _nested(data.get(name), steps[1:], value)
    else:
        data[key] = deepcopy(value)


def _nested(found: Any, steps: list[tuple[str, str]], value: Any) -> Any:
    if not steps:
        return deepcopy(value)
    (index, name), rest = steps[0], steps[1:]
    if name:
        fields = found if isinstance(found, dict) else {}
        return {**fields, name: _nested(fields.get(name), rest, value)}
    places = range(_REPEATS) if not index.isdecimal() else [min(list_index(index), _MAX_INDEX)]
    items = list(found) if isinstance(found, list) else []
    items += [None] * (max(places) + 1 - len(items))
    for place in places:
        items[place] = _nested(items[place], rest, value)
    return items


def _overrides(comments: tuple[str, ...]) -> Json:
    for comment in comments:
        try:
            found = json.loads(comment)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            data = found.get("data", found)
            return data if isinstance(data, dict) else {}
    return {}
