"""``label-studio import``, ``export`` and ``rescan``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.progress import counting

if TYPE_CHECKING:
    from label_studio_lite.service.exports import Selection
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
@click.option("--ids", help="Only these tasks: 1,2,5-9.")
@click.option("--all-tasks", is_flag=True, help="Also tasks without completions.")
@click.option("--completions", type=click.Choice(["newest", "all"]), help="Which of a task's.")
@click.option("--skipped/--no-skipped", default=None, help="Whether with skips.")
@click.option("--ground-truth", is_flag=True, help="Only completions marked as ground truth.")
@click.option("--predictions", is_flag=True, help="JSON with predictions, too.")
@click.option("--media/--no-media", default=None, help="Whether remote files are fetched.")
@click.option("--tokenizer", default="words", show_default=True, help="Of CoNLL and spaCy.")
def export(project_name: Path, name: str, output: Path | None, **given: Any) -> None:
    """Export results, as the API does."""
    from label_studio_lite.service.exports import Making

    with opened(project_name) as project, counting("exporting") as progress:
        making = Making(
            raw=given["raw"],
            media=given["media"],
            tokenizer=given["tokenizer"],
            progress=progress,
        )
        done = project.exports.export(name, _selection(given), making)
        target = done.path
        if output == Path("-"):
            with done.path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        elif output is not None:
            shutil.copyfile(done.path, output)
            target = output
    tasks = done.counts["tasks"]
    if output != Path("-"):
        click.echo(f"{target}: {tasks['written']} of {tasks['read']} tasks written")
    for line in done.counts["summary"]:
        click.echo(f"  {line['count']} × {_KINDS[line['kind']]}: {line['reason']}", err=True)


_KINDS = {
    "task": "task left out",
    "completion": "completion left out",
    "region": "region left out",
    "value": "value left out",
    "media": "file missing",
    "changed": "changed",
}


def _selection(given: dict[str, Any]) -> Selection:
    from label_studio_lite.exporting.choosing import Wish
    from label_studio_lite.service.exports import Selection

    return Selection(
        ids=_ids(given["ids"]) if given["ids"] else None,
        all_tasks=given["all_tasks"],
        wish=Wish(
            newest=None if given["completions"] is None else given["completions"] == "newest",
            skipped=given["skipped"],
            ground_truth=given["ground_truth"] or None,
        ),
        predictions=given["predictions"],
    )


def _ids(text: str) -> list[int]:
    """``1,2,5-9``."""
    found: list[int] = []
    for word in text.split(","):
        first, _, last = word.strip().partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise click.BadParameter(f"{word!r} is neither an id nor a range such as 5-9")
        found += range(int(first), int(last or first) + 1)
    return found


@click.command()
@click.argument("project_name", type=options.PATH)
def rescan(project_name: Path) -> None:
    """Look again into the folders that the project serves."""
    with opened(project_name) as project, counting("looking at files") as progress:
        scan = project.folders.rescan(progress=progress)
    click.echo(f"{scan.added} new, {scan.changed} changed, {scan.gone} gone, {scan.back} back")
