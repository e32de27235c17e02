"""A short name of what a completion says, by which two that saw it know whether it changed."""

from __future__ import annotations

import hashlib

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Completion


def revision(completion: Completion) -> str:
    """Changes when the result or the skip changes; the star, other keys and the order of keys do
    not matter."""
    said = [completion.fields.get("result"), completion.was_cancelled]
    text = jsontext.pretty(said, sort_keys=True)
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()[:16]
