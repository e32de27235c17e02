"""Looking at the files of a project for whatever is wrong with them; also while it is served.

``store/mending.py`` mends what is found here, where that can be done.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from label_studio_lite.core import jsontext, label_config
from label_studio_lite.core.media import upload_name
from label_studio_lite.errors import Damaged, LabelConfigInvalid, NotFound
from label_studio_lite.store import records
from label_studio_lite.store.changes import COMPLETIONS, work_path
from label_studio_lite.store.directory import ACCOUNTS, DOCUMENTS
from label_studio_lite.store.documents import AtomicStorage
from label_studio_lite.store.examining import Examiner
from label_studio_lite.store.fs import FileSystem, is_temp
from label_studio_lite.store.held import held
from label_studio_lite.store.index import Counts
from label_studio_lite.store.journal import Journal
from label_studio_lite.store.mending import mend
from label_studio_lite.store.opening import CACHE, JOURNAL, TASKS, Opened
from label_studio_lite.store.projects_folder import MARKER
from label_studio_lite.store.quarantine import FOLDER as QUARANTINE
from label_studio_lite.store.reading import Reader
from label_studio_lite.store.uploads import FOLDER as UPLOADS

Severity = Literal["error", "warning", "note"]
Progress = Callable[[str, int], None]

CONFIG = "config.xml"
_STALE = 60.0  # seconds after which an unfinished write is taken for a leftover
_SHOWN = 5  # names that a finding lists
_ASIDE = "move it to quarantine/"

repair = mend


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know about a file.

    ``path`` is relative to the project. An ``error`` keeps work from being seen, here or by other
    programs; a ``warning`` may be meant so; a ``note`` is in order. ``repair`` says what
    :func:`repair` would do, if anything: "``--repair`` would …".
    """

    path: str
    reason: str
    severity: Severity
    repair: str = ""


@dataclass(slots=True)
class Report:
    """What a look at a project found."""

    folder: Path
    findings: list[Finding] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    @property
    def is_sound(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def summary(self) -> str:
        counts = self.counts
        found = Counter(finding.severity for finding in self.findings)
        verdict = ", ".join(f"{number} {_plural(what, number)}" for what, number in found.items())
        return (
            f"{counts.tasks} tasks, {counts.completed} of them completed with"
            f" {counts.completions} completions: {verdict or 'all is well'}"
        )


def check(folder: Path, *, progress: Progress = lambda what, count: None) -> Report:
    """Look at everything; nothing is changed. ``NotFound`` where there is no project.

    A server that has the project open goes on saving, but does not exchange files meanwhile.
    """
    folder = Path(os.path.realpath(folder))
    if not any((folder / name).exists() for name in (MARKER, TASKS, COMPLETIONS)):
        raise NotFound(f"there is no project in {folder}")
    fs = FileSystem()
    with held(fs, folder / JOURNAL, create=False):
        return _Look(fs, folder, progress).run()


class _Look:
    """One look at one project."""

    def __init__(self, fs: FileSystem, folder: Path, progress: Progress) -> None:
        self._fs = fs
        self._folder = folder
        self._progress = progress
        self._report = Report(folder)
        self._missing: Counter[str] = Counter()  # uploads that tasks name

    def run(self) -> Report:
        opened = self._open()
        self._take_notes(opened)
        self._look_at_journal(opened)
        self._look_at_tasks(opened)
        self._look_at_settings()
        self._look_at_leftovers()
        return self._report

    def _find(self, path: str, reason: str, severity: Severity, repair: str = "") -> None:
        self._report.findings.append(Finding(path, reason, severity, repair))

    # -- tasks and completions ------------------------------------------------------------------

    def _open(self) -> Opened:
        """The project as a start would find it; without its journal where that is damaged."""
        journal = self._folder / JOURNAL
        try:
            opened = self._opened(journal)
            opened.read()
        except Damaged as error:
            self._find(JOURNAL, error.detail, "error", "go on with every change that is whole")
            opened = self._opened(journal / "none")
            opened.read()
        return opened

    def _opened(self, journal: Path) -> Opened:
        return Opened(
            self._folder,
            self._fs,
            Journal(self._fs, journal),
            read_only=True,
            progress=self._progress,
        )

    def _take_notes(self, opened: Opened) -> None:
        for note in opened.notes:
            if note.kind == "orphan":
                self._find(note.path, note.detail, "warning")
            elif note.kind == "edited":
                self._find(note.path, note.detail, "note")
            elif note.path == TASKS:
                mending = "keep a copy in quarantine/ and write the rest, one task per line"
                self._find(TASKS, note.detail, "error", mending)
            elif note.kind == "damaged":
                self._find(note.path, note.detail, "error", _ASIDE)
        if not opened.lined and opened.tasks.size:
            reason = "is not written with one task per line; it is with the next change"
            self._find(TASKS, reason, "note", "write it so")

    def _look_at_tasks(self, opened: Opened) -> None:
        reader = Reader(opened)
        examiner = Examiner()
        self._report.counts = shown = reader.counts()
        found = Counts()
        told = len(opened.notes)
        for task in reader.read_tasks([*reader.task_ids(), *reader.orphan_ids()]):
            for fault in examiner.faults(task):
                mending = "keep a copy in quarantine/ and take out what cannot be read"
                self._find(work_path(task.id), fault.detail, "error", mending)
            for name in _uploads_of(task.data):
                if not (self._folder / UPLOADS / name).is_file():
                    self._missing[name] += 1
            if reader.has_task(task.id):
                found.tasks += 1
                found.completed += task.completed
                found.completions += len(task.completions) if task.completed else 0
            if found.tasks % 10_000 == 0:
                self._progress("tasks", found.tasks)
        for note in opened.notes[told:]:
            self._find(note.path, note.detail, "error")
        for name in ("tasks", "completed", "completions"):
            if getattr(found, name) != getattr(shown, name):
                reason = f"tells of {getattr(shown, name)} {name}, the files hold"
                self._find(CACHE, f"{reason} {getattr(found, name)}", "error", "count anew")
        for name, count in sorted(self._missing.items()):
            reason = f"is missing, and {count} {_plural('task', count)} would show it"
            self._find(f"{UPLOADS}/{name}", reason, "warning")

    # -- the journal ----------------------------------------------------------------------------

    def _look_at_journal(self, opened: Opened) -> None:
        folder = self._folder / JOURNAL
        whole = 0
        start = opened.base.first_segment if opened.base else 0
        last = max(records.segment_numbers(folder), default=0)
        for item in records.salvage(folder, start=start):
            if not isinstance(item, records.Tail):
                whole += 1
                continue
            path = f"{JOURNAL}/{records.segment_path(folder, item.segment).name}"
            end = item.offset + len(item.content)
            size = (self._folder / path).stat().st_size
            if item.segment == last and end >= size:
                reason = (
                    f"the last {len(item.content)} bytes are of a change that was not finished"
                )
                self._find(path, reason, "warning", "cut them off and keep them in quarantine/")
            else:
                reason = f"bytes {item.offset} to {end} cannot be read: a saved change is lost"
                self._find(path, reason, "error", "keep a copy in quarantine/ and take them out")
        if whole:
            reason = f"holds {whole} {_plural('change', whole)} that tasks.json or other files do"
            self._find(JOURNAL, f"{reason} not hold yet", "note", "bring them up to date")

    # -- other files ----------------------------------------------------------------------------

    def _look_at_settings(self) -> None:
        checks: dict[str, Callable[[bytes], Any]] = {
            MARKER: _object,
            CONFIG: lambda content: label_config.parse(content.decode("utf-8-sig")),
        }
        for path, look in checks.items():
            try:
                look((self._folder / path).read_bytes())
            except FileNotFoundError:
                self._find(path, "is missing; defaults are used", "warning")
            except (OSError, ValueError, LabelConfigInvalid) as error:
                self._find(path, f"cannot be used: {error}", "error")
        for name in (DOCUMENTS, ACCOUNTS):
            try:
                AtomicStorage(self._fs, self._folder / name).read()
            except Damaged as error:
                self._find(name, error.detail, "error", _ASIDE)

    def _look_at_leftovers(self) -> None:
        for name in ("", JOURNAL, CACHE, COMPLETIONS, UPLOADS, QUARANTINE):
            for path in _files(self._folder / name):
                if is_temp(path.name) and time.time() - path.stat().st_mtime > _STALE:
                    relative = path.relative_to(self._folder).as_posix()
                    self._find(relative, "is left of an interrupted write", "note", "remove it")
        names = [path.name for path in _files(self._folder / QUARANTINE)]
        if names:
            shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
            reason = f"holds {len(names)} {_plural('file', len(names))} that were set aside:"
            self._find(QUARANTINE, f"{reason} {shown}", "note")


def _object(content: bytes) -> None:
    if not isinstance(jsontext.loads(content, lenient=True), dict):
        raise ValueError("an object is expected")


def _uploads_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _uploads_of(item)
    else:
        name = upload_name(value)
        if name is not None:
            yield name


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
