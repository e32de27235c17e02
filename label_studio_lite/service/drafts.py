"""Unfinished work: what somebody has drawn but not submitted, kept by the server.

A draft is the file ``drafts/<task id>.json`` of the project: ``{"task_id", "completion_id" (null
for a new completion), "unique_id", "result", "lead_time" (seconds), "saved_at" (seconds since the
epoch), "data" (a checksum of the task's data)}`` and whatever else a client sends. It does not
make a task completed. There is one for each task; who saves it says which one it is based on.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json, Task
from label_studio_lite.core.validation import check_result
from label_studio_lite.errors import Conflict, NotFound
from label_studio_lite.store.changes import DropFile, PutFile

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

FOLDER = "drafts"
_FILE = re.compile(FOLDER + r"/(\d+)\.json")
_OURS = ("task_id", "saved_at", "data", "revision", "based_on")


@dataclass(frozen=True, slots=True)
class Draft:
    """``revision`` names exactly this content."""

    fields: Json
    revision: str

    def to_json(self) -> Json:
        """What a client sees of it."""
        shown = {key: value for key, value in self.fields.items() if key != "data"}
        return {**shown, "revision": self.revision}


class Drafts:
    """The drafts of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    def get(self, task_id: int) -> Draft:
        """``NotFound`` for an unknown task, or one without a draft."""
        found = self.of(self._store.read_task(task_id))
        if found is None:
            raise NotFound(f"task {task_id} has no draft")
        return found

    def of(self, task: Task) -> Draft | None:
        """The draft of a task; None also for one that was submitted since, or of other data."""
        content = self._store.read_file(path_of(task.id))
        fields = parse(content)
        if fields is None or content is None or fields.get("data") != _checksum(task):
            return None
        if any(
            completion.fields.get("unique_id") == fields["unique_id"]
            for completion in task.completions
            if fields.get("unique_id") and fields.get("completion_id") is None
        ):
            return None
        return Draft(fields, revision_of(content))

    def task_ids(self) -> set[int]:
        """Tasks that have a draft file."""
        found = map(task_of, self._store.file_paths(FOLDER))
        return {task_id for task_id in found if task_id is not None}

    def put(self, task_id: int, body: Json, *, based_on: str | None = None) -> Draft:
        """Save a draft. ``based_on`` is the revision that the client knows, None for none.

        Raises ``NotFound`` (task), ``Invalid`` (result) and ``Conflict`` when another client has
        saved a draft of this task since.
        """
        check_result(body.get("result"))
        with self._store.holding(task_id):
            task = self._store.read_task(task_id)
            present = self.of(task)
            if present is not None and present.revision != based_on:
                raise Conflict(f"the draft of task {task_id} was changed elsewhere")
            fields = {key: value for key, value in body.items() if key not in _OURS}
            fields |= {
                "task_id": task_id,
                "saved_at": int(self._project.clock()),
                "data": _checksum(task),
            }
            content = written(fields)
            self._store.commit(PutFile(path_of(task_id), content))
        return Draft(fields, revision_of(content))

    def drop(self, task_id: int, *, based_on: str | None = None) -> bool:
        """False when there was none. With ``based_on``, one that was changed since stays."""
        with self._store.holding(task_id):
            content = self._store.read_file(path_of(task_id))
            if content is None or (based_on and revision_of(content) != based_on):
                return False
            self._store.commit(DropFile(path_of(task_id)))
        return True

    def dropping(self, task_id: int) -> list[DropFile]:
        """The changes of the store that remove the draft of a task, if it has one."""
        path = path_of(task_id)
        return [] if self._store.read_file(path) is None else [DropFile(path)]


def path_of(task_id: int) -> str:
    """The file of the project that holds the draft of a task."""
    return f"{FOLDER}/{task_id}.json"


def task_of(path: str) -> int | None:
    """The task whose draft this file is, or None."""
    match = _FILE.fullmatch(path)
    return int(match[1]) if match else None


def written(fields: Json) -> bytes:
    """The content of the file."""
    return jsontext.pretty(fields)


def parse(content: bytes | None) -> Json | None:
    """The draft that a file holds; None for no file, or one that holds no draft."""
    if content is None:
        return None
    try:
        fields = jsontext.loads(content, lenient=True)
    except ValueError:
        return None
    if not isinstance(fields, dict) or not isinstance(fields.get("result"), list):
        return None
    return {"unique_id": None, **fields}


def revision_of(content: bytes) -> str:
    """A name of exactly this content."""
    return f"{zlib.crc32(content):08x}-{len(content)}"


def _checksum(task: Task) -> int:
    """After all tasks were deleted their ids are used again, for other data."""
    return zlib.crc32(jsontext.dumps(task.data))
