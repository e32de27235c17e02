"""The gallery of examples: label configs to begin with, by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from label_studio_lite import resources
from label_studio_lite.core import label_config, picture
from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotFound

GROUPS = (
    "Text",
    "Images",
    "Audio",
    "Video",
    "Time series",
    "Pages and dialogues",
    "Language models",
    "Tables and forms",
    "Details for each region",
    "Nested and conditional questions",
    "Relations and comparison",
    "Layouts",
)


@dataclass(frozen=True, slots=True)
class Example:
    """One example. ``task`` is a sample task, ``editor`` classic or modern, where only one of
    the two can show it.

    ``demo`` are tasks to try it with, none for most.
    """

    name: str
    title: str
    group: str
    description: str
    editor: str | None
    config: str
    task: Json
    demo: list[Json] = field(default_factory=list)

    def about(self) -> Json:
        """What a list of examples says of it."""
        return {
            "name": self.name,
            "title": self.title,
            "group": self.group,
            "description": self.description,
            "editor": self.editor,
            "demo": len(self.demo),
        }

    def to_json(self) -> Json:
        """All of it."""
        whole = {"config": self.config, "task": self.task, "demo_tasks": self.demo}
        return {**self.about(), **whole}


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


def shelves() -> list[Example]:
    """Every example, those that most people look for first: by group, then by title."""
    order = {group: place for place, group in enumerate(GROUPS)}
    return sorted(gallery().values(), key=lambda e: (order.get(e.group, len(order)), e.title))


def _read(folder: Path) -> Example:
    about = json.loads((folder / "about.json").read_text("utf-8"))
    demo = folder / "demo.json"
    return Example(
        name=folder.name,
        title=about["title"],
        group=about["group"],
        description=about["description"],
        editor=about.get("needs"),
        config=(folder / "config.xml").read_text("utf-8"),
        task=json.loads((folder / "task.json").read_text("utf-8")),
        demo=json.loads(demo.read_text("utf-8")) if demo.is_file() else [],
    )


@cache
def pictures() -> str:
    """An SVG document with a symbol for each example, by its name."""
    return picture.sprite({e.name: label_config.parse(e.config) for e in gallery().values()})
