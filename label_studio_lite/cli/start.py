"""``label-studio start`` and ``start-multi-session``."""

from __future__ import annotations

import os
import threading
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from label_studio_lite.cli import options
from label_studio_lite.cli.init import create, label_config_text, ml_backends, new_settings
from label_studio_lite.cli.logs import set_up_logging
from label_studio_lite.cli.progress import counting
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Invalid, NotFound

if TYPE_CHECKING:
    from label_studio_lite.http.auth import Access
    from label_studio_lite.service.accounts import Accounts
    from label_studio_lite.service.project import Project
    from label_studio_lite.service.workspace import Workspace

# options that only make sense for a new project; given without --init they are refused aloud
_NEW_ONLY = (
    "force",
    "config_file",
    "input_path",
    "source",
    "source_path",
    "source_params",
    "target",
    "target_path",
    "target_params",
    "output_dir",
    "initial_project_description",
)


@click.command()
@click.argument("project_name", required=False)
@click.option("--init", is_flag=True, help="Make the project first.")
@click.option("--data-dir", type=options.PATH, help="Without a project: the folder of projects.")
@options.creation
@options.serving
@options.logging_
def start(project_name: str | None, init: bool, data_dir: Path | None, **given: Any) -> None:
    """Open a project directory and serve it; without one, serve a folder of many."""
    set_up_logging(given)
    if project_name is None:
        _refuse(given, ["init"] if init else [], "needs the name of a project")
        _serve(_many(data_dir, given), given, "projects")
        return
    if data_dir:
        raise Invalid("--data-dir is for serving many projects; leave it out, or the project")
    if init:
        create(project_name, given)
    else:
        _refuse(given, [], "is for a new project; give --init, too")
    project = _open(given["root_dir"] / project_name, project_name, given, fresh=init)
    from label_studio_lite.service.workspace import OneProject

    _serve(OneProject(project), given, project_name, project)


@click.command()
@options.creation
@options.serving
@options.logging_
def start_multi_session(**given: Any) -> None:
    """Serve a project of its own to every visitor, below --root-dir."""
    set_up_logging(given)
    from label_studio_lite.service.creating import NewProject
    from label_studio_lite.service.workspace import Sessions

    for option in ("username", "password"):
        if given[option]:
            raise Invalid(f"--{option} does not go with start-multi-session")
    new = NewProject(label_config_text(given), new_settings("project", given))
    _serve(Sessions(given["root_dir"], new), given, str(given["root_dir"]))


def _refuse(given: dict[str, Any], more: list[str], why: str) -> None:
    for name in [*_NEW_ONLY, *more]:
        if given.get(name) or name in more:
            raise Invalid(f"--{name.removesuffix('_file').replace('_', '-')} {why}")


def _open(folder: Path, name: str, given: dict[str, Any], *, fresh: bool) -> Project:
    from label_studio_lite.service.project import open_project

    try:
        with counting("reading") as progress:
            project = open_project(
                folder,
                name=name,
                overrides=_overrides(given),
                progress=lambda what, count: progress(count),
            )
    except NotFound as error:
        raise NotFound(f"{error.detail}; 'label-studio start {name} --init' makes one") from error
    try:
        for note in project.store.notes:
            click.echo(f"{note.path}: {note.detail}", err=True)
        if not fresh:
            _apply(project, given)
    except BaseException:
        project.close()
        raise
    return project


def _overrides(given: dict[str, Any]) -> Json:
    """Settings that hold while this server runs."""
    overrides: Json = {}
    if given["sampling"]:
        overrides["sampling"] = given["sampling"]
    if given["allow_serving_local_files"]:
        overrides["allow_serving_local_files"] = True
    return overrides


def _apply(project: Project, given: dict[str, Any]) -> None:
    """Options that change an existing project."""
    if given["label_config"] or given["template"]:
        project.label_config.set(label_config_text(given))
    if given["ml_backends"]:
        project.models.declare(ml_backends(project.name, given))
    if given["images"]:
        with counting("looking at files") as progress:
            scan = project.folders.serve(given["images"], progress=progress)
        click.echo(f"{scan.added} new, {scan.changed} changed, {scan.gone} gone")


def _many(data_dir: Path | None, given: dict[str, Any]) -> Workspace:
    from label_studio_lite.service.workspace import ManyProjects

    return ManyProjects(projects_folder(data_dir))


def projects_folder(data_dir: Path | None) -> Path:
    """The folder of projects that is meant, unless another is named."""
    import platformdirs

    return data_dir or Path(platformdirs.user_data_dir("label-studio-lite")) / "projects"


def _serve(
    workspace: Workspace, given: dict[str, Any], what: str, project: Project | None = None
) -> None:
    from label_studio_lite import serving
    from label_studio_lite.app import Server, create_app
    from label_studio_lite.http.auth import is_loopback
    from label_studio_lite.outgoing import Outgoing
    from label_studio_lite.service.served import Served
    from label_studio_lite.service.workspace import Sessions

    try:
        host = _host(given, project)
        certificate = _certificate(given, project)
        wanted = given["port"] if given["port"] is not None else _setting(project, "port", 8080)
        listener = serving.bind(host, wanted)
        port = listener.getsockname()[1]
        if port != wanted and wanted:
            click.echo(f"port {wanted} is busy; using {port}", err=True)
        access = _access(given, project, workspace.accounts, loopback=is_loopback(host))
        private = given["allow_private_urls"]
        outgoing = Outgoing(access.loopback if private is None else private)
        server = Server(workspace, access, https=bool(certificate))
        if isinstance(workspace, Sessions):
            server.secret = workspace.secret
        shown = "localhost" if access.loopback else _reachable(host)
        url = f"{'https' if certificate else 'http'}://{shown}:{port}"
        accounts = workspace.accounts
        token = accounts.tokens.working() if access.required else ""
        served = Served(url, token=token, outgoing=outgoing)

        def link() -> str:
            """Where to go; where a token is asked for, a link that opens once."""
            if access.password or not access.required:
                return f"{url}/"
            return f"{url}/login?code={accounts.logins.new_code()}"

        def ready() -> None:
            workspace.announce(served)
            click.echo(f"Label Studio serves {what} at {url}/")
            if access.required and not access.password:
                click.echo(f"  to log in, once: {link()}")
                click.echo(f"  API token: {token}")
            if not given["no_browser"]:
                threading.Thread(target=webbrowser.open, args=(link(),), daemon=True).start()

        serving.serve(create_app(server), listener, certificate=certificate, ready=ready)
    finally:
        _close(workspace)


def _close(workspace: Workspace) -> None:
    started = time.monotonic()
    workspace.close()
    if time.monotonic() - started > 1:
        click.echo("all files are up to date", err=True)


def _host(given: dict[str, Any], project: Project | None) -> str:
    """The address to listen at. Every config.json of 0.8.x says 0.0.0.0, so that means nothing;
    to be reached from elsewhere a server has to be told so."""
    host = given["host"] or _setting(project, "host", "localhost")
    if host in ("localhost", "") or (host == "0.0.0.0" and not given["host"]):
        return "127.0.0.1"
    return str(host)


def _reachable(host: str) -> str:
    return os.uname().nodename if host in ("0.0.0.0", "::") and hasattr(os, "uname") else host


def _setting(project: Project | None, key: str, default: Any) -> Any:
    return default if project is None else project.settings.get(key, default)


def _certificate(given: dict[str, Any], project: Project | None) -> tuple[str, str] | None:
    cert = given["cert"] or _setting(project, "cert", None)
    key = given["key"] or _setting(project, "key", None)
    if bool(cert) != bool(key):
        raise Invalid("--cert and --key go together")
    if not cert:
        return None
    for path in (cert, key):
        if not Path(path).is_file():
            raise Invalid(f"{path} does not exist")
    return str(cert), str(key)


def _access(
    given: dict[str, Any], project: Project | None, accounts: Accounts, *, loopback: bool
) -> Access:
    """The command line comes first, then ``label-studio user``, then 0.8.x's config.json."""
    from label_studio_lite.http.auth import DEFAULT_USER, Access

    if given["password"] and given["no_auth"]:
        raise Invalid("--password and --no-auth contradict each other")
    stored = accounts.password()
    password = given["password"] or stored or _setting(project, "password", "") or ""
    username = given["username"] or (accounts.user().username if stored else "")
    return Access(
        username=username or _setting(project, "username", None) or DEFAULT_USER,
        password="" if given["no_auth"] else str(password),
        loopback=loopback,
        no_auth=given["no_auth"],
        origins=frozenset(given["cors"]),
    )
