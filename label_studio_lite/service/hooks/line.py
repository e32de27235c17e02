"""One webhook's line of events that wait to be told."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, LabelStudioError
from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.hooks.payloads import Payload

log = logging.getLogger(__name__)

Make = Callable[[], Iterator[Payload]]
Target = Callable[[], tuple[Json, Outgoing] | None]  # the hook as it is now, None once it is gone

_MOST = 1000  # events that wait; older ones are dropped
_TIMEOUT = 10.0  # seconds
PAUSES = (1.0, 5.0, 30.0)  # seconds before each further try


class Line:
    """Tells one hook, in order, in a thread of its own."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._waiting: deque[Make] = deque()
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, make: Make) -> None:
        """Returns at once."""
        with self._changed:
            if len(self._waiting) >= _MOST:
                self._waiting.popleft()
                log.warning("a webhook is too slow: its oldest event is dropped")
            self._waiting.append(make)
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._tell, name="webhook", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Nothing more is told."""
        self._closed.set()
        with self._changed:
            self._changed.notify()

    def _tell(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed.is_set() or self._waiting)
                if self._closed.is_set():
                    return
                make = self._waiting.popleft()
            target = self._target()
            if target is None:
                return
            try:
                for payload in make():
                    self._deliver(payload, *target)
            except LabelStudioError as error:  # the project was closed or changed meanwhile
                log.warning("webhook %s: %s", target[0]["url"], error.detail)
            except Exception:  # the thread has to stay for the next event
                log.exception("webhook %s", target[0]["url"])

    def _deliver(self, payload: Payload, hook: Json, outgoing: Outgoing) -> None:
        body: Json = {"action": payload.action}
        if hook["send_payload"]:
            body |= payload.body
        text = jsontext.dumps(body)
        headers = {"Content-Type": "application/json", **hook["headers"]}
        problem = ""
        for pause in (*PAUSES, None):
            try:
                status = outgoing.post(hook["url"], text, headers, _TIMEOUT)
            except BackendFailed as error:
                problem = error.detail
            else:
                if status >= 400:
                    log.warning("webhook %s answers %d", hook["url"], status)
                return
            if pause is None or self._closed.wait(pause):
                break
        log.warning("webhook %s is not told of %s: %s", hook["url"], payload.action, problem)
