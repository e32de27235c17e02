"""The labeling editors are obtained by name, version and checksum, with their licences."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite import editor_build, resources
from label_studio_lite.editor_build import BuildError

STATIC = resources.folder("static")
VERSIONS = {"classic": editor_build.CLASSIC_VERSION, "modern": editor_build.MODERN_VERSION}
each_build = pytest.mark.parametrize("build", editor_build.BUILDS)


@each_build
def test_what_is_laid_out(build: str) -> None:
    folder = STATIC / "editor" / build
    about = json.loads((folder / "build.json").read_text())
    assert (about["build"], about["version"]) == (build, VERSIONS[build])
    assert (folder / "LICENSE").read_text().lstrip().startswith("Apache License")
    for name in ("main.js", "main.css"):
        assert (folder / name).is_file() and (folder / f"{name}.gz").is_file()
    left_out = [path.name for path in folder.rglob("*") if path.suffix in (".map", ".html")]
    assert left_out == []


@each_build
def test_nothing_in_its_styles_is_asked_of_a_place_that_we_do_not_serve(build: str) -> None:
    css = (STATIC / "editor" / build / "main.css").read_text("utf-8")
    addresses = re.findall(r"url\(([^)]*)\)", css)
    assert [a for a in addresses if re.match(r"[\"']?(/|https?:)", a)] == []


@each_build
def test_browsers_keep_it_until_there_is_another_version(build: str) -> None:
    css = (STATIC / "css" / f"editor-{build}.css").read_text()
    assert f"../editor/{build}/main.css?v={VERSIONS[build]}" in css


def test_the_flags_of_the_release_are_what_they_are_for_everybody() -> None:
    document: dict[str, Any] = {
        "flags": {
            "on": {"on": True, "fallthrough": {"variation": 0}, "variations": [True, False]},
            "off": {"on": False, "offVariation": 1, "variations": [True, False]},
            "some": {"on": True, "fallthrough": {"rollout": {}}, "offVariation": 1}
            | {"variations": [True, False]},
        }
    }
    assert editor_build._release_flags(document) == {"on": True, "off": False, "some": False}


def test_another_file_than_the_recorded_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "package.tgz"
    path.write_bytes(b"something else")
    editor_build._check(path, "sha256", hashlib.sha256(b"something else").digest())
    with pytest.raises(BuildError, match=r"package\.tgz is not the file that was recorded"):
        editor_build._check(path, "sha256", hashlib.sha256(b"other").digest())


def test_what_it_needs_is_said_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"npm, which comes with Node\.js is needed"):
        editor_build._fetch_classic(tmp_path, tmp_path)


def test_what_is_there_is_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("fetched")

    monkeypatch.setattr(editor_build, "_lay_out", refuse)
    assert editor_build.build(STATIC) == []


def test_a_module_names_those_beside_it() -> None:
    modules = {"@a/b": editor_build.Module("1", ""), "c": editor_build.Module("1", "")}
    code = 'import { x } from "@a/b";\nexport * from \'c\';\nimport { y } from "./own.js";\n'
    assert editor_build._beside(code, modules) == (
        'import { x } from "./a-b.js";\nexport * from \'./c.js\';\nimport { y } from "./own.js";\n'
    )
    with pytest.raises(BuildError, match="imports d, which is not in the table"):
        editor_build._beside('import z from "d";', modules)
