"""What the machine itself needs: no program can be faster than this."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import msgspec


def parse_and_write(content: bytes, folder: Path) -> float:
    """Seconds to parse the bytes once and to write them once, flushed."""
    started = time.perf_counter()
    msgspec.json.decode(content)
    fd = os.open(folder / "limit", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        os.write(fd, content)
        os.fdatasync(fd)
    finally:
        os.close(fd)
    return time.perf_counter() - started


def one_flush(folder: Path, rounds: int = 200) -> float:
    """Median seconds to append 1 kB and flush it."""
    fd = os.open(folder / "limit", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    times = []
    try:
        for _ in range(rounds):
            started = time.perf_counter()
            os.write(fd, b"x" * 1024)
            os.fdatasync(fd)
            times.append(time.perf_counter() - started)
    finally:
        os.close(fd)
    return statistics.median(times)
