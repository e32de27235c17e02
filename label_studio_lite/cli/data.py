"""``label-studio import``, ``export`` and ``rescan``."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.progress import counting
from label_studio_lite.errors import Invalid, Locked

if TYPE_CHECKING:
    from label_studio_lite.service.exports import Selection
    from label_studio_lite.service.imports import ImportResult
    from label_studio_lite.service.project import Project

TOKENIZERS = ("words", "whitespace", "characters")  # of core/tokens.py; a test compares them


@contextmanager
def opened(folder: Path) -> Iterator[Project]:
    """The project, closed again at the end."""
    from label_studio_lite.service.project import open_project

    with counting("reading") as progress:
        try:
            project = open_project(folder, progress=lambda what, count: progress(count))
        except Locked as error:
            raise Locked(
                f"{error.detail}; stop it first, or import and export through its API"
            ) from error
    try:
        yield project
    finally:
        project.close()


@click.command("import")
@click.argument("project_name", type=options.PROJECT)
@click.argument("files", nargs=-1, required=True, type=options.PATH)
@click.option("-f", "--format", "name", help="Finished work in this format: COCO, YOLO, VOC…")
@click.option(
    "--as",
    "role",
    type=click.Choice(["completions", "predictions"]),
    default="completions",
    show_default=True,
    help="What finished work becomes.",
)
@click.option("--media-url", default="", help="In front of names of images that are not there.")
@click.option("--set-label-config", is_flag=True, help="Take the one that finished work needs.")
@click.option("--dry-run", is_flag=True, help="Say what finished work holds and needs, no more.")
def import_(project_name: Path, files: tuple[Path, ...], name: str | None, **given: Any) -> None:
    """Import FILES: JSON, CSV, TSV, text, HTML, archives, media. All of them or none.

    With --format, FILES are work that was finished elsewhere, or an export: files, folders and
    archives of COCO, YOLO, YOLO_OBB, VOC, CONLL2003, SPACY, JSON_MIN or JSON.
    """
    if name is not None:
        _import_finished(project_name, files, name, given)
        return
    options.refuse(("role", "media_url", "set_label_config", "dry_run"), "needs --format")
    from label_studio_lite.importing.upload import Upload

    for file in files:
        if not file.is_file():
            raise Invalid(f"{file} is not a file")
    with opened(project_name) as project, ExitStack() as stack:
        uploads = [Upload(file.name, stack.enter_context(file.open("rb"))) for file in files]
        with counting("importing") as progress:
            result = project.imports.import_files(uploads, progress=progress)
    _say(result)


def _import_finished(
    project_name: Path, files: tuple[Path, ...], name: str, given: dict[str, Any]
) -> None:
    from label_studio_lite.service.finished_work import How

    with opened(project_name) as project, counting("importing") as progress:
        how = How(
            role=given["role"],
            media_url=given["media_url"],
            set_config=given["set_label_config"],
            dry_run=given["dry_run"],
            progress=progress,
        )
        brought = project.finished_work.import_paths(name, files, how)
    if brought.result is not None:
        _say(brought.result)
        if brought.missing:
            click.echo("the label config is a new one, made for this work")
        return
    click.echo(f"{brought.tasks} tasks, {brought.regions} regions")
    for line in brought.missing:
        click.echo(f"the label config lacks {line}")
    if brought.missing:
        click.echo(f"this one would do:\n{brought.label_config}")


def _say(result: ImportResult) -> None:
    click.echo(
        f"{result.task_count} tasks, {result.completion_count} completions,"
        f" {result.prediction_count} predictions"
    )


@click.command()
@click.argument("project_name", type=options.PROJECT)
@click.option("-f", "--format", "name", default="JSON", show_default=True, help="Format.")
@click.option("-o", "--output", type=options.PATH, help="File to write; '-' for standard output.")
@click.option("--raw", is_flag=True, help="The bare file instead of a ZIP.")
@click.option("--ids", help="Only these tasks: 1,2,5-9.")
@click.option(
    "--filter", "filters", multiple=True, help="Only tasks where, e.g. 'data.text contains cat'."
)
@click.option("--all-tasks", is_flag=True, help="Also tasks without completions.")
@click.option("--completions", type=click.Choice(["newest", "all"]), help="Which of a task's.")
@click.option("--skipped/--no-skipped", default=None, help="Whether with skips.")
@click.option("--ground-truth", is_flag=True, help="Only completions marked as ground truth.")
@click.option("--predictions", is_flag=True, help="JSON with predictions, too.")
@click.option("--media/--no-media", default=None, help="Whether remote files are fetched.")
@click.option(
    "--tokenizer",
    type=click.Choice(TOKENIZERS),
    default="words",
    show_default=True,
    help="Of CoNLL and spaCy.",
)
def export(project_name: Path, name: str, output: Path | None, **given: Any) -> None:
    """Export results, as the API does."""
    from label_studio_lite.service.exports import Making

    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise Invalid(f"{output} is no place for a file")
    with opened(project_name) as project, counting("exporting") as progress:
        making = Making(
            raw=given["raw"],
            media=given["media"],
            tokenizer=given["tokenizer"],
            progress=progress,
        )
        selection = _selection(given)
        for key in project.tasks.unknown_keys(selection.query) if selection.query else ():
            click.echo(f'no task has "{key}" in its data', err=True)
        done = project.exports.export(name, selection, making)
        target = done.path
        if output == Path("-"):
            with done.path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        elif output is not None:
            _copy(done.path, output)
            target = output
        elif not done.kept:
            raise Invalid(f"{project_name} cannot be written to; say where to export with -o")
    tasks = done.counts["tasks"]
    if output != Path("-"):
        click.echo(f"{target}: {tasks['written']} of {tasks['read']} tasks written")
    for line in done.counts["summary"]:
        click.echo(f"  {line['count']} × {_KINDS[line['kind']]}: {line['reason']}", err=True)


def _copy(path: Path, target: Path) -> None:
    from label_studio_lite.store.fs import refusal

    try:
        shutil.copyfile(path, target)
    except OSError as error:
        raise refusal(error, str(target)) from error


_RANGE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18}))?")
_MOST_IDS = 10_000_000
_KINDS = {
    "task": "task left out",
    "completion": "completion left out",
    "region": "region left out",
    "value": "value left out",
    "media": "file missing",
    "changed": "changed",
}


def _selection(given: dict[str, Any]) -> Selection:
    from label_studio_lite.core.filter_text import parse_filters
    from label_studio_lite.exporting.choosing import Wish
    from label_studio_lite.service.exports import Selection

    return Selection(
        ids=_ids(given["ids"]) if given["ids"] else None,
        query=parse_filters(given["filters"]),
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
        match = _RANGE.fullmatch(word.strip())
        if match is None:
            raise click.BadParameter(f"{word!r} is neither an id nor a range such as 5-9")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < _MOST_IDS:
            raise click.BadParameter(f"{word!r} holds no task, or too many; try --filter")
        found += range(first, last + 1)
    return found


@click.command()
@click.argument("project_name", type=options.PROJECT)
def rescan(project_name: Path) -> None:
    """Look again into the folders that the project serves."""
    with opened(project_name) as project, counting("looking at files") as progress:
        scan = project.folders.rescan(progress=progress)
    click.echo(f"{scan.added} new, {scan.changed} changed, {scan.gone} gone, {scan.back} back")
