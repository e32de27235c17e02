"""Saved views of the task list: named filters and orderings, the tabs of 1.x's data manager.

A view is a row of the project's documents: ``{"data": {"title"?, "filters"?, "ordering"?, …},
"order": int}``. ``data`` is the client's and kept as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from label_studio_lite.core.filters import parse_query
from label_studio_lite.core.model import Json
from label_studio_lite.core.task_columns import SYSTEM
from label_studio_lite.errors import FieldsInvalid, Invalid, NotFound
from label_studio_lite.store.documents import Documents

TABLE = "views"


@dataclass(frozen=True, slots=True)
class View:
    """One view; ``order`` is its place among the others."""

    id: int
    data: Json
    order: int


class Views:
    """The views of one project."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def all(self) -> list[View]:
        """In their order."""
        views = [_view(i, row) for i, row in self._documents.all(TABLE).items()]
        return sorted(views, key=lambda view: (view.order, view.id))

    def get(self, view_id: int) -> View:
        """``NotFound`` for an unknown id."""
        try:
            return _view(view_id, self._documents.get(TABLE, view_id))
        except NotFound as error:
            raise NotFound(f"there is no view {view_id}") from error

    def add(self, data: Any) -> View:
        """``FieldsInvalid`` for filters or an ordering that cannot be used."""
        _check(data)
        row = {"data": data, "order": 0}
        return _view(self._documents.add(TABLE, row), row)

    def change(self, view_id: int, data: Any) -> View:
        """Keys of ``data`` take the place of those that are there. ``NotFound``,
        ``FieldsInvalid``."""
        _check(data)
        self.get(view_id)
        row = self._documents.change(TABLE, view_id, lambda row: row["data"].update(data))
        return _view(view_id, row)

    def arrange(self, view_ids: Sequence[int]) -> None:
        """Put these views first, in this order; unknown ids are passed over."""
        rest = [view.id for view in self.all() if view.id not in view_ids]
        known = self._documents.all(TABLE)
        for place, view_id in enumerate([*view_ids, *rest]):
            if view_id in known:
                self._documents.put(TABLE, view_id, {**known[view_id], "order": place})

    def remove(self, view_id: int) -> None:
        """``NotFound`` for an unknown id."""
        self.get(view_id)
        self._documents.remove(TABLE, view_id)

    def remove_all(self) -> None:
        """Every view of the project."""
        for view_id in self._documents.all(TABLE):
            self._documents.remove(TABLE, view_id)


def _check(data: Any) -> None:
    if not isinstance(data, dict):
        raise FieldsInvalid({"data": ["Expected a dictionary of items."]})
    try:
        parse_query(data, SYSTEM)
    except Invalid as error:
        raise FieldsInvalid({"filter_group": [error.detail]}) from error


def _view(view_id: int, row: Json) -> View:
    return View(view_id, row["data"], row["order"])
