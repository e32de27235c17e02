"""Names of files in an export: the original ones, and no two alike."""

from __future__ import annotations

import re
import sqlite3
from pathlib import PurePosixPath
from posixpath import splitext
from urllib.parse import parse_qs, unquote, urlsplit

from label_studio_lite.core.media import upload_name

_LONGEST = 150  # characters, so that any file system takes it
_UNUSABLE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')  # on one system or another
_UPLOADED_BY_1X = re.compile(r"/data/upload/\d+/[0-9a-f]{8}-([^/]+)$")


class Names:
    """Gives out names, each once. Two that differ in case only, or in the extension, are alike:
    label files take the name of their image.

    They are remembered on disk. :meth:`close` it.
    """

    def __init__(self) -> None:
        self._known = sqlite3.connect("", isolation_level=None)  # temporary, and its file, too
        self._known.execute("PRAGMA journal_mode = OFF")
        self._known.execute("CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._known.execute("BEGIN")  # never ended: nobody is to find them again

    def claim(self, wanted: str, number: int) -> str:
        """``wanted``, or where that is taken ``wanted-<number>``, ``wanted-<number>-2``…"""
        stem, suffix = splitext(wanted)
        tried, attempt = stem, 1
        while not self._take(tried):
            tried = f"{stem}-{number}" if attempt == 1 else f"{stem}-{number}-{attempt}"
            attempt += 1
        return tried + suffix

    def _take(self, stem: str) -> bool:
        found = self._known.execute(
            "INSERT OR IGNORE INTO names VALUES (?)", (stem.casefold().encode(errors="replace"),)
        )
        return found.rowcount == 1

    def close(self) -> None:
        self._known.close()


def original_name(address: str, default: str) -> str:
    """What the file at an address was called, as a name for any file system.

    ``default`` is for addresses that name no file (``data:…``).
    """
    if address.startswith("data:"):
        return usable(default)
    uploaded = upload_name(address)
    if uploaded is not None:
        return usable(unquote(uploaded.partition("-")[2])) or usable(default)
    try:
        parts = urlsplit(address)
    except ValueError:
        return usable(default)
    newer = _UPLOADED_BY_1X.search(parts.path)
    path = newer[1] if newer else parts.path
    if path.endswith("/"):  # /data/local-files/?d=folder/name
        path = next(iter(parse_qs(parts.query).get("d", [])), path)
    name = unquote(path).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return usable(name) or usable(default)


def usable(name: str) -> str:
    """The same name without what some file system does not take; empty if nothing is left."""
    clean = _UNUSABLE.sub("_", name).strip(". ")
    clean = clean.encode(errors="replace").decode()  # half of a surrogate pair
    path = PurePosixPath(clean)
    if len(clean) <= _LONGEST or len(path.suffix) > 16:
        return clean[:_LONGEST]
    return path.stem[: _LONGEST - len(path.suffix)] + path.suffix
