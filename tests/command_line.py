"""``python -m tests.command_line`` writes docs/command-line.md from the commands themselves."""

from __future__ import annotations

import inspect
from pathlib import Path

import click

from label_studio_lite.cli.main import COMMANDS, cli

DOCUMENT = Path(__file__).parents[1] / "docs" / "command-line.md"
HEADING = """\
# The command line

Written by `python -m tests.command_line`. `label-studio` and `label-studio-lite` are the same
command. Errors are one line; the exit code is 1 for what cannot be done and 2 for wrong usage.
"""


def document() -> str:
    context = click.Context(cli, info_name="label-studio")
    parts = [HEADING]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts.append(_section(command, click.Context(command, info_name=name, parent=context)))
    return "\n".join(parts)


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join(
        ["label-studio", context.info_name or "", *command.collect_usage_pieces(context)]
    )
    told = inspect.cleandoc(command.help or "")  # Python 3.13 takes the indentation away itself
    lines = [f"## {context.info_name}", "", f"    {usage}", "", told, ""]
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [_row(option) for option in options]
        lines.append("")
    return "\n".join(lines)


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    words = [option.help or ""]
    if isinstance(option.type, click.Choice):
        words.append("One of " + ", ".join(f"`{choice}`" for choice in option.type.choices) + ".")
    if option.show_default:
        words.append(f"`{option.default}` unless given.")
    return f"| {names} | {' '.join(word for word in words if word)} |"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
