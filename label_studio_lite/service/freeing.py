"""Giving memory back to the system after work on very many tasks.

The C library of Linux keeps freed memory for each thread that used it, so that a server of a
million tasks would hold what all of its threads once needed together.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

MANY = 50_000  # tasks of which something was made


@cache
def _trim() -> Any:
    """glibc's ``malloc_trim``; does nothing elsewhere."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # another C library, another system
        return lambda pad: 0


def free(tasks: int) -> None:
    """Work on so many tasks is done."""
    if tasks >= MANY:
        _trim()(0)
