"""Azure Blob Storage, by azure-storage-blob (extra ``azure``).

Account and key come from the settings or from ``AZURE_BLOB_ACCOUNT_NAME`` and
``AZURE_BLOB_ACCOUNT_KEY``, as in 1.x.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from label_studio_lite.clouds.base import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    Client,
    Content,
    Entry,
    Field,
    Kind,
    Values,
    text,
)
from label_studio_lite.clouds.extras import imported
from label_studio_lite.errors import BackendFailed, Invalid, NotFound, OutOfRange
from label_studio_lite.outgoing import Outgoing, http_host

EXTRA = "azure"


class AzureStorage:
    """One container."""

    def __init__(self, values: Values, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self.container = text(values, "container")
        if not self.container:
            raise Invalid("the name of a container is needed")
        environ = os.environ.get
        self._account = text(values, "account_name", environ("AZURE_BLOB_ACCOUNT_NAME", ""))
        self._key = text(values, "account_key", environ("AZURE_BLOB_ACCOUNT_KEY", ""))
        if not self._account or not self._key:
            raise Invalid(
                "Azure account name and key must be set using environment variables"
                " AZURE_BLOB_ACCOUNT_NAME and AZURE_BLOB_ACCOUNT_KEY or account_name and"
                " account_key fields."
            )
        default = f"https://{self._account}.blob.core.windows.net"
        self._endpoint = text(values, "azure_endpoint", default)
        http_host(self._endpoint)
        self._blob = imported("azure.storage.blob", EXTRA)
        self._client = Client(self._new_client)

    def _new_client(self) -> Any:
        transport = imported("azure.core.pipeline.transport", EXTRA).RequestsTransport(
            session=self._outgoing.new_session(), session_owner=False
        )
        try:
            return self._blob.ContainerClient(
                self._endpoint,
                self.container,
                credential={"account_name": self._account, "account_key": self._key},
                transport=transport,
                retry_policy=self._blob.ExponentialRetry(
                    initial_backoff=1, increment_base=2, retry_total=2, random_jitter_range=1
                ),
                connection_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
            )
        except ValueError as error:
            raise Invalid(f"{self.link('')}: {error}") from error

    @contextmanager
    def _failures(self, key: str | None = None) -> Iterator[None]:
        errors = imported("azure.core.exceptions", EXTRA)
        where = self.link(key or "")
        try:
            yield
        except errors.ResourceNotFoundError as error:
            if key is not None and error.error_code != "ContainerNotFound":
                raise NotFound(f"there is no object {where}") from error
            raise BackendFailed(f"{where}: there is no such container") from error
        except errors.AzureError as error:
            if getattr(error, "status_code", None) == 416:
                raise OutOfRange(f"{where} is shorter") from error
            said = str(getattr(error, "reason", "") or error.message).splitlines()[0]
            raise BackendFailed(f"{where}: {said}") from error
        except ValueError as error:  # a key that is no base64
            raise BackendFailed(f"{where}: the account key cannot be used") from error

    # -- the interface ------------------------------------------------------------------------

    def validate(self, prefix: str = "") -> None:
        with self._failures():
            found = self._client().list_blobs(name_starts_with=prefix, results_per_page=1)
            next(iter(found), None)

    def list(self, prefix: str = "", *, recursive: bool = True) -> Iterator[Entry]:
        client = self._client()
        listed = client.list_blobs if recursive else client.walk_blobs
        with self._failures():
            for blob in listed(name_starts_with=prefix):
                if not blob.name.endswith("/") and not isinstance(blob, self._blob.BlobPrefix):
                    yield Entry(blob.name, int(blob.size), str(blob.etag).strip('"'))

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Content:
        with self._failures(key):
            got = self._client().download_blob(
                key,
                offset=start if start or stop is not None else None,
                length=None if stop is None else stop - start,
                max_concurrency=1,
            )
        size = int(got.properties.size)
        whole = got.properties.content_range
        if whole:
            size = int(str(whole).rpartition("/")[2])
        if start and start >= size:
            raise OutOfRange(f"{self.link(key)} has {size} bytes")
        return Content(
            chunks=self._chunks(key, got),
            size=size,
            start=start,
            stop=size if stop is None else min(stop, size),
            content_type=got.properties.content_settings.content_type or "",
        )

    def _chunks(self, key: str, got: Any) -> Iterator[bytes]:
        with self._failures(key):
            yield from got.chunks()

    def write(self, key: str, content: bytes, content_type: str = "application/json") -> None:
        settings = self._blob.ContentSettings(content_type=content_type)
        with self._failures():
            self._client().upload_blob(key, content, overwrite=True, content_settings=settings)

    def delete(self, key: str) -> None:
        try:
            with self._failures(key):
                self._client().delete_blob(key)
        except NotFound:
            return

    def presign(self, key: str, seconds: int) -> str | None:
        with self._failures():
            signature = self._blob.generate_blob_sas(
                self._account,
                self.container,
                key,
                account_key=self._key,
                permission=self._blob.BlobSasPermissions(read=True),
                expiry=datetime.now(timezone.utc) + timedelta(seconds=seconds),
            )
        return f"{self._client().get_blob_client(key).url}?{signature}"

    def link(self, key: str) -> str:
        return f"azure-blob://{self.container}/{key}"

    def close(self) -> None:
        self._client.close()


KIND = Kind(
    name="azure",
    title="Microsoft Azure",
    open=AzureStorage,
    place="container",
    scheme="azure-blob",
    extra=EXTRA,
    fields=(
        Field("container", "Container", required=True),
        Field("prefix", "Prefix", help="Only objects below this folder of the container"),
        Field("account_name", "Account name", "secret"),
        Field("account_key", "Account key", "secret"),
        Field("azure_endpoint", "Endpoint", help="https://… of a server other than Azure's"),
    ),
)
