"""Calls to one backend over HTTP: one pooled session, limits on time and size, retries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from label_studio_lite import __version__
from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, LabelStudioError
from label_studio_lite.ml.base import BadAnswer, Options, Rejected, TookTooLong, Unreachable

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session
    from requests.adapters import HTTPAdapter

    from label_studio_lite.ml.cutting import Guard

NewAdapter = Callable[[], "HTTPAdapter"]

_PAUSES = (0.2, 0.6)  # seconds before each new attempt to connect; 0.8.2 tried three times, too
_CHUNK = 65_536
_SHOWN = 300  # characters of an error's text
_SMALL = 1 << 20  # bytes of an answer that holds no predictions


class Reply:
    """An answer of a backend: its status and its whole body."""

    def __init__(self, what: str, status: int, content: bytes) -> None:
        self.status = status
        self.content = content
        self._what = what

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """What an error says: its ``detail`` or ``error``, else the body, on one short line."""
        text = self.content.decode("utf-8", "replace")
        try:
            body = jsontext.loads(self.content)
        except ValueError:
            body = None
        if isinstance(body, str):
            text = body
        elif isinstance(body, dict):
            text = next((str(body[key]) for key in ("detail", "error") if body.get(key)), text)
        return " ".join(text.split())[:_SHOWN]

    def checked(self) -> Reply:
        """``Rejected`` for anything but a success."""
        if not self.ok:
            said = f": {self.text}" if self.text else ""
            raise Rejected(f"{self._what} answered {self.status}{said}", self.status, self.text)
        return self

    def json(self) -> Any:
        """The decoded body; ``NaN`` and the infinities are None. ``BadAnswer``."""
        try:
            jsontext.check_depth(self.content)
            return jsontext.loads(self.content, lenient=True)
        except ValueError as error:
            raise BadAnswer(f"{self._what} did not answer with JSON: {error}") from error

    def object(self) -> Json:
        """The decoded body, which must be a JSON object."""
        body = self.json()
        if not isinstance(body, dict):
            raise BadAnswer(f"{self._what} answered with no JSON object")
        return body


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked; ``what`` names it in errors, ``most`` limits the answer, in bytes."""

    what: str
    method: str
    url: str
    body: Any
    query: dict[str, str] | None
    most: int

    def data(self) -> bytes | IO[bytes] | None:
        """The body as it is sent, from its beginning."""
        if self.body is None:
            return None
        if not hasattr(self.body, "read"):
            return jsontext.dumps(self.body)
        file: IO[bytes] = self.body
        file.seek(0)
        return file

    def content(self, response: Response) -> bytes:
        """The whole body of the answer; ``BadAnswer`` if it is too long."""
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > self.most:
                raise BadAnswer(f"{self.what} answered with more than {self.most} bytes")
            chunks.append(chunk)
        return b"".join(chunks)


class Transport:
    """The way to one backend. Safe for many threads; nothing is opened before the first call."""

    def __init__(self, options: Options, new_adapter: NewAdapter | None = None) -> None:
        """``new_adapter`` makes the adapter of ``requests`` that connects, for rules on where."""
        self.options = options
        self._new_adapter = new_adapter
        parts = urlsplit(options.url)
        self._base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._guards: set[Guard] = set()
        self._closed = threading.Event()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, str] | None = None,
        usual: float,
        within: float | None = None,
        most: int = _SMALL,
    ) -> Reply:
        """One request and its answer, in ``usual`` seconds, or ``within`` if that is less.

        ``body`` is a JSON value, or an open file that holds one; an answer of more than ``most``
        bytes is refused. Where nobody takes the connection it is tried again, unless ``within``
        says that somebody is waiting. Raises ``BackendFailed``.
        """
        what = f"{self.options.label}: {method} {path}"
        request = _Request(what, method, self._base + path, body, query, most)
        deadline = time.monotonic() + (usual if within is None else min(within, usual))
        for pause in (*(_PAUSES if within is None else ()), None):
            try:
                return self._once(request, deadline)
            except Unreachable:
                if pause is None or time.monotonic() + pause > deadline:
                    raise
                if self._closed.wait(pause):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """End running calls, and let go of the connections."""
        self._closed.set()
        with self._lock:
            guards, session = list(self._guards), self._session
        for guard in guards:
            guard.cut()
        if session is not None:
            session.close()

    def _once(self, request: _Request, deadline: float) -> Reply:
        from label_studio_lite.ml.cutting import Guard

        left = deadline - time.monotonic()
        if left <= 0 or self._closed.is_set():
            raise TookTooLong(f"{request.what} was not made in time")
        guard = Guard(left)
        with self._lock:
            self._guards.add(guard)
        try:
            with guard:
                reply = self._exchange(request, left)
                if guard.over:  # what was cut off in its headers looks like an empty answer
                    raise TookTooLong(f"{request.what} took too long")
                return reply
        except BackendFailed:
            raise
        except LabelStudioError as error:  # the adapter may not connect there
            raise BackendFailed(f"{request.what}: {error.detail}") from error
        except Exception as error:  # a socket that is cut off surfaces as nearly anything
            failure = self._failure(request.what, error, guard.over)
            if failure is None:
                raise
            raise failure from error
        finally:
            with self._lock:
                self._guards.discard(guard)

    def _exchange(self, request: _Request, left: float) -> Reply:
        data = request.data()
        with self._pool().request(
            request.method,
            request.url,
            params=request.query,
            data=data,
            headers={"Content-Type": "application/json"} if data is not None else None,
            timeout=(min(self.options.connect_timeout, left), left + 1),  # the guard comes first
            allow_redirects=False,
            stream=True,
        ) as response:
            return Reply(request.what, response.status_code, request.content(response))

    def _failure(self, what: str, error: Exception, over: bool) -> BackendFailed | None:
        """The domain's word for what ended a call; None when that was not the network."""
        import requests
        from urllib3.exceptions import HTTPError

        if over or isinstance(error, requests.ReadTimeout):
            return TookTooLong(f"{what} took too long")
        if _never_arrived(error):
            return Unreachable(f"{what}: nobody answers at {self._shown_url()}")
        if isinstance(error, (requests.RequestException, HTTPError, HTTPException, OSError)):
            return BadAnswer(f"{what}: the connection broke ({type(error).__name__})")
        return None

    def _shown_url(self) -> str:
        """The address without a password that it may hold."""
        parts = urlsplit(self._base)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def _pool(self) -> Session:
        with self._lock:
            if self._session is None:
                self._session = self._new_session()
            return self._session

    def _new_session(self) -> Session:
        import requests
        from requests.adapters import HTTPAdapter

        from label_studio_lite.ml.cutting import cuttable

        session = requests.Session()
        adapter = cuttable((self._new_adapter or HTTPAdapter)())
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        session.headers["User-Agent"] = f"label-studio/{__version__}"
        if self.options.user or self.options.password:
            session.auth = (self.options.user, self.options.password)
        elif "@" not in urlsplit(self._base).netloc:
            session.auth = _no_credentials
        return session


def _no_credentials(request: PreparedRequest) -> PreparedRequest:
    """In place of what ``requests`` would read from ``~/.netrc``."""
    return request


def _never_arrived(error: Exception) -> bool:
    """Whether no connection was made at all."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    if isinstance(error, requests.ConnectTimeout):
        return True
    if not isinstance(error, requests.ConnectionError) or not error.args:
        return False
    reason = getattr(error.args[0], "reason", None)
    return isinstance(reason, (ConnectTimeoutError, NewConnectionError))
