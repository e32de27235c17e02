"""``label-studio user``: the one user of a project or of a folder of projects."""

from __future__ import annotations

from pathlib import Path

import click

from label_studio_lite.cli import options
from label_studio_lite.errors import Invalid, NotFound


@click.command()
@click.argument("project_name", required=False, type=options.NAME)
@click.option(
    "--root-dir", type=options.PATH, default=Path(), help="Folder of the project folder."
)
@click.option("--data-dir", type=options.PATH, help="Without a project: the folder of projects.")
@click.option("--set-password", is_flag=True, help="Ask for a new password, twice.")
@click.option("--no-password", is_flag=True, help="Ask for no password any more.")
@click.option("--username", help="Name to log in with.")
@click.option("--email", help="Address that 1.x clients are shown.")
@click.option("--show-token", is_flag=True, help="Print the API token, and nothing else.")
@click.option("--reset-token", is_flag=True, help="Make a new API token; the old one is dead.")
@click.option("--log-out", is_flag=True, help="End the sessions of all browsers.")
def user(
    project_name: str | None,
    root_dir: Path,
    data_dir: Path | None,
    set_password: bool,
    no_password: bool,
    username: str | None,
    email: str | None,
    show_token: bool,
    reset_token: bool,
    log_out: bool,
) -> None:
    """Show or change who logs in: password, name, API token.

    A running server takes over tokens and ended sessions at once, names and passwords when it is
    started again.
    """
    from label_studio_lite.service.access.accounts import Accounts

    accounts = Accounts(_folder(project_name, root_dir, data_dir))
    if set_password and no_password:
        raise Invalid("--set-password and --no-password contradict each other")
    if username or email:
        accounts.rename(username or accounts.user().username, email)
    if set_password:
        accounts.set_password(_asked())
    if no_password:
        accounts.set_password("")
    if log_out:
        accounts.logins.end_all()
    if reset_token:
        accounts.tokens.reset_legacy()
    if show_token or reset_token:
        click.echo(accounts.tokens.kept_legacy())
        return
    found = accounts.user()
    click.echo(f"user name  {found.username}")
    click.echo(f"email      {found.email}")
    click.echo(f"password   {'set' if accounts.password() else 'none'}")


def _asked() -> str:
    password = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    return str(password)


def _folder(project_name: str | None, root_dir: Path, data_dir: Path | None) -> Path:
    """Where the accounts are kept that ``start`` with the same words uses."""
    from label_studio_lite.store.projects_folder import is_project

    if project_name is None:
        from label_studio_lite.cli.start import projects_folder

        folder = projects_folder(data_dir)
    else:
        if data_dir:
            raise Invalid("--data-dir is for serving many projects; leave it out, or the project")
        folder = root_dir / project_name
        if not is_project(folder):
            raise NotFound(f"there is no project in {folder}")
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}")
    return folder
