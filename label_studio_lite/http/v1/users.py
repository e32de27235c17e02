"""The one user: profile, hotkeys, and what an account of 1.x has besides."""

from __future__ import annotations

from flask import Response

from label_studio_lite.errors import FieldsInvalid, Invalid, NotAllowed, NotFound
from label_studio_lite.http import answers
from label_studio_lite.http.context import server
from label_studio_lite.http.errors import v1_body
from label_studio_lite.http.v1 import bodies, people
from label_studio_lite.http.v1.models import account as models
from label_studio_lite.http.v1.routing import Table, shown

table = Table("Users")
ROUTES = table.routes

# what the user of a server may do in the words of 1.x: everything that is here
_PERMISSIONS = [
    f"{thing}.{verb}"
    for thing, verbs in {
        "organizations": "view change invite",
        "projects": "create view change delete",
        "tasks": "create view change delete",
        "views": "create view change delete reset",
        "annotations": "create view change delete",
        "actions": "perform",
        "predictions": "any",
        "models": "create view change delete",
        "webhooks": "view change",
        "users.token": "any",
        "storages": "view change sync",
    }.items()
    for verb in verbs.split()
]


@table.add("GET", "/api/current-user/whoami", answer=models.WhoAmI)
def who_am_i() -> Response:
    """Get the user of the token, and what it may do."""
    return shown(models.WhoAmI(**people.fields(), permissions=_PERMISSIONS))


@table.add("GET", "/api/current-user", answer=models.WhoAmI)
def get_current_user() -> Response:
    """Get the user of the token."""
    return who_am_i()


@table.add("PATCH", "/api/current-user", body=models.UserChange, answer=models.User)
def change_current_user() -> Response:
    """Change names and phone of the user of the token."""
    return change_user(people.me().id)


@table.add("GET", "/api/current-user/hotkeys", answer=models.Hotkeys)
def get_hotkeys() -> Response:
    """Get the hotkeys of the user."""
    return shown(models.Hotkeys(people.me().hotkeys))


@table.add("PATCH", "/api/current-user/hotkeys", body=models.Hotkeys, answer=models.Hotkeys)
def change_hotkeys() -> Response:
    """Set the hotkeys of the user; 400 is ``{error, details}``, as in 1.x."""
    try:
        hotkeys = bodies.body(models.Hotkeys).custom_hotkeys
        user = server().workspace.accounts.change_hotkeys(hotkeys)
    except FieldsInvalid as error:
        body = {"error": "Invalid hotkeys configuration", "details": error.errors}
        return answers.ordered_json(body, 400)
    return shown(models.Hotkeys(user.hotkeys))


@table.add("GET", "/api/users", answer=list[models.User])
def list_users() -> Response:
    """List the users: there is one."""
    return shown([people.shown()])


@table.add("POST", "/api/users", body=models.UserChange, answer=models.User, status=201)
def create_user() -> Response:
    """Create a user.

    403: a server has one user. 400 for what that user is called already.
    """
    body = bodies.body(models.UserChange)
    me = people.me()
    if body.email == me.email or body.username == me.username:
        raise Invalid("User with this email or username already exists.")
    raise NotAllowed("a server has one user; others can be given its token or a link to log in")


@table.add("GET", "/api/users/<int:user_id>", answer=models.User)
def get_user(user_id: int) -> Response:
    """Get a user."""
    _check(user_id)
    return shown(people.shown())


@table.add("PATCH", "/api/users/<int:user_id>", body=models.UserChange, answer=models.User)
def change_user(user_id: int) -> Response:
    """Change names and phone of a user; 405 for what cannot be changed."""
    _check(user_id)
    changes = bodies.present(bodies.body(models.UserChange))
    try:
        server().workspace.accounts.change_user(changes)
    except NotAllowed as error:
        return v1_body(405, error.detail)
    people.forget()
    return shown(people.shown())


@table.add("DELETE", "/api/users/<int:user_id>", status=204)
def delete_user(user_id: int) -> Response:
    """Delete a user; 403 for the only one."""
    _check(user_id)
    raise NotAllowed("the only user of a server cannot be deleted")


def _check(user_id: int) -> None:
    if user_id != people.me().id:
        raise NotFound("No User matches the given query.")
