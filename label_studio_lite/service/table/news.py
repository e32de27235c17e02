"""What the store tells the table of: which tasks changed since it was last brought up to date."""

from __future__ import annotations

from collections.abc import Sequence

from label_studio_lite.service import drafts
from label_studio_lite.store.changes import (
    Change,
    Clear,
    DropFile,
    PutFile,
    PutTask,
    work_task_id,
)

MANY = 20_000  # changed tasks from which on columns are made anew


class News:
    """``tasks`` changed in any way, ``texts`` of them in what ``tasks.json`` has of them.

    ``has_moved``: some may have come or gone; ``is_much``: too much has changed to say what.
    """

    def __init__(self, *, is_much: bool = False) -> None:
        self.tasks: set[int] = set()
        self.texts: set[int] = set()
        self.has_moved = False
        self.is_much = is_much
        self.is_none = not is_much

    def add(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.is_none = False
            if isinstance(change, (PutFile, DropFile)):
                for task_id in (work_task_id(change.path), drafts.task_of(change.path)):
                    if task_id is not None:
                        self.tasks.add(task_id)
            elif isinstance(change, PutTask):
                self.texts.add(change.id)
                self.tasks.add(change.id)
                self.has_moved = True  # it may be a new one between others
            elif isinstance(change, Clear):
                self.is_much = True
            else:
                self.has_moved = True
        if self.is_much or len(self.tasks) > MANY:
            self.tasks.clear()
            self.texts.clear()
            self.is_much = True
