"""Options that several commands share; names and meanings are those of 0.8.2."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid

F = Callable[..., Any]


class _Named(click.Path):
    """A path that names something: an empty one, of a shell's variable that is not set, would be
    the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


PATH = click.Path(path_type=Path)
PROJECT = _Named(path_type=Path)
NAME = _Named()
INPUT_FORMATS = ("json", "json-dir", "text", "text-dir", "image-dir", "audio-dir")
SAMPLINGS = ("sequential", "uniform", "prediction-score-min", "prediction-score-max")
# the types of service/storage/legacy.py, which takes long to import; a test compares them
CLOUDS = ("s3", "gcs", "azure-blob", "redis", "local-files")

_CREATION = [
    click.option("--force", is_flag=True, help="Set an older project of this name aside first."),
    click.option("--root-dir", type=PATH, default=Path(), help="Folder of the project folder."),
    click.option("-c", "--config", "config_file", type=PATH, help="A config.json to begin with."),
    click.option("-l", "--label-config", type=PATH, help="XML file with the label config."),
    click.option("--template", help="Label config of an example; see 'examples/'."),
    click.option(
        "--editor",
        type=click.Choice(["classic", "modern"]),
        help="Labeling editor of the new project; modern unless given.",
    ),
    click.option("-i", "--input-path", type=PATH, help="File or folder with tasks."),
    click.option("--input-format", type=click.Choice(INPUT_FORMATS), default="json"),
    click.option("--images", type=PATH, help="Folder of media to label where they are."),
    click.option("-s", "--source", type=click.Choice(["tasks-json", *CLOUDS])),
    click.option(
        "--source-path", help="Where tasks come from: a bucket, container, host or folder."
    ),
    click.option("--source-params", help="JSON object with what the source needs to know."),
    click.option(
        "-t",
        "--target",
        type=click.Choice(["completions-dir", *(f"{name}-completions" for name in CLOUDS)]),
    ),
    click.option("--target-path", help="Where completions go to, likewise."),
    click.option("--target-params", help="JSON object with what the target needs to know."),
    click.option("-o", "--output-dir", help="No longer supported; refused."),
    click.option(
        "--ml-backends", multiple=True, metavar="URL", help="URL or name=URL; repeatable."
    ),
    click.option("--sampling", type=click.Choice(SAMPLINGS), help="Which task comes next."),
    click.option("--initial-project-description", help="Description of the new project."),
    click.option(
        "--allow-serving-local-files", is_flag=True, help="Serve folders that tasks name."
    ),
]
_SERVING = [
    click.option("--host", help="Address to listen at; this machine only unless given."),
    click.option(
        "-p", "--port", type=click.IntRange(0, 65535), help="Port; the next free one if busy."
    ),
    click.option("--protocol", type=click.Choice(["http://", "https://"])),
    click.option("--cert", type=PATH, help="TLS certificate; with --key."),
    click.option("--key", type=PATH, help="Key of the TLS certificate."),
    click.option(
        "--public-url", metavar="URL", help="Address of a proxy in front, with its path."
    ),
    click.option("--username", help="User name for --password; 'ls' unless given."),
    click.option("--password", help="Ask for this password."),
    click.option("--no-auth", is_flag=True, help="Let everybody in who can reach --host."),
    click.option(
        "--cors", multiple=True, metavar="ORIGIN", help="Site whose pages may call the API."
    ),
    click.option(
        "--allow-private-urls/--no-private-urls",
        default=None,
        help="Whether private addresses may be connected to.",
    ),
    click.option(
        "--max-body",
        type=click.IntRange(1),
        metavar="MB",
        help="Largest import; 4096 for a server that others reach, else without a limit.",
    ),
    click.option("-b", "--no-browser", is_flag=True, help="Do not open a browser."),
    click.option("--use-gevent", is_flag=True, hidden=True),
]
_ALWAYS = [
    click.option(
        "--log-level",
        type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]),
        default="WARNING",
        show_default=True,
    ),
    click.option("-d", "--debug", is_flag=True, help="The same as --log-level DEBUG."),
    click.option("-v", "--verbose", is_flag=True, help="The same as --log-level INFO."),
]


def creation(command: F) -> F:
    """What a new project starts with."""
    return _with(_CREATION, command)


def serving(command: F) -> F:
    """How the server is reached."""
    return _with(_SERVING, command)


def logging_(command: F) -> F:
    return _with(_ALWAYS, command)


def _with(options: Sequence[Callable[[F], F]], command: F) -> F:
    return reduce(lambda made, option: option(made), reversed(options), command)


def refuse(names: Iterable[str], why: str) -> None:
    """``Invalid`` for the first of these options that the command line has, whatever its value."""
    context = click.get_current_context()
    known = {param.name: param for param in context.command.params}
    for name in names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            param = known[name]
            words = param.secondary_opts if context.params[name] is False else param.opts
            raise Invalid(f"{words[-1]} {why}")


def json_object(text: str | None, option: str) -> Json:
    """The value of an option that holds JSON."""
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        raise Invalid(f"{option} is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise Invalid(f"{option} must be a JSON object")
    return value
