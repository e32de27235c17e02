"""Which labeling editors came with the package."""

from __future__ import annotations

import json

from label_studio_lite import resources
from label_studio_lite.core.model import Json
from label_studio_lite.editor_build import BUILDS


def installed() -> dict[str, Json]:
    """Build → ``{"build", "version", "flags"}``, for those that are there."""
    found: dict[str, Json] = {}
    for name in BUILDS:
        about = resources.folder("static") / "editor" / name / "build.json"
        if about.is_file():
            found[name] = json.loads(about.read_text())
    return found


def versions() -> dict[str, str]:
    """Build → version."""
    return {name: str(about["version"]) for name, about in installed().items()}
