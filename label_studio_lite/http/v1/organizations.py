"""The one organization of a server, and its one member."""

from __future__ import annotations

from flask import Response

from label_studio_lite.errors import NotFound
from label_studio_lite.http import answers
from label_studio_lite.http.context import base_url, server
from label_studio_lite.http.v1 import paging, people
from label_studio_lite.http.v1.models import account as models
from label_studio_lite.http.v1.routing import Table, shown
from label_studio_lite.http.v1.times import moment

table = Table("Organizations")
ROUTES = table.routes
_MEMBERSHIP = "/api/organizations/<int:organization_id>/memberships/<int:user_id>"


@table.add("GET", "/api/organizations", answer=list[models.OrganizationShort])
def list_organizations() -> Response:
    """List the organizations: there is one."""
    joined = moment(people.me().date_joined)
    short = models.OrganizationShort(people.ORGANIZATION, people.TITLE, None, joined)
    return shown([short])


@table.add("GET", "/api/organizations/<int:organization_id>", answer=models.Organization)
def get_organization(organization_id: int) -> Response:
    """Get the organization.

    ``token`` is empty: nobody joins by it. See ``/api/invite``.
    """
    _check(organization_id)
    user = people.me()
    joined = moment(user.date_joined)
    return shown(
        models.Organization(
            people.ORGANIZATION, people.TITLE, "", joined, joined, None, user.id, [user.id]
        )
    )


@table.add(
    "GET",
    "/api/organizations/<int:organization_id>/memberships",
    answer=models.MemberPage,
)
def list_members(organization_id: int) -> Response:
    """List the members: there is one."""
    _check(organization_id)
    user = models.MemberUser(**people.fields())
    member = models.Member(1, people.ORGANIZATION, user, None, None)
    return shown(paging.envelope(1, paging.page(1, size=30), [member]))


@table.add("GET", _MEMBERSHIP, answer=models.Membership)
def get_membership(organization_id: int, user_id: int) -> Response:
    """Get the membership of the user."""
    _check(organization_id, user_id)
    workspace = server().workspace
    counts = [workspace.get(project_id).store.counts() for project_id in workspace.ids()]
    return shown(
        models.Membership(
            user=user_id,
            organization=organization_id,
            contributed_projects_count=sum(found.completed > 0 for found in counts),
            annotations_count=sum(found.completions - found.cancelled for found in counts),
            created_at=moment(people.me().date_joined),
            created_projects=None,
            contributed_to_projects=None,
        )
    )


@table.add("DELETE", _MEMBERSHIP, status=204)
def delete_membership(organization_id: int, user_id: int) -> Response:
    """Remove a member; 405 for oneself, and there is nobody else."""
    _check(organization_id, user_id)
    return answers.ordered_json({"detail": "User cannot soft delete self"}, 405)


@table.add("GET", "/api/invite", answer=models.Invite)
def get_invite() -> Response:
    """Get a link that logs somebody in, once and within a day.

    They come in as the one user of the server.
    """
    return shown(_invite())


@table.add("POST", "/api/invite/reset-token", answer=models.Invite, status=201)
def reset_invite() -> Response:
    """Get another such link; those that were given before are worth nothing any more."""
    server().workspace.accounts.logins.revoke_codes()
    return shown(_invite(), 201)


def _invite() -> models.Invite:
    code = server().workspace.accounts.logins.new_code()
    return models.Invite(code, f"{base_url()}/login?code={code}")


def _check(organization_id: int, user_id: int | None = None) -> None:
    if organization_id != people.ORGANIZATION:
        raise NotFound(f"there is no organization {organization_id}")
    if user_id not in (None, people.me().id):
        raise NotFound("No OrganizationMember matches the given query.")
