"""What stored completions use of a label config, in numbers that can be kept up to date.

A project remembers one :class:`Usage`; saving or deleting a completion adds or takes away that
completion's own. Asking what a new config would orphan then never reads the completions again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from label_studio_lite.core.label_config import Control, LabelConfig
from label_studio_lite.core.model import Completion, Json
from label_studio_lite.core.regions import labels_of, triple

_Key = TypeVar("_Key", bound=tuple[str, ...])


class Count(NamedTuple):
    """How many completions, and how many of their regions, use something."""

    completions: int
    regions: int


class Usage:
    """``controls`` counts ``(from_name, to_name, type)``, ``labels`` ``(from_name, label)``.

    Relations, ratings and pairwise comparisons are not counted: 0.8.x lets any config keep them.
    ``+=`` and ``-=`` change it in place at a cost that does not grow with it.
    """

    __slots__ = ("controls", "labels")

    def __init__(
        self,
        controls: Mapping[tuple[str, str, str], Count] | None = None,
        labels: Mapping[tuple[str, str], Count] | None = None,
    ) -> None:
        self.controls = dict(controls or {})
        self.labels = dict(labels or {})

    def __iadd__(self, other: Usage) -> Usage:
        _count(self.controls, other.controls, 1)
        _count(self.labels, other.labels, 1)
        return self

    def __isub__(self, other: Usage) -> Usage:
        """What is taken away more often than it was added counts as gone, never below nothing."""
        _count(self.controls, other.controls, -1)
        _count(self.labels, other.labels, -1)
        return self

    def __add__(self, other: Usage) -> Usage:
        total = Usage(self.controls, self.labels)
        total += other
        return total

    def __sub__(self, other: Usage) -> Usage:
        rest = Usage(self.controls, self.labels)
        rest -= other
        return rest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Usage):
            return NotImplemented
        return self.controls == other.controls and self.labels == other.labels

    def __repr__(self) -> str:
        return f"Usage({self.controls!r}, {self.labels!r})"

    def to_json(self) -> Json:
        """``{"controls": [[from_name, to_name, type, completions, regions], …], "labels":
        [[from_name, label, completions, regions], …]}``."""
        return {
            "controls": [[*key, *count] for key, count in self.controls.items()],
            "labels": [[*key, *count] for key, count in self.labels.items()],
        }

    @classmethod
    def from_json(cls, value: Any) -> Usage:
        """``ValueError`` for anything that :meth:`to_json` does not write."""
        try:
            controls = {(f, t, y): Count(c, r) for f, t, y, c, r in value["controls"]}
            labels = {(f, label): Count(c, r) for f, label, c, r in value["labels"]}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a usage count: {error}") from error
        if not all(_is_entry(*entry) for entry in (*controls.items(), *labels.items())):
            raise ValueError("not a usage count: names must be text, counts positive numbers")
        return cls(controls, labels)


def usage_of(completions: Iterable[Completion]) -> Usage:
    """What these completions use; damaged regions of old files are passed over."""
    usage = Usage()
    for completion in completions:
        usage += _usage_of_one(completion)
    return usage


@dataclass(frozen=True, slots=True)
class Orphan:
    """Something that stored work uses and a config does not have.

    For a label, ``label`` names it and ``to_name`` and ``type`` are empty.
    """

    kind: Literal["control", "label"]
    from_name: str
    to_name: str
    type: str
    label: str
    count: Count


def orphans(config: LabelConfig, usage: Usage) -> list[Orphan]:
    """What ``config`` would orphan of the work that ``usage`` counts: controls, then labels.

    The labels of a control that is itself missing are not listed again.
    """
    controls = [
        Orphan("control", *key, label="", count=count)
        for key, count in usage.controls.items()
        if not config.accepts(*key)
    ]
    missing = {orphan.from_name for orphan in controls}
    labels = [
        Orphan("label", from_name, "", "", label, count)
        for (from_name, label), count in usage.labels.items()
        if from_name not in missing and _lacks(config.control(from_name), label)
    ]
    return controls + labels


def _lacks(control: Control | None, label: str) -> bool:
    return control is not None and not control.dynamic and label not in control.labels


def _usage_of_one(completion: Completion) -> Usage:
    controls: dict[tuple[str, str, str], Count] = {}
    labels: dict[tuple[str, str], Count] = {}
    for region in completion.result:
        key = triple(region)
        if key is None:
            continue
        controls[key] = Count(1, controls.get(key, Count(0, 0)).regions + 1)
        for label in dict.fromkeys(labels_of(region)):
            used = key[0], label
            labels[used] = Count(1, labels.get(used, Count(0, 0)).regions + 1)
    return Usage(controls, labels)


def _count(total: dict[_Key, Count], change: Mapping[_Key, Count], sign: int) -> None:
    for key, count in change.items():
        old = total.get(key, Count(0, 0))
        new = Count(
            max(0, old.completions + sign * count.completions),
            max(0, old.regions + sign * count.regions),
        )
        if any(new):
            total[key] = new
        else:
            total.pop(key, None)


def _is_entry(key: tuple[Any, ...], count: Count) -> bool:
    numbers = all(type(number) is int and number > 0 for number in count)
    return numbers and all(isinstance(name, str) for name in key)
