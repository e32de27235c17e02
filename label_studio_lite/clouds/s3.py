"""Amazon S3 and everything that speaks its language (MinIO, Ceph, R2, GCS by HMAC…), by boto3.

Without keys in the settings, boto3's own chain is used: environment, ``~/.aws``, instance role.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
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
from label_studio_lite.errors import BackendFailed, Invalid, NotFound, OutOfRange
from label_studio_lite.outgoing import Outgoing, http_host

_MISSING = ("404", "NoSuchKey", "NotFound")
_DEFAULT_REGION = "us-east-1"


class S3Storage:
    """One bucket."""

    def __init__(self, values: Values, outgoing: Outgoing) -> None:
        self._values = values
        self._outgoing = outgoing
        self.bucket = text(values, "bucket")
        if not self.bucket:
            raise Invalid("the name of a bucket is needed")
        self._endpoint = text(values, "s3_endpoint") or None
        if self._endpoint:
            http_host(self._endpoint)
        self._region = text(values, "region_name")
        self._kms_key = text(values, "aws_sse_kms_key_id")
        self._paying = {"RequestPayer": "requester"} if values.get("requester_pays") else {}
        self._client = Client(lambda: self._new_client(self._region))
        self._signer = Client(self._new_signer)

    # -- clients ------------------------------------------------------------------------------

    @cached_property
    def _session(self) -> Any:
        import boto3

        values = self._values
        return boto3.session.Session(
            aws_access_key_id=text(values, "aws_access_key_id") or None,
            aws_secret_access_key=text(values, "aws_secret_access_key") or None,
            aws_session_token=text(values, "aws_session_token") or None,
            region_name=self._region or None,
        )

    def _new_client(self, region: str) -> Any:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"max_attempts": 3, "mode": "standard"},
            max_pool_connections=16,
            s3={"addressing_style": "path" if self._endpoint else "auto"},
            # servers other than Amazon's do not all know the newer checksums
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # a proxy would resolve names itself, unchecked
            proxies=None if self._outgoing.allow_private else {},
        )
        try:
            client = self._session.client(
                "s3",
                region_name=region or self._session.region_name or _DEFAULT_REGION,
                endpoint_url=self._endpoint,
                config=config,
            )
        except (BotoCoreError, ValueError) as error:
            raise Invalid(f"{self.link('')}: {error}") from error
        self._outgoing.guard(client._endpoint.http_session._manager)
        return client

    def _new_signer(self) -> Any:
        """A client of the region that the bucket is in: only there signed addresses are good."""
        client = self._client()
        if not self._region and not self._endpoint:
            with self._failures():
                head = client.head_bucket(Bucket=self.bucket)
            region = head["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
            if region and region != client.meta.region_name:
                return self._new_client(region)
        return client

    @contextmanager
    def _failures(self, key: str | None = None) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError
        from urllib3.exceptions import HTTPError

        where = self.link(key or "")
        try:
            yield
        except ClientError as error:
            answer = error.response.get("Error", {})
            code, message = str(answer.get("Code", "")), answer.get("Message", "")
            if code in _MISSING and key is not None:
                raise NotFound(f"there is no object {where}") from error
            if code == "InvalidRange":
                raise OutOfRange(f"{where} is shorter") from error
            said = message if message and message != code else f"the server answers {code}"
            raise BackendFailed(f"{where}: {said}") from error
        except (BotoCoreError, HTTPError) as error:
            raise BackendFailed(f"{where}: {error}") from error

    # -- the interface ------------------------------------------------------------------------

    def validate(self, prefix: str = "") -> None:
        with self._failures():
            self._client().list_objects_v2(
                Bucket=self.bucket, Prefix=prefix, MaxKeys=1, **self._paying
            )

    def list(self, prefix: str = "", *, recursive: bool = True) -> Iterator[Entry]:
        pages = (
            self._client()
            .get_paginator("list_objects_v2")
            .paginate(
                Bucket=self.bucket,
                Prefix=prefix,
                **({} if recursive else {"Delimiter": "/"}),
                **self._paying,
            )
        )
        with self._failures():
            for page in pages:
                for item in page.get("Contents", ()):
                    if not item["Key"].endswith("/"):
                        yield Entry(item["Key"], item["Size"], item.get("ETag", "").strip('"'))

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Content:
        part = {}
        if start or stop is not None:
            part["Range"] = f"bytes={start}-{'' if stop is None else stop - 1}"
        with self._failures(key):
            got = self._client().get_object(Bucket=self.bucket, Key=key, **part, **self._paying)
        length = int(got["ContentLength"])
        whole = got.get("ContentRange", "").rpartition("/")[2]
        return Content(
            chunks=self._chunks(key, got["Body"]),
            size=int(whole) if whole.isdigit() else length,
            start=start,
            stop=start + length,
            content_type=got.get("ContentType", ""),
            close=got["Body"].close,
        )

    def _chunks(self, key: str, body: Any) -> Iterator[bytes]:
        with self._failures(key):
            yield from body.iter_chunks(CHUNK)

    def write(self, key: str, content: bytes, content_type: str = "application/json") -> None:
        kms = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self._kms_key}
        with self._failures():
            self._client().put_object(
                Bucket=self.bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                **(kms if self._kms_key else {}),
                **self._paying,
            )

    def delete(self, key: str) -> None:
        with self._failures():
            self._client().delete_object(Bucket=self.bucket, Key=key, **self._paying)

    def presign(self, key: str, seconds: int) -> str | None:
        client = self._signer()
        credentials = self._session.get_credentials()
        if credentials is None:
            return None
        with self._failures():
            address: str = client.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds
            )
            if not self._paying:
                return address
            frozen = credentials.get_frozen_credentials()
            return self._signed_payer(address, frozen, client.meta.region_name, seconds)

    def _signed_payer(self, address: str, credentials: Any, region: str, seconds: int) -> str:
        """The same with who pays in the address: boto3 would have the browser send a header."""
        from botocore.auth import S3SigV4QueryAuth
        from botocore.awsrequest import AWSRequest

        payer = {"x-amz-request-payer": self._paying["RequestPayer"]}
        request = AWSRequest("GET", address.partition("?")[0], params=payer)
        S3SigV4QueryAuth(credentials, "s3", region, seconds).add_auth(request)
        return str(request.url)

    def link(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def close(self) -> None:
        self._client.close()
        self._signer.close()


KIND = Kind(
    name="s3",
    title="AWS S3",
    open=S3Storage,
    place="bucket",
    scheme="s3",
    fields=(
        Field("bucket", "Bucket", required=True),
        Field("prefix", "Prefix", help="Only objects below this folder of the bucket"),
        Field("region_name", "Region", help="Found out when empty"),
        Field("s3_endpoint", "Endpoint", help="https://… of a server other than Amazon's"),
        Field("aws_access_key_id", "Access key ID", "secret"),
        Field("aws_secret_access_key", "Secret access key", "secret"),
        Field("aws_session_token", "Session token", "secret"),
        Field("aws_sse_kms_key_id", "KMS key ID", "secret", help="Encrypts what is written"),
        Field("requester_pays", "Requester pays", "flag", default=False),
    ),
)
