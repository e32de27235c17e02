"""Exports, at once or by snapshots."""

from __future__ import annotations

import msgspec
from flask import Response, request, send_file

from label_studio_lite.errors import Conflict, FieldsInvalid, Invalid
from label_studio_lite.exporting.registry import V1
from label_studio_lite.http import params
from label_studio_lite.http.v1 import bodies, export_shapes, ids, people
from label_studio_lite.http.v1.models import exports as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.exports import Exported, Making, Selection
from label_studio_lite.service.project import Project
from label_studio_lite.service.snapshots import Snapshot

table = Table("Export")
ROUTES = table.routes
_ITEM = "/api/projects/<int:project_id>/exports/<int:export_id>"


@table.add("GET", "/api/projects/<int:project_id>/export", query=models.ExportQuery)
def export(project_id: int) -> Response:
    """Export the annotations of a project as a file.

    ``export_type`` (or ``exportType``) names the format, JSON unless it is given; ``ids[]`` some
    of the tasks. Tasks without annotations come with ``download_all_tasks``. A format of one file
    is sent as it is, one of several as a ZIP.
    """
    project = ids.project(project_id)
    query = bodies.query(models.ExportQuery)
    name = str(query.export_type or query.exportType or "JSON")
    wanted = [ids.place(i, ids.TASKS, "task")[1] for i in params.numbers("ids")]
    exporter = V1.find(name)
    done = project.exports.export(
        name,
        Selection(ids=wanted or None, all_tasks=query.download_all_tasks),
        Making(
            formats=V1,
            wording=export_shapes.wording(
                project,
                models.SerializationOptions(interpolate_key_frames=query.interpolate_key_frames),
            ),
            raw=exporter.only_member is not None,
            media=None if query.download_resources else False,
        ),
    )
    return _file(project, done)


def _file(project: Project, done: Exported) -> Response:
    """The file; it does not stay, since ML backends fetch one before each training."""
    name = f"project-{project.id}-at-{done.name}"
    response = send_file(done.path, download_name=name, as_attachment=True)
    response.direct_passthrough = False  # or the end of the answer is not heard of
    response.call_on_close(lambda: project.exports.remove(done.name))
    response.headers["filename"] = name
    if done.skipped:
        response.headers["X-Export-Skipped"] = str(done.skipped)
    return response


@table.add("GET", "/api/projects/<int:project_id>/export/formats", answer=list[models.Format])
def list_formats(project_id: int) -> Response:
    """List the formats."""
    return shown(ids.project(project_id).exports.described(V1))


@table.add("GET", "/api/projects/<int:project_id>/export/files", answer=models.ExportFiles)
def list_files(project_id: int) -> Response:
    """List the files that were exported before."""
    made = ids.project(project_id).exports.list()
    return shown(models.ExportFiles([str(file["name"]) for file in made]))


@table.add("GET", "/api/projects/<int:project_id>/exports", answer=list[models.Snapshot])
def list_snapshots(project_id: int) -> Response:
    """List the snapshots of a project, the newest first."""
    project = ids.project(project_id)
    return shown([_shape(one) for one in reversed(project.snapshots.all())])


@table.add(
    "POST",
    "/api/projects/<int:project_id>/exports",
    body=models.SnapshotBody,
    answer=models.Snapshot,
    status=201,
)
def create_snapshot(project_id: int) -> Response:
    """Keep what a project holds now, or a part of it."""
    project = ids.project(project_id)
    body = bodies.body(models.SnapshotBody)
    options = {k: v for k, v in bodies.present(body).items() if k.endswith("options") and v}
    tasks = body.task_filter_options or None
    made = project.snapshots.create(
        body.title or f"Export at {moment(project.clock())}",
        ids=export_shapes.of_view(project, tasks),
        taken=export_shapes.taken(tasks, body.annotation_filter_options or None),
        options=msgspec.to_builtins(options),
    )
    return shown(_shape(made), 201)


@table.add("GET", _ITEM, answer=models.Snapshot)
def get_snapshot(project_id: int, export_id: int) -> Response:
    """Get a snapshot."""
    return shown(_shape(ids.project(project_id).snapshots.get(export_id)))


@table.add("DELETE", _ITEM, status=204)
def delete_snapshot(project_id: int, export_id: int) -> Response:
    """Delete a snapshot."""
    ids.project(project_id).snapshots.delete(export_id)
    return nothing()


@table.add("POST", f"{_ITEM}/convert", body=models.Convert, answer=models.Conversion)
def convert_snapshot(project_id: int, export_id: int) -> Response:
    """Have a snapshot in another format."""
    project = ids.project(project_id)
    project.snapshots.get(export_id)
    name = bodies.body(models.Convert).export_type
    try:
        made = project.snapshots.convert(export_id, name)
    except (Invalid, Conflict) as error:
        raise FieldsInvalid({"export_type": [error.detail]}) from error
    return shown(models.Conversion(name, made["id"]))


@table.add("GET", f"{_ITEM}/download", query=models.ExportQuery)
def download_snapshot(project_id: int, export_id: int) -> Response:
    """Download a snapshot in a format, JSON unless ``exportType`` names another."""
    project = ids.project(project_id)
    name = request.args.get("exportType") or request.args.get("export_type") or "JSON"
    kept = project.snapshots.get(export_id).options.get("serialization_options")
    options = msgspec.convert(kept, models.SerializationOptions) if kept else None
    done = project.snapshots.write(export_id, name, export_shapes.wording(project, options))
    return _file(project, done)


def _shape(snapshot: Snapshot) -> models.Snapshot:
    made = [
        models.Converted(item["id"], "completed", item["export_type"], None)
        for item in snapshot.converted
    ]
    return models.Snapshot(
        title=snapshot.title,
        id=snapshot.id,
        created_by=people.simple(),
        created_at=moment(snapshot.created_at),
        finished_at=moment(snapshot.finished_at),
        status="completed",
        md5=snapshot.md5,
        counters=models.Counters(snapshot.tasks),
        converted_formats=made,
        **{name: snapshot.options.get(name) for name in _OPTIONS},
    )


_OPTIONS = [f for f in msgspec.structs.asdict(models.SnapshotBody()) if f.endswith("_options")]
