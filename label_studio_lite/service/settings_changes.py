"""The settings that a person may change while a project is served, and what they may be.

Everything else in ``config.json`` is left to those who edit the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from label_studio_lite.core.model import Json
from label_studio_lite.core.sampling import METHODS
from label_studio_lite.errors import FieldsInvalid
from label_studio_lite.service.ml.predicting import LIVE_TIMEOUT
from label_studio_lite.service.ml.training import AUTOMATIC, EVERY
from label_studio_lite.store.durability import KEY as DURABILITY
from label_studio_lite.store.durability import Durability

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

Check = Callable[[Any], str | None]
"""What is wrong with a value, None when it is good."""

_LONGEST = 100_000  # characters
_SAMPLING = tuple(METHODS)
_DURABILITY: tuple[str, ...] = get_args(Durability)


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return "must be text"
    return None if len(value) <= _LONGEST else f"has more than {_LONGEST} characters"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _one_of(known: tuple[str, ...]) -> Check:
    return lambda value: None if value in known else f"must be one of {', '.join(known)}"


def _seconds(value: Any) -> str | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return None if number and 0 <= value <= 3600 else "must be a number of seconds, 0 to 3600"


def _count(value: Any) -> str | None:
    return None if type(value) is int and value > 0 else "must be a whole number above 0"


CHECKS: Mapping[str, Check] = {
    "title": _text,
    "description": _text,
    "instruction": _text,
    "sampling": _one_of(_SAMPLING),
    "allow_delete_completions": _flag,
    LIVE_TIMEOUT: _seconds,
    AUTOMATIC: _flag,
    EVERY: _count,
    DURABILITY: _one_of(_DURABILITY),
}
DEFAULTS: Json = {LIVE_TIMEOUT: 2.0, AUTOMATIC: False, EVERY: 1, DURABILITY: "always"}


def shown(project: Project) -> Json:
    """The values in force, by name. 1.x's names of sampling methods are given as 0.8.x's."""
    values = {name: project.settings.get(name, DEFAULTS.get(name)) for name in CHECKS}
    by_other_name = {other: name for name, other in METHODS.items() if other}
    values["sampling"] = by_other_name.get(values["sampling"], values["sampling"])
    return values


def durability_now(project: Project) -> str:
    """What the store does; a change of the setting holds after the next start."""
    return str(getattr(project.store, DURABILITY, DEFAULTS[DURABILITY]))


def change(project: Project, changes: Json) -> Json:
    """Set some of them, durably; ``FieldsInvalid`` names every bad one. Answers :func:`shown`."""
    faults: dict[str, list[str]] = {}
    for name, value in changes.items():
        check = CHECKS.get(name)
        fault = check(value) if check else f"is unknown; known are {', '.join(CHECKS)}"
        if fault:
            faults[name] = [fault]
    if faults:
        raise FieldsInvalid(faults)
    with project.store.holding():
        present = shown(project)
        new = {name: value for name, value in changes.items() if value != present[name]}
        if new:
            project.settings.change(new)
    return shown(project)
