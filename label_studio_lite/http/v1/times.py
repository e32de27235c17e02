"""Moments as 1.x writes them."""

from __future__ import annotations

import time
from datetime import datetime, timezone

_STEPS = (
    (365 * 86_400, "year"),
    (30 * 86_400, "month"),
    (7 * 86_400, "week"),
    (86_400, "day"),
    (3600, "hour"),
)


def moment(seconds: float) -> str:
    """``2026-11-21T06:53:40.897586Z``, from seconds since the epoch."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds(text: object) -> float | None:
    """Seconds since the epoch of a moment that was written so; None for anything else."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text)
    if not isinstance(text, str):
        return None
    try:
        parsed = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).timestamp()


def ago(moment: float) -> str:
    """``created_ago``: the two largest units, with the unbreakable blanks of 1.x."""
    left = int(max(time.time() - moment, 0))
    parts: list[str] = []
    for size, name in (*_STEPS, (60, "minute")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}\u00a0{name}{'' if count == 1 else 's'}")
    return ", ".join(parts[:2]) or "0\u00a0minutes"
