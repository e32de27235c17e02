"""Packages of optional extras, imported when a storage needs them."""

from __future__ import annotations

import importlib
from typing import Any

from label_studio_lite.errors import MissingExtra


def imported(module: str, extra: str) -> Any:
    """``MissingExtra`` names what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"this kind of storage needs a package that is not installed:"
            f' pip install "label-studio-lite[{extra}]"'
        ) from error
