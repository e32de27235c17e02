"""``label-studio init``, and what ``start --init`` does of it."""

from __future__ import annotations

import secrets
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.logs import set_up_logging
from label_studio_lite.cli.progress import counting
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, LabelStudioError

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

# options of `start` that config.json has no place for
_NOT_KEPT = ("public_url", "no_auth", "cors", "allow_private_urls", "max_body")


@click.command()
@click.argument("project_name", type=options.NAME)
@options.creation
@options.serving
@options.logging_
def init(project_name: str, **given: Any) -> None:
    """Make a project directory."""
    set_up_logging(given)
    options.refuse(_NOT_KEPT, "is not kept in a project; give it to 'label-studio start'")
    folder = create(project_name, given)
    click.echo(f"{folder} is ready; serve it with: label-studio start {shlex.quote(str(folder))}")


def create(name: str, given: dict[str, Any]) -> Path:
    """Make the directory that the options describe, or nothing at all; returns it."""
    from label_studio_lite.service.creating import NewProject, create_project

    _check(given)
    folder = given["root_dir"] / name
    new = NewProject(label_config_text(given), new_settings(name, given), editor_of(given))
    # opening it also sets keys of storages aside, out of config.json
    filled = any(given[option] for option in ("input_path", "images", "source", "target"))
    set_aside = create_project(
        folder,
        new,
        force=given["force"],
        fill=partial(_fill, given=given) if filled else None,
    )
    if set_aside:
        click.echo(f"the older project is kept as {set_aside}")
    return Path(folder)


def _check(given: dict[str, Any]) -> None:
    if given["output_dir"]:
        raise Invalid("--output-dir is not supported; completions are in the project directory")
    for option in ("input_path", "images"):
        if given[option] and not given[option].exists():
            raise Invalid(f"{given[option]} does not exist")
    if given["images"] and not given["images"].is_dir():
        raise Invalid(f"{given['images']} is not a folder")
    if bool(given["cert"]) != bool(given["key"]):
        raise Invalid("--cert and --key go together")


def _fill(project: Project, given: dict[str, Any]) -> None:
    from label_studio_lite.importing import folders

    with counting("importing") as progress:
        if given["input_path"]:
            items = folders.read_path(
                given["input_path"], given["input_format"], project.imports.options()
            )
            project.imports.import_items(items, progress=progress)
        if given["images"]:
            project.folders.serve(given["images"], progress=progress)


def label_config_text(given: dict[str, Any]) -> str:
    """The label config that ``-l`` or ``--template`` names, else one that fits the input."""
    from label_studio_lite.core import config_checks, label_config
    from label_studio_lite.service import gallery

    if given["label_config"] and given["template"]:
        raise Invalid("--label-config and --template contradict each other")
    if given["label_config"]:
        text = _read(given["label_config"], "--label-config")
        try:
            config_checks.check(label_config.parse(text))
        except LabelStudioError as error:
            raise Invalid(f"--label-config {given['label_config']}: {error.detail}") from error
        return text
    if given["template"]:
        return gallery.example(given["template"]).config
    if given["images"]:
        return gallery.example("image_bbox").config
    return "<View></View>" if given["input_path"] else gallery.example("image_polygons").config


def editor_of(given: dict[str, Any]) -> str | None:
    """What ``--editor`` says, else what the template of ``--template`` needs."""
    from label_studio_lite.service import gallery

    said: str | None = given["editor"]
    if said or given["label_config"] or not given["template"]:
        return said
    return gallery.example(given["template"]).editor


def new_settings(name: str, given: dict[str, Any]) -> Json:
    """What the options say about the config.json of a new project."""
    config: Json = {}
    if given["config_file"]:
        file = given["config_file"]
        config |= options.json_object(_read(file, "--config"), f"--config {file}")
    for option, key in (
        ("sampling", "sampling"),
        ("host", "host"),
        ("port", "port"),
        ("protocol", "protocol"),
        ("username", "username"),
        ("password", "password"),
        ("initial_project_description", "description"),
    ):
        if given[option] is not None:
            config[key] = given[option]
    for option in ("cert", "key"):
        if given[option]:
            config[option] = str(given[option].resolve())
            config["protocol"] = "https://"
    if given["allow_serving_local_files"]:
        config["allow_serving_local_files"] = True
    if given["ml_backends"]:
        config["ml_backends"] = ml_backends(name, given)
    for role in ("source", "target"):
        if given[role]:
            params = options.json_object(given[f"{role}_params"], f"--{role}-params")
            config[role] = {"type": given[role], "path": given[f"{role}_path"], "params": params}
        else:
            needs = f"needs --{role}"
            options.refuse((f"{role}_path", f"{role}_params"), needs)
    return config


def ml_backends(project: str, given: dict[str, Any]) -> list[Json]:
    """Entries for the backends of ``--ml-backends``, each ``URL`` or ``name=URL``."""
    from label_studio_lite.service.ml.backends import entry_of

    try:
        found = [entry_of(text, project, secrets.token_hex(2)) for text in given["ml_backends"]]
    except Invalid as error:
        raise Invalid(
            f"--ml-backends: an http or https address is expected. {error.detail}"
        ) from error
    names = [entry["name"] for entry in found]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(f"--ml-backends: two backends are named {name}")
    return found


def _read(path: Path, option: str) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise Invalid(f"{option} {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{option} {path} cannot be read: it is not UTF-8") from error
