"""Google Cloud Storage, by google-cloud-storage (extra ``gcs``).

Without credentials in the settings, Google's own chain is used
(``GOOGLE_APPLICATION_CREDENTIALS``, ``gcloud``, the machine's account); with an endpoint of your
own and neither, none at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from label_studio_lite.clouds.base import (
    CHUNK,
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

EXTRA = "gcs"
_TIMEOUT = (CONNECT_TIMEOUT, READ_TIMEOUT)
_PATIENCE = 10.0  # seconds in which failures that may pass are tried again
_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"


class GoogleStorage:
    """One bucket."""

    def __init__(self, values: Values, outgoing: Outgoing) -> None:
        self._values = values
        self._outgoing = outgoing
        self.bucket = text(values, "bucket")
        if not self.bucket:
            raise Invalid("the name of a bucket is needed")
        self._endpoint = text(values, "gcs_endpoint")
        if self._endpoint:
            http_host(self._endpoint)
        self._storage = imported("google.cloud.storage", EXTRA)
        self._retry = imported("google.cloud.storage.retry", EXTRA).DEFAULT_RETRY.with_timeout(
            _PATIENCE
        )
        self._credentials = self._read_credentials()
        self._client = Client(self._new_client)

    def _read_credentials(self) -> Any:
        """Those of the settings; None for those of the environment."""
        given = text(self._values, "google_application_credentials")
        if given:
            account = imported("google.oauth2.service_account", EXTRA)
            try:
                return account.Credentials.from_service_account_info(
                    json.loads(given), scopes=[_SCOPE]
                )
            except (ValueError, AttributeError, KeyError) as error:
                raise Invalid(f"google_application_credentials: {error}") from error
        if self._endpoint and not os.environ.get("GOOGLE_APPLICATION_CREDENTIALS"):
            return imported("google.auth.credentials", EXTRA).AnonymousCredentials()
        return None

    def _new_client(self) -> Any:
        auth = imported("google.auth", EXTRA)
        transport = imported("google.auth.transport.requests", EXTRA)
        credentials = self._credentials
        if credentials is None:
            try:
                credentials, _ = auth.default(scopes=[_SCOPE])
            except auth.exceptions.GoogleAuthError as error:
                raise Invalid(f"{self.link('')}: {error}") from error
        tokens = transport.Request(self._outgoing.new_session())
        session = transport.AuthorizedSession(credentials, auth_request=tokens)
        self._outgoing.govern(session)
        return self._storage.Client(
            project=text(self._values, "google_project_id") or "none",
            credentials=credentials,
            client_options={"api_endpoint": self._endpoint} if self._endpoint else None,
            _http=session,
        )

    @contextmanager
    def _failures(self, key: str | None = None) -> Iterator[None]:
        import requests

        api = imported("google.api_core.exceptions", EXTRA)
        auth = imported("google.auth.exceptions", EXTRA)
        where = self.link(key or "")
        try:
            yield
        except api.NotFound as error:
            if key is not None:
                raise NotFound(f"there is no object {where}") from error
            raise BackendFailed(f"{where}: there is no such bucket") from error
        except api.RequestRangeNotSatisfiable as error:
            raise OutOfRange(f"{where} is shorter") from error
        except (api.GoogleAPIError, auth.GoogleAuthError) as error:
            raise BackendFailed(f"{where}: {getattr(error, 'message', error)}") from error
        except requests.RequestException as error:
            raise BackendFailed(f"{where}: {error}") from error

    def _blob(self, key: str, generation: int | None = None) -> Any:
        return self._client().bucket(self.bucket).blob(key, generation=generation)

    # -- the interface ------------------------------------------------------------------------

    def validate(self, prefix: str = "") -> None:
        with self._failures():
            next(iter(self._listed(prefix, None, 1)), None)

    def _listed(self, prefix: str, delimiter: str | None, most: int | None) -> Any:
        return self._client().list_blobs(
            self.bucket,
            prefix=prefix or None,
            delimiter=delimiter,
            max_results=most,
            timeout=_TIMEOUT,
            retry=self._retry,
        )

    def list(self, prefix: str = "", *, recursive: bool = True) -> Iterator[Entry]:
        with self._failures():
            for blob in self._listed(prefix, None if recursive else "/", None):
                deeper = not recursive and "/" in blob.name[len(prefix) :]
                if not blob.name.endswith("/") and not deeper:
                    version = blob.md5_hash or blob.etag or ""
                    yield Entry(blob.name, int(blob.size or 0), version)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Content:
        blob = self._blob(key)
        with self._failures(key):
            blob.reload(timeout=_TIMEOUT, retry=self._retry)
        size = int(blob.size or 0)
        end = size if stop is None else min(stop, size)
        if start >= size and start:
            raise OutOfRange(f"{self.link(key)} has {size} bytes")
        return Content(
            # a blob that was not loaded: the server's own link may not be well quoted
            chunks=self._chunks(self._blob(key, blob.generation), key, start, end),
            size=size,
            start=start,
            stop=end,
            content_type=blob.content_type or "",
        )

    def _chunks(self, blob: Any, key: str, start: int, stop: int) -> Iterator[bytes]:
        """In requests of some megabytes, so that what nobody reads is not sent."""
        while start < stop:
            end = min(start + 32 * CHUNK, stop)
            with self._failures(key):
                part: bytes = blob.download_as_bytes(
                    start=start, end=end - 1, raw_download=True, timeout=_TIMEOUT, checksum=None
                )
            yield part
            start = end

    def write(self, key: str, content: bytes, content_type: str = "application/json") -> None:
        with self._failures():
            self._blob(key).upload_from_string(
                content, content_type=content_type, timeout=_TIMEOUT, retry=self._retry
            )

    def delete(self, key: str) -> None:
        try:
            with self._failures(key):
                self._blob(key).delete(timeout=_TIMEOUT, retry=self._retry)
        except NotFound:
            return

    def presign(self, key: str, seconds: int) -> str | None:
        blob = self._blob(key)
        if not hasattr(blob.client._credentials, "sign_bytes"):
            return None
        with self._failures():
            address: str = blob.generate_signed_url(
                version="v4",
                expiration=timedelta(seconds=seconds),
                method="GET",
                api_access_endpoint=self._endpoint or "https://storage.googleapis.com",
            )
        return address

    def link(self, key: str) -> str:
        return f"gs://{self.bucket}/{key}"

    def close(self) -> None:
        self._client.close()


KIND = Kind(
    name="gcs",
    title="Google Cloud Storage",
    open=GoogleStorage,
    place="bucket",
    scheme="gs",
    extra=EXTRA,
    fields=(
        Field("bucket", "Bucket", required=True),
        Field("prefix", "Prefix", help="Only objects below this folder of the bucket"),
        Field(
            "google_application_credentials",
            "Service account",
            "secret",
            help="The content of its JSON file; that of the environment when empty",
        ),
        Field("google_project_id", "Project ID"),
        Field("gcs_endpoint", "Endpoint", help="https://… of a server other than Google's"),
    ),
)
