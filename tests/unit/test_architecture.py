"""The rooms and the direction of imports, as docs/architecture.md draws them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "label_studio_lite"
NAME = "label_studio_lite"

# room → what it may import of the package, besides itself
ALLOWED = {
    "errors": set(),
    "resources": set(),
    "editor_build": {"resources"},
    "core": {"errors"},
    "store": {"errors", "core"},
    "outgoing": {"errors"},
    "importing": {"errors", "core", "outgoing"},
    "exporting": {"errors", "core"},
    "ml": {"errors", "core", "outgoing"},
    "clouds": {"errors", "core", "outgoing"},
    "sharing": {"errors", "core", "outgoing"},
    "service": {
        "errors", "core", "store", "importing", "exporting", "ml", "clouds", "sharing", "outgoing",
        "resources", "editor_build",
    },
    "http": {"errors", "core", "service", "importing", "exporting", "resources", "app"},
    "serving": {"errors"},
    "app": {"errors", "http", "service", "resources"},
    "cli": {
        "errors", "core", "service", "importing", "exporting", "app", "serving", "http", "store",
        "outgoing", "sharing",
    },
}  # fmt: skip
NO_FLASK = {
    "core",
    "store",
    "service",
    "importing",
    "exporting",
    "ml",
    "clouds",
    "sharing",
    "outgoing",
    "errors",
}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Modules that a file imports, and whether only for the type checker."""
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
            if node.module == NAME:
                names = [f"{NAME}.{alias.name}" for alias in node.names]
        for name in names:
            yield name, id(node) in typing_only


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    for name, typing_only in imported(path):
        if name.partition(".")[0] == "flask":
            assert room not in NO_FLASK, f"{path} imports Flask"
        parts = name.split(".")
        if parts[0] != NAME or len(parts) < 2 or typing_only:
            continue
        target = parts[1]
        if target in (room, "__version__"):
            continue
        assert target in ALLOWED[room], f"{path}: {room} may not import {target}"


def test_dialects_do_not_know_each_other() -> None:
    for path in modules():
        for name, _ in imported(path):
            if "http/legacy" in path.as_posix():
                assert not name.startswith(f"{NAME}.http.v1"), path
            if "http" in path.parts:
                assert not name.startswith(f"{NAME}.store."), f"{path}: {name}"


def test_only_the_application_knows_the_1x_layer() -> None:
    """Without its folder and two lines of ``app.py`` all else works as before."""
    for path in modules():
        if "http/v1" not in path.as_posix() and path != PACKAGE / "app.py":
            for name, _ in imported(path):
                assert not name.startswith(f"{NAME}.http.v1"), f"{path}: {name}"


def test_files_are_written_in_one_room_only() -> None:
    """Renames and flushes stand in the store, and most of them in its one seam."""
    for path in modules():
        room = room_of(path)
        text = path.read_text("utf-8")
        for word in ("os.fsync", "os.fdatasync", "fcntl.", "os.ftruncate"):
            if word in text:
                assert path == PACKAGE / "store" / "fs.py", f"{path}: {word}"
        if ".write_text(" in text or ".write_bytes(" in text:
            assert room in ("store", "editor_build"), path


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_size(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, node.name


def test_names_say_something() -> None:
    for path in modules():
        assert path.stem not in ("util", "utils", "helper", "helpers", "common", "misc"), path
