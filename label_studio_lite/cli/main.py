"""The command ``label-studio``. Each command is loaded only when it is asked for."""

from __future__ import annotations

import importlib
import sys

import click

from label_studio_lite import __version__
from label_studio_lite.errors import InvalidItems, LabelStudioError

# command → module of this package and name in it
COMMANDS = {
    "init": "init:init",
    "start": "start:start",
    "start-multi-session": "start:start_multi_session",
    "version": "version:version",
    "import": "data:import_",
    "export": "data:export",
    "rescan": "data:rescan",
    "check": "upkeep:check",
    "compact": "upkeep:compact",
    "backup": "upkeep:backup",
    "user": "user:user",
    "push": "sharing:push",
    "pull": "sharing:pull",
}


class Commands(click.Group):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(importlib.import_module(f"label_studio_lite.cli.{module}"), name)
        assert isinstance(found, click.Command)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """An error of the domain is one line and exit code 1, never a traceback; and so is what
        the system refuses to do with a file, wherever that comes to light."""
        try:
            return super().invoke(ctx)
        except InvalidItems as error:
            raise click.ClickException("\n".join(error.messages)) from error
        except LabelStudioError as error:
            raise click.ClickException(error.detail) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error


@click.group(cls=Commands, invoke_without_command=True, no_args_is_help=False)
@click.option("--version", "show_version", is_flag=True, help="Print the version and go on.")
@click.pass_context
def cli(ctx: click.Context, show_version: bool) -> None:
    """Label data on your own machine, in a folder of plain JSON files."""
    if show_version:
        click.echo(f"Label Studio version: {__version__}")
    if ctx.invoked_subcommand is None:
        if len(sys.argv) == 1:
            click.echo("Quick start usage: label-studio start my_project --init")
        click.echo(ctx.get_usage(), err=True)
        ctx.exit(2)


def main() -> None:
    """The entry point of the console scripts."""
    cli(prog_name="label-studio")
