"""Keys that the user gave to actions of the pages: ``keymap`` in config.json.

``{action: [chord, …]}``, for example ``{"submit": ["Mod+Enter", "F9"]}``; an empty list takes an
action's keys away. ``Mod`` is Ctrl, or ⌘ on a Mac. What an action does not name has its own keys.
"""

from __future__ import annotations

from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid

_MOST = 200  # actions
_LONGEST = 40  # characters of a chord, or of an action's name


def checked(body: Json) -> dict[str, list[str]]:
    """The keymap in ``body``; ``Invalid`` for one that is none, or gives one chord to two."""
    if len(body) > _MOST:
        raise Invalid(f"a keymap has no more than {_MOST} actions")
    holders: dict[str, str] = {}
    for action, chords in body.items():
        if not isinstance(chords, list) or not all(_is_chord(chord) for chord in chords):
            raise Invalid(f"{action}: a list of keys such as ['Ctrl+Enter'] is expected")
        for chord in chords:
            other = holders.setdefault(chord.lower(), action)
            if other != action:
                raise Invalid(f"{chord} is the key of {other} and of {action}")
    return body


def _is_chord(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()
