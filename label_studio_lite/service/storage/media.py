"""Media in storages as browsers and models can open them: looked up when a task is shown.

Task data keeps ``s3://bucket/key`` (``gs://``, ``azure-blob://``) for good. Whoever is shown a
task gets a signed address, made this moment, or one of this server, which then reads from the
storage; the labeling page gets the server's own in any case, which does not expire and leads on to
a signed one.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple
from urllib.parse import quote

from label_studio_lite.clouds import links
from label_studio_lite.clouds.base import Storage
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.clouds.links import Link
from label_studio_lite.core.addresses import sites_of
from label_studio_lite.errors import LabelStudioError, NotFound
from label_studio_lite.importing.streams import Spool
from label_studio_lite.service.storage.records import StorageRecord

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

log = logging.getLogger(__name__)

PATH = "/data/cloud/"
_FROM_ENVIRONMENT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_HOUR = 3600


class Found(NamedTuple):
    """An object that somebody may open: by this address, or by reading it here."""

    address: str | None
    storage: Storage


class CloudMedia:
    """The media of one project that are in storages."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._records: list[StorageRecord] | None = None
        self._open: dict[str, Storage] = {}

    def forget(self) -> None:
        """Storages changed."""
        with self._lock:
            opened, self._open, self._records = [*self._open.values()], {}, None
        for storage in opened:
            storage.close()

    # -- addresses ----------------------------------------------------------------------------

    def shown(self, data: Any, base: str = "", *, lasting: bool = False) -> Any:
        """The same data with addresses that a browser can open; what no storage of the project
        holds stays as it is.

        ``base`` comes before addresses of this server; ``lasting`` prefers those.
        """

        def found(link: Link, whole: bool) -> str | None:
            return self._address(link, base, lasting=lasting and whole)

        return links.replaced(data, found)

    def sites(self, data: Any) -> set[str]:
        """The sites that addresses of this server in :meth:`shown` lead on to."""
        return set(sites_of(self.shown(data)))

    def _address(self, link: Link, base: str, *, lasting: bool) -> str | None:
        record = self._holder(link)
        if record is None:
            return self._by_environment(link)
        if lasting:
            return base + self.own_address(record, link.key)
        try:
            signed = self._signed(record, link.key)
        except LabelStudioError as error:  # whoever opens it is told
            log.info("%s is not signed: %s", link, error.detail)
            signed = None
        return signed or base + self.own_address(record, link.key)

    def own_address(self, record: StorageRecord, key: str) -> str:
        """``/data/cloud/<name>?of=<storage>&key=<key>``."""
        name = quote(key.rpartition("/")[2] or "object", safe="")
        return f"{PATH}{name}?of={record.name}&key={quote(key, safe='')}"

    def _signed(self, record: StorageRecord, key: str) -> str | None:
        if not record.flag("presign"):
            return None
        return self._storage(record).presign(key, record.signed_for)

    def _by_environment(self, link: Link) -> str | None:
        """As 0.8.2: ``s3://`` without a storage is signed with the keys of the environment. Not
        on a server that is bound openly, whose users could name any bucket of its owner."""
        private = self._project.served.outgoing.allow_private
        if link.scheme != "s3" or not private or not all(map(os.environ.get, _FROM_ENVIRONMENT)):
            return None
        name = f"s3://{link.bucket}"
        with self._lock:
            if name not in self._open:
                values = {"bucket": link.bucket, "region_name": _region()}
                self._open[name] = KINDS["s3"].open(values, self._project.served.outgoing)
            storage = self._open[name]
        return storage.presign(link.key, _HOUR)

    # -- opening ------------------------------------------------------------------------------

    def find(self, name: str, key: str) -> Found:
        """An object of a storage; ``NotFound`` for one that it does not offer."""
        for record in self._imports():
            if record.name == name and key.startswith(record.folder):
                return Found(self._signed(record, key), self._storage(record))
        raise NotFound(f"no storage of this project has {key}")

    def download(self, address: str) -> BinaryIO | None:
        """The object that task data names, the caller's to close; None where no storage of the
        project holds it."""
        link = links.parse(address)
        record = self._holder(link) if link else None
        if link is None or record is None:
            return None
        spool = Spool()
        try:
            with self._storage(record).read(link.key) as content:
                for part in content.chunks:
                    spool.write(part)
        except BaseException:
            spool.stream.close()
            raise
        return spool.rewound()

    def _holder(self, link: Link) -> StorageRecord | None:
        """The storage with that bucket; of several, the one with the longest prefix."""
        fitting = [
            record
            for record in self._imports()
            if (record.kind.scheme, record.place) == (link.scheme, link.bucket)
            and link.key.startswith(record.folder)
        ]
        return max(fitting, key=lambda record: len(record.folder), default=None)

    def _imports(self) -> list[StorageRecord]:
        with self._lock:
            if self._records is None:
                self._records = list(self._project.storages.records.all("import"))
            return self._records

    def _storage(self, record: StorageRecord) -> Storage:
        with self._lock:
            if record.name not in self._open:
                self._open[record.name] = record.open(self._project.served.outgoing)
            return self._open[record.name]


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
