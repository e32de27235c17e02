"""``label-studio check``, ``compact`` and ``backup``."""

from __future__ import annotations

from pathlib import Path

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.data import opened
from label_studio_lite.cli.progress import counting


@click.command()
@click.argument("project_name", type=options.PROJECT)
@click.option("--repair", is_flag=True, help="Mend what can be mended; nothing is deleted.")
@click.pass_context
def check(ctx: click.Context, project_name: Path, repair: bool) -> None:
    """Say what is wrong with the files of a project; also while it is served."""
    from label_studio_lite.store import doctor

    if repair:
        for line in doctor.repair(project_name):
            click.echo(line)
    report = doctor.check(project_name)
    for finding in report.findings:
        click.echo(f"{finding.severity}: {finding.path}: {finding.reason}")
        if finding.repair:
            click.echo(f"    --repair would {finding.repair}")
    click.echo(report.summary)
    ctx.exit(0 if report.is_sound else 1)


@click.command()
@click.argument("project_name", type=options.PROJECT)
def compact(project_name: Path) -> None:
    """Bring all files up to date and empty the journal."""
    with opened(project_name) as project:
        project.store.checkpoint()
    click.echo(f"{project_name} is up to date")


@click.command()
@click.argument("project_name", type=options.PROJECT)
@click.argument("target", type=options.PROJECT)
@click.option("--secrets", is_flag=True, help="With keys of storages, passwords and tokens.")
def backup(project_name: Path, target: Path, secrets: bool) -> None:
    """Copy a project to TARGET, a new folder or a .zip; also while it is served."""
    from label_studio_lite.store import backup as backups

    with counting("copying") as progress:
        backups.backup(project_name, target, progress=progress, secrets=secrets)
    click.echo(f"{target} holds a copy of {project_name}")
