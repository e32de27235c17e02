"""Where tasks come from and completions go to: the local files, or a cloud storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from label_studio_lite.core.model import Json
from label_studio_lite.core.patterns import Pattern
from label_studio_lite.errors import BackendFailed, FieldsInvalid, Invalid
from label_studio_lite.store.opening import TASKS

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

Role = Literal["source", "target"]
LOCAL = {"source": "tasks-json", "target": "completions-dir"}


class Storages:
    """The source and the target of one project, as ``config.json`` names them."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def kind(self, role: Role) -> str:
        """The type that is in use."""
        return str(self._project.settings.get(role, {}).get("type") or LOCAL[role])

    def readable_path(self, role: Role) -> str:
        """Where that is, for people."""
        if self.kind(role) != LOCAL[role]:
            return str(self._project.settings.get(role).get("path"))
        return f"{self._project.name}/{TASKS if role == 'source' else 'completions'}"

    def select(self, role: Role, kind: str, values: Json) -> None:
        """Use another storage; ``FieldsInvalid``, or ``BackendFailed`` if it cannot be reached."""
        errors: dict[str, list[str]] = {}
        if kind != LOCAL[role]:
            if not values.get("path"):
                errors["path"] = ["This field is required."]
            try:
                Pattern(str(values.get("regex") or ""))
            except Invalid:
                errors["regex"] = [f"{values['regex']} is not a valid regular expression"]
        if errors:
            raise FieldsInvalid(errors)
        if kind != LOCAL[role]:
            raise BackendFailed(f"Error while storage update: {kind} is not available")
        self._project.settings.change(
            {role: {"name": role, "type": kind, "path": None, "params": {}}}
        )
