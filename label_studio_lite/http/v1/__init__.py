"""The HTTP API of Label Studio 1.x, mapped onto the same service verbs."""

from label_studio_lite.http.v1 import (
    about,
    annotations,
    dm_actions,
    dm_tasks,
    dm_views,
    drafts,
    exports,
    files,
    imports,
    organizations,
    predictions,
    projects,
    tasks,
    tokens,
    users,
)

ROUTES = [
    *projects.ROUTES,
    *tasks.ROUTES,
    *dm_tasks.ROUTES,
    *dm_views.ROUTES,
    *dm_actions.ROUTES,
    *annotations.ROUTES,
    *drafts.ROUTES,
    *predictions.ROUTES,
    *imports.ROUTES,
    *files.ROUTES,
    *exports.ROUTES,
    *users.ROUTES,
    *tokens.ROUTES,
    *organizations.ROUTES,
    *about.ROUTES,
]
