"""The frames of a video between those that somebody drew; as 1.x fills them in on request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from label_studio_lite.core.model import Json

_MOVING = ("x", "y", "width", "height", "rotation", "time")


def interpolated(region: Json) -> Json:
    """The region with every frame in which its box is seen; added ones have ``auto``.

    Between two frames the box moves evenly, unless the first of them ends it (``enabled`` is
    false); behind the last one it stays to the end (``framesCount``). Regions without a sequence
    are given back as they are.
    """
    value = region.get("value")
    if not isinstance(value, dict):
        return region
    sequence = value.get("sequence")
    if not isinstance(sequence, list) or not sequence or not all(map(_is_frame, sequence)):
        return region
    frames = sorted(sequence, key=lambda frame: frame["frame"])
    last, count = frames[-1], value.get("framesCount")
    end = count if isinstance(count, int) else last["frame"]
    filled = [*_filled(frames), last, *_rest(last, end, value.get("duration"))]
    return {**region, "value": {**value, "sequence": filled}}


def _filled(frames: Sequence[Json]) -> Iterator[Json]:
    """All but the last frame, and those between."""
    for one, other in pairwise(frames):
        yield one
        steps = other["frame"] - one["frame"]
        for step in range(1, steps if one.get("enabled", True) else 0):
            moved = {
                key: one[key] + (other[key] - one[key]) / steps * step
                for key in _MOVING
                if _is_number(one.get(key)) and _is_number(other.get(key))
                if one[key] != other[key]
            }
            yield {**one, "frame": one["frame"] + step, **moved, "auto": True}


def _rest(last: Json, end: int, duration: object) -> Iterator[Json]:
    for number in range(last["frame"] + 1, end + 1 if last.get("enabled", True) else 0):
        at = {"time": duration / end * number} if isinstance(duration, (int, float)) else {}
        yield {**last, "frame": number, **at, "auto": True}


def _is_frame(frame: object) -> bool:
    return isinstance(frame, dict) and type(frame.get("frame")) is int


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
