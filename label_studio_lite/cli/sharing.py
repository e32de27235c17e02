"""``label-studio push`` and ``pull``: a project to a full Label Studio, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.data import opened
from label_studio_lite.cli.progress import counting

F = TypeVar("F", bound=Callable[..., Any])


def _place(command: F) -> F:
    for option in (
        click.option(
            "--token",
            required=True,
            envvar="LABEL_STUDIO_TOKEN",
            help="API token or personal access token there, or in LABEL_STUDIO_TOKEN.",
        ),
        click.option("--url", required=True, help="Address of the server, without /api."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("project_name", type=options.PROJECT)
@_place
@click.option("--project", "project_id", type=int, help="Id of a project there to fill.")
@click.option("--title", help="Title of the new project there.")
def push(
    project_name: Path, url: str, token: str, project_id: int | None, title: str | None
) -> None:
    """Send the project to a full Label Studio 1.x, or what has changed since the last push.

    A push that was cut off goes on when it is repeated.
    """
    from label_studio_lite.service import pushing
    from label_studio_lite.sharing.peer import Peer

    peer = Peer(url, token)
    with opened(project_name) as project, counting("tasks") as progress:
        done = pushing.push(project, peer, into=project_id, title=title, progress=progress)
    click.echo(
        f"{peer.url}/projects/{done.project}: {done.created} new, {done.changed} changed,"
        f" {done.deleted} deleted, {done.unchanged} as they were; {done.files} files"
    )
    _tell(done.problems)


@click.command()
@click.argument("project_name", type=options.PROJECT)
@_place
@click.option("--project", "project_id", type=int, help="Id of the project there.")
def pull(project_name: Path, url: str, token: str, project_id: int | None) -> None:
    """Bring a project of a full Label Studio 1.x into a directory, or what has changed since.

    A pull that was cut off goes on when it is repeated. What was changed here stays.
    """
    from label_studio_lite.errors import Invalid
    from label_studio_lite.service import pulling
    from label_studio_lite.sharing.peer import Peer
    from label_studio_lite.store.projects_folder import is_project

    peer = Peer(url, token)
    if not is_project(project_name):
        if project_id is None:
            raise Invalid("name the project there with --project")
        pulling.start(project_name, peer, project_id)
    with opened(project_name) as project, counting("tasks") as progress:
        done = pulling.pull(project, peer, project_id, progress=progress)
    click.echo(
        f"{project_name}: {done.created} new, {done.changed} changed,"
        f" {done.unchanged} as they were; {done.files} files"
    )
    _tell(done.problems)


def _tell(problems: Sequence[str]) -> None:
    for problem in problems:
        click.echo(f"  {problem}", err=True)
