"""Showing progress on a terminal; nothing is printed where there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_STEP = 0.2  # seconds between two numbers


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with how many were done so far."""
    shown = 0.0
    lines = sys.stderr.isatty()

    def step(count: int) -> None:
        nonlocal shown
        if lines and time.monotonic() - shown > _STEP:
            shown = time.monotonic()
            click.echo(f"\r{what}: {count:,}", nl=False, err=True)

    yield step
    if shown:
        click.echo(err=True)
