"""Looking for a text in the data of all tasks, as they are stored.

Stored texts are searched as bytes, many at a time, and only those that may hold what is looked for
are decoded; so the first search of a million tasks needs neither much time nor much memory.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

from label_studio_lite.core import jsontext
from label_studio_lite.store.changes import Change, DropFile, PutFile

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_AT_ONCE = 1024  # tasks
_KEPT = 4  # answers
_LONGEST_NUMBER = 15  # digits


class TextSearch:
    """The searches of one project. Safe for many threads.

    What ``tasks.json`` holds is searched; a completion file's own copy of the data is not.
    """

    def __init__(self, project: Project) -> None:
        self._store = project.store
        self._lock = threading.Lock()
        self._changes = 0  # of tasks, not of the work on them
        self._answers: OrderedDict[str, tuple[int, frozenset[int]]] = OrderedDict()
        project.store.listen(self._note)

    def _note(self, changes: Sequence[Change]) -> None:
        if any(not isinstance(change, (PutFile, DropFile)) for change in changes):
            self._changes += 1

    def find(self, wanted: str) -> frozenset[int]:
        """Ids of the tasks with ``wanted`` in a value of their data, in upper or lower case.

        Digits also find the task with this id.
        """
        needle = wanted.lower()
        with self._lock:
            changes, known = self._answers.get(needle, (-1, frozenset()))
            if changes != self._changes:
                changes = self._changes
                known = frozenset(self._search(needle))
                self._answers[needle] = changes, known
            self._answers.move_to_end(needle)
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
            return known

    def _search(self, needle: str) -> Iterator[int]:
        is_id = needle.isascii() and needle.isdigit() and len(needle) <= _LONGEST_NUMBER
        if is_id and self._store.has_task(int(needle)):
            yield int(needle)
        # what JSON may write in several ways has to be decoded first
        plain = needle.isascii() and needle.isprintable() and not set(needle) & set('"\\/')
        ids = self._store.task_ids()
        texts = self._store.texts(ids)
        for start in range(0, len(ids), _AT_ONCE):
            block = [text or b"" for text in islice(texts, _AT_ONCE)]
            places = _places(block, needle.encode()) if plain else range(len(block))
            for place in places:
                if _holds(block[place], needle):
                    yield ids[start + place]


def _places(block: Sequence[bytes], needle: bytes) -> Iterator[int]:
    """Which of these texts have the needle, whatever it is a part of; each once."""
    whole = b"\n".join(block).lower()
    at = whole.find(needle)
    if at < 0:
        return
    ends = array("q", accumulate(len(text) + 1 for text in block))
    while at >= 0:
        place = bisect_right(ends, at)
        yield place
        at = whole.find(needle, ends[place])


def _holds(text: bytes, needle: str) -> bool:
    if not text:
        return False
    data = jsontext.loads(text, lenient=True).get("data")
    values = data.values() if isinstance(data, dict) else ()
    return any(needle in _as_text(value).lower() for value in values)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else jsontext.dumps(value).decode()
