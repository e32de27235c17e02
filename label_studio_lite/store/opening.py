"""What a start finds in a project directory, and what it makes of it.

Order matters: the settled files are the truth, the journal is the truth for what is newer. Files
that cannot be read are set aside and named, files that a person changed while nothing ran are
taken over, and the project opens in every case but one: a journal that is damaged in the middle
is reported (``Damaged``), and then nothing was changed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from label_studio_lite.store import cache, source_file, work_files
from label_studio_lite.store.base import Note
from label_studio_lite.store.changes import COMPLETIONS, work_path
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.index import UNSIGNED, Signature
from label_studio_lite.store.journal import Journal
from label_studio_lite.store.manifest import (
    NAME,
    Base,
    Manifests,
    is_base,
    stat_signature,
)
from label_studio_lite.store.quarantine import Quarantine
from label_studio_lite.store.replay import Replay
from label_studio_lite.store.state import State
from label_studio_lite.store.tasks_file import Scan, TasksFile
from label_studio_lite.store.tasks_table import TasksTable
from label_studio_lite.store.work_files import WorkFile

TASKS = "tasks.json"
JOURNAL = ".journal"
CACHE = ".cache"

_NOTES_OF_A_KIND = 100  # beyond which notes of one kind are only counted

Progress = Callable[[str, int], None]  # what is being read, how many so far


@dataclass(slots=True)
class Opened:
    """A project as found, and kept current by those who change it.

    ``tasks`` is the present tasks.json and ``lined`` whether it is in our own form; both, and
    ``state``, are read and changed under ``journal.mutex``.
    """

    folder: Path
    fs: FileSystem
    journal: Journal
    read_only: bool
    progress: Progress
    manifests: Manifests = field(init=False)
    tasks: TasksFile = field(init=False)
    base: Base | None = None  # how the manifest describes tasks.json, if it does
    lined: bool = True
    # completion files that the cache on disk does not know as they are; None: there is no cache
    uncached: int | None = None
    state: State = field(default_factory=State)
    notes: list[Note] = field(default_factory=list)
    _cached_at: int = -1  # the manifest's first segment when the cache was written
    _bad_tasks: bool = False
    _damaged: list[WorkFile] = field(default_factory=list)
    _changed: set[int] = field(
        default_factory=set
    )  # tasks whose completion files are not as known
    _edited: dict[str, str] = field(default_factory=dict)  # completion files, and how
    _told: Counter[str] = field(default_factory=Counter)
    _quarantine: Quarantine = field(init=False)

    def __post_init__(self) -> None:
        self.manifests = Manifests(self.fs, self.folder / JOURNAL)
        self._quarantine = Quarantine(self.fs, self.folder)

    def read(self) -> None:
        """Fill :attr:`state` from the files. Raises ``Damaged``; nothing was changed then.

        What is to be set aside is moved to ``quarantine/``; nothing else is written.
        """
        self.manifests.load()
        self._read_tasks()
        self._read_manifest()
        self._read_completions()
        replay = Replay(self.state, self.journal, self.manifests, self.tasks)
        replay.run(self.base)
        self._tell_recovered(replay)
        self._set_tasks_aside(replay)
        self._set_journal_aside(replay)
        self._set_completions_aside(replay)
        self._tell_orphans()
        for kind, count in self._told.items():
            if count > _NOTES_OF_A_KIND:
                more = count - _NOTES_OF_A_KIND
                self.notes.append(Note(kind, ".", f"and {more} more of this kind"))

    def let_go(self) -> None:
        """Close all files, once their last readers are done with them."""
        with self.journal.mutex:
            self.tasks = TasksFile(self.fs, self.tasks.path, closed=True)
        self.journal.close()

    # -- the settled files ----------------------------------------------------------------------

    def _read_tasks(self) -> None:
        # a link to a file elsewhere stays one: it is that file which is written
        self.tasks = TasksFile(self.fs, Path(os.path.realpath(self.folder / TASKS)))
        header = cache.load(
            self.folder / CACHE / cache.NAME, stat_signature(self.tasks.stat), self.state.index
        )
        if header is not None:
            self.lined, self.uncached, self._cached_at = header.lined, 0, header.first_segment
            return
        scan, table = Scan(self.tasks), TasksTable()
        for number, task in enumerate(scan.tasks(), 1):
            table.add(task)
            if number % 50_000 == 0:
                self.progress("tasks", number)
        twice = table.sort()
        table.give(self.state.index)
        self.lined = scan.lined and not (table.was_unsorted or scan.bad)
        for bad in scan.bad:
            self._note("damaged", TASKS, f"byte {bad.offset}: {bad.reason}; left out")
        for task_id in twice:
            self._note("damaged", TASKS, f"task {task_id} is there twice; the last one counts")
        self._bad_tasks = bool(scan.bad or twice)

    def _read_manifest(self) -> None:
        """What only the manifest remembers."""
        manifest, state = self.manifests.current, self.state
        ids = state.index.ids
        state.next_id = state.held_below = max(manifest.next_id, ids[-1] + 1 if ids else 0)
        state.know_deleted(manifest.last_ids.items())
        state.answers.update(manifest.answers)
        self.base = next((base for base in manifest.bases if is_base(base, self.tasks)), None)
        if self.base is not None:
            self.base.stat = stat_signature(self.tasks.stat)
            manifest.bases = [self.base]
        else:
            self._read_given_ids()
        if self.manifests.problem:
            detail = f"cannot be read ({self.manifests.problem})"
            self._note("damaged", f"{JOURNAL}/{NAME}", detail)

    def _read_given_ids(self) -> None:
        """tasks.json is not as we left it: 0.8.x may have given ids that it lacks."""
        try:
            given = source_file.next_id(self.folder)
        except ValueError as error:
            self._note("damaged", source_file.NAME, f"cannot be read ({error}); passed over")
        else:
            self.state.next_id = max(self.state.next_id, given)

    def _read_completions(self) -> None:
        index = self.state.index
        unseen = set(index.completed_ids())
        # whether the index knew all completion files as we left them
        is_sure = self.base is not None and self.base.first_segment == self._cached_at

        def known(task_id: int) -> Signature | None:
            unseen.discard(task_id)
            row = index.row(task_id)
            return None if row is None or not index.done[row] else index.signature(row)

        for file in work_files.changed(
            self.folder / COMPLETIONS, known, lambda n: self.progress("completions", n)
        ):
            before = known(file.task_id)
            is_listed = index.row(file.task_id) is not None
            if is_sure and is_listed and file.summary is not None and before != UNSIGNED:
                self._edited[work_path(file.task_id)] = "changed" if before else "added"
            self._take_work(file)
        for task_id in unseen:
            index.set_work(index.sure_row(task_id), None)
            if is_sure:
                self._edited[work_path(task_id)] = "removed"
            self._differs()

    def _take_work(self, file: WorkFile) -> None:
        row = self.state.index.row(file.task_id)
        if file.summary is None:
            self._damaged.append(file)
        elif row is None:
            self.state.orphans[file.task_id] = file.summary
        if row is None:
            return
        self._differs()
        self.state.index.set_work(row, file.summary)
        if file.summary is not None:
            self.state.index.sign(row, file.signature)

    def _differs(self) -> None:
        if self.uncached is not None:
            self.uncached += 1

    # -- what is set aside ----------------------------------------------------------------------

    def _set_tasks_aside(self, replay: Replay) -> None:
        """Keep a copy where the next fold would lose something that a person may want."""
        if self._bad_tasks and self.tasks.size:
            self._keep(TASKS, "damaged", "a copy is kept", self._content(TASKS))
        self.state.tasks_changed |= self._bad_tasks and not self.read_only  # let a fold heal it
        if self.base is None and self.manifests.known and self.tasks.stat and not self._bad_tasks:
            if replay.records:
                detail = "changed by hand after a crash; as it was found it is kept"
                self._keep(TASKS, "edited", detail, self._content(TASKS))
            else:
                self._note("edited", TASKS, "changed by hand while the project was closed")

    def _set_journal_aside(self, replay: Replay) -> None:
        """A journal of another tasks.json, replayed here, would mix two projects."""
        for segment in replay.foreign_segments() if replay.is_foreign else ():
            path = f"{JOURNAL}/{segment.name}"
            self._move(path, f"belongs to another {TASKS} and was not replayed")
        if replay.tail is not None:
            content = replay.tail.content
            detail = f"{len(content)} bytes of an unfinished change were dropped"
            name = f"journal-{replay.tail.segment:08d}.log"
            self._keep(JOURNAL, "recovered", detail, content, name)

    def _set_completions_aside(self, replay: Replay) -> None:
        overruled = self.state.unsettled
        for path, content in replay.edits(self.folder):
            detail = "changed by hand after a crash; the journal is newer; as found it is kept"
            self._keep(path, "edited", detail, content)
        for file in self._damaged:
            path = work_path(file.task_id)
            if path not in overruled:  # else a power cut tore it, and it is written again
                self._move(path, f"cannot be read ({file.problem})")
        for path, how in self._edited.items():
            if path not in overruled:
                self._note("edited", path, f"{how} by hand while the project was closed")

    def _content(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def _keep(self, path: str, kind: str, detail: str, content: bytes, name: str = "") -> None:
        if not self.read_only:
            detail += f" as {self._quarantine.keep(name or path, content)}"
        self._note(kind, path, detail)

    def _move(self, path: str, detail: str) -> None:
        if not self.read_only:
            detail += f"; moved to {self._quarantine.move(path)}"
        self._note("damaged", path, detail)

    # -- what is told ---------------------------------------------------------------------------

    def _note(self, kind: str, path: str, detail: str) -> None:
        self._told[kind] += 1
        if self._told[kind] <= _NOTES_OF_A_KIND:
            self.notes.append(Note(kind, path, detail))

    def _tell_recovered(self, replay: Replay) -> None:
        if replay.records:
            changes = "1 change" if replay.records == 1 else f"{replay.records} changes"
            detail = f"{changes} of a run that did not end cleanly were brought back"
            self._note("recovered", JOURNAL, detail)

    def _tell_orphans(self) -> None:
        for task_id in sorted(self.state.orphans):
            detail = f"completions of task {task_id}, which is not in {TASKS}"
            self._note("orphan", work_path(task_id), detail)
