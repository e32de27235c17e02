"""``label-studio version``."""

from __future__ import annotations

import click

from label_studio_lite import __version__


@click.command()
def version() -> None:
    """Print the version."""
    click.echo(f"Label Studio version: {__version__}")
