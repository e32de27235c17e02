"""What is remembered of ML backends over restarts, in the documents of a project."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from label_studio_lite.core.model import Json
from label_studio_lite.errors import LabelStudioError
from label_studio_lite.store.documents import Documents

log = logging.getLogger(__name__)

_BACKENDS = "ml_backends"  # {"name", "url", "train_job"?} by the backend's id
_SUBJECT = "ml_subject"  # {"created"}, one row


class Memory:
    """Ids of backends, their training jobs, and since when the project is known to them."""

    def __init__(self, documents: Documents, clock: Callable[[], float]) -> None:
        self._documents = documents
        self._clock = clock
        self._created: int | None = None

    def ids(self, entries: Sequence[Json]) -> list[int]:
        """An id for each entry of ``ml_backends``, the same as last time: by name and address.

        In a project that can only be read, new entries get ids that hold until the restart.
        """
        known = self._documents.all(_BACKENDS)
        ids: list[int] = []
        for entry in entries:
            key = {"name": str(entry.get("name")), "url": str(entry.get("url"))}
            found = [i for i, row in known.items() if key.items() <= row.items() and i not in ids]
            ids.append(found[0] if found else self._new_id(key, [*known, *ids]))
        for gone in known.keys() - set(ids):
            self._try(partial(self._documents.remove, _BACKENDS, gone))
        return ids

    def _new_id(self, key: Json, taken: Sequence[int]) -> int:
        made: list[int] = []
        self._try(lambda: made.append(self._documents.add(_BACKENDS, key)))
        return made[0] if made else max(taken, default=0) + 1

    def rename(self, backend_id: int, name: str, url: str) -> None:
        """The backend keeps its id under another name or address."""
        self.remember(backend_id, name=name, url=url)

    def remember(self, backend_id: int, **facts: Any) -> None:
        """Keep facts about a backend; None forgets one."""
        row = {**self._documents.all(_BACKENDS).get(backend_id, {}), **facts}
        kept = {key: value for key, value in row.items() if value is not None}
        self._try(lambda: self._documents.put(_BACKENDS, backend_id, kept))

    def recall(self, backend_id: int, fact: str) -> Any:
        """None when nothing is known."""
        return self._documents.all(_BACKENDS).get(backend_id, {}).get(fact)

    def created(self) -> int:
        """When the project was first spoken of, in seconds; 1.x names it by its id and this."""
        if self._created is None:
            rows = list(self._documents.all(_SUBJECT).values())
            self._created = int(rows[0].get("created", 0)) if rows else int(self._clock())
            if not rows:
                row = {"created": self._created}
                self._try(lambda: self._documents.add(_SUBJECT, row))
        return self._created

    def _try(self, write: Callable[[], object]) -> None:
        """What cannot be kept is found out again after the next start."""
        try:
            write()
        except LabelStudioError as error:
            log.info("not remembered of ML backends: %s", error)
