"""``label-studio import``, ``export`` and ``rescan``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.progress import counting

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


@contextmanager
def opened(folder: Path) -> Iterator[Project]:
    """The project, closed again at the end."""
    from label_studio_lite.service.project import open_project

    with counting("reading") as progress:
        project = open_project(folder, progress=lambda what, count: progress(count))
    try:
        yield project
    finally:
        project.close()


@click.command("import")
@click.argument("project_name", type=options.PATH)
@click.argument("files", nargs=-1, required=True, type=options.PATH)
def import_(project_name: Path, files: tuple[Path, ...]) -> None:
    """Import FILES: JSON, CSV, TSV, text, HTML, archives, media. All of them or none."""
    from label_studio_lite.errors import Invalid
    from label_studio_lite.importing.upload import Upload

    for file in files:
        if not file.is_file():
            raise Invalid(f"{file} is not a file")
    with opened(project_name) as project, ExitStack() as stack:
        uploads = [Upload(file.name, stack.enter_context(file.open("rb"))) for file in files]
        with counting("importing") as progress:
            result = project.imports.import_files(uploads, progress=progress)
    click.echo(
        f"{result.task_count} tasks, {result.completion_count} completions,"
        f" {result.prediction_count} predictions"
    )


@click.command()
@click.argument("project_name", type=options.PATH)
@click.option("-f", "--format", "name", default="JSON", show_default=True, help="Format.")
@click.option("-o", "--output", type=options.PATH, help="File to write; '-' for standard output.")
@click.option("--raw", is_flag=True, help="The bare file instead of a ZIP.")
@click.option("--all-tasks", is_flag=True, help="Also tasks without completions.")
def export(project_name: Path, name: str, output: Path | None, raw: bool, all_tasks: bool) -> None:
    """Export results, as the API does."""
    with opened(project_name) as project:
        done = project.exports.export(name, all_tasks=all_tasks, raw=raw)
        target = done.path
        if output == Path("-"):
            with done.path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        elif output is not None:
            shutil.copyfile(done.path, output)
            target = output
        report = done.report
    if output != Path("-"):
        click.echo(f"{target}: {report.written} of {report.read} tasks written")
    for skipped in report.skipped:
        click.echo(f"task {skipped.task_id}: {skipped.reason}", err=True)


@click.command()
@click.argument("project_name", type=options.PATH)
def rescan(project_name: Path) -> None:
    """Look again into the folders that the project serves."""
    with opened(project_name) as project, counting("looking at files") as progress:
        scan = project.folders.rescan(progress=progress)
    click.echo(f"{scan.added} new, {scan.changed} changed, {scan.gone} gone, {scan.back} back")
