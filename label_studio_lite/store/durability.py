"""When a change is on the disk: ``"durability"`` of ``config.json``; see docs/storage.md."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal, cast, get_args

from label_studio_lite.core import jsontext

Durability = Literal["always", "second", "os"]

SETTINGS = "config.json"
KEY = "durability"

log = logging.getLogger(__name__)


def asked_for(folder: Path) -> Durability:
    """``always`` where the settings say nothing, cannot be read, or hold an unknown word."""
    try:
        settings = jsontext.loads((folder / SETTINGS).read_bytes(), lenient=True)
    except (OSError, ValueError):
        return "always"  # whoever reads the settings for more than this tells of it
    word = settings.get(KEY, "always") if isinstance(settings, dict) else "always"
    if word not in get_args(Durability):
        known = ", ".join(get_args(Durability))
        log.warning("%s: %s %r is none of %s; always is used", SETTINGS, KEY, word, known)
        return "always"
    return cast("Durability", word)
