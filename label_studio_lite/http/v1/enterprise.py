"""What only Label Studio Enterprise has: 404, with a ``detail`` that says so.

Paths are listed by what they begin with; what one person can use of the Enterprise API has routes
of its own, which go before these.
"""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from label_studio_lite.errors import NotFound
from label_studio_lite.http.routes import Route

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SIDES = ("/api/storages", "/api/storages/export")
_STORAGES = ("azure_spi", "databricks", "gcs_sa", "gcswif", "s3s")
_OF_PROJECTS = (
    "aws-custom-function",
    "aws-custom-function-logs",
    "check-function",
    "custom-function",
    "custom-function-logs",
    "dimensions",
    "gcp-custom-function",
    "members",
    "metricparam",
    "model-stats",
    "review-routing-rules",
    "roles",
    "stats",
    "subset-tasks",
    "subsets",
    "tasks",
    "update-stats",
    "user-stats",
    "users",
)
_OF_ORGANIZATIONS = ("member-tags", "permissions", "set-default-role")
PREFIXES = (
    "/api/activity-logs",
    "/api/annotation-reviews",
    "/api/billing",
    "/api/dimensions",
    "/api/fsm",
    "/api/inference-runs",
    "/api/invite/revoke",
    "/api/invite/send-email",
    "/api/model-provider-connections",
    "/api/model-run",
    "/api/projects/roles",
    "/api/prompts",
    "/api/saml",
    "/api/scim",
    "/api/workspaces",
    *(f"/api/organizations/<int:id>/{name}" for name in _OF_ORGANIZATIONS),
    *(f"/api/projects/<int:id>/{name}" for name in _OF_PROJECTS),
    *(f"{side}/{kind}" for side in _SIDES for kind in _STORAGES),
)


def not_offered(**_: object) -> ResponseReturnValue:
    """Tell that it is not here, and never will be."""
    raise NotFound(
        "this is a part of Label Studio Enterprise; this server has what the Community Edition"
        " and a single user need"
    )


def _rules() -> list[tuple[str, str]]:
    """(method, rule), without those that the community has at the same path."""
    community = {"/api/projects/<int:id>/tasks"}
    rules = [rule for rule in PREFIXES if rule not in community]
    rules += [f"{rule}/<path:rest>" for rule in PREFIXES]
    return [(method, rule) for rule in rules for method in _METHODS]


_MORE = (
    ("PATCH", "/api/organizations/<int:organization_id>"),
    ("PATCH", "/api/organizations/<int:organization_id>/memberships"),
    ("DELETE", "/api/annotation-history"),
)
ROUTES = [Route(method, rule, not_offered, "v1") for method, rule in (*_rules(), *_MORE)]
