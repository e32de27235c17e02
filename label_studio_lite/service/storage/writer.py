"""Work goes to the export storages as it is saved, in nobody's way.

What is to be written is found by comparing: the index knows a summary of every task's work, the
key map of a storage the summary of what was written last. So nothing has to be queued durably:
after a crash, or a week without the network, the difference is what is to be done. Saves only
take note of the task; a thread writes, retries with growing pauses, and never drops anything.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from label_studio_lite.errors import LabelStudioError
from label_studio_lite.service.storage.target import Target
from label_studio_lite.store.changes import (
    Change,
    Clear,
    DropFile,
    DropTasks,
    PutFile,
    work_task_id,
)

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

log = logging.getLogger(__name__)

_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # seconds before the next try
_FAREWELL = 10.0  # seconds that a write has to end when the project is closed


class StorageWriter:
    """The export storages of one project at work."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._changed = threading.Condition()
        self._targets: dict[str, Target] = {}
        self._thread: threading.Thread | None = None
        self._closed = self._listening = False

    # -- what is to be written ----------------------------------------------------------------

    def refresh(self) -> None:
        """Storages were added, changed or removed: open them anew, compare everything."""
        records = {record.name: record for record in self._project.storages.records.all("export")}
        made = {name: Target(self._project, record) for name, record in records.items()}
        with self._changed:
            for name, target in made.items():
                old = self._targets.get(name)
                if old is not None and old.values == target.values:
                    made[name] = old
            self._targets = made
            if made and not self._listening:
                self._listening = True
                self._project.store.listen(self._committed)
            self._wake()

    def look(self, name: str | None = None) -> None:
        """Compare all work with what was written, and write the difference now."""
        with self._changed:
            for target in self._targets.values():
                if name in (None, target.name):
                    target.unknown, target.again_at, target.problem = True, 0.0, None
            self._wake()

    def _committed(self, changes: Sequence[Change]) -> None:
        """Called by the store, with its locks: only a note is taken."""
        ids: set[int] = set()
        everything = False
        for change in changes:
            if isinstance(change, (PutFile, DropFile)):
                task_id = work_task_id(change.path)
                if task_id is not None:
                    ids.add(task_id)
            elif isinstance(change, DropTasks):
                ids.update(change.ids)
            everything = everything or isinstance(change, Clear)
        if ids or everything:
            with self._changed:
                for target in self._targets.values():
                    target.note(ids, everything=everything)
                self._wake()

    def _wake(self) -> None:
        if self._thread is None and self._targets and not self._closed:
            self._thread = threading.Thread(target=self._work, name="storage-writer", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    # -- how it stands ------------------------------------------------------------------------

    def pending(self, name: str) -> int:
        """Tasks whose work is still to be written, as far as is known by now."""
        with self._changed:
            target = self._targets.get(name)
            return 0 if target is None else len(target.pending) or int(target.unknown)

    def problem(self, name: str) -> str | None:
        """Why the last try failed; None when it did not."""
        with self._changed:
            target = self._targets.get(name)
            return target.problem if target else None

    def wait(self, name: str, timeout: float) -> bool:
        """Whether all is written, or a try failed, before so many seconds are over."""

        def settled() -> bool:
            target = self._targets.get(name)
            return target is None or target.idle or target.problem is not None

        with self._changed:
            return self._changed.wait_for(settled, timeout)

    # -- writing ------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (due := self._due()) and not self._closed:
                    self._changed.wait(self._patience())
                if self._closed:
                    return
            for target in due:
                self._serve(target)

    def _due(self) -> list[Target]:
        now = time.monotonic()
        return [
            target
            for target in self._targets.values()
            if (not target.idle and target.again_at <= now) or target.map_due_in() == 0.0
        ]

    def _patience(self) -> float | None:
        """Seconds until something is due; None while nothing will be."""
        now = time.monotonic()
        waits = [target.again_at - now for target in self._targets.values() if not target.idle]
        for target in self._targets.values():
            due_in = target.map_due_in()
            if due_in is not None:
                waits.append(due_in)
        return max(min(waits), 0.01) if waits else None

    def _serve(self, target: Target) -> None:
        try:
            self._write_some(target)
        except LabelStudioError as error:
            self._failed(target, error.detail)
        except Exception as error:  # the thread has to stay for the others
            log.exception("writing to the storage %s", target.name)
            self._failed(target, f"internal error: {type(error).__name__}")

    def _write_some(self, target: Target) -> None:
        if target.map_due_in() == 0.0:
            target.save_map()
        if target.unknown:
            with self._changed:
                target.unknown = False  # first, so that a change from now on is noted anew
                target.busy = True
            try:
                differences = target.differences()
            except BaseException:
                with self._changed:
                    target.unknown, target.busy = True, False
                raise
            with self._changed:
                target.busy = False
                target.note(differences, everything=False)
                self._changed.notify_all()
        with self._changed:
            if target.again_at > time.monotonic():
                return
            ids = target.some()
            for task_id in ids:
                del target.pending[task_id]
            target.busy = True
        try:
            target.write(ids)
        except BaseException:
            with self._changed:
                target.busy = False
                target.note(ids, everything=False)
            raise
        with self._changed:
            target.busy = False
            target.problem, target.failures, target.again_at = None, 0, 0.0
            self._changed.notify_all()

    def _failed(self, target: Target, problem: str) -> None:
        log.warning("the storage %s does not take the work: %s", target.name, problem)
        with self._changed:
            pause = _PAUSES[min(target.failures, len(_PAUSES) - 1)]
            target.failures += 1
            target.problem, target.again_at = problem, time.monotonic() + pause
            self._changed.notify_all()

    def close(self) -> None:
        """What is not written yet is found again at the next start."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(_FAREWELL)
        for target in self._targets.values():
            try:
                target.save_map()
            except LabelStudioError as error:
                log.warning("what was written to %s is not noted: %s", target.name, error.detail)
            target.close()
