"""One ML backend: asked which protocol it speaks, and then spoken to in it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed
from label_studio_lite.ml.base import (
    Dialogue,
    Generation,
    Options,
    Predictions,
    Subject,
    Training,
)
from label_studio_lite.ml.transport import NewAdapter, Transport
from label_studio_lite.ml.v08 import Dialogue08
from label_studio_lite.ml.v1 import Dialogue1

_DIALOGUES: dict[Generation, type[Dialogue08] | type[Dialogue1]] = {
    "0.8": Dialogue08,
    "1.x": Dialogue1,
}


class Backend:
    """The verbs of :class:`~label_studio_lite.ml.base.Dialogue` for one backend.

    Each raises ``BackendFailed`` and nothing else. ``within`` is the most seconds that one call
    may take where somebody waits for it; without, the options' times hold and connecting is
    tried several times. Safe for many threads.
    """

    def __init__(self, options: Options, new_adapter: NewAdapter | None = None) -> None:
        self.options = options
        self._transport = Transport(options, new_adapter)
        self._lock = threading.Lock()
        self._dialogue: Dialogue | None = None
        if options.generation is not None:
            self._dialogue = _DIALOGUES[options.generation](self._transport)

    @property
    def generation(self) -> Generation | None:
        """None until the backend was asked."""
        return self._dialogue.generation if self._dialogue else None

    def health(self, within: float | None = None) -> Json:
        """What ``GET /health`` says; whatever is JSON means that the backend is there."""
        usual = self.options.health_timeout
        reply = self._transport.call("GET", "/health", usual=usual, within=within)
        body = reply.checked().json()
        said: Json = body if isinstance(body, dict) else {}
        if self.options.generation is None:
            generation = _told(said) or self.generation or self._found_out(within)
            with self._lock:
                if self.generation != generation:
                    self._dialogue = _DIALOGUES[generation](self._transport)
        return said

    def _found_out(self, within: float | None) -> Generation:
        """Backends of 1.x have a webhook, which answers a GET by refusing the method."""
        usual = self.options.health_timeout
        reply = self._transport.call("GET", "/webhook", usual=usual, within=within)
        return "0.8" if reply.status == 404 else "1.x"

    def _spoken(self, within: float | None = None) -> Dialogue:
        if self._dialogue is None:
            self.health(within)
        if self._dialogue is None:
            raise BackendFailed(f"{self.options.label} does not say which protocol it speaks")
        return self._dialogue

    def setup(self, subject: Subject, within: float | None = None) -> str:
        """Introduce the project; returns the version of the model."""
        return self._spoken(within).setup(subject, within)

    def predict(
        self,
        subject: Subject,
        tasks: Sequence[Json],
        model_version: str,
        *,
        context: Json | None = None,
        within: float | None = None,
    ) -> Predictions:
        """For each task, in order, its predictions; as many lists as there are tasks."""
        dialogue = self._spoken(within)
        return dialogue.predict(subject, tasks, model_version, context=context, within=within)

    def interactive(self, subject: Subject, task: Json, context: Json) -> Json:
        """The prediction for what a smart tool of the editor draws; ``{"result": []}`` if none."""
        version = self.setup(subject)
        found = self.predict(subject, [task], version, context=context)[0]
        return found[0] if found else {"result": [], "model_version": version}

    def train(self, subject: Subject, works: Iterable[Json]) -> str | None:
        """Start a training on these contents of completion files; the id of the job, if any."""
        return self._spoken().train(subject, works)

    def is_training(self, subject: Subject) -> Training:
        """``running`` is None where the protocol cannot tell."""
        return self._spoken().is_training(subject)

    def job_status(self, job: str) -> str | None:
        """What became of a training; None when the backend does not say."""
        return self._spoken().job_status(job)

    def versions(self, subject: Subject) -> list[str]:
        """The versions of the model that the backend has, the present one last."""
        return self._spoken().versions(subject)

    def event(self, subject: Subject, action: str, body: Json) -> None:
        """Tell what happened; 0.8.x has no events."""
        self._spoken().event(subject, action, body)

    def delete(self, subject: Subject, within: float | None = None) -> None:
        """The tasks of the project are gone. No other request is made for it."""
        dialogue = self._dialogue or Dialogue08(self._transport)
        dialogue.delete(subject, within)

    def close(self) -> None:
        """End running calls, and let go of the connections."""
        self._transport.close()


def _told(health: Json) -> Generation | None:
    """1.0.9 says ``v2`` (true or false), newer ones ``model_class``; 0.8.x only ``model_dir``."""
    if "v2" in health or "model_class" in health:
        return "1.x"
    return "0.8" if "model_dir" in health else None
