"""What was done to annotations, as far as they tell; here without Enterprise.

An annotation knows how and when it was made (drawn, skipped, from a prediction or from another
annotation), when it was last changed, and what it says now. That is its history: what it said
before is not kept, nor what was deleted. There are no reviews here, and no actions of reviews.
"""

from __future__ import annotations

from flask import Response

from label_studio_lite.core.model import Completion
from label_studio_lite.errors import NotFound
from label_studio_lite.http.v1 import bodies, ids, paging, people, shapes
from label_studio_lite.http.v1.models import extras as models
from label_studio_lite.http.v1.routing import Table, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.project import Project

table = Table("Annotation History")
ROUTES = table.routes
_ITEMS = 10  # numbers that one annotation has for its items


@table.add(
    "GET",
    "/api/annotation-history",
    query=models.HistoryQuery,
    answer=list[models.HistoryItem],
)
def list_history() -> Response:
    """List what was done to an annotation."""
    return shown(_of_annotation(bodies.query(models.HistoryQuery).annotation))


@table.add("GET", "/api/annotation-history/<int:item_id>", answer=models.HistoryItem)
def get_item(item_id: int) -> Response:
    """Get one item."""
    for item in _of_annotation(item_id // _ITEMS):
        if item.id == item_id:
            return shown(item)
    raise NotFound(f"there is no history item {item_id}")


@table.add("GET", "/api/projects/<int:project_id>/annotation-history", answer=models.HistoryPage)
def list_history_of_project(project_id: int) -> Response:
    """List what was done in a project, newest first.

    ``count`` and the pages are of tasks.
    """
    project = ids.project(project_id)
    count = project.store.counts().completed
    page = paging.page(count, size=30, most=100)
    tasks = project.tasks.list_tasks(
        order="-completed_at", page=page.number, page_size=max(page.stop - page.start, 1)
    )
    found = [
        item
        for task in tasks
        for completion in task.completions
        for item in items(project, task.id, completion)
    ]
    return shown(paging.envelope(count, page, found))


def _of_annotation(annotation_id: int) -> list[models.HistoryItem]:
    project, own = ids.place(annotation_id, ids.COMPLETIONS, "annotation")
    task, completion = project.completions.find(own)
    return items(project, task.id, completion)


def items(project: Project, task_id: int, completion: Completion) -> list[models.HistoryItem]:
    happened = [(_beginning(completion), completion.created_at)]
    if completion.changed_at > completion.created_at:
        happened.append(("updated", completion.changed_at))
    own = ids.public(project, completion.id, ids.COMPLETIONS)
    return [
        models.HistoryItem(
            id=own * _ITEMS + at,
            action=action,
            annotation_id=own,
            task_id=ids.public(project, task_id),
            project_id=project.id,
            organization_id=people.ORGANIZATION,
            created_at=moment(when),
            created_by=shapes.annotator(completion),
            lead_time=completion.lead_time,
            result=completion.result if at == len(happened) - 1 else None,
        )
        for at, (action, when) in enumerate(happened)
    ]


def _beginning(completion: Completion) -> str:
    """The word of 1.x for how an annotation was made."""
    fields = completion.fields
    if completion.was_cancelled:
        return "skipped"
    if fields.get("accepted_prediction") or fields.get("parent_prediction") is not None:
        return "prediction"
    return "submitted" if fields.get("parent_annotation") is None else "propagated_annotation"
