"""axe-core on a page: what keeps somebody from using it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()


def faults(page: Page) -> list[str]:
    """Each as ``rule: what, at which elements``; empty when all is well."""
    return [
        f"{rule['id']}: {rule['help']}, at " + "; ".join(n["html"][:160] for n in rule["nodes"])
        for rule in _AXE.run(page).response["violations"]
    ]
