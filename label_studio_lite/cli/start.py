"""``label-studio start`` and ``start-multi-session``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.init import (
    create,
    editor_of,
    label_config_text,
    ml_backends,
    new_settings,
)
from label_studio_lite.cli.logs import set_up_logging
from label_studio_lite.cli.progress import counting
from label_studio_lite.cli.serve import serve
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotFound

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project
    from label_studio_lite.service.workspace import Workspace

# options that only make sense for a new project; given without --init they are refused aloud
_NEW_ONLY = (
    "force",
    "config_file",
    "editor",
    "input_path",
    "source",
    "source_path",
    "source_params",
    "target",
    "target_path",
    "target_params",
    "output_dir",
    "initial_project_description",
)
# those that are for one project, be it new or not
_OF_ONE = (
    "root_dir",
    "label_config",
    "template",
    "images",
    "ml_backends",
    "sampling",
    "allow_serving_local_files",
)
# those that say what is in one project alone
_NOT_OF_SESSIONS = ("force", "input_path", "images", "output_dir", "username", "password")


@click.command()
@click.argument("project_name", required=False, type=options.NAME)
@click.option("--init", is_flag=True, help="Make the project first.")
@click.option("--data-dir", type=options.PATH, help="Without a project: the folder of projects.")
@options.creation
@options.serving
@options.logging_
def start(project_name: str | None, init: bool, data_dir: Path | None, **given: Any) -> None:
    """Open a project directory and serve it; without one, serve a folder of many."""
    set_up_logging(given)
    if project_name is None:
        options.refuse(("init", *_NEW_ONLY, *_OF_ONE), "needs the name of a project")
        serve(_many(data_dir, given), given, "projects")
        return
    if data_dir:
        raise Invalid("--data-dir is for serving many projects; leave it out, or the project")
    if init:
        create(project_name, given)
    else:
        options.refuse(_NEW_ONLY, "is for a new project; give --init, too")
    project = _open(given["root_dir"] / project_name, project_name, given, fresh=init)
    from label_studio_lite.service.workspace import OneProject

    serve(OneProject(project), given, project_name, project)


@click.command()
@options.creation
@options.serving
@options.logging_
def start_multi_session(**given: Any) -> None:
    """Serve a project of its own to every visitor, below --root-dir."""
    set_up_logging(given)
    from label_studio_lite.service.creating import NewProject
    from label_studio_lite.service.workspace import Sessions

    options.refuse(_NOT_OF_SESSIONS, "does not go with start-multi-session")
    settings = new_settings("project", given)
    new = NewProject(label_config_text(given), settings, editor_of(given))
    serve(Sessions(given["root_dir"], new), given, str(given["root_dir"]))


def _open(folder: Path, name: str, given: dict[str, Any], *, fresh: bool) -> Project:
    from label_studio_lite.service.project import open_project

    try:
        with counting("reading") as progress:
            project = open_project(
                folder,
                name=name,
                overrides=_overrides(given),
                progress=lambda what, count: progress(count),
            )
    except NotFound as error:
        if folder.is_file():
            raise
        words = f"label-studio start {shlex.quote(str(folder))} --init"
        raise NotFound(f"{error.detail}; '{words}' makes one") from error
    try:
        for note in project.store.notes:
            click.echo(f"{note.path}: {note.detail}", err=True)
        if not fresh:
            _apply(project, given)
    except BaseException:
        project.close()
        raise
    return project


def _overrides(given: dict[str, Any]) -> Json:
    """Settings that hold while this server runs."""
    overrides: Json = {}
    if given["sampling"]:
        overrides["sampling"] = given["sampling"]
    if given["allow_serving_local_files"]:
        overrides["allow_serving_local_files"] = True
    return overrides


def _apply(project: Project, given: dict[str, Any]) -> None:
    """Options that change an existing project."""
    if given["label_config"] or given["template"]:
        project.label_config.set(label_config_text(given))
    if given["ml_backends"]:
        project.models.declare(ml_backends(project.name, given))
    if given["images"]:
        with counting("looking at files") as progress:
            scan = project.folders.serve(given["images"], progress=progress)
        click.echo(f"{scan.added} new, {scan.changed} changed, {scan.gone} gone")


def _many(data_dir: Path | None, given: dict[str, Any]) -> Workspace:
    from label_studio_lite.service.workspace import ManyProjects

    return ManyProjects(projects_folder(data_dir))


def projects_folder(data_dir: Path | None) -> Path:
    """The folder of projects that is meant, unless another is named."""
    import platformdirs

    return data_dir or Path(platformdirs.user_data_dir("label-studio-lite")) / "projects"
