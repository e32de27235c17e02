"""ML backends of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotFound

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


class NoBackend(Invalid):
    """There is no ML backend to ask."""


class Models:
    """The ML backends of one project, as ``config.json`` lists them."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def names(self) -> list[str]:
        return [str(backend.get("name")) for backend in self._backends()]

    def _backends(self) -> list[Json]:
        stored = self._project.settings.get("ml_backends") or []
        return [backend for backend in stored if isinstance(backend, dict)]

    def remove(self, name: str) -> None:
        """Forget the first backend of this name; ``NotFound``."""
        backends = self._backends()
        for backend in backends:
            if backend.get("name") == name:
                backends.remove(backend)
                self._project.settings.change({"ml_backends": backends})
                return
        raise NotFound(f"there is no ML backend {name!r}")
