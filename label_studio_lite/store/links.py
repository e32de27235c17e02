"""Which task here is which task there: the memory of ``push`` and ``pull``.

``.links/<name>.jsonl`` of a project has one JSON list per line, appended as things happen; later
lines replace earlier ones, and a line that was cut off by a crash is passed over:

* ``["project", id]`` – the project there;
* ``["task", id here, id there, state here, state there, {completion id: annotation id}]``;
* ``["gone", id here]`` – the task is deleted on both sides;
* ``["file", name here, address there]``.

A state is any text that is another one when the task has changed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from label_studio_lite.core import jsontext
from label_studio_lite.store.fs import FileSystem, refusal

FOLDER = ".links"


class Link(NamedTuple):
    """A task on both sides, and the ids of its completions here and annotations there."""

    there: int
    state_here: str
    state_there: str
    completions: dict[int, int]


class Links:
    """The links of one project to one place, open for writing. Written lines are durable after
    :meth:`flush`. ``StorageFull``, ``ReadOnly``."""

    def __init__(self, fs: FileSystem, folder: Path, place: str) -> None:
        """``place`` is the address of the other side."""
        name = re.sub(r"[^A-Za-z0-9.-]+", "_", place.partition("://")[2])
        self._fs = fs
        self.path = folder / FOLDER / f"{name}.jsonl"
        self.project: int | None = None
        self.tasks: dict[int, Link] = {}
        self.files: dict[str, str] = {}
        self._read()
        try:
            fs.make_dir(self.path.parent)
            self._fd: int | None = fs.open_append(self.path)
            self._write(b"\n")  # ends a line that was cut off
        except OSError as error:
            raise refusal(error, f"{FOLDER}/{self.path.name}") from error

    def __enter__(self) -> Links:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._fd is not None:
            self._fs.close(self._fd)
            self._fd = None

    def _read(self) -> None:
        with suppress(FileNotFoundError), self.path.open("rb") as file:
            for line in file:
                with suppress(ValueError):
                    self._take(jsontext.loads(line))

    def _take(self, line: Any) -> None:
        match line:
            case ["project", int(project)]:
                self.project = project
            case ["task", int(here), int(there), str(state_here), str(state_there), dict(pairs)]:
                completions = {int(ours): theirs for ours, theirs in pairs.items()}
                self.tasks[here] = Link(there, state_here, state_there, completions)
            case ["gone", int(here)]:
                self.tasks.pop(here, None)
            case ["file", str(name), str(address)]:
                self.files[name] = address

    def _add(self, line: list[Any]) -> None:
        self._take(line)
        try:
            self._write(jsontext.dumps(line) + b"\n")
        except OSError as error:
            raise refusal(error, f"{FOLDER}/{self.path.name}") from error

    def _write(self, content: bytes) -> None:
        if self._fd is not None:
            self._fs.write_all(self._fd, content)

    def set_project(self, project: int) -> None:
        self._add(["project", project])
        self.flush()

    def set_task(self, here: int, link: Link) -> None:
        pairs = {str(ours): theirs for ours, theirs in link.completions.items()}
        self._add(["task", here, link.there, link.state_here, link.state_there, pairs])

    def drop_task(self, here: int) -> None:
        self._add(["gone", here])

    def set_file(self, name: str, address: str) -> None:
        self._add(["file", name, address])

    def flush(self) -> None:
        """Everything that was written is on the medium on return."""
        try:
            if self._fd is not None:
                self._fs.flush(self._fd)
        except OSError as error:
            raise refusal(error, f"{FOLDER}/{self.path.name}") from error
