"""The kinds of storage there are."""

from __future__ import annotations

from label_studio_lite.clouds import azure, folder, gcs, redis, s3
from label_studio_lite.clouds.base import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (s3.KIND, gcs.KIND, azure.KIND, redis.KIND, folder.KIND)
}
