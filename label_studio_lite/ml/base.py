"""What ML backends are asked and what they answer, whatever protocol they speak."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed

Generation = Literal["0.8", "1.x"]
GENERATIONS: tuple[Generation, ...] = ("0.8", "1.x")


class Unreachable(BackendFailed):
    """Nobody took the connection: the request has not arrived."""


class TookTooLong(BackendFailed):
    """No complete answer in the time that was given."""


class Rejected(BackendFailed):
    """The backend answered with an error. ``status`` is HTTP's, ``text`` what it said."""

    def __init__(self, detail: str, status: int, text: str) -> None:
        super().__init__(detail)
        self.status = status
        self.text = text


class BadAnswer(BackendFailed):
    """The answer is not what the protocol says: no JSON, wrong types, wrong lengths, too long."""


class WrongCount(BadAnswer):
    """As many results as tasks were expected, and there are more or fewer."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to reach a backend. Times are in seconds; ``generation`` None: ask the backend.

    ``timeout`` is for predictions, in each call as a whole; ``train_timeout`` for the answer to a
    training request, which some backends of 0.8.x give only when the training is over.
    """

    url: str
    name: str = ""
    generation: Generation | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    extra_params: Json | None = None
    connect_timeout: float = 3.0
    health_timeout: float = 5.0
    setup_timeout: float = 30.0
    timeout: float = 100.0
    train_timeout: float = 600.0
    event_timeout: float = 5.0
    max_answer: int = 64 << 20  # bytes of an answer with predictions

    @property
    def label(self) -> str:
        """What errors call the backend."""
        return f"ML backend {self.name or self.url}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a backend is told about the project that it works for.

    ``project`` is 1.x's object of the project, ``created`` its creation in seconds since the
    epoch; ``hostname`` and ``access_token`` let a backend of 1.x fetch from our API.
    """

    label_config: str
    label_config_line: str
    name: str = ""
    folder: str = ""
    id: int = 1
    created: int = 0
    hostname: str = ""
    access_token: str = ""
    project: Json = field(default_factory=dict)


class Training(NamedTuple):
    """Whether a backend is training now; None where its protocol cannot tell."""

    running: bool | None
    model_version: str | None = None


Predictions = list[list[Json]]
"""For each task, in order, its predictions: ``{"result": [region, …], "score": float?, …}``."""


class Dialogue(Protocol):
    """One protocol generation. Every verb raises ``BackendFailed`` and nothing else.

    ``within`` is the most seconds that a call may take where somebody waits for it; None means
    the options' own times, and patience with a backend that is just starting.
    """

    generation: Generation

    def setup(self, subject: Subject, within: float | None = None) -> str:
        """Introduce the project; returns the version of the model."""

    def predict(
        self,
        subject: Subject,
        tasks: Sequence[Json],
        model_version: str,
        *,
        context: Json | None = None,
        within: float | None = None,
    ) -> Predictions:
        """``tasks`` are ``{"id": int?, "data": {…}, "completions"?, "predictions"?, …}``.

        ``context`` is what a smart tool of the editor says about the region being drawn.
        """

    def train(self, subject: Subject, works: Iterable[Json]) -> str | None:
        """Start a training; ``works`` are contents of completion files. Returns a job id."""

    def is_training(self, subject: Subject) -> Training: ...

    def job_status(self, job: str) -> str | None:
        """``queued``, ``started``, ``finished``, ``failed``…; None when the backend knows none."""

    def versions(self, subject: Subject) -> list[str]: ...

    def event(self, subject: Subject, action: str, body: Json) -> None:
        """Tell what happened; quietly nothing in protocols that have no events."""

    def delete(self, subject: Subject, within: float | None = None) -> None:
        """The project's tasks are gone."""
