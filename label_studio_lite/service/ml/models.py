"""ML backends of a project: connecting, listing, changing and removing them."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, Invalid, NotFound
from label_studio_lite.ml.base import Subject
from label_studio_lite.service.events import Event
from label_studio_lite.service.ml.asking import ask_each
from label_studio_lite.service.ml.backends import (
    ProjectBackend,
    checked_fields,
    entry_of,
    is_address,
)
from label_studio_lite.service.ml.memory import Memory

if TYPE_CHECKING:
    from label_studio_lite.ml.transport import NewAdapter
    from label_studio_lite.service.project import Project

log = logging.getLogger(__name__)

KEY = "ml_backends"
ANY_TOKEN = "any"  # opens a server that asks for none
_NOTICE = 2.0  # seconds that backends have to take note of what was deleted or changed


class NoBackend(Invalid):
    """There is no ML backend to ask."""

    def __init__(self, detail: str = "No ML backend") -> None:
        super().__init__(detail)


class Models:
    """The ML backends of one project, as ``config.json`` lists them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.memory = Memory(project.documents, project.clock)
        self._lock = threading.RLock()
        self._open: list[ProjectBackend] = []
        self._entries: list[Json] | None = None  # those that ``_open`` was made of
        self._places: dict[int, int] = {}  # of each in ``_entries``, by id
        project.events.subscribe(self._happened)

    # -- looking ------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Of all, usable or not; the same name may be there twice."""
        return [str(entry.get("name")) for entry in self._listed()]

    def all(self) -> list[ProjectBackend]:
        """Every backend that has an address, in the order of ``config.json``."""
        entries = self._listed()
        with self._lock:
            if entries != self._entries:
                self._reopen(entries)
            return list(self._open)

    def get(self, backend_id: int) -> ProjectBackend:
        """``NotFound`` for an unknown id."""
        for backend in self.all():
            if backend.id == backend_id:
                return backend
        raise NotFound(f"there is no ML backend {backend_id}")

    def required(self) -> list[ProjectBackend]:
        """All; ``NoBackend`` if there is none."""
        backends = self.all()
        if not backends:
            raise NoBackend
        return backends

    def _listed(self) -> list[Json]:
        stored = self._project.settings.get(KEY)
        return [e for e in stored if isinstance(e, dict)] if isinstance(stored, list) else []

    # -- changing -----------------------------------------------------------------------------

    def connect(self, text: str) -> ProjectBackend:
        """Add the backend at ``URL`` or ``name=URL``, which must answer.

        Raises ``Invalid`` for what is no address, ``BackendFailed`` when nobody is there.
        """
        return self.create(entry_of(text, self._project.name, secrets.token_hex(2)))

    def create(self, fields: Json) -> ProjectBackend:
        """Like :meth:`connect`, with all settings of an entry; a name is made if none is given."""
        made = entry_of(str(fields.get("url")), self._project.name, secrets.token_hex(2))
        entry = checked_fields({**made, **fields, "name": fields.get("name") or made["name"]})
        self._try(entry)
        with self._changing() as entries:
            entries.append(entry)
        return self.all()[-1]

    def declare(self, new: list[Json]) -> None:
        """Add backends without asking whether they are there; known addresses are passed over."""
        with self._changing() as entries:
            known = {entry.get("url") for entry in entries}
            entries += [entry for entry in new if entry["url"] not in known]

    def update(self, backend_id: int, fields: Json) -> ProjectBackend:
        """Change settings; None takes one away. A password that is not given stays."""
        backend = self.get(backend_id)
        entry = checked_fields({**backend.entry, **fields})
        if entry.get("url") != backend.url:
            self._try(entry)
        with self._changing() as entries:
            entries[self._place(backend_id)] = entry
            self.memory.rename(backend_id, str(entry.get("name")), str(entry["url"]))
        return self.get(backend_id)

    def remove(self, name: str) -> None:
        """Forget the first backend of this name; ``NotFound``."""
        with self._changing() as entries:
            for entry in entries:
                if str(entry.get("name")) == name:
                    entries.remove(entry)
                    return
            raise NotFound(f"there is no ML backend {name!r}")

    def delete(self, backend_id: int) -> None:
        """Forget one backend; ``NotFound``."""
        with self._changing() as entries:
            del entries[self._place(backend_id)]

    def _place(self, backend_id: int) -> int:
        """Where a backend stands in the list of ``config.json``; ``NotFound``."""
        self.get(backend_id)
        return self._places[backend_id]

    @contextmanager
    def _changing(self) -> Iterator[list[Json]]:
        """The entries, to be changed in place; they are stored at the end, unless it raises."""
        with self._project.store.holding(), self._lock:
            entries = self._listed()
            yield entries
            if entries != self._listed():
                self._project.settings.change({KEY: entries})

    def _try(self, entry: Json) -> None:
        trial = ProjectBackend(0, entry, new_adapter=self._new_adapter())
        try:
            trial.client.health()
        except BackendFailed as error:
            text = f'ML backend with URL: "{entry["url"]}" is not connected. {error.detail}'
            raise BackendFailed(text) from error
        finally:
            trial.close()

    # -- asking -------------------------------------------------------------------------------

    def check(self, backend_id: int) -> ProjectBackend:
        """Ask a backend now how it is; afterwards its ``state`` and ``failure`` say it."""
        backend = self.get(backend_id)
        try:
            backend.client.health()
            backend.succeeded(backend.client.setup(self.subject(backend)))
        except BackendFailed as error:
            backend.failed(error)
        return backend

    def versions(self, backend_id: int) -> list[str]:
        """The versions of the model that a backend has; ``BackendFailed``."""
        backend = self.get(backend_id)
        try:
            return backend.client.versions(self.subject(backend))
        except BackendFailed as error:
            backend.failed(error)
            raise

    def subject(self, backend: ProjectBackend) -> Subject:
        """What this backend is told about the project."""
        project = self._project
        config, counts = project.label_config.current, project.store.counts()
        return Subject(
            label_config=config.xml,
            label_config_line=config.line,
            name=project.folder.name,
            folder=str(project.folder),
            id=project.id,
            created=self.memory.created(),
            hostname=str(backend.entry.get("hostname") or project.served.url),
            access_token=project.served.access_token() or ANY_TOKEN,
            project={
                "id": project.id,
                "title": project.settings.get("title"),
                "description": project.settings.get("description"),
                "label_config": config.xml,
                "expert_instruction": project.settings.get("instruction"),
                "task_number": counts.tasks,
                "total_annotations_number": counts.completions - counts.cancelled,
                "total_predictions_number": counts.predictions,
                "skipped_annotations_number": counts.cancelled,
            },
        )

    def greet(self) -> None:
        """Ask every backend whether it is there, as 0.8.2 does when it opens a project."""
        ask_each(self.all(), lambda backend, within: backend.client.health(within), _NOTICE)

    def greet_soon(self) -> None:
        """The same, in nobody's way."""
        threading.Thread(target=self.greet, name="ml-greet", daemon=True).start()

    def _tasks_deleted(self) -> None:
        """All tasks are gone; backends that do not answer soon have to live without knowing."""
        ask_each(
            self.all(),
            lambda backend, within: backend.client.delete(self.subject(backend), within),
            _NOTICE,
        )

    def _happened(self, event: Event) -> None:
        """Both are rare, and nobody labels meanwhile: the backends hear of it at once."""
        if event.action == "label_config_changed":
            self.greet()
        elif event.action == "tasks_deleted":
            self._tasks_deleted()

    # -- opening ------------------------------------------------------------------------------

    def _reopen(self, entries: list[Json]) -> None:
        """Keep the backends that are as they were, and make the others anew."""
        old = list(self._open)
        ids = self.memory.ids(entries)
        self._open = []
        self._places = {backend_id: at for at, backend_id in enumerate(ids)}
        for backend_id, entry in zip(ids, entries, strict=True):
            same = [b for b in old if b.id == backend_id and b.entry == entry]
            if same:
                self._open.append(same[0])
            elif is_address(entry.get("url")):
                adapter = self._new_adapter()
                clock = self._project.clock
                self._open.append(
                    ProjectBackend(backend_id, entry, new_adapter=adapter, clock=clock)
                )
            else:
                log.warning("ML backend %s has no http address", entry.get("name"))
        for backend in old:
            if backend not in self._open:
                backend.close()
        self._entries = entries

    def _new_adapter(self) -> NewAdapter | None:
        outgoing = self._project.served.outgoing
        return None if outgoing.allow_private else outgoing.new_adapter

    def close(self) -> None:
        """End all calls, and let go of the connections; they are made anew when needed."""
        with self._lock:
            for backend in self._open:
                backend.close()
            self._open, self._entries = [], None
