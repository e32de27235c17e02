"""The gallery of examples: label configs to begin with, by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from label_studio_lite import resources
from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound


@dataclass(frozen=True, slots=True)
class Example:
    """One example. ``task`` is the data of a sample task, ``editor`` classic or modern."""

    name: str
    title: str
    group: str
    description: str
    editor: str
    config: str
    task: Json


def example(name: str) -> Example:
    """``NotFound`` for an unknown name, naming those that there are."""
    found = gallery().get(name)
    if found is None:
        raise NotFound(f"there is no example {name!r}; known are {', '.join(gallery())}")
    return found


@cache
def gallery() -> dict[str, Example]:
    """Every example by name, in alphabetical order."""
    folders = sorted(path.parent for path in resources.folder("examples").glob("*/config.xml"))
    return {folder.name: _read(folder) for folder in folders}


def _read(folder: Path) -> Example:
    about = json.loads((folder / "about.json").read_text("utf-8"))
    return Example(
        name=folder.name,
        title=about["title"],
        group=about["group"],
        description=about["description"],
        editor=about.get("editor", "classic"),
        config=(folder / "config.xml").read_text("utf-8"),
        task=json.loads((folder / "task.json").read_text("utf-8")),
    )
