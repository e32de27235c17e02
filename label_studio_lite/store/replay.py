"""Bringing what the files say up to the journal, and finding edits by hand that it overrules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from label_studio_lite.core import jsontext
from label_studio_lite.errors import Damaged
from label_studio_lite.store.changes import (
    Change,
    PutFile,
    body_size,
    decode,
    let_go,
)
from label_studio_lite.store.index import BASE, Signature
from label_studio_lite.store.journal import Journal
from label_studio_lite.store.manifest import Base, Manifests, checksum, sample
from label_studio_lite.store.records import Place, Recovered, Tail, segment_paths
from label_studio_lite.store.state import State, Unsettled
from label_studio_lite.store.tasks_file import TasksFile
from label_studio_lite.store.work_files import signature_of

_SECTOR = 512  # bytes that a disk writes as one
# what a record that says something else than ours raises when it is applied
_NOT_UNDERSTOOD = (LookupError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(slots=True)
class Replay:
    """The journal of an earlier run, applied to ``state``. Nothing on disk is changed."""

    state: State
    journal: Journal
    manifests: Manifests
    tasks: TasksFile
    records: int = 0
    tail: Tail | None = None  # what was never finished
    is_foreign: bool = False  # the journal continues another tasks.json, and was not replayed
    _batches: dict[str, list[tuple[list[Change], Place]]] = field(default_factory=dict)
    _versions: dict[str, list[Unsettled]] = field(default_factory=dict)
    # CRC-32 and signatures of files as they were before records changed them
    _before: dict[str, set[int | Signature]] = field(default_factory=dict)

    def run(self, base: Base | None) -> None:
        """``base`` is how the manifest describes tasks.json. Raises ``Damaged``."""
        known = self.manifests.current.bases
        if base is None and known and not self._same_lineage():
            self.is_foreign = bool(self.foreign_segments())
            return
        start = base.first_segment if base else min((b.first_segment for b in known), default=0)
        for item in self.journal.recover(start=start):
            if isinstance(item, Tail):
                self.tail = item
            else:
                self.records += 1
                try:
                    self._take(item)
                except _NOT_UNDERSTOOD as error:
                    place = item.place
                    raise Damaged(
                        f"journal segment {place.segment} holds a change at byte {place.offset}"
                        f" that this version does not understand ({error}). Nothing was changed"
                    ) from error

    def _take(self, record: Recovered) -> None:
        """Apply a record, or keep it until its batch is complete."""
        head, place = record.head, record.place
        changes = decode(head["ops"], record.body)
        self._remember_versions(changes, place)
        self.state.know_deleted(head.get("deleted", ()))
        for path, *how in head.get("was", ()):
            self._before.setdefault(path, set()).add(how[0] if len(how) == 1 else Signature(*how))
        part = ([let_go(change) for change in changes], place)
        batch = head.get("batch")
        parts = [part] if batch is None else self._batches.setdefault(batch, [])
        if batch is not None:
            parts.append(part)
            if not head.get("commit"):
                return
            del self._batches[batch]
        for light, where in parts:
            self.state.apply(light, where)
        if "answer" in head:
            self.state.remember(*head["answer"])

    def _remember_versions(self, changes: list[Change], place: Place) -> None:
        offset = place.offset
        for change in changes:
            if isinstance(change, PutFile):
                version = Unsettled(Place(place.segment, offset), change.size)
                self._versions.setdefault(change.path, []).append(version)
            offset += body_size(change)

    # -- whose journal it is --------------------------------------------------------------------

    def _same_lineage(self) -> bool:
        """Whether this tasks.json, which the manifest does not know, grew from one it knows.

        One without tasks is taken for an emptied one: there is nothing to mix up.
        """
        samples = self.manifests.current.samples
        index = self.state.index
        if not samples or not len(index):
            return True
        for task_id, crc in samples.items():
            row = index.row(task_id)
            if row is not None and index.segment[row] == BASE:
                text = self.tasks.read(index.offset[row], index.length[row])
                if sample(jsontext.loads(text, lenient=True)) == crc:
                    return True
        return False

    def foreign_segments(self) -> list[Path]:
        """Segments that hold anything."""
        return [path for path in segment_paths(self.journal.folder) if path.stat().st_size]

    # -- edits by hand --------------------------------------------------------------------------

    def edits(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """Files that the journal overrules although we never wrote them so; path and content."""
        for path, newest in self.state.unsettled.items():
            known = self._versions.get(path, ())
            if newest.length is None and not known:
                continue  # it is to go, and was not changed before: nothing to compare with
            try:
                content = (folder / path).read_bytes()
                found = {checksum(content), signature_of((folder / path).stat())}
            except (FileNotFoundError, NotADirectoryError):
                continue
            ours = self._before.get(path, set()) | {self.manifests.current.files.get(path)}
            if not found & ours and not any(_came_from(content, self._read(v)) for v in known):
                yield path, content

    def _read(self, version: Unsettled) -> bytes:
        segment = self.journal.segment(version.place.segment)
        return segment.read(version.place.offset, version.length or 0)


def _came_from(found: bytes, written: bytes) -> bool:
    """Whether a file is what was written, or what a power cut may have left of it."""
    if found == written:
        return True
    if len(found) > len(written):
        return False
    sectors = range(0, len(found), _SECTOR)
    return all(
        part == written[at : at + len(part)] or not part.strip(b"\0")
        for at in sectors
        for part in (found[at : at + _SECTOR],)
    )
