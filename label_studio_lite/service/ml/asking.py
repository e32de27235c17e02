"""Asking several ML backends the same thing, side by side, with an end in sight."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from label_studio_lite.errors import BackendFailed
from label_studio_lite.ml.base import TookTooLong
from label_studio_lite.service.ml.backends import ProjectBackend

T = TypeVar("T")

Call = Callable[[ProjectBackend, "float | None"], T]
"""What to ask a backend, and in how many seconds; None: as its settings say."""

_GRACE = 0.1  # seconds after the end for an answer that is on its way


class Countdown:
    """How much is left of some seconds; None stays None."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        return None if self._end is None else self._end - time.monotonic()


@dataclass(slots=True)
class Answer(Generic[T]):
    """What one backend said: a value or an error."""

    backend: ProjectBackend
    value: T | None = None
    error: BackendFailed | None = None


def ask_each(
    backends: Sequence[ProjectBackend],
    call: Call[T],
    budget: float | None = None,
    *,
    sparing: bool = False,
) -> list[Answer[T]]:
    """Every backend's answer, in order, after ``budget`` seconds at the latest.

    How it went is noted with each backend. ``sparing`` leaves backends alone that failed a moment
    ago, or that are busy with earlier questions of this kind. What a call raises that is not
    ``BackendFailed`` is raised here.
    """
    countdown = Countdown(budget)
    asked = [_Asked(backend, call, countdown, sparing) for backend in backends]
    if len(asked) == 1 and budget is None:
        asked[0].run()
    else:
        for one in asked:
            one.start()
    return [one.answer() for one in asked]


class _Asked(Generic[T]):
    """One question to one backend."""

    def __init__(
        self, backend: ProjectBackend, call: Call[T], countdown: Countdown, sparing: bool
    ) -> None:
        self._backend = backend
        self._call = call
        self._countdown = countdown
        self._sparing = sparing
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._answer = Answer[T](backend)
        self._unexpected: BaseException | None = None

    def start(self) -> None:
        backend = self._backend
        if self._sparing:
            if not backend.breaker.allows():
                last = f": {backend.failure.detail}" if backend.failure else ""
                self._refuse(f"{backend.name} rests after a failure{last}")
                return
            if not backend.live_calls.acquire(blocking=False):
                self._refuse(f"{backend.name} is busy with earlier requests")
                return
        # not of a pool: those of the standard library wait for stuck threads when Python ends
        threading.Thread(target=self._in_thread, name="ml-ask", daemon=True).start()

    def _refuse(self, detail: str) -> None:
        self._answer.error = BackendFailed(detail)
        self._settled.set()

    def _in_thread(self) -> None:
        try:
            self.run()
        finally:
            if self._sparing:
                self._backend.live_calls.release()

    def run(self) -> None:
        try:
            value = self._call(self._backend, self._countdown.left())
        except BackendFailed as error:
            self._settle(None, error)
        except BaseException as error:  # raised again where the answer is wanted
            self._unexpected = error
            self._settled.set()
        else:
            self._settle(value, None)

    def _settle(self, value: T | None, error: BackendFailed | None) -> None:
        """The first word counts; an answer after the end is not listened to."""
        with self._lock:
            if self._settled.is_set():
                return
            self._answer.value, self._answer.error = value, error
            self._settled.set()
        if error is None:
            self._backend.succeeded()
        else:
            self._backend.failed(error, time.monotonic() - self._begun)

    def answer(self) -> Answer[T]:
        left = self._countdown.left()
        if not self._settled.wait(None if left is None else max(left, 0.0) + _GRACE):
            label = self._backend.client.options.label
            self._settle(None, TookTooLong(f"{label} took too long"))
        if self._unexpected is not None:
            raise self._unexpected
        return self._answer
