"""How a value of the data of a task is shown in a table: a picture, a player, or a short text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from label_studio_lite.core import jsontext

LONGEST = 240  # characters of a text
_TAGS = {
    "Image": "image",
    "Audio": "audio",
    "AudioPlus": "audio",
    "Video": "video",
}
_EXTENSIONS = {
    "image": ("png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "avif"),
    "audio": ("wav", "mp3", "flac", "m4a", "ogg", "opus", "aac"),
    "video": ("mp4", "webm", "ogv", "mov"),
}
_KINDS = {extension: kind for kind, names in _EXTENSIONS.items() for extension in names}
_FILE = re.compile(r"(?:https?://|\.?/)[^?#\s]*\.(\w{2,5})(?:[?#]\S*)?", re.IGNORECASE)
_INLINE = re.compile(r"data:(image|audio|video)/[\w.+-]+;base64,")
_ADDRESS = re.compile(r"(?:https?:)?//|\.?/|data:", re.IGNORECASE)


def kind_of(tag: str | None, values: Iterable[Any]) -> str:
    """``image``, ``audio``, ``video``, ``number`` or ``text``.

    ``tag`` is what the label config shows the value with; where it says nothing, some values do.
    """
    if tag in _TAGS:
        return _TAGS[tag]
    given = [value for value in values if value not in (None, "")]
    if given and all(_is_number(value) for value in given):
        return "number"
    kinds = {_kind_of_value(value) for value in given}
    return kinds.pop() if len(kinds) == 1 else "text"


def cell(value: Any, kind: str) -> Any:
    """The value as a table gets it: media addresses whole, numbers as they are, short texts."""
    if kind in _EXTENSIONS:
        shown = value[0] if isinstance(value, list) and value else value
        if isinstance(shown, str) and _ADDRESS.match(shown):
            return shown
    if kind == "number" and _is_number(value):
        return value
    if value is None:
        return None
    text = value if isinstance(value, str) else jsontext.dumps(value).decode()
    text = " ".join(text[: 2 * LONGEST].split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def local(data: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    """The same data, with media of our own server addressed relative to the pages."""
    return {
        key: _local(value) if kinds.get(key) in _EXTENSIONS else value
        for key, value in data.items()
    }


def _local(value: Any) -> Any:
    if isinstance(value, list):
        return [_local(item) for item in value]
    ours = isinstance(value, str) and value.startswith("/") and not value.startswith("//")
    return f".{value}" if ours else value


def _kind_of_value(value: Any) -> str:
    if not isinstance(value, str):
        return "text"
    inline = _INLINE.match(value)
    if inline:
        return inline[1]
    file = _FILE.fullmatch(value[:2000])
    return _KINDS.get(file[1].lower(), "text") if file else "text"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
