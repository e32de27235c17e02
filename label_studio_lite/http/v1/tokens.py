"""Tokens, and which of them open the server."""

from __future__ import annotations

from flask import Response

from label_studio_lite.errors import FieldsInvalid, Invalid, NotFound
from label_studio_lite.http import answers
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import bodies
from label_studio_lite.http.v1.models import account as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.access.tokens import PersonalToken, Tokens

table = Table("Tokens")
ROUTES = table.routes


def _tokens() -> Tokens:
    return server().workspace.accounts.tokens


@table.add("GET", "/api/current-user/token", answer=models.Token)
def get_token() -> Response:
    """Get a token that opens the API: the legacy token, unless it is switched off."""
    return shown(models.Token(_tokens().working()))


@table.add("POST", "/api/current-user/reset-token", answer=models.Token, status=201)
def reset_token() -> Response:
    """Get a new legacy token; the old one is dead at once."""
    return shown(models.Token(_tokens().reset_legacy()), 201)


@table.add("GET", "/api/token", answer=list[models.PersonalToken])
def list_tokens() -> Response:
    """List the personal access tokens, without their signatures."""
    return shown([_shape(token) for token in _tokens().list()])


@table.add("POST", "/api/token", answer=models.PersonalToken, status=201)
def create_token() -> Response:
    """Create a personal access token; 409 while another one is valid."""
    return shown(_shape(_tokens().create()), 201)


@table.add("POST", "/api/token/refresh", body=models.Refresh, answer=models.Access)
def refresh_token() -> Response:
    """Exchange a personal access token for an access token, which holds for five minutes."""
    return shown(models.Access(_tokens().refresh(bodies.body(models.Refresh).refresh)))


@table.add("POST", "/api/token/rotate", body=models.Refresh, answer=models.Refresh)
def rotate_token() -> Response:
    """Replace a personal access token; the old one is dead at once."""
    try:
        made = _tokens().rotate(bodies.body(models.Refresh).refresh)
    except NotFound as error:
        raise Invalid("Invalid refresh token") from error
    return shown(models.Refresh(made.token))


@table.add("POST", "/api/token/blacklist", body=models.Refresh, status=204)
def blacklist_token() -> Response:
    """Make a personal access token useless; 404 is a bare ``{detail}``, as in 1.x."""
    try:
        _tokens().blacklist(bodies.body(models.Refresh).refresh)
    except NotFound as error:
        return answers.ordered_json({"detail": error.detail}, 404)
    return nothing()


def _shape(token: PersonalToken) -> models.PersonalToken:
    return models.PersonalToken(token.token, moment(token.created_at), moment(token.expires_at))


@table.add("GET", "/api/jwt/settings", answer=models.JwtSettings)
def get_settings() -> Response:
    """Get which kinds of tokens open the server."""
    return shown(models.JwtSettings(**_tokens().settings()))


@table.add("POST", "/api/jwt/settings", body=models.JwtSettingsChange, answer=models.JwtSettings)
def change_settings() -> Response:
    """Set which kinds of tokens open the server."""
    changes = bodies.present(bodies.body(models.JwtSettingsChange))
    if not changes:
        raise FieldsInvalid({"legacy_api_tokens_enabled": ["This field is required."]})
    return shown(models.JwtSettings(**_tokens().change_settings(changes)))


@table.add("GET", "/api/session-policy", answer=models.SessionPolicy)
def get_policy() -> Response:
    """Get how long logins last."""
    return shown(_policy(server().workspace.accounts.logins.policy()))


@table.add(
    "PATCH", "/api/session-policy", body=models.SessionPolicyChange, answer=models.SessionPolicy
)
def change_policy() -> Response:
    """Set how long logins last."""
    changes = bodies.present(bodies.body(models.SessionPolicyChange))
    return shown(_policy(server().workspace.accounts.logins.change_policy(changes)))


def _policy(stored: dict[str, float]) -> models.SessionPolicy:
    return models.SessionPolicy(
        max_session_age=int(stored["max_session_age"]),
        max_time_between_activity=int(stored["max_time_between_activity"]),
        created_at=moment(stored["created_at"]),
        updated_at=moment(stored["updated_at"]),
    )
