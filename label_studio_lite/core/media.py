"""Addresses of media in task data."""

from __future__ import annotations

import re
from typing import Any

# what 0.8.x and we write for an uploaded file: relative, or with the address of the server of
# that day, which is of no use when the port changes; the md5 of the content makes it ours
_UPLOADED = re.compile(r"(?:https?://[^/]+)?(?:/[^?#]*)?/data/upload/([0-9a-f]{32}-[^/]+)")


def upload_name(value: Any) -> str | None:
    """The name of the uploaded file that a data value points to, or None."""
    match = _UPLOADED.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def with_base(data: Any, base: str) -> Any:
    """The same data with uploads addressed at ``base``, the server's own address."""
    if isinstance(data, dict):
        return {key: with_base(value, base) for key, value in data.items()}
    if isinstance(data, list):
        return [with_base(value, base) for value in data]
    name = upload_name(data)
    return data if name is None else f"{base}/data/upload/{name}"
