"""One ML backend of a project: its settings, the way to it, and how it has been doing.

An entry of ``ml_backends`` in ``config.json`` is ``{"name", "url"}`` in 0.8.x. Ours may also say:

========================================== ====================================================
``protocol``                               ``0.8`` or ``1.x``; without it the backend is asked
``timeout``                                seconds that a prediction may take; 100
``connect_timeout``, ``train_timeout``     seconds; 3 and 600
``batch_size``                             tasks in one request for predictions; 32
``basic_auth_user``, ``basic_auth_pass``   credentials; the password is never shown
``extra_params``                           JSON object for ``/setup`` of 1.x
``is_interactive``, ``title``,             for the smart tools and for people
``description``
``media``                                  ``url``, ``path`` or ``as-is``: how uploads and served
                                           files are named to the backend; ``url``
``hostname``                               the address of this server as the backend can reach it
========================================== ====================================================
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, Invalid
from label_studio_lite.ml.backend import Backend
from label_studio_lite.ml.base import GENERATIONS, Options, TookTooLong, Unreachable
from label_studio_lite.ml.transport import NewAdapter
from label_studio_lite.service.ml.breaker import Breaker

log = logging.getLogger(__name__)

State = Literal["CO", "DI", "ER"]
SECRET = "basic_auth_pass"
MEDIA = ("url", "path", "as-is")

_TIMES = ("connect_timeout", "timeout", "train_timeout")
_LIVE_CALLS = 4  # at once for one backend, so that a stuck one cannot collect threads
_BATCH = 32
_SLOW = 0.5  # seconds after which a failure has been a nuisance
_QUIET = 60.0  # seconds for which the same failure is not logged again


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong last, and when (seconds since the epoch)."""

    detail: str
    at: float


class ProjectBackend:
    """One backend. ``id`` is ours, counting from 1; ``entry`` its object in ``config.json``."""

    def __init__(
        self,
        backend_id: int,
        entry: Json,
        *,
        new_adapter: NewAdapter | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.id = backend_id
        self.entry = entry
        self.client = Backend(options_of(entry), new_adapter)
        self.breaker = Breaker()
        self.live_calls = threading.BoundedSemaphore(_LIVE_CALLS)
        self.state: State | None = None
        self.failure: Failure | None = None
        self.model_version: str | None = None
        self._clock = clock
        self._logged = 0.0

    @property
    def name(self) -> str:
        return str(self.entry.get("name"))

    @property
    def url(self) -> str:
        return str(self.entry.get("url"))

    @property
    def batch_size(self) -> int:
        size = self.entry.get("batch_size")
        return size if isinstance(size, int) and size > 0 else _BATCH

    @property
    def media(self) -> str:
        chosen = self.entry.get("media")
        return str(chosen) if chosen in MEDIA else MEDIA[0]

    def public(self) -> Json:
        """What may be shown: all settings but the password, and how the backend is doing."""
        return {
            **{key: value for key, value in self.entry.items() if key != SECRET},
            "id": self.id,
            "state": self.state,
            "generation": self.client.generation,
            "model_version": self.model_version,
            "error": self.failure.detail if self.failure else None,
            "failed_at": self.failure.at if self.failure else None,
        }

    def succeeded(self, model_version: str | None = None) -> None:
        """The backend did its part."""
        self.state, self.failure = "CO", None
        self.model_version = model_version or self.model_version
        self.breaker.succeeded()

    def failed(self, error: BackendFailed, seconds: float = 0.0) -> None:
        """Remember it for people and log it, once a minute while it stays the same.

        ``seconds`` is how long it took.
        """
        now = self._clock()
        known = self.failure is not None and self.failure.detail == error.detail
        self.failure = Failure(error.detail, now)
        away = isinstance(error, (Unreachable, TookTooLong))
        self.state = "DI" if away else "ER"
        self.breaker.failed(costly=away or seconds > _SLOW)
        if not known or now - self._logged > _QUIET:
            self._logged = now
            label = self.client.options.label
            named = error.detail.startswith(label)
            log.warning("%s", error.detail if named else f"{label}: {error.detail}")

    def close(self) -> None:
        self.client.close()


def options_of(entry: Json) -> Options:
    """How to reach the backend of an entry; odd values in a file by hand mean the defaults."""
    generation = entry.get("protocol")
    extra = entry.get("extra_params")

    usual = Options("")

    def seconds(key: str) -> float:
        return float(entry[key] if _is_time(entry.get(key)) else getattr(usual, key))

    return Options(
        url=str(entry.get("url")),
        name=str(entry.get("name")),
        generation=next((known for known in GENERATIONS if known == generation), None),
        user=str(entry.get("basic_auth_user") or ""),
        password=str(entry.get(SECRET) or ""),
        extra_params=extra if isinstance(extra, dict) else None,
        connect_timeout=seconds("connect_timeout"),
        timeout=seconds("timeout"),
        train_timeout=seconds("train_timeout"),
    )


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def is_address(url: Any) -> bool:
    """Whether a backend can be there: an http or https address with a host."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return bool(parts and parts.scheme in ("http", "https") and parts.hostname)
    except ValueError:
        return False


def entry_of(text: str, project: str, suffix: str) -> Json:
    """``URL`` or ``name=URL``, as 0.8.x's users write it; ``Invalid`` without an address.

    Without a name one is made of the project's and ``suffix``, four hexadecimal digits in 0.8.x.
    """
    name, separator, url = text.partition("=")
    if not separator or "://" in name:
        name, url = Path(project).name + suffix, text
    if not is_address(url):
        raise Invalid(f'Specified string "{url}" doesn\'t look like URL.')
    return {"url": url, "name": name}


def checked_fields(fields: Json) -> Json:
    """Settings that somebody gives for a backend; ``Invalid`` names the first bad one."""
    if not is_address(fields.get("url")):
        raise Invalid(f'Specified string "{fields.get("url")}" doesn\'t look like URL.')
    if fields.get("protocol") not in (None, *GENERATIONS):
        raise Invalid(
            f"protocol {fields['protocol']!r} is unknown; {' and '.join(GENERATIONS)} are"
        )
    for key in _TIMES:
        if fields.get(key) is not None and not _is_time(fields[key]):
            raise Invalid(f"{key} {fields[key]!r} is no number of seconds")
    if fields.get("media") not in (None, *MEDIA):
        raise Invalid(f"media {fields['media']!r} is unknown; {', '.join(MEDIA)} are known")
    if not isinstance(fields.get("extra_params") or {}, dict):
        raise Invalid("extra_params must be a JSON object")
    return {key: value for key, value in fields.items() if value is not None}


def without_secrets(entries: Any) -> Any:
    """The value of ``ml_backends`` as it may be shown."""
    if not isinstance(entries, list):
        return entries
    return [
        {key: value for key, value in entry.items() if key != SECRET}
        if isinstance(entry, dict)
        else entry
        for entry in entries
    ]
