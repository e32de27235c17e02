"""Obtains the labeling editor, the official Label Studio Frontend, when the package is built.

It is third-party code and is never committed. Two builds are fetched by name, exact version and
checksum with the clients of their registries, and the few files that are needed at run time are
laid out in ``static/editor/<build>/``:

* ``classic``: ``label-studio`` 1.0.1 from npm, for directories that 0.8.x wrote;
* ``modern``: the editor's folder of ``label-studio`` 1.13.1 from PyPI, with its release flags.

Only the standard library is used, because ``setup.py`` runs this before anything is installed.
Run it alone with ``python -m label_studio_lite.editor_build``.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

CLASSIC_VERSION = "1.0.1"
CLASSIC_SHA512 = (
    "R/aevUj1aBRUdL+JfFqHIMYkJEu6MGpov3UVBV/xxmuIXRKK4RmwT07wwc2EKp8K9jZacbaIWU3P2H1rRw4w7g=="
)
CLASSIC_FILES = {
    "package/build/static/js/main.js": "main.js",
    "package/build/static/css/main.css": "main.css",
    "package/LICENSE": "LICENSE",
}

MODERN_VERSION = "1.13.1"
MODERN_SHA256 = "ce99ae0f513c2cd29a41692bcd977bfd1c86605f1bc6840eda0735f58f717e10"
MODERN_FOLDER = "web/dist/libs/editor/"
MODERN_DEMO = MODERN_FOLDER + "public/"  # sample media of its demo page
MODERN_LEFT_OUT = (".map", ".html", ".gz", "version.json")
FLAGS = "label_studio/feature_flags.json"

BUILDS = ("classic", "modern")
_COMPRESSED = (".js", ".css", ".svg", ".wasm", ".json")


class BuildError(Exception):
    """The editor could not be obtained; the text says why and what to do."""


def build(static: Path, *, force: bool = False) -> list[str]:
    """Lay out both builds below ``static``; returns the names of those made anew."""
    made = []
    for name, fetch in (("classic", _fetch_classic), ("modern", _fetch_modern)):
        target = static / "editor" / name
        if not force and (target / "build.json").is_file():
            continue
        with tempfile.TemporaryDirectory() as folder:
            staged = Path(folder) / name
            staged.mkdir()
            fetch(Path(folder), staged)
            _compress(staged)
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(staged, target)
        made.append(name)
    return made


def _fetch_classic(work: Path, target: Path) -> None:
    package = f"label-studio@{CLASSIC_VERSION}"
    _run(["npm", "pack", "--silent", package], work, "npm, which comes with Node.js")
    archive = _only(work.glob("*.tgz"), package)
    _check(archive, "sha512", base64.b64decode(CLASSIC_SHA512))
    with tarfile.open(archive) as tar:
        for member, name in CLASSIC_FILES.items():
            source = tar.extractfile(member)
            if source is None:
                raise BuildError(f"{package} has no {member}")
            (target / name).write_bytes(source.read())
    _describe(target, "classic", CLASSIC_VERSION, {})


def _fetch_modern(work: Path, target: Path) -> None:
    package = f"label-studio=={MODERN_VERSION}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", package]
    _run(pip, work, "pip")
    wheel = _only(work.glob("*.whl"), package)
    _check(wheel, "sha256", bytes.fromhex(MODERN_SHA256))
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            if _is_wanted(member):
                place = target / member.removeprefix(MODERN_FOLDER)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(member))
        for member in archive.namelist():
            path = PurePosixPath(member)
            if path.parent.name.endswith(".dist-info") and path.name in ("LICENSE", "NOTICE"):
                (target / path.name).write_bytes(archive.read(member))
        flags = _release_flags(json.loads(archive.read(FLAGS)))
    _describe(target, "modern", MODERN_VERSION, flags)


def _is_wanted(member: str) -> bool:
    inside = member.startswith(MODERN_FOLDER) and not member.startswith(MODERN_DEMO)
    return inside and not member.endswith(("/", *MODERN_LEFT_OUT))


def _release_flags(document: dict[str, Any]) -> dict[str, bool]:
    """The values that the flags of a release have for everybody."""
    values = {}
    for name, flag in document["flags"].items():
        on = flag.get("on") and "variation" in flag.get("fallthrough", {})
        number = flag["fallthrough"]["variation"] if on else flag.get("offVariation")
        values[name] = bool(number is not None and flag["variations"][number])
    return values


def _describe(target: Path, name: str, version: str, flags: dict[str, bool]) -> None:
    about = {"build": name, "version": version, "flags": flags}
    (target / "build.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")


def _compress(folder: Path) -> None:
    """Text is also kept compressed, so that it need not be at each request."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _COMPRESSED and path.stat().st_size > 1024:
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)


def _run(command: list[str], folder: Path, needs: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildError(f"{needs} is needed to fetch the editor: {error}") from error
    if done.returncode:
        raise BuildError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")


def _only(found: Any, package: str) -> Path:
    paths = list(found)
    if len(paths) != 1:
        raise BuildError(f"{package} was not downloaded")
    path: Path = paths[0]
    return path


def _check(path: Path, algorithm: str, expected: bytes) -> None:
    digest = hashlib.new(algorithm, path.read_bytes()).digest()
    if digest != expected:
        raise BuildError(f"{path.name} is not the file that was recorded: {algorithm} differs")


if __name__ == "__main__":
    # lazily, so that setup.py can load this file alone
    from label_studio_lite import resources

    print("made:", ", ".join(build(resources.folder("static"))) or "nothing, all is there")
