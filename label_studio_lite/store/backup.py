"""A consistent copy of a project, also while it is served.

With folds kept away, every change that was acknowledged is in the files or in the journal. Files
are copied first and the journal last, so that it holds whatever changed meanwhile; then the copy
is opened and closed like any project, which settles it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from label_studio_lite.errors import Conflict, Invalid, NotFound
from label_studio_lite.store import records
from label_studio_lite.store.base import Note
from label_studio_lite.store.directory import ACCOUNTS, LOCK, DirectoryStore
from label_studio_lite.store.fs import TEMP_SUFFIX, FileSystem, is_temp, refusal
from label_studio_lite.store.held import HOLD, held
from label_studio_lite.store.manifest import NAME as MANIFEST
from label_studio_lite.store.opening import CACHE, JOURNAL, TASKS
from label_studio_lite.store.projects_folder import MARKER
from label_studio_lite.store.staged import FOLDER as STAGED

SECRETS = (".secrets.json", ACCOUNTS)
_OURS = (LOCK, CACHE, JOURNAL, STAGED)  # made anew, copied on its own, or no part of it yet
_CHUNK = 1 << 20

Progress = Callable[[int], None]  # how many files were copied so far


def backup(
    folder: Path,
    target: Path,
    *,
    progress: Progress = lambda count: None,
    secrets: bool = False,
    fs: FileSystem | None = None,
) -> Sequence[Note]:
    """Copy a project to ``target``: a ``.zip``, or else a new folder.

    All that the folder holds is copied, keys only with ``secrets``. The copy is a plain project
    with nothing in its journal; what opening it had to say is returned. Raises ``NotFound``,
    ``Conflict`` (the target exists), ``Invalid``, ``Damaged``, ``StorageFull`` and ``ReadOnly``;
    then nothing is left of the copy.
    """
    fs = fs or FileSystem()
    folder, target = Path(os.path.realpath(folder)), Path(os.path.realpath(target))
    if not any((folder / name).exists() for name in (MARKER, TASKS)):
        raise NotFound(f"there is no project in {folder}")
    if target.exists():
        raise Conflict(f"{target} exists already")
    if target.is_relative_to(folder):
        raise Invalid(f"{target} is in the project itself")
    if not target.parent.is_dir():
        raise Invalid(f"{target.parent} is not a folder")
    try:
        with TemporaryDirectory(TEMP_SUFFIX, f".{target.name}.", target.parent) as name:
            copy = Path(name) / folder.name
            _Copy(fs, folder, copy, progress, () if secrets else SECRETS).run()
            notes = _settle(fs, copy)
            if target.suffix == ".zip":
                copy = _zipped(fs, copy)
            else:
                fs.flush_files([path for path in copy.rglob("*") if path.is_file()])
            fs.replace(copy, target)
            try:
                fs.flush_dir(target.parent)
            except OSError:
                target.replace(copy)
                raise
    except OSError as error:
        raise refusal(error, str(target)) from error
    return notes


class _Copy:
    """Copies one project into an empty folder, its journal last."""

    def __init__(
        self, fs: FileSystem, folder: Path, stage: Path, progress: Progress, omit: Sequence[str]
    ) -> None:
        self._fs = fs
        self._folder = folder
        self._stage = stage
        self._progress = progress
        self._omit = {*omit, *_OURS}
        self._count = 0

    def run(self) -> None:
        journal = self._folder / JOURNAL
        is_new = not journal.is_dir()
        with held(self._fs, journal, create=not is_new):
            for path in self._files():
                self._copy(path)
            if is_new and journal.is_dir():
                raise Conflict(f"{self._folder} was opened while it was copied; try again")
            if not is_new:
                self._copy_journal(journal)

    def _files(self) -> Iterator[Path]:
        """Every file to be copied, in folders that links lead to as well."""
        seen: set[str] = set()
        for name, folders, files in os.walk(self._folder, followlinks=True):
            here = Path(name)
            omit = self._omit if here == self._folder else ()
            seen.add(os.path.realpath(here))
            folders[:] = [
                f
                for f in sorted(folders)
                if f not in omit and not is_temp(f) and os.path.realpath(here / f) not in seen
            ]
            self._fs.make_dir(self._stage / here.relative_to(self._folder))
            for file in sorted(files):
                if file not in omit and not is_temp(file) and (here / file).is_file():
                    yield here / file

    def _copy(self, source: Path) -> None:
        target = self._stage / source.relative_to(self._folder)
        try:
            with source.open("rb") as file:
                self._fs.put(target, iter(lambda: file.read(_CHUNK), b""), durable=False)
            shutil.copystat(source, target)
        except FileNotFoundError:
            return  # removed meanwhile; the journal knows
        self._count += 1
        self._progress(self._count)

    def _copy_journal(self, journal: Path) -> None:
        self._fs.make_dir(self._stage / JOURNAL)
        for path in [journal / MANIFEST, *records.segment_paths(journal)]:
            self._copy(path)
        self._cut_tail(self._stage / JOURNAL)

    def _cut_tail(self, journal: Path) -> None:
        """Of a record that was being written while the journal was copied."""
        filled = [n for n in records.segment_numbers(journal) if _size(journal, n)]
        for item in records.recover(journal, start=filled[-1]) if filled else ():
            if isinstance(item, records.Tail):
                fd = self._fs.open_append(records.segment_path(journal, item.segment))
                try:
                    self._fs.truncate(fd, item.offset)
                finally:
                    self._fs.close(fd)


def _size(journal: Path, number: int) -> int:
    return records.segment_path(journal, number).stat().st_size


def _settle(fs: FileSystem, folder: Path) -> Sequence[Note]:
    """Open and close a copy, and remove what is only of use where it was made."""
    store = DirectoryStore(folder, keeper=False)
    notes = [note for note in store.notes if note.kind != "recovered"]
    try:
        store.checkpoint()
    finally:
        store.close()
    shutil.rmtree(folder / CACHE, ignore_errors=True)
    for path in (folder / LOCK, folder / JOURNAL / HOLD):
        fs.remove(path)
    return notes


def _zipped(fs: FileSystem, folder: Path) -> Path:
    """An archive of a folder, beside it, in which it goes by its name."""
    path = folder.with_name(f"{folder.name}.zip")
    fd = fs.open_new(path)
    try:
        with (
            os.fdopen(fd, "wb", closefd=False) as file,
            ZipFile(file, "w", ZIP_DEFLATED, strict_timestamps=False) as archive,
        ):
            for source in sorted(folder.rglob("*")):
                archive.write(source, source.relative_to(folder.parent).as_posix())
        fs.flush(fd)
    finally:
        fs.close(fd)
    return path
