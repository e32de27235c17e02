"""Comments on annotations and drafts; here without Enterprise."""

from __future__ import annotations

import csv
import io

from flask import Response

from label_studio_lite.core.model import Json
from label_studio_lite.errors import FieldsInvalid
from label_studio_lite.http import answers
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import bodies, ids, people
from label_studio_lite.http.v1.models import extras as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.project import Project

table = Table("Comments")
ROUTES = table.routes
_ITEM = "/api/comments/<int:comment_id>"


@table.add("GET", "/api/comments", query=models.CommentsQuery, answer=list[models.Comment])
def list_comments() -> Response:
    """List comments, oldest first."""
    return shown(_listed())


def _listed() -> list[models.Comment]:
    query = bodies.query(models.CommentsQuery)
    workspace = server().workspace
    names = [name for name in str(query.projects or "").split(",") if name.strip()]
    projects = [ids.named_project(name) for name in names] or [
        workspace.get(project_id) for project_id in workspace.ids()
    ]
    found = [
        _shape(project, comment_id, comment, expand=query.expand_created_by)
        for project in projects
        for comment_id, comment in project.comments.all().items()
    ]
    if isinstance(query.annotation, int):
        found = [one for one in found if one.annotation == query.annotation]
    if isinstance(query.draft, int):
        found = [one for one in found if one.draft == query.draft]
    return found


@table.add("GET", "/api/comments/export", query=models.CommentsQuery)
def export_comments() -> Response:
    """Download comments as CSV."""
    text = io.StringIO()
    names = ("id", "project", "task", "annotation", "text", "is_resolved", "created_at")
    writer = csv.writer(text)
    writer.writerow(names)
    for comment in _listed():
        writer.writerow([getattr(comment, name) for name in names])
    return answers.csv_file(text.getvalue(), "comments.csv")


@table.add("POST", "/api/comments", body=models.CommentBody, answer=models.Comment, status=201)
def create_comment() -> Response:
    """Comment on an annotation, or on a draft."""
    body = bodies.present(bodies.body(models.CommentBody))
    annotation, draft = body.pop("annotation", None), body.pop("draft", None)
    if annotation is not None:
        project, own = ids.place(annotation, ids.COMPLETIONS, "annotation")
        task, completion = project.completions.find(own)
        made = project.comments.create(task.id, completion.id, body)
    elif draft is not None:
        project, task_id = ids.task(draft)
        project.drafts.get(task_id)
        made = project.comments.create(task_id, None, body)
    else:
        raise FieldsInvalid({"annotation": ["This field is required."]})
    return shown(_shape(project, made, project.comments.get(made)), 201)


@table.add("GET", _ITEM, answer=models.Comment)
def get_comment(comment_id: int) -> Response:
    """Get a comment."""
    project, own = ids.place(comment_id, ids.FEW, "comment")
    return shown(_shape(project, own, project.comments.get(own)))


@table.add("PATCH", _ITEM, body=models.CommentChange, answer=models.Comment)
def change_comment(comment_id: int) -> Response:
    """Change or resolve a comment."""
    project, own = ids.place(comment_id, ids.FEW, "comment")
    changes = bodies.present(bodies.body(models.CommentChange))
    return shown(_shape(project, own, project.comments.change(own, changes)))


@table.add("DELETE", _ITEM, status=204)
def delete_comment(comment_id: int) -> Response:
    """Delete a comment."""
    project, own = ids.place(comment_id, ids.FEW, "comment")
    project.comments.delete(own)
    return nothing()


def _shape(
    project: Project, comment_id: int, comment: Json, *, expand: bool = False
) -> models.Comment:
    completion_id, task = comment["completion_id"], ids.public(project, comment["task_id"])
    resolved = comment["resolved_at"]
    return models.Comment(
        id=ids.public(project, comment_id, ids.FEW),
        text=comment["text"] or "",
        created_at=moment(comment["created_at"]),
        updated_at=moment(comment["updated_at"]),
        resolved_at=None if resolved is None else moment(resolved),
        project=project.id,
        task=task,
        annotation=None
        if completion_id is None
        else ids.public(project, completion_id, ids.COMPLETIONS),
        draft=task if completion_id is None else None,
        region_ref=comment["region_ref"],
        classifications=comment["classifications"],
        is_resolved=comment["is_resolved"],
        created_by=people.simple() if expand else people.me().id,
        state=None,
    )
