"""Saved views of the table of tasks: a search, filters, an order and columns under a title.

A view is ``{"data": {"title", "filters"?, "ordering"?, "search"?, "state"?, "columns"?, …}}`` in
the project's documents: the form of 1.x's data manager with three keys of ours in ``data``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

TABLE = "views"
_LONGEST_TITLE = 80


class SavedViews:
    """The saved views of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._documents = project.documents

    def all(self) -> list[Json]:
        """Oldest first; each with its ``id``."""
        return [_shown(number, row) for number, row in self._documents.all(TABLE).items()]

    def add(self, data: Json) -> Json:
        """``Invalid`` for one that could not be shown."""
        number = self._documents.add(TABLE, {"data": self._checked(data)})
        return _shown(number, self._documents.get(TABLE, number))

    def replace(self, view_id: int, data: Json) -> Json:
        """What 1.x keeps beside ``data`` stays. ``NotFound``, ``Invalid``."""
        checked = self._checked(data)
        row = self._documents.change(TABLE, view_id, lambda found: found.update(data=checked))
        return _shown(view_id, row)

    def remove(self, view_id: int) -> None:
        """``NotFound``."""
        self._documents.remove(TABLE, view_id)

    def _checked(self, data: Json) -> Json:
        title = data.get("title")
        if not isinstance(title, str) or not title.strip() or len(title) > _LONGEST_TITLE:
            raise Invalid(f'"title" must be a text of 1 to {_LONGEST_TITLE} characters')
        query = {key: data[key] for key in ("filters", "ordering") if key in data}
        self._project.task_rows.wanted({**data, "query": query})
        return {**data, "title": title.strip()}


def _shown(view_id: int, row: Json) -> Json:
    data = row.get("data")
    fields = data if isinstance(data, dict) else {}
    return {**fields, "id": view_id, "title": str(fields.get("title") or view_id)}
