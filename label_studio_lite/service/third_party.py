"""What others made and this package carries: names, versions and licences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from label_studio_lite import resources

_TEXTS = ("LICENSE", "NOTICE", "main.js.LICENSE.txt", "3rdpartylicenses.txt")


@dataclass(frozen=True, slots=True)
class Carried:
    """``texts`` are paths below ``static``."""

    name: str
    version: str
    texts: tuple[str, ...]


@cache
def carried() -> tuple[Carried, ...]:
    """The editors and libraries that were fetched when the package was built."""
    static = resources.folder("static")
    folders = [path.parent for path in sorted(static.glob("*/*/build.json"))]
    return tuple(_read(static, folder) for folder in folders)


def _read(static: Path, folder: Path) -> Carried:
    about = json.loads((folder / "build.json").read_text("utf-8"))
    name = (
        f"Label Studio Frontend, {folder.name}" if folder.parent.name == "editor" else folder.name
    )
    texts = [folder / text for text in _TEXTS if (folder / text).is_file()]
    paths = tuple(path.relative_to(static).as_posix() for path in texts)
    return Carried(name, str(about["version"]), paths)
