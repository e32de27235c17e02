"""The data folders that come with the package: templates, static files, examples.

In a checkout they stand at its top level; in an installed wheel they are part of the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """``templates``, ``static`` or ``examples``."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
