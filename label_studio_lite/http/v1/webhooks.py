"""Webhooks."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from label_studio_lite.core.model import Json
from label_studio_lite.http.context import server
from label_studio_lite.http.v1 import bodies, ids, people
from label_studio_lite.http.v1.models import webhooks as models
from label_studio_lite.http.v1.routing import Table, nothing, shown
from label_studio_lite.http.v1.times import moment
from label_studio_lite.service.hooks.webhooks import ACTIONS, Webhooks

table = Table("Webhooks")
ROUTES = table.routes
_ITEM = "/api/webhooks/<int:webhook_id>"


def _hooks() -> Webhooks:
    return server().workspace.webhooks


@table.add("GET", "/api/webhooks/info", answer=dict[str, Any])
def list_actions() -> Response:
    """List what webhooks can be told of.

    With ``organization-only=false`` only what happens in a project.
    """
    all_ = request.args.get("organization-only", "true").lower() in ("true", "1", "yes")
    return shown(
        {
            name: {
                "name": action.name,
                "description": "",
                "key": action.key,
                "organization-only": action.server_wide,
            }
            for name, action in ACTIONS.items()
            if all_ or not action.server_wide
        }
    )


@table.add("GET", "/api/webhooks", query=models.WebhooksQuery, answer=list[models.Webhook])
def list_webhooks() -> Response:
    """List webhooks: those of a project, or all."""
    wanted = bodies.query(models.WebhooksQuery).project
    return shown(
        [
            _shape(hook_id, hook)
            for hook_id, hook in _hooks().all().items()
            if not wanted or str(hook["project"]) == wanted
        ]
    )


@table.add("POST", "/api/webhooks", body=models.WebhookBody, answer=models.Webhook, status=201)
def create_webhook() -> Response:
    """Have an address told what happens in a project, or in all of them."""
    fields = _fields(bodies.present(bodies.body(models.WebhookBody)))
    if fields.get("project") is not None:
        ids.named_project(fields["project"])
    made = _hooks().create(fields)
    return shown(_shape(made, _hooks().get(made)), 201)


@table.add("GET", _ITEM, answer=models.Webhook)
def get_webhook(webhook_id: int) -> Response:
    """Get a webhook."""
    return shown(_shape(webhook_id, _hooks().get(webhook_id)))


@table.add("PATCH", _ITEM, body=models.WebhookChange, answer=models.Webhook)
def change_webhook(webhook_id: int) -> Response:
    """Change a webhook."""
    fields = _fields(bodies.present(bodies.body(models.WebhookChange)))
    return shown(_shape(webhook_id, _hooks().change(webhook_id, fields)))


@table.add("PUT", _ITEM, body=models.WebhookChange, answer=models.Webhook)
def replace_webhook(webhook_id: int) -> Response:
    """Change a webhook, as PATCH does."""
    return change_webhook(webhook_id)


@table.add("DELETE", _ITEM, status=204)
def delete_webhook(webhook_id: int) -> Response:
    """Delete a webhook."""
    _hooks().delete(webhook_id)
    return nothing()


def _fields(given: Json) -> Json:
    return {**given, "headers": given["headers"] or {}} if "headers" in given else given


def _shape(webhook_id: int, hook: Json) -> models.Webhook:
    return models.Webhook(
        id=webhook_id,
        organization=people.ORGANIZATION,
        project=hook["project"],
        url=hook["url"],
        send_payload=hook["send_payload"],
        send_for_all_actions=hook["send_for_all_actions"],
        headers=hook["headers"],
        is_active=hook["is_active"],
        actions=hook["actions"],
        created_at=moment(hook["created_at"]),
        updated_at=moment(hook["updated_at"]),
    )
