"""Rewriting what completions say when a label config gets new names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.core.regions import is_shape, labels_key


@dataclass(frozen=True, slots=True)
class Relabel:
    """New names for labels, controls and objects; None removes.

    ``labels`` is keyed by ``(control, label)``, the control by its old name. A region that loses
    its last label goes, and with it what described it and the relations that it had.
    """

    labels: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    controls: Mapping[str, str | None] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)

    def apply(self, result: Sequence[Any]) -> list[Any]:
        """The rewritten ``result`` of one completion; the given one is left as it is.

        Regions that are damaged come back untouched.
        """
        kept: list[Any] = []
        gone: list[Json] = []
        for region in result:
            if not isinstance(region, dict):
                kept.append(region)
            elif (rewritten := self._region(region)) is not None:
                kept.append(rewritten)
            else:
                gone.append(region)
        return _without_leftovers(kept, gone) if gone else kept

    def _region(self, region: Json) -> Json | None:
        from_name, to_name = region.get("from_name"), region.get("to_name")
        if not isinstance(from_name, str):
            return region
        new_name = self.controls.get(from_name, from_name)
        relabeled = self._labels(region, from_name)
        if relabeled is None or new_name is None:
            return None
        if new_name != from_name:
            relabeled = {**relabeled, "from_name": new_name}
        if isinstance(to_name, str) and to_name in self.objects:
            relabeled = {**relabeled, "to_name": self.objects[to_name]}
        return relabeled

    def _labels(self, region: Json, control: str) -> Json | None:
        key = labels_key(region)
        stored = region["value"].get(key) if key is not None else None
        old = [stored] if isinstance(stored, str) else stored
        if key is None or not isinstance(old, list):
            return region
        new = [self._label(item, control) for item in old]
        if new == old:
            return region
        left = [item for at, item in enumerate(new) if item is not None and item not in new[:at]]
        if not left:
            return None
        value = left[0] if isinstance(stored, str) else left
        return {**region, "value": {**region["value"], key: value}}

    def _label(self, item: Any, control: str) -> Any:
        """``item`` is a label or, in a taxonomy, a path of labels; None when it is to go."""
        if isinstance(item, str):
            return self.labels.get((control, item), item)
        if isinstance(item, list):
            path = [self._label(step, control) for step in item]
            return None if None in path else path
        return item


def _without_leftovers(kept: list[Any], gone: list[Json]) -> list[Any]:
    """``kept`` without what only makes sense together with the regions that went.

    Results that share an id are one region: a box with its transcription. Where the box went, so
    does the transcription.
    """
    lost = _ids(gone, shapes=True) - _ids(kept, shapes=True)
    left = [region for region in kept if _id(region) not in lost]
    dead = _ids([*gone, *kept]) - _ids(left)
    return [region for region in left if not _relates(region, dead)]


def _ids(regions: Iterable[Any], *, shapes: bool = False) -> set[str]:
    found = (_id(region) for region in regions if not shapes or is_shape(region))
    return {id_ for id_ in found if id_ is not None}


def _id(region: Any) -> str | None:
    id_ = region.get("id") if isinstance(region, dict) else None
    return id_ if isinstance(id_, str) else None


def _relates(region: Any, ids: set[str]) -> bool:
    """Whether ``region`` is a relation from or to one of ``ids``."""
    if not isinstance(region, dict) or region.get("type") != "relation":
        return False
    return any(
        end in ids for end in (region.get("from_id"), region.get("to_id")) if type(end) is str
    )
