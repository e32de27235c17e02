"""The data manager: columns, views, actions."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from label_studio_lite.http.v1.models.project import Project


class TaskQuery(Struct):
    """Which tasks. ``query`` is JSON: ``{"filters", "ordering", "selectedItems"}``; it comes
    before what a ``view`` says. ``fields=all`` brings all work on each; ``resolve_uri=false``
    leaves links into storages (``s3://…``) as they are stored; ``include`` names the fields that
    are wanted."""

    project: int | UnsetType = UNSET
    view: int | UnsetType = UNSET
    page: int | UnsetType = UNSET
    page_size: int | UnsetType = UNSET
    fields: str | UnsetType = UNSET
    include: str | UnsetType = UNSET
    query: str | UnsetType = UNSET
    resolve_uri: bool = True


class ProjectOf(Struct):
    """A project is named."""

    project: int


class Visibility(Struct):
    """Which lists show a column at first."""

    explore: bool
    labeling: bool


class ColumnSchema(Struct, omit_defaults=True):
    """The values that a column can have."""

    items: list[Any]
    multiple: bool = False


class Column(Struct, omit_defaults=True):
    """Something to filter and order by: ``filter:tasks:<id>``, under ``data.`` with a parent."""

    id: str
    title: str
    type: str
    target: str
    project_defined: bool
    help: str | UnsetType = UNSET
    parent: str | UnsetType = UNSET
    schema: ColumnSchema | UnsetType = UNSET
    visibility_defaults: Visibility | UnsetType = UNSET
    children: list[str] | UnsetType = UNSET


class Columns(Struct):
    """All columns of a project."""

    columns: list[Column]


class DataManagerProject(Project, kw_only=True):
    """A project, and what the data manager may do with it."""

    can_delete_tasks: bool
    can_manage_annotations: bool
    can_manage_tasks: bool
    source_syncing: bool
    target_syncing: bool
    task_count: int
    annotation_count: int


class View(Struct):
    """A tab of the data manager; ``data`` has title, filters, ordering and what a client likes."""

    id: int
    data: dict[str, Any]
    order: int
    user: int
    project: int


class ViewBody(Struct):
    """A new view."""

    project: int
    data: dict[str, Any] = {}


class ViewChange(Struct):
    """Changes of a view: keys of ``data`` that are left out stay."""

    data: dict[str, Any] | UnsetType = UNSET


class ViewOrder(Struct):
    """Ids of the views of a project in their new order."""

    project: int
    ids: list[int]


class Dialog(Struct):
    """What a client asks before an action."""

    title: str
    text: str
    type: str = "confirm"
    form: Any = None


class Action(Struct):
    """Something to do with a selection of tasks."""

    id: str
    title: str
    order: int
    permission: str | list[str]
    dialog: Dialog
    reload: bool | UnsetType = UNSET
    experimental: bool | UnsetType = UNSET


class ActionQuery(Struct):
    """Which action on which project; a view gives filters where the body has none."""

    project: int
    id: str | UnsetType = UNSET
    view: int | UnsetType = UNSET


class ActionBody(Struct):
    """The tasks to act on: ``{"all": true, "excluded": [id]}`` or ``{"all": false, "included":
    [id]}``. ``annotator`` and ``model_version`` narrow what is done, where an action asks."""

    selectedItems: dict[str, Any] | UnsetType = UNSET
    filters: dict[str, Any] | UnsetType | None = UNSET
    ordering: list[str] | UnsetType | None = UNSET
    annotator: int | list[int] | UnsetType | None = UNSET
    model_version: str | list[str] | UnsetType | None = UNSET


class ActionResult(Struct):
    """What an action did."""

    processed_items: int | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    reload: bool | UnsetType = UNSET


class FormField(Struct):
    """A choice."""

    type: str
    name: str
    label: str
    options: list[str]
    value: str | None


class Form(Struct, rename={"column_count": "columnCount"}):
    """A part of the form of an action."""

    column_count: int
    fields: list[FormField]
