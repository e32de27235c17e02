"""What the program says while it works."""

from __future__ import annotations

import logging
from typing import Any


def set_up_logging(given: dict[str, Any]) -> None:
    """Log to stderr as ``--log-level``, ``--debug`` and ``--verbose`` say."""
    level = "DEBUG" if given["debug"] else "INFO" if given["verbose"] else given["log_level"]
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # waitress tells of clients that hang up, which is no news
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
