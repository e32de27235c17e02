"""Whether an imported item can become a task: the rules of 0.8.x and their texts.

An item is either the data itself, or an object with the key ``data`` and, beside it,
``completions``, ``predictions`` and ``meta``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Any, NamedTuple

import msgspec

from label_studio_lite.core.label_config import LabelConfig, first_key, list_index
from label_studio_lite.core.model import Json
from label_studio_lite.core.regions import fault_of
from label_studio_lite.core.tags import Tag
from label_studio_lite.errors import ImportInvalid, Invalid

MAX_MESSAGES = 100
_MAX_SHOWN = 10_000

_AS_IS = " [assume: item as is = task root with values] "
_UNDER_DATA = ' [assume: item["data"] = task root with values]'

_NOT_A_LIST = '"result" field in completion must be list'
_OBJECT_OR_LIST = (dict, list)
_PIECES = frozenset({"data", "completions", "predictions", "meta"})
_STEPS = re.compile(r"[^.\[\]]+")
_ABSENT = object()
_ANYTHING = object()

_NOUNS: Mapping[type, str] = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "a yes or no",
    list: "a list",
    dict: "an object",
}

_Types = Sequence[type]
_ANY_NUMBER: _Types = [str, int, float]
_EXPECTED: Mapping[str, _Types] = {
    "Text": _ANY_NUMBER,
    "Header": _ANY_NUMBER,
    "HyperText": [str],
    "Image": [str],
    "Paragraphs": [list],
    "Table": [dict],
    "TimeSeries": [dict, list, str],
    # not known to 0.8.x, or refused by it although its editor needed a list
    "Chat": [list],
    "List": [list],
    "Ranker": [list, str],
    "Choices": [list, str],
    "Labels": [list, str],
    "Taxonomy": [list, str],
}
_OTHERWISE: _Types = (str,)
_SEVERAL: _Types = [list, str]
_EMPTY: Mapping[str, Any] = {}


class CheckedTask(NamedTuple):
    """A valid item. ``rest`` has the keys beside ``data`` that are not named here (``id``…).

    ``bare`` tells an item that was the data itself.
    """

    data: Json
    completions: Sequence[Json] = ()
    predictions: Sequence[Json] = ()
    meta: Any = None
    rest: Mapping[str, Any] = _EMPTY
    bare: bool = True


class _Rule(NamedTuple):
    key: str
    types: _Types
    exact: frozenset[type]


class TaskValidator:
    """Checks the items of an import against one label config."""

    def __init__(self, config: LabelConfig) -> None:
        tags = config.data_tags
        expected = {
            key: _expected(tags[key]) if key in tags else _SEVERAL for key in config.data_keys
        }
        self._rules = [_Rule(key, types, _exact(types)) for key, types in expected.items()]
        self._bare, self._wrapped = _shapes(self._rules)
        self._plain = [(rule.key, rule.exact) for rule in self._rules]

    def check(self, value: Any, index: int) -> CheckedTask | str:
        """The item in pieces, or why it is refused; ``index`` counts the items from 0."""
        if type(value) is dict:  # most items are plain and good: no detours for them
            data = value.get("data", value)
            if type(data) is dict and (data is value or len(value) == 1):
                for key, exact in self._plain:
                    if type(data.get(key)) not in exact:
                        break
                else:
                    return CheckedTask(data, bare=data is value)
        checked = self._check_slowly(value)
        if isinstance(checked, str):
            return f"Error   at item {index}: {checked} :: {_shown(value)}"
        return checked

    def explain(self, value: Any) -> str | None:
        """Why an item is refused, for people; None for a good one."""
        checked = self._check_slowly(value)
        if isinstance(checked, CheckedTask):
            return None
        data = value.get("data", value) if isinstance(value, dict) else None
        if isinstance(data, dict):
            fault = self._explain_data(data)
            if fault is not None:
                return fault
        return checked.partition(" [assume")[0]

    def _explain_data(self, data: Json) -> str | None:
        for key, types, exact in self._rules:
            found = data[key] if key in data else _at_path(data, key)
            if found is _ABSENT:
                return f'"{key}" is missing'
            if found is not _ANYTHING and type(found) not in exact:
                return f'"{key}" is {noun(found)}, but {_nouns(types)} is expected'
        return None

    def are_bare(self, text: bytes) -> bool:
        """Whether every item of this JSON list is valid data without anything around it."""
        return self._bare is not None and _decodes(text, self._bare)

    def are_wrapped(self, text: bytes) -> bool:
        """Whether every item of this JSON list is ``{"data": …}`` with valid data, and no more."""
        return self._wrapped is not None and _decodes(text, self._wrapped)

    def check_all(self, values: Iterable[Any]) -> list[CheckedTask]:
        """Every item in pieces. ``ImportInvalid`` names each bad one, the first 100 at most."""
        good: list[CheckedTask] = []
        bad: list[str] = []
        for index, value in enumerate(values):
            checked = self.check(value, index)
            if isinstance(checked, CheckedTask):
                good.append(checked)
            elif len(bad) < MAX_MESSAGES:
                bad.append(checked)
            else:
                bad[-1] = "..."
                break
        if bad:
            raise ImportInvalid(bad)
        return good

    def _check_slowly(self, value: Any) -> CheckedTask | str:
        if not isinstance(value, dict):
            return (
                'Task root must be dict with "data", "meta", "completions", "predictions" fields'
            )
        if "data" not in value:
            fault = self._fault_of_data(value)
            return CheckedTask(value) if fault is None else fault + _AS_IS
        return self._check_wrapped(value)

    def _check_wrapped(self, item: Json) -> CheckedTask | str:
        data, meta = item["data"], item.get("meta", {})
        if isinstance(data, list) and not self._rules:
            return CheckedTask(item)
        if not isinstance(data, _OBJECT_OR_LIST):
            return f"Task[data] must be {_OBJECT_OR_LIST}"
        fields = data if isinstance(data, dict) else {}
        fault = self._fault_of_data(fields)
        if fault is not None:
            return fault + _UNDER_DATA
        if not isinstance(meta, _OBJECT_OR_LIST):
            return f"Task[meta] must be {_OBJECT_OR_LIST}"
        completions, predictions = item.get("completions", []), item.get("predictions", [])
        fault = _fault_of_completions(completions) or _fault_of_predictions(predictions)
        if fault is not None:
            return fault
        rest = {key: value for key, value in item.items() if key not in _PIECES}
        return CheckedTask(fields, completions, predictions, item.get("meta"), rest, bare=False)

    def _fault_of_data(self, data: Json) -> str | None:
        for key, types, exact in self._rules:
            value = data[key] if key in data else _at_path(data, key)
            if value is _ABSENT:
                return f'"{key}" key is expected in task data'
            if value is not _ANYTHING and type(value) not in exact:
                return (
                    f'data["{key}"]={_shown(value)} is of type "{type(value)}", '
                    f'but types "{types}" are expected'
                )
        return None


def noun(value: Any) -> str:
    """What a JSON value is, in words."""
    return _NOUNS.get(type(value), "empty")


def _nouns(types: _Types) -> str:
    return " or ".join(dict.fromkeys(_NOUNS[type_] for type_ in types))


def check_result(result: Any) -> None:
    """``Invalid`` when a completion with this ``result`` may not be stored."""
    fault = _NOT_A_LIST if not isinstance(result, list) else _fault_of_regions(result)
    if fault is not None:
        raise Invalid(fault)


def _fault_of_regions(result: list[Any]) -> str | None:
    for at, region in enumerate(result):
        fault = fault_of(region)
        if fault is not None:
            return f"region {at}: {fault}"
    return None


def _fault_of_completions(completions: Any) -> str | None:
    if not isinstance(completions, list):
        return f"Task[completions] must be {list}"
    for at, completion in enumerate(completions):
        if not isinstance(completion, dict) or "result" not in completion:
            return 'Completion must have "result" fields'
        if not isinstance(completion["result"], list):
            return _NOT_A_LIST
        fault = _fault_of_regions(completion["result"])
        if fault is not None:
            return f"completion {at}, {fault}"
    return None


def _fault_of_predictions(predictions: Any) -> str | None:
    """Models may say what they like in a region, as long as it is an object."""
    if not isinstance(predictions, list):
        return f"Task[predictions] must be {list}"
    for at, prediction in enumerate(predictions):
        if not isinstance(prediction, dict) or "result" not in prediction:
            return 'Prediction must have "result" fields'
        if not isinstance(prediction["result"], list):
            return '"result" field in prediction must be list'
        for place, region in enumerate(prediction["result"]):
            if not isinstance(region, dict):
                return f"prediction {at}, region {place}: must be an object"
    return None


def _expected(tag: Tag) -> _Types:
    types = _EXPECTED.get(tag.name, _OTHERWISE)
    if tag.attributes.get("valueType") == "url" and str not in types:
        return [*types, str]
    return types


def _shapes(rules: Sequence[_Rule]) -> tuple[Any, Any]:
    """Types that msgspec decodes a list of bare and of wrapped items as, if all are valid.

    None where a key is a path, or is written in JSON with escapes, which a type cannot say. They
    are what makes large imports quick; who is refused by them is looked at item by item.
    """
    if any(first_key(rule.key) != rule.key or not _is_plain(rule.key) for rule in rules):
        return None, None
    fields = [
        (f"key{n}", reduce(or_, rule.exact), msgspec.field(name=rule.key))
        for n, rule in enumerate(rules)
        if rule.key != "data"
    ]
    if len(fields) < len(rules):
        return None, None
    data = msgspec.defstruct("Data", fields, kw_only=True)
    never = ("wrapped", msgspec.UnsetType, msgspec.field(name="data", default=msgspec.UNSET))
    bare = msgspec.defstruct("Bare", [*fields, never], kw_only=True)
    wrapped = msgspec.defstruct("Wrapped", [("data", data)], forbid_unknown_fields=True)
    return GenericAlias(list, bare), GenericAlias(list, wrapped)


def _is_plain(key: str) -> bool:
    return not any(char in '\\"' or char < " " for char in key)


def _decodes(text: bytes, shape: Any) -> bool:
    try:
        msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _exact(types: _Types) -> frozenset[type]:
    """``bool`` passes as a number, as in 0.8.x."""
    return frozenset((*types, bool) if int in types else types)


def _at_path(data: Json, key: str) -> Any:
    """What ``a.b`` or ``a[0]`` leads to; a path with a ``Repeater``'s index is not followed."""
    if first_key(key) not in data or key == first_key(key):
        return _ABSENT
    if "{{" in key:
        return _ANYTHING
    value: Any = data
    for step in _STEPS.findall(key):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and (place := list_index(step)) < len(value):
            value = value[place]
        else:
            return _ABSENT
    return value


def _shown(value: Any) -> str:
    """``value`` as Python prints it, which is what clients of 0.8.x see; cut where it is long."""
    try:
        text = str(value)
    except RecursionError:
        return "…"
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"
