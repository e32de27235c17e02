"""Where tasks come from and completions go to, besides the project's own files.

The ``source`` and the ``target`` of ``config.json`` (0.8.x) and any number of import and export
storages (1.x) are the same here; see ``storage_records.py``, ``storage_sync.py`` (import) and
``storage_writer.py`` (export).
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from label_studio_lite.clouds.base import Kind, try_writing
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, FieldsInvalid, Invalid, LabelStudioError
from label_studio_lite.service.jobs import Job, Running
from label_studio_lite.service.local_files import ROOTS
from label_studio_lite.service.storage.keys import KeyMap
from label_studio_lite.service.storage.legacy import LOCAL, TYPES, Role, params_of, settings_of
from label_studio_lite.service.storage.records import Side, StorageRecord, StorageRecords
from label_studio_lite.service.storage.sync import StorageSync
from label_studio_lite.service.storage.writer import StorageWriter
from label_studio_lite.store.changes import Change
from label_studio_lite.store.opening import TASKS

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

SYNC, WRITE = "storage-sync", "storage-write"
_AT_ONCE = 20.0  # seconds that a request waits for a sync that it started
_STEP = 0.5


class Storages:
    """The storages of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._one_sync = threading.Lock()
        self.records = StorageRecords(project)
        self.writer = StorageWriter(project)
        project.jobs.register(SYNC, self._run_sync)
        project.jobs.register(WRITE, self._run_write)
        self._set_secrets_aside()

    # -- the source and the target of 0.8.x ---------------------------------------------------

    def kind(self, role: Role) -> str:
        """The type that is in use, in 0.8.x's words."""
        return str(self._project.settings.get(role, {}).get("type") or LOCAL[role])

    def readable_path(self, role: Role) -> str:
        """Where that is, for people."""
        record = self.records.of_role(role)
        if record is None:
            return f"{self._project.name}/{TASKS if role == 'source' else 'completions'}"
        return f"{record.kind.scheme or record.kind.name}://{record.place}/{record.folder}"

    def select(self, role: Role, kind: str, given: Json) -> Job | None:
        """Use another storage; the job that brings tasks, or writes the work there is.

        Secrets that are not given stay as they are. ``FieldsInvalid``, or ``BackendFailed`` and
        ``MissingExtra`` if it cannot be used; then nothing changed.
        """
        if kind == LOCAL[role]:
            entry: Json = {"name": role, "type": kind, "path": None, "params": {}}
            self._project.settings.change({role: entry})
            self.changed()
            return None
        found = KINDS[TYPES[role][kind]]
        values = self._read_form(role, found, given)
        try:
            self.check(StorageRecord(role, _SIDES[role], found, values, 0.0, {}))
        except (BackendFailed, Invalid) as error:
            raise BackendFailed(f"Error while storage update: {error.detail}") from error
        names = params_of(found)
        kept = {names.get(key, key): value for key, value in values.items() if value is not None}
        secrets = {key: kept.pop(key) for key in found.secrets() if kept.get(key)}
        place = kept.pop("path", None)
        self._project.secrets.put(role, secrets)
        self._project.settings.change(
            {role: {"name": role, "type": kind, "path": place, "params": kept}}
        )
        self.changed()
        return self.sync(role)

    def as_form(self, record: StorageRecord) -> Json:
        """The settings in 0.8.x's words, without secrets."""
        names = params_of(record.kind)
        return {names.get(key, key): value for key, value in record.shown().items()}

    def _read_form(self, role: Role, kind: Kind, given: Json) -> Json:
        """0.8.x's form as settings; errors have its words."""
        settings = settings_of(kind)
        values = {settings.get(key, key): value for key, value in given.items()}
        extra = {key: values[key] for key in ("data_key", "create_local_copy") if values.get(key)}
        try:
            drafted = self.records.drafted(_SIDES[role], kind, values, self._known(role, kind))
        except FieldsInvalid as error:
            names = params_of(kind)
            errors = {names.get(key, key): said for key, said in error.errors.items()}
            if "regex" in errors:
                errors["regex"] = [f"{given['regex']} is not a valid regular expression"]
            raise FieldsInvalid(errors) from error
        return drafted | extra

    def _known(self, role: Role, kind: Kind) -> Json:
        """Defaults of 0.8.x, and the secrets of the same storage."""
        record = self.records.of_role(role)
        secrets = self._project.secrets.get(role) if record and record.kind is kind else {}
        return {"use_blob_urls": role == "source", "presign_ttl": 60, **secrets}

    def _set_secrets_aside(self) -> None:
        """Keys that were given on the command line or written into ``config.json`` by hand."""
        if self._project.store.read_only:
            return
        for role in TYPES:
            entry = self._project.settings.get(role)
            record = self.records.of_role(role)
            if record is None or not isinstance(entry.get("params"), dict):
                continue
            found = {k: v for k, v in entry["params"].items() if k in record.kind.secrets()}
            if found:
                self._project.secrets.put(role, self._project.secrets.get(role) | found)
                kept = {k: v for k, v in entry["params"].items() if k not in found}
                self._project.settings.change({role: {**entry, "params": kept}})

    # -- checking -----------------------------------------------------------------------------

    def check(self, record: StorageRecord) -> None:
        """``Invalid``, ``BackendFailed`` or ``MissingExtra`` unless it can be used."""
        if record.kind.name == "localfiles":
            self._check_folder(record.place)
        storage = record.open(self._project.served.outgoing)
        try:
            storage.validate(record.folder)
            if record.side == "export":
                try_writing(storage, record.folder)
        finally:
            storage.close()

    def _check_folder(self, place: str) -> None:
        """Not the project itself; and bound openly, only folders that were declared."""
        path = Path(os.path.realpath(place))
        own = Path(os.path.realpath(self._project.folder))
        if path.is_relative_to(own) or own.is_relative_to(path):
            raise Invalid(f"{place} holds the project itself, or is a part of it")
        roots = self._project.settings.get(ROOTS) or []
        declared = any(path.is_relative_to(os.path.realpath(str(root))) for root in roots)
        if not declared and not self._project.served.outgoing.allow_private:
            raise Invalid(f"{place} is not in a folder that this project serves")

    def served_folders(self) -> list[str]:
        """Folders of local files whose media are labeled in place."""
        return [
            os.path.realpath(record.place)
            for record in self.records.all("import")
            if record.kind.name == "localfiles" and record.flag("use_blob_urls")
        ]

    # -- storages of 1.x ----------------------------------------------------------------------

    def add(self, side: Side, kind: Kind, given: Json) -> StorageRecord:
        """``FieldsInvalid``, or what :meth:`check` raises; then nothing changed."""
        values = self.try_new(side, kind, given).values
        record = self.records.add(side, kind, values)
        self.changed()
        if side == "export":
            self.sync(record.name, wait=False)
        return record

    def try_new(self, side: Side, kind: Kind, given: Json) -> StorageRecord:
        """Whether :meth:`add` would work, without doing it."""
        draft = StorageRecord("", side, kind, self.records.drafted(side, kind, given), 0.0, {})
        self.check(draft)
        return draft

    def try_changed(self, record: StorageRecord, given: Json) -> StorageRecord:
        """Whether :meth:`change` would work, without doing it."""
        values = self.records.drafted(record.side, record.kind, given, record.values)
        draft = replace(record, values=values)
        self.check(draft)
        return draft

    def change(self, record: StorageRecord, given: Json) -> StorageRecord:
        """Settings that are not given stay as they are, secrets too."""
        changed = self.records.change(record, self.try_changed(record, given).values)
        self.changed()
        return changed

    def remove(self, record: StorageRecord) -> None:
        """The storage is forgotten; its tasks and objects stay."""
        for job in self._jobs(record.name):
            if job.status == "running":
                self._project.jobs.cancel(job.id)
        self.records.remove(record)
        self._project.store.commit(KeyMap(self._project.store, record.name).forgetting())
        self.changed()

    def changed(self) -> None:
        """Storages were added, changed or removed."""
        self._project.cloud_media.forget()
        self.writer.refresh()

    # -- syncing ------------------------------------------------------------------------------

    def sync(self, name: str, *, wait: bool = True) -> Job:
        """Start it, or join the one that runs; with ``wait``, for a while until it has ended."""
        record = self.records.get(name)
        kind = SYNC if record.side == "import" else WRITE
        self.records.note(record, {"status": "queued"})
        job = self._project.jobs.start(kind, {"storage": name}, join=True)
        return self._project.jobs.wait(job.id, _AT_ONCE) if wait else job

    def last_job(self, name: str) -> Job | None:
        """The newest one of a storage that is remembered."""
        return next(iter(self._jobs(name)), None)

    def syncing(self, role: Role) -> bool:
        """Whether work is on the way; what a source brings, or what goes to a target."""
        job = self.last_job(role)
        running = job is not None and job.status == "running"
        return running or self.writer.pending(role) > 0

    def _jobs(self, name: str) -> list[Job]:
        jobs = [job for job in self._project.jobs.all() if job.params.get("storage") == name]
        return jobs[::-1]

    def begin(self) -> None:
        """The project is served from now on: bring what is new, write what is owed."""
        self.changed()
        if self.records.of_role("source") is not None:
            self.sync("source", wait=False)

    def close(self) -> None:
        """No more is written; what is owed is found again at the next start."""
        self.writer.close()
        self._project.cloud_media.forget()

    def forgetting(self) -> list[Change]:
        """All tasks go: the changes that make the next sync bring them anew."""
        store = self._project.store
        return [KeyMap(store, r.name).forgetting() for r in self.records.all("import")]

    def _run_sync(self, running: Running) -> None:
        record = self.records.get(running.job.params["storage"])
        while not self._one_sync.acquire(timeout=_STEP):
            if running.stop.is_set():
                return
        try:
            self._sync(record, running)
        finally:
            self._one_sync.release()

    def _sync(self, record: StorageRecord, running: Running) -> None:
        started = self._project.clock()
        self.records.note(record, {"status": "in_progress", "started_at": started})
        try:
            storage = record.open(self._project.served.outgoing)
            try:
                sync = StorageSync(self._project, record, storage, running)
                sync.run()
            finally:
                storage.close()
        except LabelStudioError as error:
            self._note_end(record, "failed", error.detail)
            raise
        if sync.problems:
            more = sync.counts["failed"] - len(sync.problems)
            named = sync.problems + ([f"and {more} more"] if more else [])
            running.job.error = "\n".join(named)
        status = "completed_with_errors" if sync.problems else "completed"
        self._note_end(record, status, running.job.error, sync.counts["added"], sync.existed)

    def _run_write(self, running: Running) -> None:
        record = self.records.get(running.job.params["storage"])
        started = self._project.clock()
        self.records.note(record, {"status": "in_progress", "started_at": started})
        self.writer.look(record.name)
        while not self.writer.wait(record.name, _STEP):
            if running.stop.is_set():
                return
            running.job.total = max(running.job.total, self.writer.pending(record.name))
            left = self.writer.pending(record.name)
            running.progress(done=running.job.total - left, position=None)
        problem = self.writer.problem(record.name)
        if problem is not None:
            self._note_end(record, "failed", problem)
            raise BackendFailed(problem)
        running.job.done = running.job.total
        done = self._project.store.counts().completed
        self._note_end(record, "completed", None, done, done)

    def _note_end(
        self,
        record: StorageRecord,
        status: str,
        problem: str | None,
        count: int | None = None,
        existed: int = 0,
    ) -> None:
        state: Json = {"status": status, "problem": problem, "ended_at": self._project.clock()}
        if count is not None:
            state |= {"count": count, "existed": existed, "synced_at": state["ended_at"]}
        self.records.note(record, state)


_SIDES: dict[Role, Side] = {"source": "import", "target": "export"}
