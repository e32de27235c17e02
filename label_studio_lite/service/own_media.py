"""The files behind the addresses in task data: ours on this disk, others fetched."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from label_studio_lite.core.media import upload_name
from label_studio_lite.errors import BackendFailed, LabelStudioError, NotFound

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

SERVED = re.compile(r"/?data/[^?#]*\?(?:[^#]*&)?d=[^#]*")  # an address of a served folder
_OWN_HOST = re.compile(r"https?://(?:localhost|127\.0\.0\.1)(?::\d+)?/(?:[^?#]*/)?(?=data/)")
_PAUSES = (0.5, 2.0)  # seconds before the second and the third try
_ENOUGH = 3  # files in a row that a host did not deliver; more of it are not asked for


def own_path(address: str, project: Project) -> Path | None:
    """The file on this disk for an address of ours; None for any other address.

    ``NotFound`` or ``NotAllowed`` for one that is ours and not to be had.
    """
    name = upload_name(address)
    if name is not None:
        found = project.uploads.path(unquote(name)) or project.uploads.path(name)
        if found is None:
            raise NotFound(f"there is no uploaded file {unquote(name)}")
        return found
    if not SERVED.fullmatch(_OWN_HOST.sub("", address)):
        return None
    parts = urlsplit(address)
    folder = parse_qs(parts.query)["d"][0]
    return project.local_files.path(folder, unquote(parts.path).partition("data/")[2])


class Fetcher:
    """Fetches remote files, each with retries; a host that delivers nothing is given up.

    Used by many threads at once.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._failed = Counter[str]()
        self._lock = threading.Lock()

    def __call__(self, address: str) -> IO[bytes]:
        """The content, the caller's to close. ``LabelStudioError``."""
        host = urlsplit(address).netloc
        with self._lock:
            if self._failed[host] >= _ENOUGH:
                raise BackendFailed(f"{address} is not asked for: {host} delivers nothing")
        try:
            stream = self._tried(address)
        except LabelStudioError:
            with self._lock:
                self._failed[host] += 1
            raise
        with self._lock:
            self._failed[host] = 0
        return stream

    def _tried(self, address: str) -> IO[bytes]:
        for pause in (*_PAUSES, None):
            try:
                return self._project.cloud_media.download(address) or (
                    self._project.imports.download(address).stream
                )
            except BackendFailed:
                if pause is None:
                    raise
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")
