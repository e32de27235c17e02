"""What a reader of finished work gives: what was found, not yet in the words of a label config."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from label_studio_lite.core.geometry import Size
from label_studio_lite.core.model import Json
from label_studio_lite.core.offsets import Units
from label_studio_lite.core.shapes import Shape
from label_studio_lite.core.spans import Span
from label_studio_lite.importing.finished.files import Files


class Chosen(NamedTuple):
    """Labels of the whole: of a text, or an image."""


class Mark(NamedTuple):
    """One labeled thing. ``said`` is what else is known of it, by the name of a control."""

    what: Shape | Span | Chosen
    labels: tuple[str, ...]
    said: Json = {}  # noqa: RUF012  never changed


@dataclass(slots=True)
class Finding:
    """What becomes one task.

    ``text`` is the text, or the address of the image where ``image`` is None; ``image`` is the
    name of a file among those that are imported, to be kept. ``data`` is what else the task holds,
    all of it where ``object_tag`` is empty. ``completions`` and ``predictions`` are ready ones, in
    the words of their own label config; their text offsets count ``units``, None for what they
    are stored as. ``declared`` are labels that the file names, used or not, in its order.
    """

    where: str
    object_tag: str = ""
    text: str = ""
    image: str | None = None
    size: Size | None = None
    marks: list[Mark] = field(default_factory=list)
    data: Json = field(default_factory=dict)
    completions: list[Json] = field(default_factory=list)
    predictions: list[Json] = field(default_factory=list)
    units: Units | None = None
    declared: tuple[str, ...] = ()


class Reader(Protocol):
    """A format. ``name`` is what clients ask for; the texts are for people."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def description(self) -> str: ...

    def findings(self, files: Files) -> Iterator[Finding]:
        """What the files hold, in a steady order. ``Invalid`` names the file, place and reason.

        It is asked twice: once to see which label config is needed, once to import.
        """
