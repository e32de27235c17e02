"""Reading a few values out of the JSON text of a task without making an object of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.core.filters import DATA
from label_studio_lite.core.task_columns import FROM_TASK, of_data


class FieldReader:
    """Reads the values of some columns, ``data.KEY`` and those of :data:`FROM_TASK`."""

    def __init__(self, names: Sequence[str]) -> None:
        keys = sorted({n.removeprefix(DATA) for n in names if n.startswith(DATA)})
        tops = sorted({FROM_TASK[n][0] for n in names if n in FROM_TASK})
        data = _struct({f"d{at}": key for at, key in enumerate(keys)}, Any)
        fields = {f"t{at}": key for at, key in enumerate(tops)}
        shape = _struct({"data": "data", **fields}, {"data": data | None})
        self._decode = msgspec.json.Decoder(shape).decode
        field_of = {key: field for field, key in fields.items()}
        self._takers = [
            _taker("data", f"d{keys.index(name.removeprefix(DATA))}", of_data)
            if name.startswith(DATA)
            else _taker(field_of[FROM_TASK[name][0]], None, FROM_TASK[name][1])
            for name in names
        ]
        self._names = names

    def values(self, text: bytes | None) -> Iterable[Any]:
        """A value for each column; None for all of a task that is gone."""
        if text is None:
            return [None] * len(self._names)
        try:
            task = self._decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [value_of(jsontext.loads(text, lenient=True), name) for name in self._names]
        return [take(task) for take in self._takers]


def value_of(task: Any, name: str) -> Any:
    """The value of a column, from the stored task as an object."""
    if name.startswith(DATA):
        data = task.get("data")
        return of_data(data.get(name.removeprefix(DATA))) if isinstance(data, dict) else None
    key, made = FROM_TASK[name]
    return made(task.get(key))


def _struct(keys: dict[str, str], types: Any) -> Any:
    """A struct with these fields, each read from its key; all of them may be missing."""
    fields = [
        (field, types.get(field, Any) if isinstance(types, dict) else types, None)
        for field in keys
    ]
    return msgspec.defstruct("Fields", fields, rename=keys, gc=False)


def _taker(field: str, inner: str | None, made: Any) -> Any:
    if inner is None:
        return lambda task: made(getattr(task, field))

    def take(task: Any) -> Any:
        data = getattr(task, field)
        return None if data is None else made(getattr(data, inner))

    return take
