"""The inputs of ``init --input-format``: files and folders on this machine, outside a project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from label_studio_lite.core.model import RawTask
from label_studio_lite.errors import Invalid
from label_studio_lite.importing import json_file, text_lines
from label_studio_lite.importing.upload import ReadOptions, Upload, one_by_one

# those of 0.8.2, and what browsers show or play besides
IMAGES = frozenset((".png", ".jpg", ".jpeg", ".tiff", ".tif", ".bmp", ".gif", ".webp", ".svg"))
SOUNDS = frozenset((".wav", ".aiff", ".mp3", ".au", ".flac", ".aif", ".m4a", ".ogg", ".opus"))
MEDIA = IMAGES | SOUNDS | {".mp4", ".webm", ".ogv"}


def read_path(path: Path, input_format: str, options: ReadOptions) -> Iterator[RawTask]:
    """Items below ``path``; ``options.text_key`` is the data key for text and media.

    Files come in the order of their paths; hidden ones and links to folders are passed over.
    Raises ``Invalid`` for an unknown format, a path that is not there, and what the readers
    refuse.
    """
    reader = _FORMATS.get(input_format)
    if reader is None:
        raise Invalid(f"Unknown input format {input_format}, known are {', '.join(_FORMATS)}")
    if not (path.is_dir() if input_format.endswith("-dir") else path.is_file()):
        wanted = "folder" if input_format.endswith("-dir") else "file"
        raise Invalid(f"{path} is no {wanted}")
    return reader(path, options)


def media(folder: Path, key: str, extensions: frozenset[str] = MEDIA) -> Iterator[RawTask]:
    """``{"task_path": …, "data": {key: "/data/<name>?d=<its folder>"}}`` for each media file.

    Paths are absolute, as 0.8.2 writes them; files are not read.
    """
    for file in _below(folder, extensions):
        absolute = file.absolute()
        url = f"/data/{quote(file.name)}?d={quote(str(absolute.parent), safe='')}"
        yield RawTask({"task_path": str(absolute), "data": {key: url}}, None, str(file))


def count(folder: Path, limit: int) -> dict[str, int]:
    """How many images, sounds and videos are below a folder; counting ends at ``limit``."""
    found = dict.fromkeys(("images", "sounds", "videos"), 0)
    for file in islice(_below(folder, MEDIA), limit):
        extension = file.suffix.lower()
        kind = "images" if extension in IMAGES else "sounds" if extension in SOUNDS else "videos"
        found[kind] += 1
    return found


def _json(path: Path, options: ReadOptions) -> Iterator[RawTask]:
    with _opened(path) as upload:
        yield from one_by_one(json_file.read(upload, options))


def _json_dir(path: Path, options: ReadOptions) -> Iterator[RawTask]:
    for file in _below(path, frozenset((".json",))):
        yield from _json(file, options)


def _text(path: Path, options: ReadOptions) -> Iterator[RawTask]:
    """Unlike lines of an upload, these are stripped, as in 0.8.2."""
    with _opened(path) as upload:
        for task in text_lines.read(upload, options):
            line = task.value["data"][options.text_key].strip()
            yield task._replace(value={"data": {options.text_key: line}})


def _text_dir(path: Path, options: ReadOptions) -> Iterator[RawTask]:
    for file in _below(path, None):
        yield from _text(file, options)


def _images(path: Path, options: ReadOptions) -> Iterator[RawTask]:
    return media(path, options.text_key, IMAGES)


def _sounds(path: Path, options: ReadOptions) -> Iterator[RawTask]:
    return media(path, options.text_key, SOUNDS)


@contextmanager
def _opened(path: Path) -> Iterator[Upload]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from error
    with stream:
        yield Upload(str(path), stream)


def _below(folder: Path, extensions: frozenset[str] | None) -> Iterator[Path]:
    """Files with one of the extensions, in any case; one folder is listed at a time."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise Invalid(f"{folder} cannot be read: {error.strerror}") from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _below(entry, extensions)
        elif extensions is None or entry.suffix.lower() in extensions:
            yield entry


_FORMATS: dict[str, Callable[[Path, ReadOptions], Iterator[RawTask]]] = {
    "json": _json,
    "json-dir": _json_dir,
    "text": _text,
    "text-dir": _text_dir,
    "image-dir": _images,
    "audio-dir": _sounds,
}
