"""The files of an import by name, to be opened in any order: a folder, or an archive unpacked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from label_studio_lite.errors import Invalid
from label_studio_lite.importing import archives
from label_studio_lite.importing.encodings import detect
from label_studio_lite.importing.folders import IMAGES
from label_studio_lite.importing.upload import ReadOptions, Upload, failed

Opener = Callable[[], BinaryIO]


_REPORT = "export_report.json"  # of an export of ours: about the work, no work itself


class Files:
    """``names`` have their folders in front, with ``/``."""

    def __init__(self, openers: dict[str, Opener]) -> None:
        self._openers = {
            name: opener for name, opener in openers.items() if not name.endswith(_REPORT)
        }
        self._by_base: dict[str, list[str]] = {}
        self._images: dict[str, list[str]] = {}  # by their name without extension
        for name in self.names():
            path = PurePosixPath(name)
            self._by_base.setdefault(path.name, []).append(name)
            if path.suffix.lower() in IMAGES:
                self._images.setdefault(path.stem, []).append(name)

    def names(self) -> list[str]:
        return sorted(self._openers)

    def ending(self, *suffixes: str) -> list[str]:
        """The names with one of these extensions."""
        return [name for name in self.names() if PurePosixPath(name).suffix.lower() in suffixes]

    @contextmanager
    def open(self, name: str) -> Iterator[Upload]:
        """A file of :meth:`names`."""
        with self._openers[name]() as stream:
            yield Upload(name, stream)

    def text(self, name: str) -> str:
        """The content of a text file. ``Invalid`` where it is none."""
        with self.open(name) as upload:
            encoding = detect(upload, "")
            upload.stream.seek(0)
            try:
                return upload.stream.read().decode(encoding.name).removeprefix("\ufeff")
            except UnicodeDecodeError as error:
                raise failed(upload, f"not text in {encoding}") from error

    def named(self, wanted: str) -> str | None:
        """The file that is meant: by its path, the end of it, or a name that only one has."""
        path = wanted.replace("\\", "/").lstrip("./")
        candidates = self._by_base.get(PurePosixPath(path).name, [])
        ends = [name for name in candidates if name == path or name.endswith(f"/{path}")]
        found = ends or candidates
        return found[0] if len(found) == 1 else None

    def images(self) -> list[str]:
        return sorted(name for names in self._images.values() for name in names)

    def image_of(self, label_file: str) -> str | None:
        """The image that is called alike; of several the one in a folder that is."""
        found = self._images.get(PurePosixPath(label_file).stem, [])
        if len(found) < 2:
            return found[0] if found else None
        here = [part for part in PurePosixPath(label_file).parts[:-1] if part != "labels"]
        like = [
            name
            for name in found
            if [part for part in PurePosixPath(name).parts[:-1] if part != "images"] == here
        ]
        return like[0] if len(like) == 1 else None


def of_paths(paths: Iterable[Path], folder: Path) -> Files:
    """Files and folders of this machine; archives among them are unpacked into ``folder``."""
    openers: dict[str, Opener] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file() and not file.name.startswith("."):
                    openers[file.relative_to(path).as_posix()] = partial(_open, file)
        elif path.is_file():
            with path.open("rb") as stream:
                openers |= _unpacked(Upload(path.name, stream), folder) or {
                    path.name: partial(_open, path)
                }
        else:
            raise Invalid(f"{path} is neither a file nor a folder")
    return Files(openers)


def of_uploads(uploads: Iterable[Upload], folder: Path) -> Files:
    """Uploads, copied into ``folder``; archives are unpacked."""
    openers: dict[str, Opener] = {}
    for upload in uploads:
        found = _unpacked(upload, folder)
        openers |= {upload.name: _kept(upload.stream, folder)} if found is None else found
    return Files(openers)


def _unpacked(upload: Upload, folder: Path) -> dict[str, Opener] | None:
    open_archive = archives.opener(upload)
    if open_archive is None:
        return None
    prefix = len(upload.name) + 1
    return {
        file.name[prefix:]: _kept(file.stream, folder)
        for file in archives.files(upload, ReadOptions(text_key=""), open_archive)
    }


def _kept(stream: IO[bytes], folder: Path) -> Opener:
    """A copy under a name of ours."""
    path = folder / f"{sum(1 for _ in folder.iterdir())}"
    stream.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(stream, target)
    return partial(_open, path)


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", path.open("rb"))
