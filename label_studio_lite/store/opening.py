"""What a start finds in a project directory, and what it makes of it.

Order matters: the settled files are the truth, the journal is the truth for what is newer. Files
that cannot be read are set aside and named, files that a person changed while nothing ran are
taken over, and the project opens in every case but one: a journal that is damaged in the middle
is reported and left as it is (``Damaged``).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path

from label_studio_lite.core import jsontext
from label_studio_lite.store import cache, tasks_file, work_files
from label_studio_lite.store.base import Note
from label_studio_lite.store.changes import (
    COMPLETIONS,
    Change,
    PutFile,
    decode,
    facts_of,
    let_go,
    work_path,
)
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.index import BASE, Facts, Signature
from label_studio_lite.store.journal import Journal, Place, Tail
from label_studio_lite.store.manifest import Base, Manifests, is_base, sample, stat_signature
from label_studio_lite.store.quarantine import Quarantine
from label_studio_lite.store.state import State
from label_studio_lite.store.tasks_file import Found, TasksFile
from label_studio_lite.store.work_files import WorkFile

TASKS = "tasks.json"
JOURNAL = ".journal"
CACHE = ".cache"

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
    manifests: Manifests
    read_only: bool
    progress: Progress
    tasks: TasksFile = field(init=False)
    base: Base | None = None  # how the manifest describes tasks.json, if it does
    lined: bool = True
    state: State = field(default_factory=State)
    notes: list[Note] = field(default_factory=list)
    _edited: dict[str, str] = field(default_factory=dict)  # completion files, and how
    _quarantine: Quarantine = field(init=False)

    def __post_init__(self) -> None:
        self._quarantine = Quarantine(self.fs, self.folder)

    def read(self) -> None:
        """Fill :attr:`state` from the files; nothing is written but what is set aside."""
        known = self.manifests.load()
        manifest = self.manifests.current
        self.tasks = TasksFile(self.fs, self.folder / TASKS)
        header = cache.load(
            self.folder / CACHE / cache.NAME, stat_signature(self.tasks.stat), self.state.index
        )
        if header is None:
            self._scan_tasks()
        else:
            self.lined = header.lined
        ids = self.state.index.ids
        self.state.next_id = max(manifest.next_id, ids[-1] + 1 if ids else 0)
        self._scan_completions()
        for task_id, last_id in manifest.last_ids.items():
            row = self.state.index.row(task_id)
            if row is not None:
                self.state.index.last_id[row] = max(self.state.index.last_id[row], last_id)
                self.state.last_ids[task_id] = last_id
        self.state.answers.update(manifest.answers)
        self.base = next((b for b in manifest.bases if is_base(b, self.tasks)), None)
        self._replay(self.base, known)
        self._tell_orphans()

    # -- tasks.json -----------------------------------------------------------------------------

    def _scan_tasks(self) -> None:
        ids: list[int] = []
        rows: dict[int, tuple[int, int, Facts]] = {}
        bad = 0
        self.lined = tasks_file.is_lined(self.tasks)
        for number, item in enumerate(tasks_file.scan(self.tasks), 1):
            if number % 50_000 == 0:
                self.progress("tasks", number)
            if not isinstance(item, Found):
                bad += 1
                self.notes.append(
                    Note("damaged", TASKS, f"byte {item.offset}: {item.reason}; left out")
                )
                continue
            if item.id in rows or (ids and item.id < ids[-1]) or item.value.get("id") != item.id:
                self.lined = False  # to be written anew as a whole with the next fold
            if item.id not in rows:
                ids.append(item.id)
            rows[item.id] = (item.offset, item.length, facts_of(item.value))
        if bad and not self.read_only:
            self.lined = False
            kept = self._quarantine.copy(TASKS)
            self.notes.append(Note("damaged", TASKS, f"a copy of the file is kept as {kept}"))
        ids.sort()
        offsets, lengths, facts = zip(*(rows[i] for i in ids), strict=True) if ids else ((),) * 3
        self.state.index.extend(ids, BASE, offsets, lengths, facts)

    # -- completions ----------------------------------------------------------------------------

    def _scan_completions(self) -> None:
        index = self.state.index
        unseen = {index.ids[row] for row in compress(range(len(index)), index.done)}

        def known(task_id: int) -> Signature | None:
            unseen.discard(task_id)
            row = index.row(task_id)
            return None if row is None or not index.done[row] else index.signature(row)

        first_time = not unseen
        for file in work_files.changed(
            self.folder / COMPLETIONS, known, lambda n: self.progress("completions", n)
        ):
            self._take_work(file, "" if first_time else "changed")
        for task_id in unseen:
            index.set_work(index.sure_row(task_id), None)
            self._edited[work_path(task_id)] = "removed"

    def _take_work(self, file: WorkFile, how: str) -> None:
        path = work_path(file.task_id)
        row = self.state.index.row(file.task_id)
        if file.summary is None:
            self._set_aside(path, file.problem)
            if row is not None:
                self.state.index.set_work(row, None)
        elif row is None:
            self.state.orphans[file.task_id] = file.summary
        else:
            self.state.index.set_work(row, file.summary)
            self.state.index.sign(row, file.signature)
            if how:
                self._edited[path] = how

    def _set_aside(self, path: str, problem: str) -> None:
        detail = f"cannot be read ({problem})"
        if not self.read_only:
            detail += f"; moved to {self._quarantine.move(path)}"
        self.notes.append(Note("damaged", path, detail))

    # -- journal --------------------------------------------------------------------------------

    def _replay(self, base: Base | None, known: bool) -> None:
        if base is None and known and not self._same_lineage():
            self._set_journal_aside()
            return
        batches: dict[str, list[tuple[list[Change], Place]]] = {}
        versions: dict[str, set[int]] = {}
        records = 0
        for item in self.journal.recover(start=base.first_segment if base else 0):
            if isinstance(item, Tail):
                self._keep_tail(item)
                continue
            records += 1
            changes = decode(item.head["ops"], item.body)
            for change in changes:
                if isinstance(change, PutFile):
                    versions.setdefault(change.path, set()).add(zlib.crc32(change.content))
            part = ([let_go(change) for change in changes], item.place)
            batch = item.head.get("batch")
            if batch is not None:
                batches.setdefault(batch, []).append(part)
            if batch is None or item.head.get("commit"):
                for light, place in [part] if batch is None else batches.pop(batch):
                    self.state.apply(light, place)
                if "answer" in item.head:
                    self.state.remember(*item.head["answer"])
        if records:
            self._tell_recovered(records, edited=base is None and known)
        self._keep_edits(versions)

    def _tell_recovered(self, records: int, *, edited: bool) -> None:
        changes = "1 change" if records == 1 else f"{records} changes"
        detail = f"{changes} of a run that did not end cleanly were brought back"
        self.notes.append(Note("recovered", JOURNAL, detail))
        if edited and not self.read_only:
            kept = self._quarantine.copy(TASKS)
            detail = f"was changed by hand after a crash; as it was found it is kept as {kept}"
            self.notes.append(Note("edited", TASKS, detail))

    def _keep_tail(self, tail: Tail) -> None:
        detail = f"{len(tail.content)} bytes of an unfinished change were dropped"
        if not self.read_only:
            name = f"journal-{tail.segment:08d}.log"
            detail += f"; kept as {self._quarantine.keep(name, tail.content)}"
        self.notes.append(Note("recovered", JOURNAL, detail))

    def _keep_edits(self, versions: dict[str, set[int]]) -> None:
        """Tell of edits by hand; those that the journal will overwrite are kept first."""
        for path, how in self._edited.items():
            if path not in self.state.unsettled:
                detail = f"{how} by hand while the project was closed; taken over"
                self.notes.append(Note("edited", path, detail))
            elif how == "changed" and not self.read_only:
                content = (self.folder / path).read_bytes()
                if zlib.crc32(content) not in versions.get(path, ()):
                    kept = self._quarantine.keep(path, content)
                    detail = f"changed by hand after a crash; the journal is newer; kept as {kept}"
                    self.notes.append(Note("edited", path, detail))

    def _same_lineage(self) -> bool:
        """Whether this tasks.json, which the manifest does not know, grew from one it knows."""
        samples = self.manifests.current.samples
        if not samples:
            return True
        for task_id, crc in samples.items():
            row = self.state.index.row(task_id)
            if row is not None:
                _, offset, length = self.state.index.location(row)
                task = jsontext.loads(self.tasks.read(offset, length), lenient=True)
                if sample(task) == crc:
                    return True
        return False

    def _set_journal_aside(self) -> None:
        """It continues another tasks.json: replaying it here would mix two projects."""
        for path in sorted((self.folder / JOURNAL).glob("*.log")):
            if path.stat().st_size == 0:
                continue
            if self.read_only:
                detail = "belongs to another tasks.json and was not replayed"
            else:
                moved = self._quarantine.move(f"{JOURNAL}/{path.name}")
                detail = f"belongs to another tasks.json; not replayed, moved to {moved}"
            self.notes.append(Note("damaged", f"{JOURNAL}/{path.name}", detail))

    def _tell_orphans(self) -> None:
        for task_id in sorted(self.state.orphans):
            detail = f"completions of task {task_id}, which is not in {TASKS}"
            self.notes.append(Note("orphan", work_path(task_id), detail))
