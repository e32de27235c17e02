"""Mending the files of a project. Nothing is deleted: what is taken out is in ``quarantine/``."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Damaged, Locked
from label_studio_lite.store import records
from label_studio_lite.store.changes import put_work, work_path
from label_studio_lite.store.directory import ACCOUNTS, DOCUMENTS, LOCK, DirectoryStore, holder
from label_studio_lite.store.documents import AtomicStorage
from label_studio_lite.store.examining import Examiner
from label_studio_lite.store.fs import FileSystem, refusal
from label_studio_lite.store.opening import JOURNAL, TASKS
from label_studio_lite.store.quarantine import Quarantine
from label_studio_lite.store.records import Recovered, Tail, frame


def mend(folder: Path) -> list[str]:
    """Mend what can be mended; what was done, one line for each thing.

    Raises ``Locked`` while the project is open elsewhere, ``ReadOnly``, ``StorageFull``.
    """
    fs = FileSystem()
    folder = Path(os.path.realpath(folder))
    try:
        lines = list(_mend_our_own(fs, folder))
        store = DirectoryStore(folder, keeper=False)
        try:
            lines += [f"{n.path}: {n.detail}" for n in store.notes if n.kind != "orphan"]
            lines += _mend_completions(store)
            if store.rewrite_tasks():
                lines.append(f"{TASKS}: written with one task per line")
            store.checkpoint()
        finally:
            store.close()
    except OSError as error:
        raise refusal(error, "the files of the project") from error
    return lines


def _mend_our_own(fs: FileSystem, folder: Path) -> Iterator[str]:
    """What keeps the project from opening."""
    try:
        lock = fs.lock(folder / LOCK)
    except BlockingIOError as error:
        raise Locked(f"{folder} is already open in {holder(folder / LOCK)}") from error
    quarantine = Quarantine(fs, folder)
    try:
        try:
            for _ in records.recover(folder / JOURNAL):
                pass
        except Damaged:
            yield from _salvage(fs, folder / JOURNAL, quarantine)
        for name in (DOCUMENTS, ACCOUNTS):
            try:
                AtomicStorage(fs, folder / name).read()
            except Damaged as error:
                yield f"{name}: {error.detail}; moved to {quarantine.move(name)}"
    finally:
        lock.release()


# -- the journal --------------------------------------------------------------------------------


def _salvage(fs: FileSystem, journal: Path, quarantine: Quarantine) -> Iterator[str]:
    """Write damaged segments anew from their whole records; of batches, only whole ones stay."""
    found = list(records.salvage(journal))
    cut = _incomplete_batches(found)
    for number in records.segment_numbers(journal):
        items = [item for item in found if _segment(item) == number]
        kept = [i for i in items if isinstance(i, Recovered) and i.head.get("batch") not in cut]
        if len(kept) < len(items):
            path = records.segment_path(journal, number)
            aside = quarantine.keep(f"journal-{path.name}", path.read_bytes())
            fs.put(path, _framed(number, kept), durable=True)
            yield f"{JOURNAL}/{path.name}: {len(kept)} changes stay; as it was it is {aside}"


def _incomplete_batches(found: Iterable[Recovered | Tail]) -> set[str]:
    """Batches that say that they count, and of which a part is missing."""
    parts: Counter[str] = Counter()
    expected: dict[str, int] = {}
    for item in found:
        batch = item.head.get("batch") if isinstance(item, Recovered) else None
        if batch is not None and isinstance(item, Recovered):
            parts[batch] += 1
            if item.head.get("commit"):
                expected[batch] = item.head.get("parts", 0) + 1
    return {batch for batch, count in expected.items() if parts[batch] < count}


def _segment(item: Recovered | Tail) -> int:
    return item.place.segment if isinstance(item, Recovered) else item.segment


def _framed(number: int, kept: Iterable[Recovered]) -> Iterator[bytes]:
    position = 0
    for item in kept:
        start = frame(number, position, jsontext.dumps(item.head), item.body)
        yield from (start, item.body, b"\n")
        position += len(start) + len(item.body) + 1


# -- completions --------------------------------------------------------------------------------


def _mend_completions(store: DirectoryStore) -> Iterator[str]:
    quarantine = Quarantine(store.fs, store.folder)
    examiner = Examiner()
    for task in store.read_tasks([*store.task_ids(), *store.orphan_ids()]):
        faults = list(examiner.faults(task))
        if faults:
            path = work_path(task.id)
            aside = quarantine.keep(path, store.read_file(path) or b"")
            last_id = store.last_completion_id(task.id)
            store.commit(put_work(task.id, examiner.mended(task, faults, last_id)))
            reasons = "; ".join(fault.detail for fault in faults)
            yield f"{path}: mended ({reasons}); as it was it is {aside}"
