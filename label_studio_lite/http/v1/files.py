"""Uploaded files."""

from __future__ import annotations

from flask import Response, request

from label_studio_lite.core import jsontext
from label_studio_lite.errors import FieldsInvalid
from label_studio_lite.http.files import uploaded
from label_studio_lite.http.routes import Route
from label_studio_lite.http.v1 import bodies, ids
from label_studio_lite.http.v1.models import files as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.service.file_uploads import FileUpload
from label_studio_lite.service.project import Project

table = Table("Files")


@table.add(
    "GET",
    "/api/projects/<int:project_id>/file-uploads",
    query=models.FileUploadsQuery,
    answer=list[models.FileUpload],
)
def list_uploads(project_id: int) -> Response:
    """List the uploaded files of a project."""
    project = ids.project(project_id)
    wanted = _ids(request.args.getlist("ids"))
    found = [_shape(project, one) for one in project.file_uploads.all()]
    return shown([one for one in found if wanted is None or one.id in wanted])


def _ids(texts: list[str]) -> set[int] | None:
    """A JSON list, or a repeated parameter."""
    found: set[int] = set()
    for text in texts:
        try:
            value = jsontext.loads(text)
            found |= {int(item) for item in (value if isinstance(value, list) else [value])}
        except (ValueError, TypeError) as error:
            raise FieldsInvalid({"ids": ["a JSON list of numbers is expected"]}) from error
    return found if texts else None


@table.add(
    "DELETE",
    "/api/projects/<int:project_id>/file-uploads",
    body=models.FileUploadsToDelete,
    answer=models.FilesDeleted,
)
def delete_uploads(project_id: int) -> Response:
    """Delete uploaded files of a project.

    They are named; 1.x deletes all of them when none is.
    """
    project = ids.project(project_id)
    wanted = bodies.body(models.FileUploadsToDelete).file_upload_ids
    own = [ids.place(number, ids.UPLOADS, "uploaded file")[1] for number in wanted]
    return shown(models.FilesDeleted(project.file_uploads.delete(own)))


@table.add("GET", "/api/import/file-upload/<int:upload_id>", answer=models.FileUpload)
def get_upload(upload_id: int) -> Response:
    """Get an uploaded file."""
    return shown(_shape(*_found(upload_id)))


@table.add("PATCH", "/api/import/file-upload/<int:upload_id>", answer=models.FileUpload)
def change_upload(upload_id: int) -> Response:
    """Change an uploaded file: there is nothing that can be changed of it."""
    return shown(_shape(*_found(upload_id)))


@table.add("DELETE", "/api/import/file-upload/<int:upload_id>", status=204)
def delete_upload(upload_id: int) -> Response:
    """Delete an uploaded file."""
    project, found = _found(upload_id)
    project.file_uploads.delete([found.id])
    return nothing()


def _found(upload_id: int) -> tuple[Project, FileUpload]:
    project, own = ids.place(upload_id, ids.UPLOADS, "uploaded file")
    return project, project.file_uploads.get(own)


def _shape(project: Project, found: FileUpload) -> models.FileUpload:
    return models.FileUpload(
        ids.public(project, found.id, ids.UPLOADS), f"upload/{project.id}/{found.name}", found.size
    )


@table.add("GET", "/data/upload/<int:project_id>/<name>")
def download_upload(project_id: int, name: str) -> Response:
    """Download an uploaded file, or a range of it."""
    ids.project(project_id)
    return uploaded(name)


ROUTES: list[Route] = table.routes
