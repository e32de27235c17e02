"""Reading a few values out of the JSON text of tasks without making objects of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        data = _struct({f"d{at}": (key, Any) for at, key in enumerate(keys)})
        fields = {f"t{at}": (key, Any) for at, key in enumerate(tops)}
        self._decode = msgspec.json.Decoder(_struct({"data": ("data", data), **fields})).decode
        self._takers = [
            _from_data(f"d{keys.index(name.removeprefix(DATA))}")
            if name.startswith(DATA)
            else _from_top(f"t{tops.index(FROM_TASK[name][0])}", FROM_TASK[name][1])
            for name in names
        ]
        self._names = names

    def columns(self, texts: Sequence[bytes | None]) -> list[list[Any]]:
        """For each column the values of these tasks; None for those of a task that is gone."""
        decode = self._decode
        try:
            tasks = [decode(text or b"{}") for text in texts]
        except (msgspec.DecodeError, UnicodeDecodeError):
            read = [jsontext.loads(text or b"{}", lenient=True) for text in texts]
            return [[value_of(task, name) for task in read] for name in self._names]
        return [take(tasks) for take in self._takers]


def value_of(task: Any, name: str) -> Any:
    """The value of a column, from the stored task as an object."""
    if name.startswith(DATA):
        data = task.get("data")
        return of_data(data.get(name.removeprefix(DATA))) if isinstance(data, dict) else None
    key, made = FROM_TASK[name]
    return made(task.get(key))


def _struct(fields: dict[str, tuple[str, Any]]) -> Any:
    """A struct of fields, each with its key and type; all of them may be missing."""
    shape = [(field, type_ | None, None) for field, (_, type_) in fields.items()]
    rename = {field: key for field, (key, _) in fields.items()}
    return msgspec.defstruct("Fields", shape, rename=rename, gc=False)


def _from_data(field: str) -> Callable[[Sequence[Any]], list[Any]]:
    def take(tasks: Sequence[Any]) -> list[Any]:
        return [of_data(getattr(task.data, field, None)) for task in tasks]

    return take


def _from_top(field: str, made: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    return lambda tasks: [made(getattr(task, field)) for task in tasks]
